"""联调自测: the run of a vendor's software, case by case, and its report (screens.md 7.4)."""

from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core import scope
from app.core.columns.base import specs
from app.core.views import BasePage
from app.core.views.pages import answer
from app.extensions import db
from app.openapi import conformance, sandbox, services
from app.openapi.choices import Environment
from app.openapi.conformance.runs import BROKEN, MISSED, PASSED, UNTRIED
from app.openapi.models import ApiClient, ConformanceRun
from app.openapi.views.reach import kept_client, seen_client
from app.permissions import Area
from app.projects.models import Project

VERDICTS = {
    PASSED: (_("Passed"), "green"), BROKEN: (_("Not passed"), "red"),
    MISSED: (_("Not seen"), "red"), UNTRIED: (_("Not tried yet"), "grey"),
}  # fmt: skip
TIMES = ("started_at", "ended_at")


class SelfTestPage(BasePage):
    """联调自测 of one access: what its calls in the trial environment have shown."""

    route_base = "/interface/selftest"
    default_view = "show"
    class_permission_name = Area.INTERFACES
    method_permission_name = {"show": "read", "report": "read", "begin": "write", "finish": "write"}
    title = _("Self-test")

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> str:
        """Show the run under way, or the last one, and those before it."""
        client = seen_client(pk)
        return self._page(client, conformance.last_run(client))

    @expose("/report/<int:pk>")
    @has_access
    def report(self, pk: int) -> str:
        """Show the report of one run."""
        run = db.session.get(ConformanceRun, pk)
        if run is None:
            abort(404)
        return self._page(seen_client(run.client_id), run)

    @expose("/<int:pk>/begin", methods=["POST"])
    @has_access
    def begin(self, pk: int) -> Response:
        """Begin a run anew; the one under way is kept."""
        client = kept_client(pk)
        answer(conformance.begin, client, success=gettext("A new self-test has begun"))
        return redirect(url_for(".show", pk=pk))

    @expose("/<int:pk>/finish", methods=["POST"])
    @has_access
    def finish(self, pk: int) -> Response:
        """End the run under way and keep its report."""
        client = kept_client(pk)
        answer(conformance.finish, client, success=gettext("The report is kept"))
        return redirect(url_for(".show", pk=pk))

    def _page(self, client: ApiClient, run: ConformanceRun | None) -> str:
        project = db.session.get_one(Project, client.project_id)
        trial = client.environment is Environment.TRIAL
        keeps = services.may_keep(project, scope.current())
        lines = conformance.report(run)
        return self.page(
            "openapi/selftest.html", client=client, project=project, run=run, lines=lines,
            verdicts=VERDICTS, times=_times(run), runs=conformance.runs_of(client),
            seen=sum(line.verdict == PASSED for line in lines if line.case.necessary),
            must=sum(line.case.necessary for line in lines),
            broken=sum(line.verdict in (BROKEN, MISSED) for line in lines),
            when=specs(ConformanceRun)["started_at"].kind.show,
            buttons=_buttons(client, run) if keeps and trial else [],
            place=sandbox.place_of(client) if trial else None,
            numbers=sandbox.invented_numbers(client.id) if trial else [],
            test_corp=sandbox.TEST_CORP, test_place=sandbox.TEST_PLACE,
            address=request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"],
            back_url=url_for("InterfacePage.settings", project_id=project.id),
        )  # fmt: skip


def _times(run: ConformanceRun | None) -> list[tuple[Any, str]]:
    declared = specs(ConformanceRun)
    return [(declared[name].label, declared[name].masked(run)) for name in TIMES] if run else []


def _buttons(client: ApiClient, run: ConformanceRun | None) -> list[dict[str, Any]]:
    found = []
    if run is not None and run.ended_at is None:
        found.append({
            "label": gettext("End and keep the report"), "method": "post", "tone": "primary",
            "url": url_for(".finish", pk=client.id),
        })  # fmt: skip
    found.append({
        "label": gettext("Begin anew"), "method": "post",
        "url": url_for(".begin", pk=client.id),
        "confirm": gettext("The run under way ends and its report is kept. Begin anew?"),
    })  # fmt: skip
    return found
