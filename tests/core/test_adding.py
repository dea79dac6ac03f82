"""Rows written in bulk are the rows the mapper would have written."""

from datetime import date

from sqlalchemy import inspect

from app.core import adding
from app.core.audit import AuditEntry
from app.extensions import db
from app.roster.choices import MovementKind, StayState
from app.roster.models import Movement, Person, ProjectWorker
from tests.factories import attendance, numbered, people


def rows_of(team, number):
    humans = [people.person() for _n in range(number)]
    return [
        {"project_id": team.project_id, "unit_id": team.unit_id, "team_id": team.id,
         "person_id": 1, "worker_no": numbered("B"), "work_type": "020", "id_type": "01",
         "id_number": human.id_number, "name": human.name, "mobile": human.mobile,
         "entry_on": date(2026, 3, 1), "state": StayState.ON_SITE,
         "bank_card_no": human.bank_card, "bank_account_name": "他人" if n == 1 else human.name}
        for n, human in enumerate(humans)
    ]  # fmt: skip


def by_mapper(row):
    worker = ProjectWorker(**row)
    db.session.add(worker)
    db.session.flush()
    return worker


def told(worker, left=("id", "worker_no", "created_at", "changed_at")):
    names = [attribute.key for attribute in inspect(ProjectWorker).column_attrs]
    return {name: getattr(worker, name) for name in names if name not in left}


def test_they_hold_what_the_mapper_would_have_written(work):
    team = attendance.site().own_worker.team
    rows = rows_of(team, 60)

    written = adding.add_rows(ProjectWorker, rows, key="worker_no")
    found = [told(worker) for worker in written]
    db.session.expire_all()

    assert [worker.worker_no for worker in written] == [row["worker_no"] for row in rows]
    assert [told(worker) for worker in written] == found, "what is in memory is in the table"
    for place in (0, 1):
        twin = rows[place] | {"worker_no": numbered("M")}
        db.session.delete(written[place])
        db.session.flush()
        assert told(by_mapper(twin)) == found[place]


def test_each_has_its_entry_in_the_audit(work):
    team = attendance.site().own_worker.team

    written = adding.add_rows(ProjectWorker, rows_of(team, 3), key="worker_no")

    for worker in written:
        entry = db.session.query(AuditEntry).filter_by(
            table_name="project_worker", row_id=worker.id
        ).one()  # fmt: skip
        assert (entry.action, entry.after["name"]) == ("insert", worker.name)


def test_a_change_of_such_a_row_is_written_as_any_other(work):
    worker = adding.add_rows(
        ProjectWorker, rows_of(attendance.site().own_worker.team, 1), key="worker_no"
    )[0]

    worker.remark = "改过"
    db.session.flush()
    db.session.expire_all()

    assert (worker.remark, worker.row_version) == ("改过", 2)


def test_rows_nobody_asks_for_are_written_with_their_defaults(work):
    worker = attendance.site().own_worker

    adding.write_rows(Movement, [
        {"project_id": worker.project_id, "worker_id": worker.id, "unit_id": worker.unit_id,
         "kind": MovementKind.ENTRY, "moved_on": date(2026, 3, n + 1)} for n in range(2)
    ])  # fmt: skip

    found = db.session.query(Movement).filter_by(worker_id=worker.id).all()
    assert [row.is_deleted for row in found] == [False, False]
    assert {row.district_code for row in found} == {worker.district_code}


def test_no_rows_are_no_statement(work):
    assert adding.add_rows(Person, [], key="id_number_hash") == []
