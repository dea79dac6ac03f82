"""Every change of a business row is written down by the database, and nobody rewrites it (D8)."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.core import scope
from app.core.audit import AuditEntry
from app.core.states import StateLog
from app.extensions import db
from app.roster.models import Team
from tests.factories import enterprises, projects, roster

REWRITING = ("update audit_entry set actor = 1", "delete from audit_entry")
ROLES = ("app_login", "app_tenant", "app_government", "app_system")


@pytest.fixture
def story(work):
    """A team that a contractor's user writes, changes and removes."""
    firm = enterprises.enterprise()
    site = projects.project(firm)
    unit = projects.general_contractor_unit(site)
    user = enterprises.admin(firm)
    with scope.act_as(enterprises.principal(user)):
        team = roster.team(unit, name="木工班")
        team.name = "瓦工班"
        db.session.flush()
        number = team.id
        db.session.delete(team)
        db.session.flush()
    return {"user": user, "number": number, "site": site.id}


def entries(number, table="team"):
    found = db.session.query(AuditEntry).filter_by(table_name=table, row_id=number)
    return found.order_by(AuditEntry.id).all()


def test_each_change_writes_one_entry_with_actor_door_before_and_after(story):
    added, changed, removed = entries(story["number"])

    assert [row.action for row in (added, changed, removed)] == ["insert", "update", "delete"]
    assert {row.actor for row in (added, changed, removed)} == {story["user"]}
    assert {row.door for row in (added, changed, removed)} == {"manual"}
    assert {row.district_code for row in (added, changed, removed)} == {"440703"}
    assert (added.before, added.after["name"]) == (None, "木工班")
    assert (changed.before["name"], changed.after["name"]) == ("木工班", "瓦工班")
    assert (removed.before["name"], removed.after) == ("瓦工班", None)


def test_rows_of_one_statement_have_an_entry_and_a_first_state_each(work):
    """Whatever their number, and by whatever way they were written."""
    unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
    table = Team.__table__
    rows = [
        {"project_id": unit.project_id, "unit_id": unit.id, "team_no": 1_600_000_000 + n,
         "name": f"{n}班", "state": "ON_SITE", "is_management": False}
        for n in range(3)
    ]  # fmt: skip

    numbers = list(work.scalars(insert(table).values(rows).returning(table.c.id)))

    told = [(entries(number)[0].after["name"], len(entries(number))) for number in numbers]
    assert told == [("0班", 1), ("1班", 1), ("2班", 1)]
    logged = select(StateLog.row_id, StateLog.verb, StateLog.state_from, StateLog.state_to)
    first = work.execute(logged.where(StateLog.table_name == "team").order_by(StateLog.row_id))
    assert [tuple(row) for row in first] == [(n, "create", None, "ON_SITE") for n in numbers]


def test_an_entry_of_an_insert_leaves_out_what_is_empty(story):
    added = entries(story["number"])[0]

    assert added.after["is_deleted"] is False
    assert None not in added.after.values()


def test_a_change_keeps_only_what_changed(story):
    changed = entries(story["number"])[1]

    assert {"name", "changed_at", "row_version"} >= set(changed.after) - {"changed_by"}


def test_personal_numbers_stay_encrypted_in_the_audit(story):
    added = entries(story["number"])[0]

    assert "leader_id_number" in added.after
    assert not str(added.after["leader_id_number"]).startswith("44")
    assert len(str(added.after["leader_id_number"])) > 18


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement", ["update audit_entry set actor = 1", "delete from audit_entry"]
)
def test_no_role_of_the_program_changes_the_audit(story, role, statement):
    db.session.execute(text(f"set local role {role}"))

    with pytest.raises(DBAPIError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(statement))


def test_the_office_of_another_district_sees_nothing_and_contractors_nothing_at_all(story):
    count = text("select count(*) from audit_entry where row_id = :id and table_name = 'team'")
    own, far = enterprises.official(), enterprises.official(district="440781")
    seen = []
    for user in (own, far):
        with scope.act_as(enterprises.principal(user)):
            seen.append(db.session.scalar(count, {"id": story["number"]}))
    assert seen == [3, 0]
    refused = pytest.raises(DBAPIError, match="permission denied")
    with scope.act_as(enterprises.principal(story["user"])), refused, db.session.begin_nested():
        db.session.execute(count, {"id": story["number"]})


def test_an_escape_into_system_scope_leaves_its_reason(work):
    with scope.system_scope("a name is mended"):
        firm = enterprises.enterprise()

    assert entries(firm.id, "enterprise")[0].reason == "a name is mended"
