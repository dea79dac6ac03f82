"""调班组: from a day on a stay belongs to another team (screens.md 8.2)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, update

from app.core import clock, scope, settings
from app.core.errors import Refusal, refuse_all
from app.core.models import ProjectRow, entities
from app.core.work_dates import work_date
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import belonging, events, queries
from app.roster.choices import MANAGER_ROLE, StayState
from app.roster.errors import DateRefused, Missing, MovementRefused
from app.roster.models import (
    Movement,
    ProjectWorker,
    StaffMember,
    StayRelease,
    Team,
    TeamMembership,
)  # fmt: skip
from app.roster.services import memberships, rules
from app.roster.services.doors import door_of
from app.roster.services.places import Places
from app.roster.services.releases import follow_stays

# what keeps the company it was written under when a worker goes over to another
# what happened stays where it was; requests for an exit follow by `follow_stays`
HISTORY = (Movement, TeamMembership, StaffMember, StayRelease)


def reassign_workers(
    project: Project, workers: Iterable[ProjectWorker], values: Mapping[str, Any], *,
    actor: scope.Principal,
) -> list[ProjectWorker]:  # fmt: skip
    """Move workers to another team from a day on, all or none.

    ``values``: team_id, from_on and reason, all three demanded. The stay goes on; its membership
    of the old team ends the day before. The new team is one of the worker's company, or, for a
    general contractor, of another company whose people it keeps; then the company of the stay
    follows. What the answer must say stands in ``notices`` of each worker. Refusals carry ``row``.
    """
    rows = list(workers)
    team = _target(project, values, actor)
    reason, from_on = (values.get("reason") or "").strip(), values.get("from_on")
    refuse_all([
        *([] if reason else [Missing(gettext("Give the reason of the move"), field="reason")]),
        *([] if from_on else [Missing(gettext("Give the first day in the new team"),
                                      field="from_on")]),
    ])  # fmt: skip
    memberships.enter(row for row in rows if row.state is StayState.ON_SITE)
    last = _last(rows)
    problems: list[Refusal] = []
    for index, row in enumerate(rows):
        found = list(_problems(project, row, team, actor))
        if row.state in queries.PRESENT:
            found += _day_problems(row, team, from_on, last.get(row.id), door_of(actor))
        for problem in found:
            problem.row = index  # type: ignore[attr-defined]
            problems.append(problem)
    refuse_all(problems)
    before = {row.id: row.team_id for row in rows}
    for row in rows:
        _move(row, team, from_on, reason, last.get(row.id))
    db.session.flush()
    _tell(rows, before, from_on, actor)
    return rows


def is_manager(worker: ProjectWorker) -> bool:
    """Tell whether a stay is one of the staff, who have a team of their own (screens.md 8.4)."""
    return bool(worker.work_role == MANAGER_ROLE)


def _target(project: Project, values: Mapping[str, Any], actor: scope.Principal) -> Team:
    if not values.get("team_id"):
        raise Missing(gettext("Choose the new team"), field="team_id")
    places = Places(project, [{"team_id": values["team_id"]}], actor)
    named = places.teams.get(values["team_id"])
    places = Places(project, [{"unit_id": getattr(named, "unit_id", None),
                               "team_id": values["team_id"]}], actor)  # fmt: skip
    try:
        unit = places.employer(getattr(named, "unit_id", None))
    except Refusal as problem:  # the form asks for the team alone
        problem.field = "team_id"
        raise
    team = places.team(values["team_id"], unit)
    if team.is_management:
        raise MovementRefused(
            gettext("Into “%(team)s” come specialists and managers only: add the person there",
                    team=team.name),
            field="team_id",
        )  # fmt: skip
    return team


def _last(rows: list[ProjectWorker]) -> dict[int, TeamMembership]:
    """Give the membership each stay is in."""
    found = db.session.scalars(
        select(TeamMembership)
        .where(TeamMembership.worker_id.in_([row.id for row in rows]),
               TeamMembership.to_on.is_(None), TeamMembership.is_deleted.is_(False))
        .order_by(TeamMembership.id)
    )  # fmt: skip
    return {row.worker_id: row for row in found}


def _problems(
    project: Project, worker: ProjectWorker, team: Team, actor: scope.Principal
) -> Iterator[Refusal]:
    name = worker.name
    if worker.project_id != project.id:
        yield MovementRefused(gettext("This worker is not on the roster of the project"))
        return
    if worker.state not in queries.PRESENT:
        yield MovementRefused(
            gettext("“%(name)s” is %(state)s: only who is on site or waits for entry changes his"
                    " team", name=name, state=worker.state.label)
        )  # fmt: skip
        return
    if is_manager(worker):
        yield MovementRefused(
            gettext("“%(name)s” is one of the staff and stays in the team of the management",
                    name=name)
        )  # fmt: skip
    if worker.team_id == team.id:
        yield MovementRefused(
            gettext("“%(name)s” is in the team “%(team)s” already: choose another", name=name,
                    team=team.name),
            field="team_id",
        )  # fmt: skip
    if worker.unit_id != team.unit_id and not _keeps_both(worker, team, actor):
        yield MovementRefused(
            gettext("“%(name)s” is of another company: record his exit there and his entry with"
                    " “%(team)s”, because his employer changes", name=name, team=team.name),
            field="team_id",
        )  # fmt: skip


def _keeps_both(worker: ProjectWorker, team: Team, actor: scope.Principal) -> bool:
    kept = set(db.session.scalars(belonging.kept_units(worker.project_id, actor)))
    return {worker.unit_id, team.unit_id} <= {unit.id for unit in kept}


def _day_problems(
    worker: ProjectWorker, team: Team, from_on: date, last: TeamMembership | None, door: str
) -> Iterator[Refusal]:
    waits = worker.state is StayState.EXPECTED
    if from_on > clock.today() and not (waits and from_on <= worker.entry_on):
        yield DateRefused(
            gettext("A change of team is recorded for today or an earlier day"), field="from_on"
        )
    since = (last.from_on if last else None) or worker.entry_on
    if since and from_on < since and not waits:
        yield DateRefused(
            gettext("“%(name)s” is in his present team since %(day)s: the move cannot lie before"
                    " it", name=worker.name, day=since.isoformat()),
            field="from_on",
        )  # fmt: skip
    punched = worker.last_punch_at
    if punched and (day := work_date(punched)) > from_on:
        yield DateRefused(
            gettext("“%(name)s” punched with the old team on %(day)s: the first day in the new"
                    " team is that day or later", name=worker.name, day=day.isoformat()),
            field="from_on",
        )  # fmt: skip
    yield from rules.not_before_team(from_on, team, door, "from_on")


def _move(
    worker: ProjectWorker, team: Team, from_on: date, reason: str, last: TeamMembership | None
) -> None:
    notices = []
    if worker.is_team_leader:
        former = db.session.get_one(Team, worker.team_id)
        notices.append(
            gettext("%(name)s led the team “%(team)s”: name another leader there",
                    name=worker.name, team=former.name)
        )  # fmt: skip
    if worker.unit_id != team.unit_id:
        unit = db.session.get_one(ProjectUnit, team.unit_id)
        notices.append(
            gettext("The company of %(name)s is “%(unit)s” now: sign a contract with it",
                    name=worker.name, unit=unit.name)
        )  # fmt: skip
        _take_along(worker, team.unit_id)
    if last is not None:
        last.to_on = max(from_on - timedelta(days=1), last.from_on or date.min)
        db.session.add(TeamMembership(
            project_id=worker.project_id, unit_id=team.unit_id, worker_id=worker.id,
            team_id=team.id, from_on=from_on, reason=reason,
        ))  # fmt: skip
    worker.team_id, worker.unit_id, worker.is_team_leader = team.id, team.unit_id, False
    if settings.get(rules.TRADE_FOLLOWS_TEAM) and team.work_type:
        worker.work_type = team.work_type
    if team.work_type is None:
        team.work_type = worker.work_type
    worker.notices = tuple(notices)


def _take_along(worker: ProjectWorker, unit_id: int) -> None:
    """Let the papers of a stay belong to its new company; what happened stays where it was."""
    for model in entities():
        kept = {"worker_id", "unit_id"} <= set(model.__table__.columns.keys())
        inside = issubclass(model, ProjectRow) and model.__module__.startswith("app.roster.")
        if kept and inside and model not in HISTORY:
            table: Any = model.__table__
            db.session.execute(
                update(table)
                .where(table.c.project_id == worker.project_id, table.c.worker_id == worker.id)
                .values(unit_id=unit_id, row_version=table.c.row_version + 1)
            )
    db.session.expire_all()


def _tell(
    rows: list[ProjectWorker], before: Mapping[int, int], from_on: date, actor: scope.Principal
) -> None:
    on_site = [row for row in rows if row.state is StayState.ON_SITE]
    if on_site:
        events.workers_reassigned.send(workers=on_site, before=before, from_on=from_on, actor=actor)
    follow_stays(rows)
    events.workers_changed.send(workers=rows, actor=actor)
