"""补录 as a list brings it: one row is one worker's in and out of one day (14, T7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import OTHER_REASON
from app.attendance.errors import MonthLocked, NobodyChosen, NoteMissing, NotOnSite, Overlapping
from app.attendance.services import spans
from app.attendance.services.corrections import add_correction
from app.attendance.services.spans import MOST_WORKERS, Span, Times
from app.core import checks, scope
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.roster.errors import each
from app.roster.models import ProjectWorker, Team
from app.roster.queries import Key, key_of
from app.roster.services.doors import document
from app.roster.services.keyed import (
    CARD_DOCUMENT,
    Keyed,
    Recorded,
    at,
    compare_names,
    lead_on,
)

Values = Mapping[str, Any]


@dataclass
class Row:
    """One row, the stay it is about on its day, and its times."""

    index: int
    values: Values
    stay: queries.Stay
    times: Times
    notices: Sequence[str] = ()

    @property
    def span(self) -> Span:
        """Give the worker's span of the day."""
        return Span(self.stay, self.times.days[0], *self.times.on(self.times.days[0]))

    @property
    def key(self) -> Any:
        """Give what rows of one correction share."""
        return (
            self.stay.on(self.times.days[0]).unit_id, self.times.days, self.times.starts,
            self.times.ends, self.values.get("reason"), self.values.get("note") or "",
        )  # fmt: skip


def record_corrections(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Recorded]:
    """Enter working times of workers found by their document, all or none; in the rows' order.

    An end before the start lies on the following day. Rows of one unit with the same day, times
    and reason become one correction. Times on record already change nothing. Another name for a
    known document marks 数据冲突. Refusals carry ``row``.
    """
    if actor.audience is not scope.Audience.SYSTEM and not actor.can("write", Area.ATTENDANCE):
        raise NotAllowed
    found, problems = _found(project, list(rows), actor)
    there = _on_record(project, found)
    fresh = [row for row in found if row.index not in there]
    problems += _problems(project, fresh)
    refuse_all(problems)
    notices = _conflicts(found)
    made: dict[int, Recorded] = {}
    for row in found:
        if row.index in there:
            made[row.index] = Recorded(there[row.index], new=False, changed=False)
    for group in _groups(fresh):
        correction = _add(project, group, actor)
        for row in group:
            made[row.index] = Recorded(correction, new=True, changed=True)
            if correction.warning:
                made[row.index].notices.append(Notice(correction.warning, "out_time"))
    for row in found:
        made[row.index].notices += [*row.notices, *notices.get(row.index, [])]
    return [made[index] for index in sorted(made)]


def _found(
    project: Project, rows: list[Values], actor: scope.Principal
) -> tuple[list[Row], list[Refusal]]:
    keys = {index: key for index, values in enumerate(rows) if (key := _key(values)) is not None}
    led = lead_on(keys)
    stays = _stays(project, keys.values())
    found, problems = [], []
    for index, values in enumerate(rows):
        try:
            times = spans.times_of(_times(values))
            own = stays.get(keys[index][1], []) if index in keys else []
            stay = _stay(project, values, own, times, actor)
            found.append(Row(index, values, stay, times, led.get(index, ())))
        except Refusal as problem:
            problems += [at(single, index) for single in each(problem)]
    return found, problems


def _times(values: Values) -> dict[str, Any]:
    starts, ends = values.get("in_time"), values.get("out_time")
    night = starts is not None and ends is not None and ends <= starts
    return {**values, "until_on": None, "out_next_day": night}


def _stays(project: Project, keys: Iterable[Key]) -> dict[str, list[queries.Stay]]:
    with scope.system_scope("the workers a list names are looked up on the project"):
        return queries.stays({number for _kind, number in keys}, project.id)


def _key(values: Values) -> Key | None:
    kind, number = values.get("id_type") or CARD_DOCUMENT, values.get("id_number")
    try:
        return key_of(kind, document(kind, str(number))) if number else None
    except Refusal:
        return None


