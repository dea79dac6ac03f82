"""定时任务 (screens.md 15), and the progress of one's own jobs and exports."""

import inspect
from datetime import date
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.approvals import queries, times
from app.core import exports
from app.core.jobs import JobRun, RunState, Schedule, find, jobs, runner, schedules
from app.core.jobs.registry import title_of
from app.core.papers import MIMES
from app.core.views import BaseModelView, BasePage, Computed, Interface, answer
from app.core.views.pages import download
from app.extensions import db
from app.permissions import Area


def _took(run: JobRun | None) -> str:
    if run is None or run.seconds is None:
        return ""
    return gettext("%(n)s s", n=f"{run.seconds:,.1f}")


def _result(run: JobRun | None) -> Any:
    if run is None:
        return gettext("No run on record")
    return Markup('<a href="{0}">{1}</a>').format(
        url_for("JobRunView.show", pk=run.id), JobRun.__mapper__.c.state.info["spec"].masked(run)
    )


class JobView(BaseModelView):
    """定时任务: what runs when, how the last run went, running it by hand or for a past day."""

    datamodel = Interface(Schedule)
    class_permission_name = Area.JOBS
    method_permission_name = {"start": "write"}
    list_title = _("Scheduled jobs")
    edit_title = _("Change the schedule")
    list_columns = ["title", "cron", "enabled", "last_run", "took", "rows", "result"]
    order_columns = ["name"]
    base_order = ("name", "asc")
    card_columns = ("title", "cron", "last_run", "result")
    show_sections = [(_("Schedule"), ["name", "cron", "enabled"])]
    form_sections = [(_("Schedule"), ["cron", "enabled"])]
    edit_service = staticmethod(schedules.change)
    empty_text = _("The schedules are written when the program is prepared.")
    computed = {
        "title": Computed(_("Job"), lambda row, _facts: title_of(row.name)),
        "cron": Computed(_("Schedule"), lambda row, _facts: times.spoken(row.cron)),
        "last_run": Computed(_("Last run"), lambda row, facts: _began(facts.get(row.name))),
        "took": Computed(_("Duration"), lambda row, facts: _took(facts.get(row.name)),
                         numeric=True),
        "rows": Computed(_("Rows"), lambda row, facts: getattr(facts.get(row.name), "rows", None),
                         numeric=True),
        "result": Computed(_("Result"), lambda row, facts: _result(facts.get(row.name))),
    }  # fmt: skip

    def value(self, row: Any, name: str) -> Any:
        """Give the job by its title, and the schedule in words before its cron line."""
        if name == "name":
            return title_of(row.name)
        shown, words = super().value(row, name), times.spoken(row.cron)
        if name != "cron" or words == row.cron:
            return shown
        return gettext("%(words)s (%(cron)s)", words=words, cron=row.cron)

    def facts(self, rows: list[Any]) -> dict[str, Any]:
        """Read the newest run of each job on the page."""
        return queries.last_runs([row.name for row in rows])

    def toolbar(self) -> list[dict[str, Any]]:
        """Lead to the runs."""
        return [{"label": gettext("Runs"), "url": url_for("JobRunView.list"), "icon": "jobs"}]

    def buttons(self, row: Any) -> list[dict[str, Any]]:
        """Offer editing and running."""
        return super().buttons(row) + [
            {**item, "tone": ""} for item in self.row_actions(row) if item["method"] == "post"
        ]

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """Offer running now, for a past day where the job takes one, and the runs."""
        found = []
        if self.allowed("write") and row.name in jobs():
            found.append({
                "label": gettext("Run now"), "url": url_for(".start", pk=row.id), "method": "post",
                "confirm": gettext("Run “%(job)s” now?", job=title_of(row.name)),
            })  # fmt: skip
            if _takes_day(row.name):
                found.append({"label": gettext("Run for a day"), "method": "get",
                              "url": url_for(".start", pk=row.id)})  # fmt: skip
        return [*found, {"label": gettext("Runs"), "method": "get",
                         "url": url_for("JobRunView.list", name=row.name)}]  # fmt: skip

    @expose("/start/<pk>", methods=["GET", "POST"])
    @has_access
    def start(self, pk: str) -> Any:
        """Put a run into the queue now; a job that takes a day may be given a past one."""
        row = self.row(pk)
        if request.method == "GET":
            return self.render_template("approvals/start.html", title=title_of(row.name), pk=row.id)
        raw, day = request.form.get("day", ""), None
        if raw:
            try:
                day = date.fromisoformat(raw)
            except ValueError:
                flash(gettext("A date such as 2026-11-22"), "danger")
                return redirect(url_for(".start", pk=pk))
        number = answer(schedules.start_now, row, day=day)
        if number is None:
            return redirect(url_for(".list"))
        return redirect(url_for("JobRunView.show", pk=number))


