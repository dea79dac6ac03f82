"""考勤 on a project's page (screens.md 4.3)."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select

from app.attendance.days import hours_of
from app.attendance.models import AttendanceDay
from app.attendance.queries import today_rates
from app.core import clock
from app.core.views import Column, excerpt
from app.extensions import db
from app.projects.models import Project

SHOWN = 10


def attendance_tab(project: Project) -> dict[str, Any]:
    """Give the last days somebody came, and today's rate."""
    people = func.count().label("people")
    days = db.session.execute(
        select(
            AttendanceDay.work_on, people, func.sum(AttendanceDay.seconds).label("seconds"),
            func.count().filter(AttendanceDay.missing_count > 0).label("missing"),
        )
        .where(AttendanceDay.project_id == project.id, AttendanceDay.punch_count > 0)
        .group_by(AttendanceDay.work_on)
        .order_by(AttendanceDay.work_on.desc())
        .limit(SHOWN)
    ).all()  # fmt: skip
    rate = today_rates([project.id], clock.today()).get(project.id)
    return excerpt(
        days,
        [
            Column(gettext("Date"), lambda day: f"{day.work_on:%Y-%m-%d}"),
            Column(gettext("People on duty"), lambda day: day.people, numeric=True),
            Column(gettext("Hours worked"), lambda day: hours_of(day.seconds), numeric=True),
            Column(gettext("People lacking a punch"), lambda day: day.missing, numeric=True),
        ],
        url=lambda _day: None,
        toolbar=[
            {"label": gettext("Attendance report"), "method": "post",
             "url": url_for("SiteView.enter", pk=project.id, to="attendance")},
            {"label": gettext("All punches"), "method": "post",
             "url": url_for("SiteView.enter", pk=project.id, to="punches")},
        ],
        count_text=gettext("Attendance rate today: %(rate)s", rate="—" if rate is None
                           else f"{rate}%"),
        empty={
            "title": gettext("No punches yet"),
            "text": gettext(
                "Punches arrive from the gates over the interface; what is missing is entered"
                " under Attendance."
            ),
        },
    )  # fmt: skip