def _stay(
    project: Project, values: Values, stays: Iterable[queries.Stay], times: Times,
    actor: scope.Principal,
) -> queries.Stay:  # fmt: skip
    own = [
        stay for stay in stays
        if actor.audience is scope.Audience.SYSTEM or project.id in actor.projects
        or stay.unit_id in actor.units
    ]  # fmt: skip
    if not own:
        raise NobodyChosen(
            gettext("Nobody of this project has this document: register the worker first, or"
                    " compare type and number with his card"),
            field="id_number",
        )  # fmt: skip
    day = times.days[0]
    stay = next((one for one in own if one.on_site(day)), None)
    if stay is None:
        raise NotOnSite(
            gettext("Not on site on these days: %(names)s", names=own[0].name), field="work_on"
        )
    if team := (values.get("team_name") or "").strip():
        known = db.session.scalar(select(Team.name).where(Team.id == stay.on(day).team_id))
        if known is not None and checks.fold_text(known) != checks.fold_text(team):
            raise NobodyChosen(
                gettext("%(name)s belonged to the team “%(team)s” on that day", name=stay.name,
                        team=known),
                field="team_name",
            )  # fmt: skip
    return stay


def _problems(project: Project, rows: list[Row]) -> list[Refusal]:
    problems: list[Refusal] = []
    locked = queries.locked_months(project.id)
    for row in rows:
        month = queries.month_of(row.times.days[0])
        if month in locked:
            problems.append(at(MonthLocked(
                gettext("Attendance of %(months)s is locked: ask for a change of the locked month",
                        months=month), field="work_on",
            ), row.index))  # fmt: skip
        if row.values.get("reason") == OTHER_REASON and not (row.values.get("note") or "").strip():
            problems.append(
                at(NoteMissing(gettext("Say in words what happened"), field="note"), row.index)
            )
    return [*problems, *_clashes(project, rows)]


def _clashes(project: Project, rows: list[Row]) -> list[Refusal]:
    """Refuse times that overlap others, on record or earlier in the list."""
    listed = [row.span for row in rows]
    by_span = {id(span): row for span, row in zip(listed, rows, strict=True)}
    found = [by_span[id(span)] for span in spans.overlapping(project.id, listed)] if rows else []
    ordered = sorted(rows, key=lambda row: (row.stay.person_id, row.span.in_at, row.index))
    for before, after in pairwise(ordered):
        same = before.stay.person_id == after.stay.person_id
        if same and after.span.in_at < before.span.out_at:
            found.append(max(before, after, key=lambda row: row.index))
    return [
        at(Overlapping(
            gettext("These times overlap times that are there already: %(names)s",
                    names=f"{row.stay.name} {row.times.days[0]}"), field="in_time",
        ), row.index)
        for row in {row.index: row for row in found}.values()
    ]  # fmt: skip


def _on_record(project: Project, rows: list[Row]) -> dict[int, ProjectWorker]:
    """Give the rows whose very times count already, with the stay they stand on."""
    if not rows:
        return {}
    days = spans.booked(project.id, [row.span for row in rows])
    same = [
        row for row in rows
        if any(
            (datetime.fromisoformat(pair[0]), datetime.fromisoformat(pair[1]))
            == (row.span.in_at, row.span.out_at)
            for day in days.get(row.stay.person_id, []) for pair in day.pairs
        )
    ]  # fmt: skip
    workers = _workers([row.stay.id for row in same])
    return {row.index: workers[row.stay.id] for row in same}


def _workers(numbers: list[int]) -> dict[int, ProjectWorker]:
    rows = db.session.scalars(select(ProjectWorker).where(ProjectWorker.id.in_(numbers)))
    return {row.id: row for row in rows}


def _conflicts(rows: list[Row]) -> dict[int, list[str]]:
    """Mark 数据冲突 where a row names the person of its document otherwise."""
    workers = _workers([row.stay.id for row in rows])
    keyed = [
        Keyed(row.index, {"person_name": row.values.get("name")}, workers[row.stay.id])
        for row in rows
    ]
    compare_names(keyed)
    db.session.flush()
    return {one.index: one.notices for one in keyed if one.notices}


def _groups(rows: list[Row]) -> list[list[Row]]:
    """Put rows of one unit, day, times and reason together, in the order they begin."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return [
        group[start : start + MOST_WORKERS]
        for group in found.values() for start in range(0, len(group), MOST_WORKERS)
    ]  # fmt: skip


def _add(project: Project, group: list[Row], actor: scope.Principal) -> Any:
    first = group[0]
    values = _times(first.values) | {
        "worker_ids": [row.stay.id for row in group], "team_id": None,
    }  # fmt: skip
    try:
        return add_correction(project, values, actor=actor)
    except Refusal as problem:
        refuse_all([at(single, row.index) for single in each(problem) for row in group])
        raise
