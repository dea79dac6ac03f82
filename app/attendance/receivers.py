"""What attendance does when the roster changes."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.attendance.days import hours_of
from app.attendance.queries import days_of_month, today_rates
from app.attendance.services import join_days, match_stays, renew_days
from app.attendance.views.excerpts import attendance_tab
from app.core import clock, scope
from app.core.views import Tab
from app.core.views.table import plain_rows
from app.permissions import Area
from app.projects.events import site_facts_asked, tab_asked
from app.roster.events import (
    persons_merged,
    worker_tabs_asked,
    workers_joined,
    workers_reassigned,
)
from app.roster.states import STAY_FLOW

# by hand, on the entry date, with the first punch, by the interface, by an exit taken back
BEGINNINGS = ("enter", "arrive", "begin", "come", "restore")


@workers_joined.connect
def _take_in_punches(*, workers: Iterable[Any], actor: scope.Principal, **_facts: Any) -> None:
    match_stays(workers, actor=actor)


@STAY_FLOW.moved_together.connect
def _take_in_after_entry(*, rows: list[Any], verb: str, actor: scope.Principal) -> None:
    if verb in BEGINNINGS:
        match_stays(rows, actor=actor)


@workers_reassigned.connect
def _renew_days(
    *, workers: Iterable[Any], from_on: Any, actor: scope.Principal, **_facts: Any
) -> None:
    renew_days(workers, from_on, actor=actor)


@persons_merged.connect
def _join_days(*, person: Any, gone_id: int, before: Any, after: Any) -> None:
    join_days(person.id, gone_id, before[1], after[1])


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


@worker_tabs_asked.connect
def worker_tab(*, worker: Any) -> Tab:  # noqa: ARG001 - the tab is drawn from its own row
    """Give the tab 考勤: the days of this month, each leading to its punches (screens.md 8.2)."""
    return Tab("attendance", _("Days of attendance"), _month_of, ("read", str(Area.ATTENDANCE)))


def _month_of(worker: Any) -> dict[str, Any]:
    days = days_of_month(worker, clock.today())
    month = f"{clock.today():%Y-%m}"
    report = Markup('<a href="{}">{}</a>').format(
        url_for("ReportPage.index", month=month, keyword=worker.name),
        gettext("Attendance report of %(month)s", month=month),
    )
    return {
        "sections": [(gettext("This month"), [
            (gettext("Days attended"), sum(day.valid for day in days)),
            (gettext("Hours in all"), hours_of(sum(day.seconds for day in days))),
            (gettext("Punches missing"), sum(day.missing_count for day in days)),
            (gettext("The whole month"), report),
        ])],
        "rows": plain_rows(
            [gettext("Date"), gettext("Hours"), gettext("First punch"), gettext("Last punch"),
             gettext("Punches"), gettext("Punches missing"), gettext("Valid day")],
            ((url_for("ReportPage.day", worker_id=worker.id, day=day.work_on.isoformat()),
              _cells(day)) for day in days),
        ),
        "empty": {
            "title": gettext("No punches this month"),
            "text": gettext("Choose the attendance report for earlier months."),
        },
    }  # fmt: skip


def _cells(day: Any) -> list[Any]:
    return [
        day.work_on.isoformat(), hours_of(day.seconds), f"{clock.local(day.first_at):%H:%M}",
        f"{clock.local(day.last_at):%m-%d %H:%M}", day.punch_count, day.missing_count,
        gettext("Yes") if day.valid else gettext("No"),
    ]  # fmt: skip
