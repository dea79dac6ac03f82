"""Teams: adding, editing, the team of the management staff (screens.md 8.1)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, tuple_

from app.core import checks, clock, scope, settings
from app.core.columns.base import specs
from app.core.errors import Refusal, Stale, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.projects.services.numbers import hold_lock
from app.roster import events, queries
from app.roster.choices import MANAGEMENT_TEAM, StayState, TeamState
from app.roster.errors import (
    DateRefused,
    NotEditable,
    RosterRefusal,
    TeamNameReserved,
    TeamNameTaken,
)  # fmt: skip
from app.roster.models import ProjectWorker, Team
from app.roster.services import ages, numbers, persons
from app.roster.services.doors import document, door_of, missing, open_columns, taken
from app.roster.services.places import Places
from app.roster.services.rules import CARD_DOCUMENT, DAYS_AHEAD, TRADE_FOLLOWS_TEAM


def add_teams(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Team]:
    """Add teams to a project, all or none; ``rows`` are keyed by the columns of ``Team``.

    The leader, where he is named, comes onto the roster as a draft to be completed. A taken
    name answers with the number of the team that has it. Refusals carry ``row``.
    """
    given = [taken(Team, row) for row in rows]
    if not given:
        return []
    places = Places(project, given, actor)
    problems: list[Refusal] = []
    for index, values in enumerate(given):
        for problem in _problems(values, places, door_of(actor)):
            problem.row = index  # type: ignore[attr-defined]
            problems.append(problem)
    refuse_all(problems)
    _name_one_at_a_time(values["unit_id"] for values in given)
    refuse_all(list(_name_problems(given)))
    with scope.system_scope("team numbers are drawn for the whole city"):
        team_nos = numbers.team_numbers(len(given))
    teams = [
        Team(project_id=project.id, team_no=number, state=TeamState.ON_SITE, **values)
        for number, values in zip(team_nos, given, strict=True)
    ]
    db.session.add_all(teams)
    db.session.flush()
    drafted = {draft.team_id for draft in draft_leaders(project, teams, actor=actor)}
    for team in teams:
        if team.id not in drafted:
            _note_leader(project, team)
    return teams


def _problems(values: dict[str, Any], places: Places, door: str) -> Iterator[Refusal]:
    yield from missing(Team, values, door)
    name = (values.get("name") or "").strip()
    if name == MANAGEMENT_TEAM:
        yield TeamNameReserved(name)
    yield from _documents(values)
    if not values.get("unit_id"):
        return
    # a site system brings the supervisor's staff in a team of the supervisor (workRole 10)
    find = places.unit if door == "api" else places.employer
    try:
        unit = find(values["unit_id"])
    except Refusal as problem:
        yield problem
        return
    yield from _entry(values, unit)


def _documents(values: dict[str, Any]) -> Iterator[Refusal]:
    for kind, name in (
        ("leader_id_type", "leader_id_number"), ("responsible_id_type", "responsible_id_number"),
    ):  # fmt: skip
        if values.get(name):
            try:
                values[name] = document(values.get(kind) or "01", values[name], name)
            except Refusal as problem:
                yield problem


def _entry(values: Mapping[str, Any], unit: ProjectUnit) -> Iterator[Refusal]:
    entry_on = values.get("entry_on")
    if entry_on and entry_on > clock.today() + timedelta(days=DAYS_AHEAD):
        yield DateRefused(
            gettext("An entry can be registered at most %(n)s days ahead", n=DAYS_AHEAD),
            field="entry_on",
        )
    if entry_on and unit.entry_on and entry_on < unit.entry_on:
        yield DateRefused(
            gettext("The unit enters on %(day)s: a team cannot enter before it",
                    day=unit.entry_on.isoformat()),
            field="entry_on",
        )  # fmt: skip


def _name_one_at_a_time(unit_ids: Iterable[int]) -> None:
    """Let those who name teams of a unit follow each other, so that the second is told why."""
    for number in sorted(set(unit_ids)):
        hold_lock(f"team names of unit {number}")


def _name_problems(given: list[dict[str, Any]]) -> Iterator[Refusal]:
    """Refuse names the unit has already, on record or earlier in the list."""
    names = {(values["unit_id"], values["name"]) for values in given}
    rows = db.session.execute(
        select(Team.unit_id, Team.name, Team.team_no).where(
            tuple_(Team.unit_id, Team.name).in_(names), Team.is_deleted.is_(False)
        )
    )
    found: dict[Any, int | None] = {(row[0], row[1]): row[2] for row in rows}
    for index, values in enumerate(given):
        key = (values["unit_id"], values["name"])
        if key in found:
            problem = TeamNameTaken(values["name"], found[key])
            problem.row = index
            yield problem
        found.setdefault(key, None)


def draft_leaders(
    project: Project, teams: Iterable[Team], *, actor: scope.Principal
) -> list[ProjectWorker]:
    """Put leaders who are not yet on the project on its roster, as drafts to be completed."""
    led: dict[Any, Team] = {}
    for one in teams:
        if one.leader_id_number and one.leader_name:  # of two teams he leads the first one named
            led.setdefault(queries.key_of(one.leader_id_type or "01", one.leader_id_number), one)
    if not led:
        return []
    with scope.system_scope("leaders are looked up in the city"):
        known = queries.persons(led)
        present = queries.stays(led)
        absent = {
            key: team for key, team in led.items()
            if not any(s.project_id == project.id and s.state in queries.LIVE
                       for s in present.get(key, ()))
        }  # fmt: skip
        known |= persons.make(
            {key: {"id_number": t.leader_id_number, "name": t.leader_name}
             for key, t in absent.items() if key not in known}
        )  # fmt: skip
        worker_nos = numbers.worker_numbers(project.id, len(absent)) if absent else []
    drafts = [
        _leader_draft(team, known[key].id, worker_no)
        for (key, team), worker_no in zip(absent.items(), worker_nos, strict=True)
    ]
    db.session.add_all(drafts)
    db.session.flush()
    if drafts:
        events.workers_joined.send(workers=drafts, actor=actor)
    return drafts


def _leader_draft(team: Team, person_id: int, worker_no: str) -> ProjectWorker:
    draft = ProjectWorker(
        project_id=team.project_id, unit_id=team.unit_id, team_id=team.id, person_id=person_id,
        worker_no=worker_no, is_team_leader=True, work_type=team.work_type,
        id_type=team.leader_id_type or "01", id_number=team.leader_id_number,
        name=team.leader_name, mobile=team.leader_mobile, address=team.leader_address,
        state=StayState.DRAFT,
    )  # fmt: skip
    if draft.id_type == CARD_DOCUMENT:
        read = checks.identity_number(draft.id_number, clock.today())
        draft.sex, draft.birth_on = read.sex, read.birth_on
    team.notices = tuple(Notice(words, "leader_id_number") for words in ages.warnings(draft))
    return draft


def edit_team(team: Team, values: Mapping[str, Any], *, actor: scope.Principal) -> Team:
    """Change a team; its unit and number stay, and a new leader comes as a draft."""
    if team.is_management or team.state is TeamState.EXITED:
        raise NotEditable(gettext("This team can no longer be changed"))
    if str(values.get("row_version") or team.row_version) != str(team.row_version):
        raise Stale
    changes = {n: values[n] for n in open_columns(Team) if n in values and n != "unit_id"}
    merged = {**{name: getattr(team, name) for name in specs(Team)}, **changes}
    refuse_all(list(_edit_problems(team, values, merged, door_of(actor))))
    leader_before = team.leader_id_number
    for name, value in changes.items():
        setattr(team, name, merged[name] if name.endswith("id_number") else value)
    db.session.flush()
    if team.leader_id_number != leader_before:
        change_leader(team, actor=actor)
    return team


def _edit_problems(
    team: Team, values: Mapping[str, Any], merged: dict[str, Any], door: str
) -> Iterator[Refusal]:
    if values.get("unit_id") not in (None, team.unit_id):
        yield NotEditable(
            gettext("A team stays with its company: add a team there"), field="unit_id"
        )
    yield from missing(Team, merged, door)
    name = merged.get("name") or ""
    if name == MANAGEMENT_TEAM:
        yield TeamNameReserved(name)
    elif name != team.name:
        _name_one_at_a_time([team.unit_id])
        yield from _name_problems([{"unit_id": team.unit_id, "name": name}])
    yield from _documents(merged)
    unit = db.session.get(ProjectUnit, team.unit_id)
    if unit is not None:
        yield from _entry(merged, unit)
    if merged.get("work_type") != team.work_type and team.work_type:
        yield from _trade_problems(team)


def _trade_problems(team: Team) -> Iterator[Refusal]:
    if settings.get(TRADE_FOLLOWS_TEAM) and queries.members(team):
        yield RosterRefusal(
            gettext("The team has members already: its trade can no longer change"),
            field="work_type",
        )


def _note_leader(project: Project, team: Team) -> None:
    """Say where the named leader is on the roster, where that is not this team."""
    if not team.leader_id_number:
        return
    stay = queries.live_stay(project, team.leader_id_type or "01", team.leader_id_number)
    other = db.session.get(Team, stay.team_id) if stay and stay.team_id != team.id else None
    if stay is None or other is None:
        return
    words = (
        gettext("%(name)s leads the team “%(team)s” already and stays there on the roster: this"
                " team has no leader on the roster until somebody of its own is named",
                name=stay.name, team=other.name)
        if stay.is_team_leader else
        gettext("%(name)s is on the roster of the team “%(team)s” and stays there: this team has"
                " no leader on the roster until somebody of its own is named",
                name=stay.name, team=other.name)
    )  # fmt: skip
    team.notices = [*team.notices, Notice(words, "leader_id_number")]


def change_leader(team: Team, *, actor: scope.Principal) -> None:
    """Let the leader a team names now lead it on the roster; the former draft goes."""
    former = queries.leader_stays([team.id]).get(team.id)
    if former is not None:
        former.is_team_leader = False
        former.is_deleted = former.state is StayState.DRAFT
        db.session.flush()
    project = db.session.get(Project, team.project_id)
    if project is None or not team.leader_id_number:
        return
    present = queries.live_stay(project, team.leader_id_type or "01", team.leader_id_number)
    if present is None:
        draft_leaders(project, [team], actor=actor)
    elif present.team_id == team.id:
        present.is_team_leader = True
        db.session.flush()
    else:
        _note_leader(project, team)


def management_team(project: Project, unit: ProjectUnit) -> Team:
    """Give the team 项目管理部 of a unit, made when it is first needed."""
    if (team := queries.team_by_name(unit, MANAGEMENT_TEAM)) is not None:
        return team
    _name_one_at_a_time([unit.id])
    if (team := queries.team_by_name(unit, MANAGEMENT_TEAM)) is not None:
        return team  # somebody else needed it at the same moment
    with scope.system_scope("a team number is drawn for the whole city"):
        number = numbers.team_numbers(1)[0]
    team = Team(
        project_id=project.id, unit_id=unit.id, team_no=number, name=MANAGEMENT_TEAM,
        work_type="900", entry_on=unit.entry_on, is_management=True, state=TeamState.ON_SITE,
    )  # fmt: skip
    db.session.add(team)
    db.session.flush()
    return team
