"""Rows on their way in: what was given, what is known, what is refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from app.core import checks, clock, names, scope
from app.core.errors import Refusal, refuse_all
from app.core.notices import Notice
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import MANAGER_ROLE, WORKER, StayState
from app.roster.errors import (
    AlreadyOnProject,
    CardTaken,
    LeaderTaken,
    ReasonNeeded,
    TeamNotHere,
    TwiceInList,
    each,
)  # fmt: skip
from app.roster.models import ProjectWorker, Team
from app.roster.queries import Key, Known, Stay, merging
from app.roster.services import ages, certificates, entry_training, rules, wage_cards
from app.roster.services.doors import missing, taken
from app.roster.services.keyed import merged_into, said_otherwise
from app.roster.services.persons import FACTS
from app.roster.services.places import Places

SHARED_MOBILES = 3  # PERS-001 f
CHIP = ("read_by_chip", "reader_no")  # set by the form that read the card (8.2, 读身份证)


@dataclass(slots=True)
class Intake:
    """One row of a list of workers."""

    index: int
    given: Mapping[str, Any]
    values: dict[str, Any] = field(init=False)
    unit: ProjectUnit = field(init=False)
    team: Team = field(init=False)
    key: Key = field(init=False)
    known: Known | None = None
    draft_id: int | None = None
    stay_id: int | None = None  # of a live stay here that the row is about again
    stay: Any = None  # that stay, once it is found to take the row
    changes: dict[str, Any] = field(default_factory=dict)  # what the row brings to that stay
    notices: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = taken(ProjectWorker, self.given)
        self.values |= {name: self.given[name] for name in CHIP if self.given.get(name)}

    @property
    def own_id(self) -> int | None:
        """Give the stay the row itself is about, which never stands in its own way."""
        return self.draft_id or self.stay_id

    @property
    def is_whole(self) -> bool:
        """Tell whether person and team are known, so that the city can be asked."""
        return hasattr(self, "key") and hasattr(self, "team") and bool(self.values.get("name"))


@dataclass
class Facts:
    """What the city knows about the persons of a list."""

    persons: dict[Key, Known]
    stays: dict[Key, list[Stay]]
    card_owners: dict[str, set[int]]
    card_nos: dict[Any, set[int]]
    mobiles: dict[Any, set[int]]


def refuse(problems: Iterable[tuple[Intake, Refusal]]) -> None:
    """Raise what was found, each refusal knowing its row."""
    found = []
    for intake, problem in problems:
        for single in each(problem):
            single.row = intake.index  # type: ignore[attr-defined]
            found.append(single)
    refuse_all(found)


def alone(
    intakes: list[Intake], project: Project, places: Places, door: str, *, staff: bool
) -> Iterator[tuple[Intake, Refusal]]:
    """Check every row by itself and against its list."""
    seen: set[Key] = set()
    for intake in intakes:
        for problem in _row_problems(intake, project, places, door, staff=staff):
            yield intake, problem
        number = intake.values.get("id_number")
        if number:
            intake.key = queries.key_of(intake.values["id_type"], number)
            if intake.key in seen:
                yield intake, TwiceInList(number, checks.mask_identity(number))
            seen.add(intake.key)


def _row_problems(
    intake: Intake, project: Project, places: Places, door: str, *, staff: bool
) -> Iterator[Refusal]:
    values = intake.values
    yield from missing(ProjectWorker, values, door)
    yield from _place(intake, places, door, staff=staff)
    if values.get("id_number"):
        yield from rules.normal_document(values, door)
    yield from rules.entry_dates(values, project, door)
    yield from rules.pairs(values)
    if values.get("bank_card_no"):
        values.setdefault("bank_account_name", values.get("name"))
    yield from rules.account_name(values, door)
    yield from entry_training.problems(None, values, values)
    try:
        certificates.check(intake.given.get("certificates") or ())
    except Refusal as problem:
        yield problem


def _place(intake: Intake, places: Places, door: str, *, staff: bool) -> Iterator[Refusal]:
    values = intake.values
    if not values.get("unit_id") or not values.get("team_id"):
        return
    try:
        manager = staff or (door == "api" and values.get("work_role") == MANAGER_ROLE)
        unit = places.unit if manager else places.employer
        intake.unit = unit(values["unit_id"])
        intake.team = places.team(values["team_id"], intake.unit)
    except Refusal as problem:
        yield problem
        return
    if intake.team.is_management and not staff:
        yield TeamNotHere()
    yield from rules.not_before_team(values.get("entry_on"), intake.team, door)


def lead_on(intakes: list[Intake]) -> list[tuple[Intake, Refusal]]:
    """Write rows with the document of a merged person under the one in force; system scope."""
    moved = merging.moved_documents(intake.key for intake in intakes)
    seen = {intake.key for intake in intakes}
    problems: list[tuple[Intake, Refusal]] = []
    for intake in intakes if moved else ():
        if intake.key not in moved:
            continue
        intake.values["id_type"], intake.values["id_number"] = moved[intake.key]
        intake.key = queries.key_of(*moved[intake.key])
        number = intake.values["id_number"]
        if intake.key in seen:
            problems.append((intake, TwiceInList(number, checks.mask_identity(number))))
        seen.add(intake.key)
        intake.notices.append(Notice(merged_into(number), "id_number"))
    return problems


def read_facts(intakes: list[Intake], project: Project, door: str) -> Facts:
    """Read in a few statements what the checks of any number of rows need; system scope."""
    keys = [intake.key for intake in intakes]
    cards = {queries.card_fingerprint(i.values["bank_card_no"])
             for i in intakes if i.values.get("bank_card_no")}  # fmt: skip
    card_nos = {i.values["card_no"] for i in intakes if i.values.get("card_no")}
    mobiles = {i.values["mobile"] for i in intakes if i.values.get("mobile")}
    return Facts(
        persons=queries.persons(keys),
        stays=queries.stays(keys),
        card_owners=queries.card_owners(cards) if cards else {},
        card_nos=queries.used_on_project(project.id, "card_no", card_nos) if card_nos else {},
        mobiles=(
            queries.used_on_project(project.id, "mobile", mobiles)
            if mobiles and door == "form" else {}
        ),
    )  # fmt: skip


def against_city(
    intakes: list[Intake], project: Project, facts: Facts, door: str, *, renews: bool = False
) -> Iterator[tuple[Intake, Refusal]]:
    """Check every row against what the city knows; note what the answer must say.

    With ``renews`` a row about somebody who is here already is no repeat: ``renewing`` judges it.
    """
    for intake in intakes:
        intake.known = facts.persons.get(intake.key)
        for problem in _known_problems(intake, project, facts, door, renews=renews):
            yield intake, problem
        if intake.stay_id is None:
            _note(intake, project, facts, door)
    wage_cards.note(intakes, door)


def _known_problems(
    intake: Intake, project: Project, facts: Facts, door: str, *, renews: bool
) -> Iterator[Refusal]:
    values = intake.values
    here = [stay for stay in facts.stays.get(intake.key, ()) if stay.project_id == project.id]
    for stay in here:
        if stay.state is StayState.DRAFT and _may_complete(stay, door):
            intake.draft_id = stay.id
        elif renews and stay.state in queries.PRESENT:
            intake.stay_id = stay.id
        elif stay.state in queries.LIVE:
            yield AlreadyOnProject(values["id_type"], values["id_number"])
    left_team = any(stay.team_id == intake.team.id for stay in here if stay.exit_on)
    # whoever returns to a post, or is here, needs no reason
    if left_team and intake.stay_id is None and not intake.team.is_management:
        yield from _return_problems(intake, project, door)
    if door == "form" and values.get("bank_card_no"):
        owners = facts.card_owners.get(queries.card_fingerprint(values["bank_card_no"]), set())
        if owners - {intake.known.id if intake.known else None}:
            yield CardTaken()
    if facts.card_nos.get(values.get("card_no"), set()) - {intake.own_id}:
        yield rules.card_no_taken(values["card_no"])


def _return_problems(intake: Intake, project: Project, door: str) -> Iterator[Refusal]:
    """Ask who comes back into the very team he left for the reason (4.9, 允许退场后重返原班组).

    A sheet of workers gives it as 备注; what comes by interface is taken and marked.
    """
    values = intake.values
    by_remark = door == "sheet" and "join_reason" not in intake.given
    values["join_reason"] = values.get("join_reason") or (
        values.get("remark") if by_remark else None
    )
    if values["join_reason"] or project.allow_same_team:
        return
    words = gettext("This person has left this very team before")
    if door == "api":
        values["join_reason"] = words
    elif door:
        problem = ReasonNeeded(words)
        problem.field = "remark" if by_remark else problem.field
        yield problem


def _may_complete(stay: Stay, door: str) -> bool:
    """Tell whether a draft waits for this row: a repeated upload of its own draft is a repeat."""
    return not (door == "api" and stay.source == scope.Door.API.value)


def _note(intake: Intake, project: Project, facts: Facts, door: str) -> None:
    for stay in facts.stays.get(intake.key, ()):
        if stay.project_id != project.id and stay.state is StayState.ON_SITE:
            ahead = (intake.values.get("entry_on") or clock.today()) > clock.today()
            words = elsewhere(stay.project_name, begins=not ahead)
            intake.notices.append(Notice(words, "id_number"))
    known_birth = intake.known.birth_on if intake.known else None
    birth_on = rules.born_on(intake.values) or known_birth
    intake.notices += rules.contradicted(intake.values)
    if young := ages.warning(intake.values["name"], birth_on):
        intake.notices.append(Notice(young, "id_number"))
    if card := intake.values.get("bank_card_no"):
        owners = facts.card_owners.get(queries.card_fingerprint(card), set())
        shared = owners - {intake.known.id if intake.known else None}
        intake.notices += rules.card_notices(card, shared=bool(shared) and door != "form")
    sharing = facts.mobiles.get(intake.values.get("mobile"), set())
    if len(sharing - {intake.draft_id}) + 1 >= SHARED_MOBILES:
        words = gettext(
            "%(n)s workers of this project share this mobile number", n=len(sharing) + 1
        )
        intake.notices.append(Notice(words, "mobile"))
    if intake.known and not names.same_name(intake.known.name, intake.values["name"]):
        intake.notices.append(said_otherwise(intake.known.name, "name", 0))


def elsewhere(project_name: str, *, begins: bool = True) -> str:
    """Say that the person is on site in another project, and what is asked of it (8.2, 释放)."""
    if not begins:
        return gettext(
            "This worker is on site at “%(project)s”. On his entry day here that site is asked to"
            " record his exit", project=project_name,
        )  # fmt: skip
    return gettext(
        "This worker is on site at “%(project)s”. The entry here holds at once; that site is asked"
        " to record his exit (after 3 days his stay there closes on his last punch date)",
        project=project_name,
    )


def fill(
    intake: Intake, project: Project, draft: ProjectWorker | None, *, staff: bool,
    trade_follows: bool,
) -> dict[str, Any]:  # fmt: skip
    """Give the values of the row with its defaults, its draft's and what the city knows.

    A leader's draft completed without a word about it stays the leader his team names.
    """
    values = intake.values
    if trade_follows or not values.get("work_type"):
        values["work_type"] = intake.team.work_type or values.get("work_type")
    if staff:
        values |= {"work_role": MANAGER_ROLE, "work_type": "900"}
    values.setdefault("work_role", WORKER)
    if values.get("is_team_leader") is None:
        kept = draft is not None and draft.team_id == intake.team.id
        values["is_team_leader"] = kept and draft.is_team_leader
    for name, default in (
        ("injury_insured", project.injury_insured),
        ("accident_insured", project.accident_insured), ("contract_pay_day", project.pay_day),
    ):  # fmt: skip
        values.setdefault(name, default)
    for name in FACTS if intake.known else ():
        if not values.get(name):
            values[name] = getattr(intake.known, name)
    if not values.get("nationality"):
        values["nationality"] = rules.country_of(values["id_type"], values["id_number"])
    return values


def leader_problems(
    intakes: list[Intake], leaders: Mapping[int, ProjectWorker]
) -> Iterator[tuple[Intake, Refusal]]:
    """Refuse a second leader of a team; a leader who is still a draft gives way."""
    named: dict[int, str] = {}
    for intake in intakes:
        if not intake.values.get("is_team_leader"):
            continue
        present = leaders.get(intake.team.id)
        if intake.team.id in named:
            yield intake, LeaderTaken(intake.team.name, named[intake.team.id])
        elif present and present.id != intake.own_id and present.state is not StayState.DRAFT:
            yield intake, LeaderTaken(intake.team.name, present.name)
        named[intake.team.id] = intake.values["name"]
