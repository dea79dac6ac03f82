"""What attendance does when the roster changes."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from app.attendance.queries import today_rates
from app.attendance.services import match_stays
from app.attendance.views.excerpts import attendance_tab
from app.core import clock, scope
from app.core.views import Tab
from app.permissions import Area
from app.projects.events import site_facts_asked, tab_asked
from app.roster.events import workers_joined
from app.roster.models import ProjectWorker
from app.roster.states import STAY_FLOW

BEGINNINGS = ("enter", "arrive")  # by hand, and on the entry date or with the first punch


@workers_joined.connect
def _take_in_punches(*, workers: Iterable[Any], actor: scope.Principal, **_facts: Any) -> None:
    match_stays(workers, actor=actor)


@STAY_FLOW.moved.connect
def _take_in_after_entry(*, row: Any, verb: str, actor: scope.Principal, **_facts: Any) -> None:
    if verb in BEGINNINGS and isinstance(row, ProjectWorker):
        match_stays([row], actor=actor)


@site_facts_asked.connect
def tell_attendance(*, project_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Give the attendance rate of today, by project (screens.md 4.3, 18)."""
    rates = today_rates(project_ids, clock.today())
    return {number: {"attendance_rate": f"{rate}%"} for number, rate in rates.items()}


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 考勤 to a project's page."""
    return Tab(
        "attendance",
        gettext("Attendance on the project"),
        attendance_tab,
        ("read", str(Area.ATTENDANCE)),
    )
