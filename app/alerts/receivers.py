"""What arrives below starts the rules it can affect, over just what has changed (D5)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from flask_babel import gettext
from sqlalchemy import select

from app.alerts.excerpts import alerts_tab
from app.attendance.events import punches_stored
from app.core import scope
from app.core.jobs import defer
from app.core.views import Tab
from app.extensions import db
from app.permissions import Area
from app.projects.events import tab_asked
from app.roster.events import workers_joined, workers_left
from app.roster.models import Person
from app.wages.events import payments_stored

_asked: WeakKeyDictionary[Any, set[int]] = WeakKeyDictionary()


@punches_stored.connect
def hours_have_changed(
    project_id: int, person_ids: Iterable[int], dates: Iterable[date], **_facts: Any
) -> None:
    """Look at hours of the day and months of wages once punches are stored."""
    with scope.system_scope("the rules look at the persons whose days changed") as connection:
        hashes = list(
            connection.scalars(select(Person.id_number_hash).where(Person.id.in_(list(person_ids))))
        )
    if hashes and any(True for _day in dates):
        # the person's hours count on every project, so no project is named
        defer("alerts.rescan", rules=["ATT-001"], person_hashes=hashes)
        defer("alerts.rescan", rules=["PERS-001", "WAGE-001"], project_id=project_id)


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


@payments_stored.connect
def wages_have_changed(project_id: int, **_facts: Any) -> None:
    """Payments and receipts may end or begin arrears."""
    defer("alerts.rescan", rules=["WAGE-001"], project_id=project_id)


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 预警 to a project's page."""
    return Tab("alerts", gettext("Warnings on the project"), alerts_tab, ("read", str(Area.ALERTS)))
