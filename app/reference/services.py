"""Loading and reading the code lists."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, event, func, literal, select, text
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, dictionaries, scope
from app.core.errors import NotAllowed
from app.extensions import db
from app.permissions import Area
from app.reference import workdays
from app.reference.errors import CodeMalformed, CodeTaken, LabelTaken, ListIsFixed, NoSuchList
from app.reference.models import CalendarDay, DictionaryEntry, DictionaryTable

DATA = Path(__file__).parent / "data"
HOLIDAY = "holiday"
CODE = re.compile(r"[0-9A-Za-z._-]+")
OWN_FIELDS = {"code", "label_zh", "label_en", "offered", "wire", "note"}


def load_dictionaries(connection: Any) -> int:
    """Write the program's code lists; what the city has edited stays. Gives the rows."""
    written = 0
    with (DATA / "index.csv").open(encoding="utf-8") as handle:
        tables = list(csv.DictReader(handle))
    for row in tables:
        connection.execute(
            insert(DictionaryTable.__table__)
            .values(
                table_name=row["table"], name_zh=row["name_zh"], name_en=row["name_en"],
                wire_name=row["wire_name"], editable=row["editable"] == "1", source="system",
            )
            .on_conflict_do_nothing(index_elements=["table_name"])
        )  # fmt: skip
        written += _load_entries(connection, row["table"])
    dictionaries.forget()
    return written


def _load_entries(connection: Any, table: str) -> int:
    with (DATA / f"{table}.csv").open(encoding="utf-8") as handle:
        rows = [
            {
                "table_name": table, "code": r["code"], "label_zh": r["label_zh"],
                "label_en": r["label_en"], "wire": r.get("wire") or None, "position": position,
                "offered": r.get("offered", "1") != "0", "source": "system",
                "facts": {k: v for k, v in r.items() if k not in OWN_FIELDS and v} or None,
            }
            for position, r in enumerate(csv.DictReader(handle))
        ]  # fmt: skip
    if rows:
        statement = insert(DictionaryEntry.__table__)
        connection.execute(
            statement.on_conflict_do_nothing(index_elements=["table_name", "code"]), rows
        )
    return len(rows)


def load_calendar(connection: Any, years: range) -> None:
    """Copy holidays and make-up days into the city's own calendar; its own rows stay.

    Once the State Council has published a year, its days take the place of the provisional ones.
    """
    table = CalendarDay.__table__
    still_provisional = (table.c.source == "system") & table.c.provisional
    for year in years:
        calendar = workdays.default_calendar(year)
        connection.execute(
            delete(table).where(
                still_provisional, table.c.kind == HOLIDAY, table.c.day.not_in(calendar),
                table.c.day.between(date(year, 1, 1), date(year, 12, 31)),
            )
        )  # fmt: skip
        for day, mark in calendar.items():
            what = {"working": mark.working, "name": mark.name, "provisional": mark.provisional}
            connection.execute(
                insert(table)
                .values(day=day, kind=HOLIDAY, district="", source="system", **what)
                .on_conflict_do_update(
                    index_elements=["day", "kind", "district"],
                    set_={**what, "row_version": table.c.row_version + 1},
                    where=still_provisional & ~literal(mark.provisional),
                )
            )


def read_tables() -> dict[str, dictionaries.Table]:
    """Read every code list for ``core.dictionaries``, outside any principal's transaction."""
    query = text(
        "select e.table_name, t.name_zh, t.name_en, e.code, e.label_zh, e.label_en,"
        " not e.offered or coalesce(e.valid_to < :today, false), e.facts"
        " from dictionary_entry e join dictionary_table t using (table_name)"
        " where e.is_deleted is false order by e.table_name, e.position, e.code"
    )
    found: dict[str, dictionaries.Table] = {}
    for table, name_zh, name_en, code, zh, en, retired, facts in db.session.execute(
        query, {"today": clock.today()}
    ):
        entries = found.setdefault(table, dictionaries.Table(name_zh, name_en)).entries
        entries[code] = dictionaries.Entry(code, zh, en or "", retired, facts or {})
    return found


