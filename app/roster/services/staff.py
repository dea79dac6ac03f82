"""现场专业人员 and 管理技术人员: posts, their stay on the project, their login (screens.md 8.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import checks, clock, dictionaries, names, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, Stale, refuse_all
from app.extensions import db
from app.identity import services as identity
from app.projects.choices import GENERAL_CONTRACTOR
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import MovementKind, StaffKind, StaffState, StayState
from app.roster.errors import (
    AlreadyOnProject,
    DateRefused,
    Missing,
    NotEditable,
    PostDrafted,
    PostTaken,
    RosterRefusal,
)  # fmt: skip
from app.roster.models import ProjectWorker, StaffMember
from app.roster.services import due
from app.roster.services.doors import door_of, missing, open_columns, taken
from app.roster.services.enrolment import enrol
from app.roster.services.movements import OTHER, record_movements
from app.roster.services.places import Places
from app.roster.services.posts import certified, single, usual_areas, usual_role
from app.roster.services.rules import normal_document
from app.roster.services.teams import management_team
from app.roster.states import STAFF_FLOW

FIXED = ("staff_kind", "id_type", "id_number", "name", "unit_id")
SHARED = (
    "name", "id_type", "id_number", "sex", "birth_on", "nationality", "nation", "address",
    "id_issuer", "id_valid_from", "id_valid_to", "mobile", "education", "politics",
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
    refuse_all(list(_problems(project, kept, places, door_of(actor))))
    row = StaffMember(project_id=project.id, state=StaffState.DRAFT, **_columns(kept))
    db.session.add(row)
    db.session.flush()
    return _take_up(project, row, places.unit(row.unit_id), actor)


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
    if str(values.get("row_version") or row.row_version) != str(row.row_version):
        raise Stale
    changes = {name: values[name] for name in open_columns(StaffMember) if name in values}
    changes["staff_kind"] = row.staff_kind
    merged = {**{name: getattr(row, name) for name in specs(StaffMember)}, **changes}
    places = Places(project, [merged], actor)
    refuse_all([
        *_fixed(row, changes), *_problems(project, merged, places, door_of(actor), row=row),
    ])  # fmt: skip
    for name, value in changes.items():
        setattr(row, name, merged.get(name, value))
    db.session.flush()
    unit = places.unit(row.unit_id)
    if row.state is StaffState.DRAFT:
        return _take_up(project, row, unit, actor)
    _open_login(project, row, unit, actor)
    due.renew(row, row.on_post_from)
    db.session.flush()
    return row


def _fixed(row: StaffMember, changes: Mapping[str, Any]) -> Iterator[Refusal]:
    if row.state is StaffState.DRAFT:
        return
    for name in FIXED:
        if name in changes and changes[name] != getattr(row, name):
            yield NotEditable(
                gettext("This no longer changes once the person is on the post"), field=name
            )


def _problems(
    project: Project, values: dict[str, Any], places: Places, door: str,
    row: StaffMember | None = None,
) -> Iterator[Refusal]:  # fmt: skip
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
    start, end = values.get("on_post_from"), values.get("on_post_to")
    if start and end and end < start:
        yield DateRefused(gettext("The end lies before the beginning"), field="on_post_to")
    yield from _post_problems(project, values, row, door)
    yield from _login_problems(values, row)


def posts_of(kind: StaffKind) -> tuple[str, ...]:
    """Give the posts of a kind of staff."""
    return tuple(code for code, _label in dictionaries.options("post") if is_post_of(kind, code))


def is_post_of(kind: StaffKind, post: str) -> bool:
    """Tell whether a post, retired or not, is one of a kind of staff."""
    return (post in dictionaries.codes("site_post")) is (kind is StaffKind.SPECIALIST)


def _post_problems(
    project: Project, values: Mapping[str, Any], row: StaffMember | None, door: str
) -> Iterator[Refusal]:
    post = values.get("post") or ""
    if single(post):
        holder = db.session.scalars(
            select(StaffMember)
            .where(
                StaffMember.project_id == project.id, StaffMember.post == post,
                StaffMember.unit_id == values.get("unit_id"),
                StaffMember.state != StaffState.EXITED, StaffMember.is_deleted.is_(False),
                StaffMember.id != (row.id if row is not None else 0),
            )
            .order_by(StaffMember.id)
        ).first()  # fmt: skip
        if holder is not None:
            refusal = PostDrafted if holder.state is StaffState.DRAFT else PostTaken
            yield refusal(dictionaries.label("post", post), holder.name)
    if certified(post) and door == "form":
        for name in ("certificate_no", "certificate_valid_to", "certificate_file"):
            if not values.get(name):
                yield Missing(
                    gettext("This post needs its certificate: give number, end and scan"),
                    field=name,
                )


def _login_problems(values: dict[str, Any], row: StaffMember | None) -> Iterator[Refusal]:
    if not values.get("has_account") or (row is not None and row.user_id):
        return
    if not values.get("username"):
        yield Missing(gettext("Give the sign-in name of the login"), field="username")
        return
    try:
        values["username"] = checks.username(values["username"])
    except checks.Invalid as problem:
        yield RosterRefusal(str(problem), field="username")


def _take_up(
    project: Project, row: StaffMember, unit: ProjectUnit, actor: scope.Principal
) -> StaffMember:
    stay = _stay(project, row, unit, actor)
    row.worker_id, row.notices = stay.id, stay.notices
    STAFF_FLOW.fire("take_post", row, actor=actor)
    _open_login(project, row, unit, actor)
    due.renew(row, row.on_post_from)
    db.session.flush()
    return row


def _stay(
    project: Project, row: StaffMember, unit: ProjectUnit, actor: scope.Principal
) -> ProjectWorker:
    """Give the person's stay in 项目管理部; one he has in this unit already is used."""
    present = queries.live_stay(project, row.id_type or "01", row.id_number)
    if present is not None and present.state is not StayState.DRAFT:
        if present.unit_id != unit.id or not names.same_name(present.name, row.name):
            raise AlreadyOnProject(row.id_number, checks.mask_identity(row.id_number))
        return present
    team = management_team(project, unit)
    values = {name: getattr(row, name) for name in SHARED}
    values |= {"unit_id": unit.id, "team_id": team.id, "entry_on": row.on_post_from,
               "work_type": "900"}  # fmt: skip
    return enrol(project, [values], actor=actor, staff=True)[0]


