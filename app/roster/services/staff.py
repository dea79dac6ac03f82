"""现场专业人员 and 管理技术人员: posts, their stay on the project, their login (screens.md 8.4)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, select

from app.core import clock, dictionaries, names, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, Stale, refuse_all
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import SUCCESSOR, StaffKind, StaffState, StayState
from app.roster.errors import (
    AlreadyOnProject,
    AnotherThanNamed,
    DateRefused,
    NotEditable,
    PostDrafted,
    PostTaken,
    ReasonNeeded,
    RosterRefusal,
    SuccessionAsked,
    each,
)  # fmt: skip
from app.roster.models import ProjectWorker, StaffMember
from app.roster.services import due
from app.roster.services.doors import door_of, missing, open_columns, taken
from app.roster.services.enrolment import enrol, hits
from app.roster.services.keyed import Keyed, compare_names
from app.roster.services.logins import (
    LIMITS,
    follow_edit,
    login_problems,
    open_login,
)
from app.roster.services.places import Places
from app.roster.services.posts import reviewed, single
from app.roster.services.rules import DAYS_AHEAD, normal_document
from app.roster.services.teams import management_team
from app.roster.states import STAFF_FLOW

PERSONS = ("id_type", "id_number", "name")  # of the person, by 人员信息更正 (8.5)
FIXED = ("staff_kind", *PERSONS, "unit_id")
SHARED = (
    "name", "id_type", "id_number", "sex", "birth_on", "nationality", "nation", "address",
    "id_issuer", "id_valid_from", "id_valid_to", "mobile", "education", "politics", "join_reason",
)  # fmt: skip


def add_staff(
    project: Project, kind: StaffKind, values: Mapping[str, Any], *, actor: scope.Principal
) -> StaffMember:
    """Put a person on a post: his stay in 项目管理部 and, if wanted, his login come with it.

    ``initial_password`` of the row given back holds the first password of a new login, once.
    """
    kept = taken(StaffMember, values)
    kept["staff_kind"] = kind
    places = Places(project, [kept], actor)
    refuse_all(list(post_problems(project, kept, places, door_of(actor))))
    row = StaffMember(project_id=project.id, state=StaffState.DRAFT, **_columns(kept))
    db.session.add(row)
    db.session.flush()
    return take_up(project, row, places.unit(row.unit_id), actor)


def staff_misfits(
    project: Project, values: Mapping[str, Any], row: StaffMember | None = None, *,
    actor: scope.Principal,
) -> list[Refusal]:  # fmt: skip
    """Give what the saving of a post with other errors would be refused for."""
    kept = dict(values)
    return list(post_problems(project, kept, Places(project, [kept], actor), door_of(actor), row))


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in specs(StaffMember)}


def draft_staff(
    project_id: int, kind: StaffKind, values: Mapping[str, Any], *, origin: str
) -> StaffMember:
    """Keep a draft of a post that another form has named; one row an origin (screens.md 8.4)."""
    row = db.session.scalars(
        select(StaffMember).where(
            StaffMember.project_id == project_id,
            StaffMember.draft_of == origin,
            StaffMember.is_deleted.is_(False),
        )
    ).first()
    if row is not None and row.state is not StaffState.DRAFT:
        return row
    if row is None:
        row = StaffMember(
            project_id=project_id, staff_kind=kind, draft_of=origin, state=StaffState.DRAFT,
            **_columns(values),
        )  # fmt: skip
        db.session.add(row)
    else:
        for name, value in _columns(values).items():
            setattr(row, name, value)
    db.session.flush()
    return row


def drop_drafts(project_id: int, *origins: str) -> None:
    """Take back the drafts other forms have made, as far as nobody has completed them."""
    rows = db.session.scalars(
        select(StaffMember).where(
            StaffMember.project_id == project_id, StaffMember.draft_of.in_(origins),
            StaffMember.state == StaffState.DRAFT, StaffMember.is_deleted.is_(False),
        )
    )  # fmt: skip
    for row in rows:
        row.is_deleted = True
    db.session.flush()


def edit_staff(
    row: StaffMember, values: Mapping[str, Any], *, actor: scope.Principal
) -> StaffMember:
    """Change a post's data; saving a draft puts the person on the post."""
    project = db.session.get(Project, row.project_id)
    if row.state is StaffState.EXITED or project is None:
        raise NotEditable(gettext("This person has left the post; the record stays as it is"))
    if row.draft_of == SUCCESSOR and row.state is StaffState.DRAFT:
        raise NotEditable(gettext("This is the successor of a request: change him in the request"))
    if str(values.get("row_version") or row.row_version) != str(row.row_version):
        raise Stale
    changes = {name: values[name] for name in open_columns(StaffMember) if name in values}
    changes["staff_kind"] = row.staff_kind
    merged = {**{name: getattr(row, name) for name in specs(StaffMember)}, **changes}
    places = Places(project, [merged], actor)
    refuse_all([
        *_fixed(row, changes), *post_problems(project, merged, places, door_of(actor), row),
    ])  # fmt: skip
    before = {name: getattr(row, name) for name in LIMITS}
    for name, value in changes.items():
        setattr(row, name, merged.get(name, value))
    db.session.flush()
    unit = places.unit(row.unit_id)
    if row.state is StaffState.DRAFT:
        return take_up(project, row, unit, actor)
    follow_edit(row, before, unit, actor=actor)
    due.renew(row, row.on_post_from)
    db.session.flush()
    return row


