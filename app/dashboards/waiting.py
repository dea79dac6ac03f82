"""What waits for a reader beside his projects: a SELECT a kind, all read with one statement."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.alerts.choices import EventKind
from app.alerts.models import Alert, AlertEvent
from app.alerts.queries import returned, to_close, to_decide, urged
from app.attendance.choices import CorrectionState
from app.attendance.models import Correction
from app.core import scope
from app.core.columns.base import specs
from app.enterprises.models import EnterpriseChange
from app.enterprises.queries import still_returned
from app.extensions import db
from app.incidents.choices import Severity
from app.incidents.models import Incident
from app.incidents.queries import to_verify
from app.projects.choices import EDITABLE_STATES, GONE_UNITS, LIVE_STATES, UnitState
from app.projects.models import Project, ProjectUnit
from app.roster.choices import PersonCorrectionState, ReleaseState, ReplacementState
from app.roster.models import (
    PersonCorrection,
    PostReplacement,
    ProjectWorker,
    StaffMember,
    StayRelease,
)
from app.roster.queries import login_not_opened

MOST = 10  # of a kind


@dataclass(frozen=True)
class Waiting:
    """A row that waits: its number and state, what it is called, and what its line says of it."""

    number: int
    state: Any
    title: str
    about: str
    more: str


def _chosen(
    model: Any, title: Any, about: Any, *order: Any, more: Any = "", most: int | None = MOST
) -> Select[Any]:
    """Begin the SELECT of a kind; every kind has the same columns."""
    texts = {"title": title, "about": about, "more": more}
    return (
        select(
            literal(model.__name__).label("model"),
            func.row_number().over(order_by=order).label("place"),
            model.id.label("number"), cast(model.state, String).label("state"),
            *[func.coalesce(cast(value, String), "").label(name) for name, value in texts.items()],
        )
        .where(model.is_deleted.is_(False))
        .order_by(*order)
        .limit(most)
    )  # fmt: skip


def read(kinds: Mapping[str, Select[Any]]) -> dict[str, list[Waiting]]:
    """Read what waits, by kind, the first of each kind first."""
    found: dict[str, list[Waiting]] = {kind: [] for kind in kinds}
    parts = [
        select(literal(kind).label("kind"), *query.subquery().c) for kind, query in kinds.items()
    ]
    if parts:
        together = union_all(*parts)
        for row in db.session.execute(together.order_by(together.selected_columns.place)):
            choice = STATES[row.model][row.state]
            found[row.kind].append(Waiting(row.number, choice, row.title, row.about, row.more))
    return found


MODELS = (
    ProjectUnit, EnterpriseChange, StaffMember, Alert, ProjectWorker, Incident, Correction,
    PersonCorrection, PostReplacement,
)  # fmt: skip
STATES: dict[str, Any] = {
    model.__name__: specs(model)["state"].kind.choice  # type: ignore[attr-defined]
    for model in MODELS
}


def open_invitations(enterprises: tuple[int, ...]) -> Select[Any]:
    """Choose the invitations an enterprise has not answered, the newest first."""
    row = ProjectUnit
    return _chosen(row, row.project_name, "", row.id.desc()).where(
        row.enterprise_id.in_(enterprises), row.state == UnitState.INVITED
    )


def changes(enterprises: tuple[int, ...]) -> Select[Any]:
    """Choose the latest changes of an enterprise, newest first, and what each is about."""
    row = EnterpriseChange
    return _chosen(row, row.change_no, row.changed_fields, row.id.desc()).where(
        row.enterprise_id.in_(enterprises), row.direct.is_(False)
    )


def not_taken_up(latest: Iterable[Waiting]) -> list[Waiting]:
    """Give the returned changes that no later request takes up, of the latest ones."""
    return still_returned((one, one.state, json.loads(one.about)) for one in latest)


def declined_invitations(actor: scope.Principal) -> Select[Any]:
    """Choose the units whose enterprise declined and whose inviter has not decided what follows.

    He changes the unit, lets it leave or invites again (screens.md 5.2).
    """
    row, again = ProjectUnit, aliased(ProjectUnit)
    return (
        _chosen(row, row.project_name, row.name, row.id.desc())
        .join(Project, Project.id == row.project_id)
        .where(
            row.state == UnitState.DECLINED,
            or_(row.project_id.in_(actor.projects), row.parent_id.in_(actor.units)),
            row.enterprise_id.not_in(actor.enterprises),
            Project.state.in_((*EDITABLE_STATES, *LIVE_STATES)),
            not_(
                exists().where(
                    again.project_id == row.project_id, again.credit_code == row.credit_code,
                    again.state.not_in(GONE_UNITS), again.is_deleted.is_(False),
                )
            ),
        )
    )  # fmt: skip


def unopened_logins() -> Select[Any]:
    """Choose the labour managers whose login could not be opened, with project and login."""
    row = StaffMember
    query = _chosen(
        row, Project.name, row.name, row.project_id.desc(), more=row.username, most=None
    )
    return query.join(Project, Project.id == row.project_id).where(login_not_opened())


def _alerts(more: Any = "") -> Select[Any]:
    """Choose warnings, the most urgent first, with rule and subject."""
    return _chosen(Alert, Alert.subject, Alert.rule_code, Alert.urgency.desc(), more=more)


def returned_alerts() -> Select[Any]:
    """Choose the warnings whose handling the bureau has returned; one that is urged says so."""
    return _alerts().where(*returned(), Alert.urged_at.is_(None))


def urged_alerts() -> Select[Any]:
    """Choose the warnings the bureau urges, with its latest words (screens.md 11.2, 督办)."""
    said = (
        select(AlertEvent.remark)
        .where(
            AlertEvent.project_id == Alert.project_id, AlertEvent.alert_id == Alert.id,
            AlertEvent.kind == EventKind.URGED,
        )
        .order_by(AlertEvent.id.desc()).limit(1).correlate(Alert).scalar_subquery()
    )  # fmt: skip
    return _alerts(said).where(*urged())


def alerts_to_close() -> Select[Any]:
    """Choose the warnings whose handling waits for the bureau."""
    return _alerts().where(*to_close())


def alerts_to_decide() -> Select[Any]:
    """Choose the warnings that wait for a decision of the bureau (EVT-001)."""
    return _alerts().where(*to_decide())


def incidents_to_verify() -> Select[Any]:
    """Choose the incidents the bureau has not verified: major ones first, then the oldest."""
    major = case((Incident.severity == Severity.MAJOR, 0), else_=1)
    query = _chosen(
        Incident,
        Incident.incident_no,
        Incident.kind,
        major,
        Incident.occurred_at,
        more=Incident.place,
    )
    return query.where(*to_verify())


def workers_elsewhere(actor: scope.Principal) -> Select[Any]:
    """Choose the workers whose exit is asked for, as they have begun on another project (8.2).

    Each with the project he is to leave, and the day at whose end the system closes the stay.
    """
    row, asked = ProjectWorker, StayRelease
    last_day = func.to_char(
        func.timezone("Asia/Shanghai", asked.due_at) - timedelta(seconds=1), "YYYY-MM-DD"
    )
    query = _chosen(row, asked.site_name, row.name, asked.due_at, more=last_day)
    return query.join(
        asked, (asked.project_id == row.project_id) & (asked.worker_id == row.id)
    ).where(
        asked.state == ReleaseState.PENDING, asked.is_deleted.is_(False),
        or_(row.project_id.in_(actor.projects), row.unit_id.in_(actor.units)),
    )  # fmt: skip


def corrections_to_read(actor: scope.Principal) -> Select[Any]:
    """Choose the corrections of persons a site may still object to (8.5)."""
    row = PersonCorrection
    last = func.to_char(func.timezone("Asia/Shanghai", row.dispute_until), "YYYY-MM-DD HH24:MI")
    return _chosen(row, row.site_name, row.name, row.dispute_until, more=last).where(
        row.state == PersonCorrectionState.PENDING,
        # what a site sees and has not asked for itself stands open to its objection
        not_(or_(row.project_id.in_(actor.projects), row.unit_id.in_(actor.units))),
    )  # fmt: skip


def corrections_to_decide() -> Select[Any]:
    """Choose the disputed corrections of persons, the oldest first (8.5)."""
    row = PersonCorrection
    return _chosen(row, row.site_name, row.name, row.disputed_at).where(
        row.state == PersonCorrectionState.DISPUTED
    )


def replacements(state: ReplacementState) -> Select[Any]:
    """Choose the requests for another person on a post: project, holder, and the review's words."""
    row = PostReplacement
    return (
        _chosen(row, Project.name, StaffMember.name, row.id, more=row.opinion)
        .join(Project, Project.id == row.project_id)
        .join(StaffMember, (StaffMember.project_id == row.project_id)
              & (StaffMember.id == row.holder_id))
        .where(row.state == state)
    )  # fmt: skip


def corrections(actor: scope.Principal) -> Select[Any]:
    """Choose the corrections a reader decides, with project, who entered them and for whom.

    The general contractor decides what a subcontractor entered, the district what is older than
    thirty days (screens.md 9.3).
    """
    row, unit = Correction, ProjectUnit
    query = _chosen(row, Project.name, row.title, row.id, more=unit.name)
    query = query.join(Project, Project.id == row.project_id).outerjoin(
        unit, unit.id == row.unit_id
    )
    if actor.audience is scope.Audience.GOVERNMENT:
        return query.where(row.state == CorrectionState.DISTRICT)
    own = row.project_id.in_(actor.projects)
    return query.where(row.state == CorrectionState.PENDING, own)
