"""考勤报表: the landing page of 考勤管理, and the day behind each of its cells (screens.md 9.1)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer
from werkzeug.wrappers import Response

from app.attendance import queries, services
from app.attendance.days import hours_of
from app.attendance.models import AttendanceDay
from app.attendance.views import day as days
from app.attendance.views import grid
from app.attendance.views.corrections import choose_site
from app.attendance.views.grid import Month
from app.core import checks, clock, dictionaries, scope
from app.core.columns.base import spec_of
from app.core.columns.times import read_date
from app.core.figures import figure
from app.core.sheets import Marked
from app.core.views import BasePage, answer, back_or
from app.core.views.asked import integer, with_changes
from app.core.views.exports import CHUNK, ExportMixin
from app.core.views.importing import import_button
from app.core.views.keeping import SizeMixin
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker, Team

PICKED = {"unit_id": ProjectUnit, "team_id": Team}
ORDER = (ProjectWorker.team_id, ProjectWorker.worker_no, ProjectWorker.id)


class ReportPage(ExportMixin, SizeMixin, BasePage):
    """The month of the chosen project, a row a person."""

    route_base = "/attendance"
    default_view = "index"
    export_marks = True
    class_permission_name = Area.ATTENDANCE
    method_permission_name = {
        "index": "read", "day": "read", "export": "read", "keep_size": "read", "lock": "approve",
    }  # fmt: skip
    title = _("Attendance report")

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> Any:
        """Show the grid."""
        project = self._project()
        if project is None:
            return choose_site()
        month, filters, measure = _month(), _filters(), grid.measure_of(project)
        query = grid.people(measure, month, filters)
        number, totals = grid.foot(project, month, query, filters["team_id"])
        size = self._size()
        page = min(max(integer(request.args.get("page"), 0), 0), max(number - 1, 0) // size)
        workers = list(db.session.scalars(_ordered(query).offset(page * size).limit(size)))
        return self.page(
            "attendance/report.html",
            grid=_grid(measure, month, workers, totals, filters["team_id"]),
            toolbar=_buttons(project, month), filter_bar=_filter_bar(month, filters),
            count_text=gettext("%(n)s people", n=figure(number)), number=number,
            cards=_cards(number, totals), pager=_pager(page, size, number),
            page_sizes=self.page_sizes(size),
            export_url=_with_args(".export"), project=project,
            locked=month.name in queries.locked_months(project.id),
            links=_links(), subtitle=f"{project.name} · {month.name}",
        )  # fmt: skip

    @expose("/day/<int:worker_id>/<day>", methods=["GET"])
    @has_access
    def day(self, worker_id: int, day: str) -> Any:
        """Show one person's work date: hours, pairs, and every punch of the day."""
        on = _date(day)
        worker = db.session.get(ProjectWorker, worker_id, options=[defer(ProjectWorker.id_number)])
        if worker is None or on is None:
            abort(404)
        row = db.session.execute(
            select(AttendanceDay.__table__).where(
                AttendanceDay.project_id == worker.project_id,
                AttendanceDay.person_id == worker.person_id,
                AttendanceDay.work_on == on,
            )
        ).one_or_none()
        return self.page(
            "appbuilder/general/model/show.html", head=days.head_of(worker, on, row),
            sections=days.sections_of(row), rows=days.rows_of(worker, on, row), title=worker.name,
            empty={
                "title": gettext("No punches on this day"),
                "text": gettext(
                    "Punches that arrive late are added by themselves; a missing one can be entered"
                    " by hand."
                ),
            },
        )  # fmt: skip

    @expose("/export", methods=["GET"])
    @has_access
    def export(self) -> Any:
        """Download the same grid as a workbook."""
        return self.send_export() if self._project() is not None else choose_site()

    def export_title(self) -> str:
        """Give the title of the workbook."""
        return f"{gettext('Attendance report')} {_month().name}"

    def export_head(self) -> list[str]:
        """Give the heads: the person, each day, the totals."""
        return [gettext("Worker no."), gettext("Name"), gettext("Team"), gettext("Kind of work"),
                *[str(day.day) for day in _month().days], *_total_heads()]  # fmt: skip

    def export_keys(self, most: int) -> list[int]:
        """Give the stays of the filtered people; none without a chosen project."""
        project = self._project()
        if project is None:
            return []
        query = grid.people(grid.measure_of(project), _month(), _filters())
        keys = query.with_only_columns(ProjectWorker.id).order_by(*ORDER).limit(most)
        return list(db.session.scalars(keys))

    def export_rows(self, keys: list[int]) -> Iterator[list[Any]]:
        """Give the rows of the grid, so many people at a time."""
        project = self._project()
        for start in range(0, len(keys), CHUNK):
            some = select(ProjectWorker).where(ProjectWorker.id.in_(keys[start : start + CHUNK]))
            yield from _body(project, _month(), list(db.session.scalars(_ordered(some))))
        if project is not None and keys:
            month = _month()
            filters = _filters()
            query = grid.people(grid.measure_of(project), month, filters)
            _number, totals = grid.foot(project, month, query, filters["team_id"])
            blank = [""] * (3 + len(month.days))
            yield [gettext("All people of the filter"), *blank, *_total_cells(totals)]

    @expose("/lock", methods=["POST"])
    @has_access
    def lock(self) -> Response:
        """锁定本月: later changes of the month need an approval."""
        project = self._project()
        if project is None:
            abort(404)
        answer(services.lock_month, project, request.values.get("month", ""),
               success=gettext("The month is locked"))  # fmt: skip
        return back_or(".index")

    def _project(self) -> Project | None:
        number = chosen_project_id()
        return db.session.get(Project, number) if number else None