def _fixed(row: StaffMember, changes: Mapping[str, Any]) -> Iterator[Refusal]:
    if row.state is StaffState.DRAFT:
        return
    for name in FIXED:
        if name in changes and changes[name] != getattr(row, name):
            yield NotEditable(
                gettext("Name and document change only by a correction of the person's data")
                if name in PERSONS else
                gettext("This no longer changes once the person is on the post"),
                field=name,
            )  # fmt: skip
    if (words := _why_kept(row.post, changes.get("post") or row.post)) is not None:
        yield NotEditable(words, field="post")


def _why_kept(post: str, wanted: str) -> str | None:
    """Say why a post only one person holds is neither left nor taken by a change of the form."""
    if wanted == post or not (single(post) or single(wanted)):
        return None
    if single(post):
        return gettext(
            "“%(post)s” does not become another post here: choose “Replace”, or “Leave the post”"
            " and add the person to the other post", post=dictionaries.label("post", post),
        )  # fmt: skip
    return gettext(
        "Nobody becomes “%(post)s” by a change of this form: add him to that post, or choose"
        " “Replace” on the page of its last holder", post=dictionaries.label("post", wanted),
    )  # fmt: skip


def post_problems(
    project: Project, values: dict[str, Any], places: Places, door: str,
    row: StaffMember | None = None,
) -> Iterator[Refusal]:  # fmt: skip
    """Refuse what is wrong about a post: its person, and whoever else is on it."""
    yield from person_problems(values, places, door, row)
    if row is not None and row.state is StaffState.DRAFT and names_reviewed(row):
        yield from _named_problems(values, row)
    yield from _holder_problems(project, values, row)


def person_problems(
    values: dict[str, Any], places: Places, door: str, row: StaffMember | None = None
) -> Iterator[Refusal]:
    """Refuse what is wrong about a person on a post, whoever else is on it."""
    yield from missing(StaffMember, values, door)
    post, kind = values.get("post"), values.get("staff_kind")
    if post and kind and post not in posts_of(kind):
        yield RosterRefusal(
            gettext("“%(post)s” is no post of this kind of staff: choose from the list",
                    post=dictionaries.label("post", post)),
            field="post",
        )  # fmt: skip
    if values.get("unit_id"):
        try:
            places.unit(values["unit_id"])
        except Refusal as problem:
            yield problem
    if values.get("id_number"):
        yield from normal_document(values, door)
    yield from _dates(values, row)
    yield from login_problems(values, row)
    if door == "form" and (row is None or row.state is StaffState.DRAFT):
        yield from _incident_problems(values, places)


def _incident_problems(values: Mapping[str, Any], places: Places) -> Iterator[Refusal]:
    """Ask for a reason where the person stands in an incident, as the worker's form (8.2)."""
    if not values.get("id_number") or values.get("join_reason"):
        return
    number = (values.get("id_type") or "01", values["id_number"])
    if lines := hits(places.project, *number, places.actor):
        yield ReasonNeeded("；".join(str(line["text"]) for line in lines))


def names_reviewed(row: StaffMember) -> bool:
    """Tell whether a draft holds whom a reviewed application or an invitation names."""
    named = (row.draft_of or "").startswith(("project:", "unit:"))
    return named and reviewed(row.post)


def _named_problems(values: Mapping[str, Any], row: StaffMember) -> Iterator[Refusal]:
    """Refuse another person, or another post, in the draft of who was named for it."""
    post = dictionaries.label("post", row.post)
    if values.get("post") != row.post:
        yield AnotherThanNamed(post, row.name, "post")
    elif row.id_number:
        if _document(values) != _document({"id_type": row.id_type, "id_number": row.id_number}):
            yield AnotherThanNamed(post, row.name, "id_number")
    elif not names.same_name(row.name, values.get("name") or ""):
        yield AnotherThanNamed(post, row.name, "name")


def _document(values: Mapping[str, Any]) -> queries.Key:
    return queries.key_of(values.get("id_type") or "01", values.get("id_number") or "")


