"""访客登记: passes given, changed, ended and made void (screens.md 8.6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.projects.models import Project
from app.roster import queries
from app.roster.choices import StaffState, VisitState
from app.roster.errors import AlreadyOnProject, NotEditable, RosterRefusal, VisitRefused
from app.roster.models import StaffMember, VisitorPass
from app.roster.models.visitors import LONGEST_VISIT
from app.roster.queries import visitors
from app.roster.services.doors import document, door_of, missing, open_columns
from app.roster.states import VISIT_FLOW

CARD_DOCUMENT = "01"
Values = Mapping[str, Any]


def register_visitor(project: Project, values: Values, *, actor: scope.Principal) -> VisitorPass:
    """Give a visitor a pass; it is the host's unit's, and in force from its beginning."""
    kept = _kept(values)
    host = _host(project.id, kept.get("host_id"))
    refuse_all([
        *missing(VisitorPass, kept, door_of(actor)), *_of_host(host, kept, actor),
        *_of_document(project, kept), *_of_time(kept, ends=True), *_of_card(project.id, kept),
    ])  # fmt: skip
    row = VisitorPass(project_id=project.id, unit_id=host.unit_id if host else None, **kept)
    db.session.add(row)
    db.session.flush()
    return row


def edit_visitor(row: VisitorPass, values: Values, *, actor: scope.Principal) -> VisitorPass:
    """Change a pass that is in force; who has left, or was never to come, stays as he is."""
    if row.state is not VisitState.ACTIVE or not _keeps(row.project_id, row.unit_id, actor):
        raise NotEditable(
            gettext("Only a pass in force can be changed: register the next visit anew")
        )
    project = db.session.get_one(Project, row.project_id)
    merged = _kept({name: getattr(row, name) for name in open_columns(VisitorPass)} | dict(values))
    host = _host(row.project_id, merged.get("host_id"))
    problems: list[Refusal] = [
        *missing(VisitorPass, merged, door_of(actor)),
        *_of_time(merged, ends=merged.get("valid_to") != row.valid_to),
        *_of_card(row.project_id, merged, row.id),
    ]
    if merged.get("host_id") != row.host_id:
        problems += _of_host(host, merged, actor)
    problems += _of_document(project, merged, row)
    refuse_all(problems)
    for name, value in merged.items():
        setattr(row, name, value)
    row.unit_id = host.unit_id if host else row.unit_id
    db.session.flush()
    return row


def see_off(row: VisitorPass, *, actor: scope.Principal) -> VisitorPass:
    """Record that a visitor has left (离场), now."""
    if row.state is VisitState.ACTIVE and row.valid_from > clock.now():
        raise VisitRefused(
            gettext("This visit has not begun: make the pass void if the visitor does not come")
        )
    VISIT_FLOW.fire("depart", row, actor=actor)
    row.left_at = clock.now()
    db.session.flush()
    return row


def void_visitor(row: VisitorPass, reason: str, *, actor: scope.Principal) -> VisitorPass:
    """Make a pass void, with the reason: it counts as never given."""
    VISIT_FLOW.fire("void", row, actor=actor, remark=reason)
    return row


def may_keep(row: VisitorPass, actor: scope.Principal) -> bool:
    """Tell whether a principal changes a pass: its unit's, or any of his project."""
    return row.state is VisitState.ACTIVE and _keeps(row.project_id, row.unit_id, actor)


def _keeps(project_id: int, unit_id: int, actor: scope.Principal) -> bool:
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return project_id in actor.projects or unit_id in actor.units


def _kept(values: Values) -> dict[str, Any]:
    """Give the columns a door may bring; a kind of document without a number says nothing."""
    found = {name: values.get(name) or None for name in open_columns(VisitorPass)}
    number = found.get("id_number")
    found["id_type"] = (found.get("id_type") or CARD_DOCUMENT) if number else None
    return found


def _host(project_id: int, number: Any) -> StaffMember | None:
    return db.session.scalars(
        select(StaffMember).where(
            StaffMember.id == number, StaffMember.project_id == project_id,
            StaffMember.is_deleted.is_(False),
        )
    ).one_or_none() if number else None  # fmt: skip


def _of_host(host: StaffMember | None, values: Values, actor: scope.Principal) -> Iterator[Refusal]:
    if not values.get("host_id"):
        return
    if host is None or not _keeps(host.project_id, host.unit_id, actor):
        yield VisitRefused(
            gettext("The host is none of this project's staff: choose him from the list"),
            field="host_id",
        )
    elif host.state is not StaffState.ON_SITE:
        yield VisitRefused(
            gettext("%(name)s is not on a post now: choose a host who is", name=host.name),
            field="host_id",
        )


def _of_document(
    project: Project, values: dict[str, Any], row: VisitorPass | None = None
) -> Iterator[Refusal]:
    if not values.get("id_number"):
        return
    try:
        values["id_number"] = document(values["id_type"], str(values["id_number"]))
    except RosterRefusal as problem:
        yield problem
        return
    same = row is not None and (row.id_type, row.id_number) == (
        values["id_type"], values["id_number"],
    )  # fmt: skip
    if not same and queries.live_stay(project, values["id_type"], values["id_number"]):
        yield AlreadyOnProject(values["id_type"], values["id_number"])


def _of_time(values: Values, *, ends: bool) -> Iterator[Refusal]:
    """Refuse a visit that ends before it begins, lasts more than 7 days, or is over already."""
    start, end = values.get("valid_from"), values.get("valid_to")
    if not start or not end:
        return
    if end <= start:
        yield VisitRefused(
            gettext("The visit ends before it begins: check both times"), field="valid_to"
        )
    elif end - start > LONGEST_VISIT:
        yield VisitRefused(
            gettext("A pass holds for 7 days at most: give an earlier end, and register the"
                    " visitor anew afterwards"),
            field="valid_to",
        )  # fmt: skip
    elif ends and end <= clock.now():
        yield VisitRefused(
            gettext("This time is over already: give an end that lies ahead"), field="valid_to"
        )


def _of_card(project_id: int, values: Values, but: int | None = None) -> Iterator[Refusal]:
    card, start, end = (values.get(name) for name in ("card_no", "valid_from", "valid_to"))
    if not card or not start or not end:
        return
    held = visitors.card_held(project_id, card, start, end, but=but)
    if held is not None:
        yield VisitRefused(
            gettext("%(name)s holds the visitor card %(card)s at that time: record that he has"
                    " left, or give another card", name=held.name, card=card),
            field="card_no",
        )  # fmt: skip