def _with_args(endpoint: str) -> str:
    given: dict[str, Any] = request.args.to_dict()
    return url_for(endpoint, **given)


def _date(raw: str) -> date | None:
    """Read a date of an address; None for what no calendar of people has."""
    try:
        return read_date(raw[:20])
    except checks.Invalid:
        return None


def _filters() -> dict[str, Any]:
    args = request.args
    return {
        "unit_id": integer(args.get("unit_id"), 0), "team_id": integer(args.get("team_id"), 0),
        "work_type": args.get("work_type", "")[:20], "work_role": args.get("work_role", "")[:20],
        "keyword": args.get("keyword", "").strip()[:50], "odd": args.get("odd") == "1",
    }  # fmt: skip


def _filter_bar(month: Month, filters: dict[str, Any]) -> list[dict[str, Any]]:
    picked = {name: _chosen(model, filters[name]) for name, model in PICKED.items()}
    return [
        {"name": "month", "label": gettext("Month"), "kind": "month", "value": month.name,
         "primary": True},
        {"name": "team_id", "label": gettext("Team"), "kind": "remote", "primary": True,
         "url": url_for("PunchView.lookup", column="team_id"), "choices": picked["team_id"],
         "value": str(filters["team_id"] or "")},
        {"name": "keyword", "label": gettext("Person"), "kind": "text", "primary": True,
         "value": filters["keyword"], "placeholder": gettext("Name or document number")},
        {"name": "unit_id", "label": gettext("Unit"), "kind": "remote",
         "url": url_for("PunchView.lookup", column="unit_id"), "choices": picked["unit_id"],
         "value": str(filters["unit_id"] or "")},
        {"name": "work_type", "label": gettext("Trade"), "kind": "select",
         "choices": dictionaries.sought("work_type"), "value": filters["work_type"]},
        {"name": "work_role", "label": gettext("Kind of worker"), "kind": "select",
         "choices": dictionaries.sought("work_role"), "value": filters["work_role"]},
        {"name": "odd", "label": gettext("Only odd days"), "kind": "select",
         "choices": [("1", gettext("Yes"))], "value": "1" if filters["odd"] else ""},
    ]  # fmt: skip


def _chosen(model: Any, number: int) -> list[tuple[str, str]]:
    row = db.session.get(model, number) if number else None
    return [(str(row.id), str(row))] if row is not None else []


def _ordered(query: Any) -> Any:
    return query.options(
        defer(ProjectWorker.id_number), defer(ProjectWorker.bank_card_no)
    ).order_by(*ORDER)


def _month() -> Month:
    return Month.read(request.args.get("month", ""))


def _buttons(project: Project, month: Month) -> list[dict[str, Any]]:
    actor, found = scope.current(), []
    over = month.last < clock.today()
    if over and actor.can("approve", Area.ATTENDANCE) and project.id in actor.projects:
        found.append({
            "label": gettext("Lock this month"), "method": "post", "icon": "check",
            "url": url_for(".lock", month=month.name), "primary": False,
            "confirm": gettext("Lock %(month)s? Later changes need an approval.", month=month.name),
        })  # fmt: skip
    if actor.can("write", Area.ATTENDANCE):
        found.append({"label": gettext("Add attendance"), "url": url_for("CorrectionView.add"),
                      "icon": "plus", "primary": True})  # fmt: skip
        found += import_button("T7")
    return found


def _links() -> list[dict[str, Any]]:
    return [
        {"label": gettext("Attendance report"), "url": url_for(".index"), "active": True},
        {"label": gettext("Punch list"), "url": url_for("PunchView.list"), "active": False},
        {"label": gettext("Corrections"), "url": url_for("CorrectionView.list"), "active": False},
    ]  # fmt: skip