def _dates(values: Mapping[str, Any], row: StaffMember | None) -> Iterator[Refusal]:
    start, end = values.get("on_post_from"), values.get("on_post_to")
    if start and start > clock.today() + timedelta(days=DAYS_AHEAD):
        yield DateRefused(
            gettext("An entry can be registered at most %(n)s days ahead", n=DAYS_AHEAD),
            field="on_post_from",
        )
    if start and end and end < start:
        yield DateRefused(gettext("The end lies before the beginning"), field="on_post_to")
    elif end and end < clock.today() and (row is None or end != row.on_post_to):
        yield DateRefused(
            gettext("This day is over: leave the end empty, save, and record the leave on the"
                    " page of the post"),
            field="on_post_to",
        )  # fmt: skip


def posts_of(kind: StaffKind) -> tuple[str, ...]:
    """Give the posts of a kind of staff."""
    return tuple(code for code, _label in dictionaries.options("post") if is_post_of(kind, code))


def is_post_of(kind: StaffKind, post: str) -> bool:
    """Tell whether a post, retired or not, is one of a kind of staff."""
    return (post in dictionaries.codes("site_post")) is (kind is StaffKind.SPECIALIST)


def _holder_problems(
    project: Project, values: Mapping[str, Any], row: StaffMember | None
) -> Iterator[Refusal]:
    post = values.get("post") or ""
    if not single(post):
        return
    own = row.id if row is not None else 0
    holder = holder_of(project.id, post, values.get("unit_id"), own)
    if holder is not None:
        refusal = PostDrafted if holder.state is StaffState.DRAFT else PostTaken
        yield refusal(dictionaries.label("post", post), holder.name)
    elif row is None or row.state is StaffState.DRAFT:
        last = last_holder(project.id, post, values.get("unit_id"))
        if last is not None and _document(values) != (last.id_type, last.id_number_hash):
            label = dictionaries.label("post", post)
            yield SuccessionAsked(label, last.name, reviewed=reviewed(post))


def holder_of(project_id: int, post: str, unit_id: int | None, own: int = 0) -> StaffMember | None:
    """Give who holds or is named for a post of a unit, without successors still asked for."""
    return db.session.scalars(
        _of_post(project_id, post, unit_id)
        .where(
            StaffMember.state != StaffState.EXITED, StaffMember.id != own, queries.not_successor(),
        )
        .order_by(StaffMember.id)
    ).first()  # fmt: skip


def last_holder(project_id: int, post: str, unit_id: int | None) -> StaffMember | None:
    """Give who left a post of a unit last."""
    return db.session.scalars(
        _of_post(project_id, post, unit_id)
        .where(StaffMember.state == StaffState.EXITED)
        .order_by(StaffMember.on_post_to.desc(), StaffMember.id.desc())
    ).first()


def _of_post(project_id: int, post: str, unit_id: int | None) -> Select[Any]:
    return select(StaffMember).where(
        StaffMember.project_id == project_id, StaffMember.post == post,
        StaffMember.unit_id == unit_id, StaffMember.is_deleted.is_(False),
    )  # fmt: skip


def take_up(
    project: Project, row: StaffMember, unit: ProjectUnit, actor: scope.Principal
) -> StaffMember:
    """Put a draft on its post: his stay in 项目管理部 and his login come with it."""
    stay = _stay(project, row, unit, actor)
    row.worker_id, row.notices = stay.id, (*row.notices, *stay.notices)
    row.nationality = row.nationality or stay.nationality
    STAFF_FLOW.fire("take_post", row, actor=actor)
    open_login(row, unit, actor=actor)
    due.renew(row, row.on_post_from)
    db.session.flush()
    return row


def _stay(
    project: Project, row: StaffMember, unit: ProjectUnit, actor: scope.Principal
) -> ProjectWorker:
    """Give the person's stay in 项目管理部; one he has in this unit already is used."""
    present = queries.live_stay(project, row.id_type or "01", row.id_number)
    if present is not None and present.state is not StayState.DRAFT:
        same = names.same_name(present.name, row.name)
        if present.unit_id != unit.id or not (same or door_of(actor) == "sheet"):
            raise AlreadyOnProject(row.id_type or "01", row.id_number)
        known = Keyed(0, {"person_name": row.name}, present)
        compare_names([known])
        row.notices = known.notices
        return present
    team = management_team(project, unit)
    values = {name: getattr(row, name) for name in SHARED}
    values |= {"unit_id": unit.id, "team_id": team.id, "entry_on": row.on_post_from,
               "work_type": "900"}  # fmt: skip
    try:
        worker = enrol(project, [values], actor=actor, staff=True)[0]
    except Refusal as problem:
        for single_ in each(problem):
            if single_.field == "entry_on":  # the form of a post calls it otherwise
                single_.field = "on_post_from"
        raise
    row.stay_made = worker.before is None  # else a worker's draft was completed
    return worker
