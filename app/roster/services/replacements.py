"""更换: another person takes a post only one holds (screens.md 8.4).

项目经理 is reviewed by the government: the present holder stays until the approval, and at that
moment the successor takes the post and the former loses the project. 劳资专管员 changes at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.errors import NotAllowed, Refusal, Stale, refuse_all
from app.extensions import db
from app.identity import services as identity
from app.projects.choices import GENERAL_CONTRACTOR
from app.projects.models import Project, ProjectUnit
from app.roster.choices import (
    LABOUR_MANAGER,
    SUCCESSOR,
    ReplacementState,
    StaffState,
)
from app.roster.errors import DateRefused, NotReplaceable, ReplacementPending, RosterRefusal
from app.roster.models import PostReplacement, StaffMember
from app.roster.services.doors import door_of, missing, taken
from app.roster.services.leaving import end_stay, leave_post
from app.roster.services.places import Places
from app.roster.services.posts import reviewed, single
from app.roster.services.staff import (
    holder_of,
    last_holder,
    names_reviewed,
    person_problems,
    take_up,
)
from app.roster.states import REPLACEMENT_FLOW

OPEN = (ReplacementState.SUBMITTED, ReplacementState.RETURNED)
GIVEN = ("reason", "proof", "handover_on")
DECISIONS = ("approve", "return", "reject")
# where project and unit name who is on the post: what the row of the post fills in there
NAMED_IN = ("name", "id_type", "id_number", "mobile")


def request_replacement(
    holder: StaffMember, values: Mapping[str, Any], *, actor: scope.Principal
) -> PostReplacement:
    """Ask for a successor of a post's holder; where nobody reviews it, he takes the post now.

    ``values`` hold the successor's columns of ``StaffMember`` beside reason, proof and
    handover_on. ``notices`` of the row given back say what else there is to know.
    """
    project = db.session.get_one(Project, holder.project_id)
    _may_replace(holder, actor)
    person, given = _checked(holder, values, actor)
    successor = StaffMember(
        project_id=project.id, state=StaffState.DRAFT, draft_of=SUCCESSOR, **person
    )
    db.session.add(successor)
    db.session.flush()
    row = PostReplacement(
        project_id=project.id, post=holder.post, unit_id=holder.unit_id, holder_id=holder.id,
        successor_id=successor.id, state=ReplacementState.SUBMITTED, **given,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if not reviewed(holder.post):
        _take_effect(row, row.handover_on, actor)
        REPLACEMENT_FLOW.fire("take_effect", row, actor=scope.SYSTEM, remark=row.reason)
    return row


def change_replacement(
    row: PostReplacement, values: Mapping[str, Any], *, actor: scope.Principal
) -> PostReplacement:
    """Mend a returned request and submit it again."""
    if row.state is not ReplacementState.RETURNED:
        raise NotReplaceable(gettext("Only a returned request can be changed"))
    if str(values.get("row_version") or row.row_version) != str(row.row_version):
        raise Stale
    holder, successor = row.holder, row.successor
    person, given = _checked(holder, values, actor, successor)
    for name in specs(StaffMember):
        if name in values and name not in ("post", "unit_id", "staff_kind", "state"):
            setattr(successor, name, person.get(name, values[name]))
    for name in GIVEN:
        setattr(row, name, given.get(name))
    db.session.flush()
    REPLACEMENT_FLOW.fire("submit", row, actor=actor)
    return row


def decide_replacement(
    row: PostReplacement, verb: str, remark: str = "", *, actor: scope.Principal
) -> list[str]:
    """Approve, return or refuse; approved it takes effect at once. Gives sentences to be told."""
    if verb not in DECISIONS:
        raise NotAllowed
    if actor.audience not in (scope.Audience.GOVERNMENT, scope.Audience.SYSTEM):
        raise NotAllowed
    row.opinion = remark.strip()[:500] or None
    REPLACEMENT_FLOW.fire(verb, row, actor=actor, remark=remark)
    told: list[str] = []
    if verb == "approve":
        with scope.system_scope("an approved replacement takes effect"):
            told = _take_effect(row, clock.today(), scope.SYSTEM)
    elif verb == "reject":
        _dismiss(row)
    return told


def _dismiss(row: PostReplacement) -> None:
    with scope.system_scope("the draft of a refused successor goes with the request"):
        _drop(row)


def withdraw_replacement(row: PostReplacement, remark: str = "", *, actor: scope.Principal) -> None:
    """Take a request back; the present holder stays."""
    REPLACEMENT_FLOW.fire("withdraw", row, actor=actor, remark=remark)
    _drop(row)


def lapse(unit: ProjectUnit) -> None:
    """Let the open requests of a unit end with it."""
    rows = db.session.scalars(
        select(PostReplacement).where(
            PostReplacement.project_id == unit.project_id, PostReplacement.unit_id == unit.id,
            PostReplacement.state.in_(OPEN), PostReplacement.is_deleted.is_(False),
        )
    )  # fmt: skip
    for row in list(rows):
        withdraw_replacement(row, gettext("The unit left the project"), actor=scope.SYSTEM)


def open_request(holder: StaffMember) -> PostReplacement | None:
    """Give the request to replace a person that is not decided yet."""
    return db.session.scalars(
        select(PostReplacement).where(
            PostReplacement.project_id == holder.project_id,
            PostReplacement.holder_id == holder.id, PostReplacement.state.in_(OPEN),
            PostReplacement.is_deleted.is_(False),
        )
    ).first()  # fmt: skip


def replaceable(holder: StaffMember) -> bool:
    """Tell whether a successor may be asked for: of who is on the post, was named, or left it."""
    if not single(holder.post) or holder.is_deleted:
        return False
    if holder.state is StaffState.ON_SITE:
        return True
    if holder.state is StaffState.DRAFT:
        return names_reviewed(holder)
    last = last_holder(holder.project_id, holder.post, holder.unit_id)
    return last is holder and holder_of(holder.project_id, holder.post, holder.unit_id) is None


def _may_replace(holder: StaffMember, actor: scope.Principal) -> None:
    if not (actor.audience is scope.Audience.SYSTEM or actor.can("exit", REPLACEMENT_FLOW.area)):
        raise NotAllowed
    if not replaceable(holder):
        raise NotReplaceable(
            gettext("Only who is on the post of project manager or labour manager is replaced")
        )
    if open_request(holder) is not None:
        raise ReplacementPending(holder.name)


def misfits(
    holder: StaffMember, values: Mapping[str, Any], successor: StaffMember | None = None, *,
    actor: scope.Principal,
) -> list[Refusal]:  # fmt: skip
    """Give what a request with other errors would be refused for."""
    return _judged(holder, values, actor, successor)[2]


def _checked(
    holder: StaffMember, values: Mapping[str, Any], actor: scope.Principal,
    successor: StaffMember | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Give the successor's columns and those of the request, both checked together."""
    person, given, problems = _judged(holder, values, actor, successor)
    refuse_all(problems)
    return {name: value for name, value in person.items() if name in specs(StaffMember)}, given