def working_calendar() -> dict[date, workdays.CalendarDay]:
    """Give the city's calendar of days that differ from the week."""
    rows = db.session.execute(
        select(
            CalendarDay.day, CalendarDay.working, CalendarDay.name, CalendarDay.provisional
        ).where(CalendarDay.kind == HOLIDAY, CalendarDay.is_deleted.is_(False))
    )
    return {
        day: workdays.CalendarDay(day, working, name or "", provisional)
        for day, working, name, provisional in rows
    }


dictionaries.install(read_tables)


def add_code(table: str, values: dict[str, Any], *, actor: scope.Principal) -> DictionaryEntry:
    """Add a code to a list the city keeps, after its last one."""
    _refuse_fixed(table, actor)
    values = {name: value for name, value in values.items() if value is not None}
    if not CODE.fullmatch(values["code"]):
        raise CodeMalformed
    taken = db.session.scalar(
        select(DictionaryEntry.id).filter_by(table_name=table, code=values["code"])
    )
    if taken:
        raise CodeTaken(values["code"])
    _refuse_label(table, values["label_zh"], 0)
    last = db.session.scalar(
        select(func.max(DictionaryEntry.position)).where(DictionaryEntry.table_name == table)
    )
    entry = DictionaryEntry(table_name=table, position=(last or 0) + 1, **values)
    db.session.add(entry)
    db.session.flush()
    return entry


def relabel_code(
    entry: DictionaryEntry, values: dict[str, Any], *, actor: scope.Principal
) -> DictionaryEntry:
    """Change the labels of a code; the code itself stands in rows and never changes."""
    _refuse_fixed(entry.table_name, actor)
    _refuse_label(entry.table_name, values.get("label_zh") or entry.label_zh, entry.id)
    for name in ("label_zh", "label_en", "wire", "valid_to"):
        if name in values:
            setattr(entry, name, values[name])
    db.session.flush()
    return entry


def retire_code(entry: DictionaryEntry, *, actor: scope.Principal) -> None:
    """Offer a code no longer; rows that have it keep showing its label."""
    _refuse_fixed(entry.table_name, actor)
    entry.offered = False
    entry.valid_to = entry.valid_to or clock.today()
    db.session.flush()


def restore_code(entry: DictionaryEntry, *, actor: scope.Principal) -> None:
    """Offer a retired code again."""
    _refuse_fixed(entry.table_name, actor)
    entry.offered, entry.valid_to = True, None
    db.session.flush()


def list_named(table: str) -> DictionaryTable | None:
    """Give the description of a list by its name."""
    return db.session.scalars(select(DictionaryTable).filter_by(table_name=table)).one_or_none()


def editable_lists() -> set[str]:
    """Give the names of the lists the city keeps."""
    return set(
        db.session.scalars(
            select(DictionaryTable.table_name).where(DictionaryTable.editable.is_(True))
        )
    )


def _refuse_fixed(table: str, actor: scope.Principal) -> None:
    known = list_named(table)
    if known is None:
        raise NoSuchList
    if not actor.can("write", Area.DICTIONARIES):
        raise NotAllowed
    if not known.editable:
        raise ListIsFixed(dictionaries.title(table))


def _refuse_label(table: str, label: str, own: int) -> None:
    taken = db.session.scalar(
        select(DictionaryEntry.id).where(
            DictionaryEntry.table_name == table,
            DictionaryEntry.label_zh == label,
            DictionaryEntry.id != own,
            DictionaryEntry.is_deleted.is_(False),
        )
    )
    if taken:
        raise LabelTaken(label)


CHANGED = "dictionaries_changed"


@event.listens_for(db.session, "after_flush")
def _note_change(session: Any, _context: Any) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, (DictionaryEntry, DictionaryTable)) for row in rows):
        session.info[CHANGED] = True


@event.listens_for(db.session, "after_commit")
def _forget_lists(session: Any) -> None:
    """Read the lists anew once a change is visible; other processes do within half a minute."""
    if session.info.pop(CHANGED, False):
        dictionaries.forget()
