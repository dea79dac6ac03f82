"""What the roster tells and asks, answered from the incidents (EVT-001, screens.md 8.2)."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select, union

from app.alerts import services as alerts
from app.core import clock, dictionaries, rules, scope
from app.core.views import Tab
from app.core.views.table import plain_rows
from app.extensions import db
from app.incidents.choices import IncidentState, Verdict
from app.incidents.excerpts import incidents_tab
from app.incidents.models import Incident, IncidentPerson, WatchEntry
from app.incidents.rules import KNOWN_STATES
from app.permissions import Area
from app.projects.events import tab_asked
from app.roster.events import joining, worker_tabs_asked, workers_joined, workers_left

N, P = Incident, IncidentPerson
RULE = "EVT-001"
MOST_IN_A_TAB = 50


@workers_joined.connect
def persons_have_joined(workers: Iterable[Any], **_facts: Any) -> None:
    """Answer within the request that adds workers; most are on no record."""
    by_project: dict[int, set[str]] = {}
    for worker in workers:
        by_project.setdefault(worker.project_id, set()).add(worker.id_number_hash)
    numbers = list(set().union(*by_project.values()))
    with scope.system_scope("a person being added may stand in an incident") as connection:
        known = set(
            connection.scalars(
                union(
                    select(P.id_number_hash).where(P.id_number_hash.in_(numbers)),
                    select(WatchEntry.id_number_hash).where(WatchEntry.id_number_hash.in_(numbers)),
                )
            )
        )
    for project_id, hashes in by_project.items():
        if hashes & known:
            alerts.scan(RULE, project_id, sorted(hashes & known))


@workers_left.connect
def persons_have_left(workers: Iterable[Any], **facts: Any) -> None:
    """Answer within the request that ends stays."""
    persons_have_joined(workers, **facts)


@joining.connect
def what_is_on_record(
    id_type: str, id_number: str, actor: scope.Principal, **_facts: Any
) -> list[dict[str, str]]:
    """Give class and date of what a person had a part in, no story.

    What the bureau has not verified is told only to the enterprise that recorded it.
    """
    kind = P.__table__.c.id_number.info["spec"].kind
    number = kind.fingerprint(kind.normal(id_number)) if id_number else None
    if not number:
        return []
    limits = rules.Limits(rules.get(RULE), rules.Layers())
    own = or_(N.confirmed == Verdict.CONFIRMED, N.enterprise_id.in_(_enterprises(actor)))
    if actor.audience is not scope.Audience.TENANT:
        own = N.confirmed != Verdict.REFUTED
    with scope.system_scope("class and date of incidents of a person being added") as connection:
        rows = connection.execute(
            select(N.kind, N.occurred_at, N.confirmed)
            .join(P, (P.project_id == N.project_id) & (P.incident_id == N.id))
            .where(
                P.id_number_hash == number, P.id_type == (id_type or "01"),
                P.is_deleted.is_(False), N.is_deleted.is_(False), N.state.in_(KNOWN_STATES),
                N.confirmed != Verdict.REFUTED, own, P.role.in_(limits.city("roles")),
                N.kind.in_(limits.city("types")),
            )
            .order_by(N.occurred_at.desc())
        ).all()  # fmt: skip
    return [
        {
            "level": "orange" if verdict is Verdict.CONFIRMED else "yellow",
            "text": gettext(
                "On record: %(kind)s, %(day)s%(mark)s",
                kind=dictionaries.label("incident_kind", kind_),
                day=f"{clock.local(occurred):%Y-%m-%d}",
                mark="" if verdict is Verdict.CONFIRMED else gettext(" (not verified yet)"),
            ),
        }
        for kind_, occurred, verdict in rows
    ]  # fmt: skip


@worker_tabs_asked.connect
def worker_tab(*, worker: Any) -> Tab:  # noqa: ARG001 - the tab is drawn from its own row
    """Give the tab 事件: the incidents the person stands in, of those the reader may open."""
    return Tab(
        "incidents", _("Incidents of the person"), _incidents_of, ("read", str(Area.INCIDENTS))
    )


def _incidents_of(worker: Any) -> dict[str, Any]:
    query = (
        select(N, P.role)
        .join(P, (P.project_id == N.project_id) & (P.incident_id == N.id))
        .where(
            P.id_number_hash == worker.id_number_hash, P.id_type == worker.id_type,
            P.is_deleted.is_(False), N.is_deleted.is_(False),
        )
        .order_by(N.occurred_at.desc()).limit(MOST_IN_A_TAB)
    )  # fmt: skip
    if scope.current().audience is scope.Audience.GOVERNMENT:
        query = query.where(N.state != IncidentState.DRAFT)
    heads = [gettext("Incident no."), gettext("Kind of incident"), gettext("Severity"),
             gettext("Part played"), gettext("Occurred at"), gettext("State")]  # fmt: skip
    return {
        "rows": plain_rows(heads, (
            (url_for("IncidentView.show", pk=row.id),
             [row.incident_no, dictionaries.label("incident_kind", row.kind), row.severity.label,
              dictionaries.label("incident_role", role),
              f"{clock.local(row.occurred_at):%Y-%m-%d %H:%M}", row.state.label])
            for row, role in db.session.execute(query)
        )),
        "empty": {
            "title": gettext("No incidents recorded"),
            "text": gettext("Incidents this person takes part in are shown here."),
        },
    }  # fmt: skip


def _enterprises(actor: scope.Principal) -> list[int]:
    own = getattr(actor.user, "enterprise_id", None)
    return [*actor.enterprises, *([own] if own else [])] or [0]


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 事件 to a project's page."""
    return Tab(
        "incidents",
        gettext("Incidents on the project"),
        incidents_tab,
        ("read", str(Area.INCIDENTS)),
    )