def _judged(
    holder: StaffMember, values: Mapping[str, Any], actor: scope.Principal,
    successor: StaffMember | None,
) -> tuple[dict[str, Any], dict[str, Any], list[Refusal]]:  # fmt: skip
    project = db.session.get_one(Project, holder.project_id)
    given = {name: values.get(name) for name in GIVEN}
    person = taken(StaffMember, values) | {
        "staff_kind": holder.staff_kind, "post": holder.post, "unit_id": holder.unit_id,
        "on_post_from": given["handover_on"] or clock.today(), "on_post_to": None,
    }  # fmt: skip
    places = Places(project, [person], actor)
    door = door_of(actor)
    problems: list[Refusal] = [*missing(PostReplacement, given | {"post": holder.post}, door)]
    problems += person_problems(person, places, door, successor)
    problems += _handover_problems(holder, given["handover_on"])
    if person.get("id_number") == holder.id_number:
        problems.append(RosterRefusal(
            gettext("This is the present holder himself: enter his successor"), field="id_number"
        ))  # fmt: skip
    if person.get("has_account") and person.get("username"):
        problems += _login_problems(person, holder, actor)
    return person, given, problems


def _handover_problems(holder: StaffMember, day: date | None) -> list[Refusal]:
    if day is None:
        return []
    if day > clock.today():
        return [DateRefused(gettext("The handover cannot lie in the future"), field="handover_on")]
    if holder.on_post_from and day < holder.on_post_from:
        return [DateRefused(
            gettext("%(name)s is on the post since %(day)s: the handover cannot lie before it",
                    name=holder.name, day=holder.on_post_from.isoformat()),
            field="handover_on",
        )]  # fmt: skip
    return []


