"""Inserts of volume keep every value as the program gave it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DataError

from app.attendance.models import AttendanceDay, Punch
from app.core import bulk
from app.extensions import db
from tests.factories import attendance

AT = datetime(2026, 11, 3, 7, 0, 1, tzinfo=UTC)


def rows_of(site, number=2):
    worker = site.own_worker
    return [
        {
            "project_id": worker.project_id, "district_code": worker.district_code,
            "id_number_hash": f"{n:064d}", "punched_at": AT, "direction": "01", "id_type": "01",
            "id_number": worker.id_number, "name": 'O\'Neil "阿布都"\\·%s', "received_at": AT,
            "channel_known": n == 0, "lng": Decimal("113.081234"), "unit_id": None,
            "source": "api", "replaces": [3, 4] if n else None,
        }
        for n in range(number)
    ]  # fmt: skip


def test_values_come_back_as_they_were_given(work):
    site = attendance.site()
    rows = rows_of(site)
    table = Punch.__table__

    work.execute(bulk.insert_of(table, tuple(rows[0])), bulk.parameters(table, rows))

    columns = [table.c[name] for name in rows[0]]
    found = work.execute(select(*columns).order_by(table.c.id_number_hash)).mappings()
    assert [dict(row) for row in found] == rows


def test_so_do_those_of_a_long_list(work):
    site = attendance.site()
    table = Punch.__table__
    rows = rows_of(site, 60)
    rows[7]["name"], rows[8]["name"] = "", None
    rows[9]["replaces"] = []

    work.execute(*bulk.insert_rows(table, rows))

    columns = [table.c[name] for name in rows[0]]
    found = work.execute(select(*columns).order_by(table.c.id_number_hash)).mappings()
    assert [dict(row) for row in found] == rows


@pytest.mark.parametrize("odd", [bulk.APART, bulk.NONE, f"李{bulk.APART}四"])
def test_a_long_list_with_a_text_like_its_own_marks_is_kept_as_well(work, odd):
    site = attendance.site()
    table = Punch.__table__
    rows = rows_of(site, 60)
    rows[3]["name"] = odd

    work.execute(*bulk.insert_rows(table, rows))

    found = work.scalars(select(table.c.name).order_by(table.c.id_number_hash)).all()
    assert found == [row["name"] for row in rows]


def test_a_text_too_long_for_its_column_is_refused_in_a_long_list_too(work):
    site = attendance.site()
    rows = rows_of(site, 60)
    rows[3]["name"] = "长" * 1000

    with pytest.raises(DataError):
        work.execute(*bulk.insert_rows(Punch.__table__, rows))


def test_secrets_are_encrypted_on_their_way(work):
    site = attendance.site()
    rows = rows_of(site, 1)

    sent = bulk.parameters(Punch.__table__, rows)

    assert rows[0]["id_number"] not in sent["rows"]


def test_a_repeat_may_be_left_out_and_the_new_be_returned(work):
    site = attendance.site()
    table = Punch.__table__
    statement = (
        bulk.insert_of(table, tuple(rows_of(site)[0]))
        .on_conflict_do_nothing()
        .returning(table.c.id_number_hash)
    )
    work.execute(statement, bulk.parameters(table, rows_of(site, 1)))

    again = work.scalars(statement, bulk.parameters(table, rows_of(site, 2))).all()

    assert again == [f"{1:064d}"]


def test_documents_within_rows_stay_documents(work):
    site = attendance.site()
    attendance.record(site.project, attendance.punch(site.own_worker, "in 07:00"))

    loose = work.scalars(select(func.jsonb_typeof(AttendanceDay.loose))).all()

    assert loose == ["array"]
    assert isinstance(db.session.scalars(select(AttendanceDay.work_on)).one(), date)