def _open_login(
    project: Project, row: StaffMember, unit: ProjectUnit, actor: scope.Principal
) -> None:
    if not row.has_account or row.user_id or not row.username:
        return
    row.can_write = row.can_write or list(usual_areas(row.post)) or None
    row.user_id, password = identity.open_site_login(
        project_id=project.id, unit_id=unit.id,
        whole_project=unit.unit_role == GENERAL_CONTRACTOR, username=row.username,
        name=row.name, mobile=row.mobile, role=usual_role(row.post, row.can_write),
        can_write=row.can_write or [], actor=actor,
    )  # fmt: skip
    row.initial_password = password


def exit_staff(
    row: StaffMember, values: Mapping[str, Any], *, actor: scope.Principal
) -> StaffMember:
    """End a post: the login loses this project at once, and the stay in 项目管理部 ends."""
    left_on = values.get("moved_on") or clock.today()
    reason = (values.get("remark") or "").strip()
    if single(row.post) and not reason:
        raise Missing(gettext("Give the reason of the replacement in words"), field="remark")
    if row.on_post_from and left_on < row.on_post_from:
        raise DateRefused(gettext("The end lies before the beginning"), field="moved_on")
    if left_on > clock.today():
        raise DateRefused(gettext("An exit cannot lie in the future"), field="moved_on")
    row.on_post_to, row.replace_reason, row.replaced_at = left_on, reason or None, clock.now()
    row.incomplete, row.complete_by = False, None
    STAFF_FLOW.fire("exit", row, actor=actor, remark=reason)
    if row.user_id:
        identity.close_site_login(project_id=row.project_id, user_id=row.user_id, actor=actor)
    _end_stay(row, values, left_on, actor)
    return row


def _end_stay(
    row: StaffMember, values: Mapping[str, Any], left_on: Any, actor: scope.Principal
) -> None:
    worker = db.session.get(ProjectWorker, row.worker_id) if row.worker_id else None
    project = db.session.get(Project, row.project_id)
    other = db.session.scalars(
        select(StaffMember.id).where(
            StaffMember.worker_id == row.worker_id,
            StaffMember.id != row.id,
            StaffMember.state == StaffState.ON_SITE,
            StaffMember.is_deleted.is_(False),
        )
    ).first()
    if worker is None or project is None or other or worker.state is not StayState.ON_SITE:
        return
    record_movements(
        project,
        [{"worker": worker, "kind": MovementKind.EXIT,
          "moved_on": max(left_on, worker.entry_on or left_on),
          "reason": values.get("reason") or OTHER, "settled": bool(values.get("settled")),
          "settlement_file": values.get("settlement_file")}],
        actor=actor,
    )  # fmt: skip
