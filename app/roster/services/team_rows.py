"""班组 by list: new ones are added, known ones changed, and both can be taken back (14, T2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, tuple_

from app.core import names, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import events, queries
from app.roster.choices import StayState, TeamState
from app.roster.errors import TeamTwiceInList, UnitNotHere, each
from app.roster.models import ProjectWorker, Team
from app.roster.services import keyed
from app.roster.services.doors import open_columns
from app.roster.services.keyed import Recorded
from app.roster.services.teams import add_teams, change_leader, edit_team

Values = Mapping[str, Any]


def record_teams(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Recorded]:
    """Add the teams a project lacks and change those it has, all or none.

    A team is known by its unit and name. Empty values change nothing. A leader's name that
    differs from the known one of the same document changes nothing either: his stay is marked
    数据冲突. Refusals carry ``row``.
    """
    given: list[Values] = [
        {n: v for n, v in row.items() if v not in (None, "", [])} for row in rows
    ]
    known, seen = _known(project, given), set()
    made: dict[int, Recorded] = {}
    fresh: list[tuple[int, Values]] = []
    problems: list[Refusal] = []
    for index, row in enumerate(given):
        key = (row.get("unit_id"), row.get("name"))
        team = known.get(key)
        if key in seen:
            problems.append(keyed.at(TeamTwiceInList(str(key[1])), index))
        elif team is None or team.state is TeamState.EXITED:
            fresh.append((index, row))
        else:
            try:
                made[index] = _change(team, row, actor)
            except Refusal as problem:
                problems += [keyed.at(one, index) for one in each(problem)]
        seen.add(key)
    try:
        added = add_teams(project, [_columns(row) for _index, row in fresh], actor=actor)
    except Refusal as problem:
        problems += [keyed.at(one, fresh[getattr(one, "row", 0)][0]) for one in each(problem)]
        added = []
    refuse_all(problems)
    for (index, row), team in zip(fresh, added, strict=True):
        made[index] = Recorded(team, new=True, changed=False, notices=[*team.notices])
        made[index].notices += _conflicts(team, row.get("leader_name"), made[index].before)
    for index, row in enumerate(given):
        made[index].notices += _unit_named(row)
    return [made[index] for index in range(len(given))]


def _known(project: Project, given: Sequence[Values]) -> dict[Any, Team]:
    keys = {(row.get("unit_id"), row.get("name")) for row in given}
    rows = db.session.scalars(
        select(Team).where(
            Team.project_id == project.id, tuple_(Team.unit_id, Team.name).in_(keys),
            Team.is_deleted.is_(False), Team.is_management.is_(False),
        )
    )  # fmt: skip
    return {(row.unit_id, row.name): row for row in rows}


def _columns(row: Values) -> dict[str, Any]:
    return {name: row[name] for name in open_columns(Team) if name in row}


def _change(team: Team, row: Values, actor: scope.Principal) -> Recorded:
    unit = db.session.get(ProjectUnit, team.unit_id)
    if unit is None or not queries.may_write(unit, actor):
        raise UnitNotHere
    wanted = _columns(row)
    notices: list[str] = []
    before: dict[str, Any] = {}
    same = wanted.get("leader_id_number") in (None, team.leader_id_number)
    if same and "leader_name" in wanted and team.leader_name:
        given = wanted.pop("leader_name")
        notices = _conflicts(team, given, before)
    changes = {n: v for n, v in wanted.items() if v != getattr(team, n) and n != "unit_id"}
    if not changes:
        return Recorded(team, new=False, changed=bool(before), before=before, notices=notices)
    before |= {"team": {name: getattr(team, name) for name in changes}}
    edit_team(team, changes, actor=actor)
    return Recorded(team, new=False, changed=True, before=before,
                    notices=[*notices, *team.notices])  # fmt: skip


def _conflicts(team: Team, given: str | None, before: dict[str, Any]) -> list[str]:
    """Mark the leader's stay where the list names him otherwise, and say so."""
    leader = queries.leader_stays([team.id]).get(team.id)
    if leader is None or not given or leader.id_number != team.leader_id_number:
        return []
    known = _known_name(leader)
    if names.same_name(known, given):
        return []
    if not leader.conflicted:
        before["leader"] = {"worker": leader.id, "conflicted": False, "conflict": leader.conflict}
        leader.conflicted, leader.conflict = True, {"known": known, "given": given}
        db.session.flush()
    return [keyed.said_otherwise(known, "leader_name", leader.id)]


def _known_name(leader: ProjectWorker) -> str:
    with scope.system_scope("the name the city knows a team leader by"):
        key = (leader.id_type, leader.id_number_hash)
        known = queries.persons([key]).get(key)
    return known.name if known is not None else leader.name


def _unit_named(row: Values) -> list[str]:
    unit = db.session.get(ProjectUnit, row.get("unit_id") or 0)
    given = row.get("unit_name")
    if unit is None or not given or names.same_name(unit.name, given):
        return []
    words = gettext(
        "The unit of this code is “%(name)s”: the code counts, compare the two", name=unit.name
    )
    return [Notice(words, "unit_name")]


def take_back_teams(rows: Sequence[tuple[Team, Values | None]], *, actor: scope.Principal) -> None:
    """Remove teams nothing depends on, with the drafts of their leaders; change others back.

    A row is a team and, where it was changed, what ``record_teams`` noted; None where it was
    added. The caller has made sure that nothing else was written about them.
    """
    gone = [team for team, before in rows if before is None]
    drafts = list(
        db.session.scalars(
            select(ProjectWorker).where(
                ProjectWorker.team_id.in_([team.id for team in gone]),
                ProjectWorker.state == StayState.DRAFT, ProjectWorker.is_deleted.is_(False),
            )
        )
    )  # fmt: skip
    for row in [*drafts, *gone]:
        row.is_deleted = True
    db.session.flush()
    if drafts:
        events.workers_left.send(workers=drafts, actor=actor)
    for team, before in rows:
        values = (before or {}).get("team") or {}
        for name in specs(Team).keys() & values.keys():
            setattr(team, name, values[name])
        db.session.flush()
        if "leader_id_number" in values:
            change_leader(team, actor=actor)
        if former := (before or {}).get("leader"):
            keyed.forgive(db.session.get_one(ProjectWorker, former["worker"]), former)
    db.session.flush()
