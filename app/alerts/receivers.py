"""What arrives below starts the rules it can affect, over just what has changed (D5)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.alerts import parameters, words
from app.alerts.choices import OPEN_STATES, AlertState, Level
from app.alerts.excerpts import alerts_tab
from app.alerts.models import Alert
from app.attendance.events import hours_limit_asked, punches_stored
from app.core import clock, rules, scope
from app.core.jobs import defer, defer_together
from app.core.views import Tab
from app.core.views.table import plain_rows
from app.extensions import db
from app.permissions import Area
from app.projects.events import tab_asked
from app.roster.events import (
    open_alerts_asked,
    worker_tabs_asked,
    workers_changed,
    workers_joined,
    workers_left,
)
from app.roster.models import Person
from app.wages.events import payments_stored

MOST_IN_A_TAB = 50
GATHERED = timedelta(minutes=1)  # gates send a batch every few seconds

_asked: WeakKeyDictionary[Any, set[int]] = WeakKeyDictionary()


@punches_stored.connect
def hours_have_changed(
    project_id: int, person_ids: Iterable[int], dates: Iterable[date],
    person_hashes: Iterable[str] = (), **_facts: Any,
) -> None:  # fmt: skip
    """Look at hours of the day and months of wages, once a project and minute of punches."""
    hashes = sorted(person_hashes)
    if not hashes:
        with scope.system_scope("the rules look at the persons whose days changed") as connection:
            hashes = list(connection.scalars(
                select(Person.id_number_hash).where(Person.id.in_(list(person_ids)))
            ))  # fmt: skip
    if hashes and any(True for _day in dates):
        defer_together(
            "alerts.after_punches", within=GATHERED, join="person_hashes", project_id=project_id,
            person_hashes=hashes,
        )  # fmt: skip


@hours_limit_asked.connect
def hours_in_force(*, project: Any) -> float:
    """Give the limit of a day's hours that ATT-001 speaks above on a project."""
    rule = rules.get("ATT-001")
    layers = parameters.layers_of(rule, clock.today())
    return float(layers.in_force(rule, project.id, project.district_code)["max_hours"])


@workers_joined.connect
def roster_has_grown(workers: Iterable[Any], **_facts: Any) -> None:
    """Have stays checked by a worker process, once a project and transaction."""
    asked = _asked.setdefault(db.session().get_transaction(), set())
    for project_id in sorted({worker.project_id for worker in workers} - asked):
        asked.add(project_id)
        defer("alerts.rescan", rules=["PERS-001"], project_id=project_id)


@workers_left.connect
def roster_has_shrunk(workers: Iterable[Any], **facts: Any) -> None:
    """Look at the stays of projects somebody has left."""
    roster_has_grown(workers, **facts)


@workers_changed.connect
def roster_has_changed(workers: Iterable[Any], **facts: Any) -> None:
    """Look at once at what was corrected, and at others who share a telephone with it."""
    roster_has_grown(workers, **facts)


@payments_stored.connect
def wages_have_changed(project_id: int, **_facts: Any) -> None:
    """Payments and receipts may end or begin arrears."""
    defer("alerts.rescan", rules=["WAGE-001"], project_id=project_id)


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 预警 to a project's page."""
    return Tab("alerts", gettext("Warnings on the project"), alerts_tab, ("read", str(Area.ALERTS)))


@open_alerts_asked.connect
def count_open_alerts(*, workers: list[Any]) -> dict[int, tuple[int, str]]:
    """Count the open alerts of stays that the reader may see, in one statement a page."""
    if not workers or not scope.current().can("read", Area.ALERTS):
        return {}
    rows = db.session.execute(
        select(Alert.project_id, Alert.person_hash, Alert.level, func.count())
        .where(
            Alert.project_id.in_({worker.project_id for worker in workers}),
            Alert.person_hash.in_({worker.id_number_hash for worker in workers}),
            Alert.state.in_(OPEN_STATES), Alert.is_deleted.is_(False),
        )
        .group_by(Alert.project_id, Alert.person_hash, Alert.level)
    ).all()  # fmt: skip
    counts: dict[tuple[int, str], dict[Level, int]] = {}
    for project_id, person, level, number in rows:
        counts.setdefault((project_id, person), {})[level] = number
    found = {}
    for worker in workers:
        if levels := counts.get((worker.project_id, worker.id_number_hash)):
            gravest = max(levels, key=lambda level: level.rank)
            found[worker.id] = (sum(levels.values()), gravest.tone)
    return found


@worker_tabs_asked.connect
def worker_tab(*, worker: Any) -> Tab:  # noqa: ARG001 - the tab is drawn from its own row
    """Give the tab 预警: what the rules found about the person on this project."""
    return Tab("alerts", _("Open and closed warnings"), _alerts_of, ("read", str(Area.ALERTS)))


def _alerts_of(worker: Any) -> dict[str, Any]:
    found = db.session.scalars(
        select(Alert)
        .where(
            Alert.project_id == worker.project_id, Alert.is_deleted.is_(False),
            Alert.person_hash == worker.id_number_hash,
        )
        .order_by(Alert.state == AlertState.CLOSED, Alert.id.desc())
        .limit(MOST_IN_A_TAB)
    )  # fmt: skip
    heads = [gettext("Alert no."), gettext("Level"), gettext("Rule"), gettext("Summary"),
             gettext("Opened at"), gettext("State")]  # fmt: skip
    return {
        "rows": plain_rows(heads, (
            (url_for("AlertView.show", pk=row.id),
             [row.number, words.level_mark(row.level), words.rule_name(row),
              words.shortened(words.sentence_of(row)), words.instant(row.first_seen_at),
              words.standing(row)])
            for row in found
        )),
        "empty": {
            "title": gettext("No warnings"),
            "text": gettext("The rules run every night and whenever data arrive."),
        },
    }  # fmt: skip