def _cards(number: int, totals: grid.Totals) -> list[dict[str, Any]]:
    return [
        {"label": gettext("People"), "number": number},
        {"label": gettext("Days attended"), "number": totals.days},
        {"label": gettext("Hours in all"), "number": totals.hours, "unit": gettext("hours")},
        {"label": gettext("Punches missing"), "number": totals.missing},
        {"label": gettext("Days entered by hand"), "number": totals.manual},
    ]


def _total_heads() -> list[str]:
    return [gettext("Days attended"), gettext("Hours in all"), gettext("Punches missing"),
            gettext("Days entered by hand"), gettext("Late/early")]  # fmt: skip


def _grid(
    measure: grid.Measure, month: Month, workers: list[Any], totals: grid.Totals, team_id: int
) -> dict[str, Any]:
    found = grid.days_of(measure.project.id, month, [worker.id for worker in workers], team_id)
    teams, legend = grid.teams_of(workers, found), measure.words()
    rows = [_person(measure, month, worker, found.get(worker.id, {}), teams) for worker in workers]
    if rows:
        rows.append({"name": gettext("All people of the filter"), "cells": [{}] * len(month.days),
                     "facts": [""] * 3, "totals": totals.cells()})  # fmt: skip
    return {
        "fact_columns": [gettext("Worker no."), gettext("Team"), gettext("Kind of work")],
        "columns": [_column(day) for day in month.days], "rows": rows,
        "total_columns": _total_heads(), "name_label": gettext("Name"),
        "legend": [{"text": legend[key], "tone": grid.TONES.get(key, "grey")} for key in legend],
        "title": gettext("Attendance report"),
    }  # fmt: skip


def _column(day: date) -> dict[str, Any]:
    weekend = day.weekday() >= 5
    return {"text": str(day.day), "tone": "weekend" if weekend else "", "title": day.isoformat()}


def _person(
    measure: grid.Measure, month: Month, worker: Any, days: dict[date, Any], teams: dict[int, str]
) -> dict[str, Any]:
    trade = spec_of(ProjectWorker, "work_type").kind.show(worker.work_type)
    return {
        "name": worker.name,
        "facts": [worker.worker_no or "", teams.get(worker.id, ""), trade],
        "cells": [_cell(worker, day, days.get(day), measure) for day in month.days],
        "totals": grid.totals_of(days.values(), measure.project).cells(),
    }  # fmt: skip


def _cell(worker: Any, on: date, day: Any, measure: grid.Measure) -> dict[str, Any]:
    if day is None:
        away = (worker.entry_on and on < worker.entry_on) or (
            worker.exit_on and on > worker.exit_on
        )
        return {"text": "", "tone": "grey" if away else "",
                "title": gettext("Not on site") if away else ""}  # fmt: skip
    kind = measure.kind_of(day)
    return {
        "text": grid.text_of(day), "tone": grid.TONES[kind],
        "title": f"{worker.name} {on}: {measure.words()[kind]}",
        "url": url_for(".day", worker_id=worker.id, day=on.isoformat()),
    }  # fmt: skip


def _body(project: Project, month: Month, workers: list[Any]) -> Any:
    team_id = _filters()["team_id"]
    found = grid.days_of(project.id, month, [worker.id for worker in workers], team_id)
    teams = grid.teams_of(workers, found)
    for worker in workers:
        days = found.get(worker.id, {})
        totals = grid.totals_of(days.values(), project)
        yield [
            worker.worker_no, worker.name, teams.get(worker.id, ""),
            spec_of(ProjectWorker, "work_type").kind.cell(worker.work_type),
            *[Marked(hours_of(days[on].seconds), grid.mark_of(days[on])) if on in days else ""
              for on in month.days],
            *_total_cells(totals),
        ]  # fmt: skip


def _total_cells(totals: grid.Totals) -> list[Any]:
    return [totals.days, totals.hours, totals.missing, totals.manual,
            f"{totals.late}/{totals.early}"]  # fmt: skip


def _pager(page: int, size: int, number: int) -> dict[str, Any]:
    pages = max(-(-number // size), 1)
    return {
        "page": page + 1, "pages": pages,
        "prev_url": with_changes(page=page - 1) if page > 0 else None,
        "next_url": with_changes(page=page + 1) if page + 1 < pages else None,
        "first_url": with_changes(page=None),
        "links": [{"label": n + 1, "url": with_changes(page=n), "current": n == page}
                  for n in range(max(page - 2, 0), min(page + 3, pages))],
    }  # fmt: skip