def _login_problems(
    person: Mapping[str, Any], holder: StaffMember, actor: scope.Principal
) -> list[Refusal]:
    unit = db.session.get_one(ProjectUnit, holder.unit_id)
    refusal = identity.login_refusal(
        person["username"], mobile=person.get("mobile"),
        enterprise_id=unit.enterprise_id or next(iter(actor.enterprises), None),
    )  # fmt: skip
    return [refusal] if refusal is not None else []


def _take_effect(row: PostReplacement, day: date, actor: scope.Principal) -> list[str]:
    """Let the former leave and the successor take the post, in one moment."""
    holder, successor = row.holder, row.successor
    project = db.session.get_one(Project, row.project_id)
    unit = db.session.get_one(ProjectUnit, row.unit_id)
    quiet = replace(actor, door=scope.Door.SYSTEM)
    if holder.state is StaffState.ON_SITE:
        leave_post(holder, max(day, holder.on_post_from or day), row.reason, actor=quiet,
                   verb="vacate")  # fmt: skip
        end_stay(holder, {"remark": row.reason}, holder.on_post_to, quiet)
    elif holder.state is StaffState.DRAFT:  # named, and never came: his draft goes
        holder.is_deleted = True
    row.handover_on, successor.on_post_from = day, day
    told = _take_up(project, successor, unit, actor)
    if holder.is_deleted:  # what named the holder finds the post filled
        successor.draft_of, holder.draft_of = holder.draft_of, None
    _name(project, unit, successor)
    row.notices = [*successor.notices, *told]
    row.initial_password = successor.initial_password
    return told


def _take_up(
    project: Project, successor: StaffMember, unit: ProjectUnit, actor: scope.Principal
) -> list[str]:
    """Put the successor on the post; a sign-in name taken meanwhile does not stop a review."""
    wish = successor.has_account
    if actor.audience is not scope.Audience.SYSTEM:
        take_up(project, successor, unit, actor)
        return []
    try:
        with db.session.begin_nested():
            take_up(project, successor, unit, actor)
    except identity.UsernameTaken:
        successor.has_account = False
        take_up(project, successor, unit, actor)
        successor.has_account = wish
        db.session.flush()
        return [gettext(
            "The login %(username)s of %(name)s could not be opened: the contractor gives another"
            " sign-in name", username=successor.username, name=successor.name,
        )]  # fmt: skip
    successor.initial_password = ()  # whoever reviews never sees it
    return []


def _name(project: Project, unit: ProjectUnit, successor: StaffMember) -> None:
    """Let project and unit name who is on the post now."""
    main = unit.unit_role == GENERAL_CONTRACTOR
    target: Any = project if main else unit
    prefix = (
        "labour_manager" if successor.post == LABOUR_MANAGER else "manager" if main else "leader"
    )
    with scope.system_scope("project and unit name who is on the post now"):
        for name in NAMED_IN:
            setattr(target, f"{prefix}_{name}", getattr(successor, name))
        if prefix != "labour_manager" and successor.certificate_no:
            setattr(target, f"{prefix}_certificate_no", successor.certificate_no)
        db.session.flush()


def _drop(row: PostReplacement) -> None:
    if row.successor is not None:
        row.successor.is_deleted = True
    db.session.flush()
