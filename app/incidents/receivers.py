"""What the roster tells and asks, answered from the incidents (EVT-001, screens.md 8.2)."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Connection, Select, literal, or_, select, true, union, update

from app.alerts import parameters
from app.alerts import services as alerts
from app.core import clock, dictionaries, rules, scope
from app.core.bulk import one_of
from app.core.views import Tab
from app.core.views.table import plain_rows
from app.extensions import db
from app.incidents.choices import Verdict
from app.incidents.excerpts import incidents_tab
from app.incidents.models import Incident, IncidentPerson, WatchEntry
from app.incidents.queries import enterprises_of, readable
from app.incidents.rules import on_record, on_watch
from app.permissions import Area
from app.projects.events import tab_asked
from app.projects.models import Project
from app.roster.events import (
    joining,
    person_renumbered,
    persons_merged,
    worker_tabs_asked,
    workers_joined,
    workers_left,
)
from app.roster.states import STAY_FLOW

N, P = Incident, IncidentPerson
RULE = "EVT-001"
MOST_IN_A_TAB = 50
BEGINNINGS = ("enter", "arrive", "begin", "come", "expect")


@workers_joined.connect
def persons_have_joined(workers: Iterable[Any], **_facts: Any) -> None:
    """Answer within the request that adds workers; most are on no record."""
    by_project: dict[int, set[str]] = {}
    for worker in workers:
        by_project.setdefault(worker.project_id, set()).add(worker.id_number_hash)
    numbers = list(set().union(*by_project.values()))
    with scope.system_scope("a person being added may stand in an incident") as connection:
        known = _named_anywhere(connection, numbers)
    for project_id, hashes in by_project.items():
        if hashes & known:
            alerts.scan(RULE, project_id, sorted(hashes & known))


def _named_anywhere(connection: Connection, numbers: list[str]) -> set[str]:
    """Give those of some persons that any incident or the watch list names; system scope."""
    return set(
        connection.scalars(
            union(
                select(P.id_number_hash).where(one_of(P.id_number_hash, numbers)),
                select(WatchEntry.id_number_hash).where(one_of(WatchEntry.id_number_hash, numbers)),
            )
        )
    )


@workers_left.connect
def persons_have_left(workers: Iterable[Any], **facts: Any) -> None:
    """Answer within the request that ends stays."""
    persons_have_joined(workers, **facts)


@STAY_FLOW.moved_together.connect
def persons_have_entered(*, rows: Iterable[Any], verb: str, **_facts: Any) -> None:
    """Look again when stays begin: the entry may lie after an incident their row is older than."""
    if verb in BEGINNINGS:
        persons_have_joined(rows)


@person_renumbered.connect
def numbers_have_changed(*, person: Any, before: Any, after: Any) -> None:
    """Keep incidents and the watch list about the person whose document was put right.

    Called in system scope. Nobody leaves a record behind by a correction (screens.md 8.5, 12.2).
    """
    for model in (IncidentPerson, WatchEntry):
        table = model.__table__
        db.session.execute(
            update(table)
            .where(table.c.id_number_hash == before[1], table.c.id_type == before[0])
            .values(id_type=after[0], id_number=person.id_number, id_number_hash=after[1])
        )


@persons_merged.connect
def persons_are_one(*, person: Any, gone_id: int, **_facts: Any) -> None:
    """Let incidents name the person that is kept; called in system scope."""
    table = IncidentPerson.__table__
    db.session.execute(
        update(table).where(table.c.person_id == gone_id).values(person_id=person.id)
    )


@joining.connect
def what_is_on_record(
    project: Any, id_type: str, id_number: str, actor: scope.Principal, **_facts: Any
) -> list[dict[str, str]]:
    """Give class and date of what the rule would find of a person joining now, no story.

    What the bureau has not verified is told only to the enterprise that recorded it.
    """
    kind = P.__table__.c.id_number.info["spec"].kind
    number = kind.fingerprint(kind.normal(id_number)) if id_number else None
    if not number:
        return []
    with scope.system_scope("class and date of incidents of a person being added") as connection:
        if not _named_anywhere(connection, [number]):
            return []
        mine = (P.id_number_hash == number, P.id_type == (id_type or "01"))
        rows = connection.execute(_records(project.id, actor).where(*mine)).all()
        watched = connection.execute(
            select(WatchEntry.from_on, WatchEntry.to_on)
            .where(
                WatchEntry.id_number_hash == number, WatchEntry.id_type == (id_type or "01"),
                on_watch(clock.today()),
            )
            .order_by(WatchEntry.from_on.desc())
        ).all()  # fmt: skip
    return [*map(_watch_line, watched), *map(_record_line, rows)]


def _records(project_id: int, actor: scope.Principal) -> Select[Any]:
    """Choose the incidents the rule would find of people who join a project now."""
    rule, now = rules.get(RULE), clock.now()
    limits = rules.Limits(rule, parameters.layers_of(rule, clock.today()))
    own = or_(N.confirmed == Verdict.CONFIRMED, N.enterprise_id.in_(enterprises_of(actor) or [0]))
    return (
        select(N.kind, N.occurred_at, N.confirmed)
        .join(P, (P.project_id == N.project_id) & (P.incident_id == N.id))
        .join(Project, Project.id == project_id)
        .where(
            own if actor.audience is scope.Audience.TENANT else true(),
            on_record(limits, literal(now)),
            or_(N.confirmed == Verdict.CONFIRMED, limits.unconfirmed != "off"),
        )
        .order_by(N.occurred_at.desc())
    )


def _watch_line(row: Any) -> dict[str, str]:
    text = gettext("On the watch list from %(start)s to %(end)s", start=row.from_on.isoformat(),
                   end=row.to_on.isoformat())  # fmt: skip
    return {"level": "orange", "text": text}


def _record_line(row: Any) -> dict[str, str]:
    proven = row.confirmed is Verdict.CONFIRMED
    text = gettext(
        "On record: %(kind)s, %(day)s%(mark)s",
        kind=dictionaries.label("incident_kind", row.kind),
        day=f"{clock.local(row.occurred_at):%Y-%m-%d}",
        mark="" if proven else gettext(" (not verified yet)"),
    )
    return {"level": "orange" if proven else "yellow", "text": text}


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
            P.is_deleted.is_(False), N.is_deleted.is_(False), readable(scope.current()),
        )
        .order_by(N.occurred_at.desc()).limit(MOST_IN_A_TAB)
    )  # fmt: skip
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


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 事件 to a project's page."""
    return Tab(
        "incidents",
        gettext("Incidents on the project"),
        incidents_tab,
        ("read", str(Area.INCIDENTS)),
    )