def _began(run: JobRun | None) -> Any:
    return JobRun.__mapper__.c.started_at.info["spec"].shown(run) if run else ""


def _takes_day(name: str) -> bool:
    return "day" in inspect.signature(find(name).function).parameters


class JobRunView(BaseModelView):
    """The runs of jobs, and the progress of one."""

    datamodel = Interface(JobRun)
    class_permission_name = Area.JOBS
    list_title = _("Runs")
    list_columns = ["title", "state", "started_at", "took", "rows", "attempts", "error"]
    search_columns = ["state", "started_at"]
    order_columns = ["started_at"]
    base_order = ("id", "desc")
    card_columns = ("title", "state", "started_at")
    show_template = "approvals/run.html"
    left_out = ("args", "percent", "url")  # the program's own, and the bar of the page
    show_sections = [
        (_("Run"), ["name", "state", "text", "started_at", "finished_at", "rows", "attempts",
                    "error"]),
    ]  # fmt: skip
    computed = {
        "title": Computed(_("Job"), lambda row, _facts: title_of(row.name)),
        "took": Computed(_("Duration"), lambda row, _facts: _took(row), numeric=True),
    }

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by job."""
        rows = [(job.name, str(job.title)) for job in jobs().values()]
        return [{"name": "name", "label": gettext("Job"), "kind": "select", "choices": rows,
                 "primary": True, "where": lambda raw: JobRun.name == raw}]  # fmt: skip

    def value(self, row: Any, name: str) -> Any:
        """Give the job by its title, as the list does."""
        return title_of(row.name) if name == "name" else super().value(row, name)

    def head(self, row: Any) -> dict[str, Any]:
        """Head the page with the state of the run."""
        badge = {"label": row.state.label, "tone": row.state.tone}
        return {**super().head(row), "state_badge": badge}

    def show_context(self, row: Any) -> dict[str, Any]:
        """Show the run, with a bar while it lasts."""
        lasting = row.state in {RunState.WAITING, RunState.RUNNING}
        url = url_for("ProgressPage.show", number=row.id) if lasting else ""
        return {**super().show_context(row), "progress_url": url, "percent": row.percent}


class ProgressPage(BasePage):
    """Answers progress bars: how far a run has come that the asker may see."""

    route_base = "/progress"
    default_view = "show"
    class_permission_name = Area.HOME

    @expose("/<int:number>")
    @has_access
    @permission_name("read")
    def show(self, number: int) -> Response | tuple[Response, int]:
        """Give {percent, text, done, url, error}; 404 for runs of others."""
        found = runner.progress_of(number)
        if found is None:
            return jsonify(done=True, percent=0, text="", url="", error=gettext("Not found")), 404
        return jsonify(found)


class ExportPage(BasePage):
    """A large export of one's own: how far it is, and the workbook (D7)."""

    route_base = "/exports"
    default_view = "show"
    class_permission_name = Area.HOME
    method_permission_name = {"show": "read", "fetch": "read"}

    @expose("/<int:number>", methods=["GET"])
    @has_access
    def show(self, number: int) -> str:
        """Show the progress of the export, then offer the workbook."""
        row = self._own(number)
        run = db.session.get(JobRun, row.run_id) if row.run_id else None
        lasting = run is not None and run.state in {RunState.WAITING, RunState.RUNNING}
        return self.page(
            "approvals/export.html", title=row.title, row=row, run=run, lasting=lasting,
            progress_url=url_for("ProgressPage.show", number=run.id) if run is not None else "",
            warning=exports.capped_sentence(row.rows) if row.capped else "",
        )  # fmt: skip

    @expose("/<int:number>/file", methods=["GET"])
    @has_access
    def fetch(self, number: int) -> Response:
        """Send the workbook; 404 before it is written, and to everybody else."""
        row = self._own(number)
        if row.content is None:
            abort(404)
        return download(row.content, f"{row.title}.{row.suffix}", MIMES[row.suffix])

    def _own(self, number: int) -> exports.Export:
        """Load an export; the policy of its table shows nobody another's."""
        row = db.session.get(exports.Export, number)
        return row if row is not None else abort(404)
