"""新增考勤 and the corrections that wait (screens.md 9.3)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from datetime import timedelta
from typing import Any

from flask import current_app, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.attendance import services
from app.attendance.choices import CorrectionState
from app.attendance.models import Correction
from app.attendance.states import CORRECTION, WAITING
from app.core import checks, clock, scope
from app.core.errors import NotFound, Refusal
from app.core.views import BaseModelView, Interface
from app.core.views.asked import integer, with_changes
from app.core.views.importing import import_button
from app.core.views.shell import chosen_project_id, work_in
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.projects.queries import only_site
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team

TYPED = ("team_id", "work_on", "until_on", "in_time", "out_time", "out_next_day", "reason")


def choose_site() -> Any:
    """Work in the only project there is, for this page alone, or lead to the list to choose one.

    What is chosen at the top is the reader's own affair.
    """
    if request.method == "GET" and (number := only_site()):
        return redirect(with_changes(for_project=work_in(number)))
    flash(gettext("Choose a project first"), "warning")
    known = "SiteView.list" in current_app.view_functions
    return redirect(url_for("SiteView.list") if known else "/")


def _workers(given: dict[str, str]) -> Select[Any]:
    """Offer workers of the chosen project, those of the team where one is chosen."""
    query = select(ProjectWorker).where(
        ProjectWorker.project_id == (chosen_project_id() or 0),
        ProjectWorker.is_deleted.is_(False),
        ProjectWorker.state.in_((StayState.ON_SITE, StayState.EXITED)),
    )
    team = integer(given.get("team_id"), 0)
    return query.where(ProjectWorker.team_id == team) if team else query


def notes_of(numbers: Any) -> dict[int, str]:
    """Give worker number and team of some stays."""
    rows = db.session.execute(
        select(ProjectWorker.id, ProjectWorker.worker_no, Team.name)
        .join(Team, Team.id == ProjectWorker.team_id)
        .where(ProjectWorker.id.in_(numbers))
    )
    return {row[0]: " · ".join(part for part in row[1:] if part) for row in rows}


def _add(values: dict[str, Any], *, actor: scope.Principal) -> Correction:
    project = db.session.get(Project, chosen_project_id() or 0)
    if project is None:
        raise NotFound(gettext("Choose a project first"))
    odd = integer(request.args.get("odd"), 0)
    return services.add_correction(project, {**values, "odd_id": odd or None}, actor=actor)


class CorrectionView(BaseModelView):
    """Working times entered by hand."""

    datamodel = Interface(Correction)
    route_base = "/corrections"
    class_permission_name = Area.ATTENDANCE
    list_title = _("Corrections")
    add_title = _("Add attendance")
    add_label = _("Add attendance")
    submit_label = _("Submit")
    empty_title = _("No corrections yet")
    empty_text = _("Times that no gate has recorded are entered here and stay marked.")
    list_columns = ["title", "work_on", "until_on", "in_time", "out_time", "reason", "unit_id",
                    "state"]  # fmt: skip
    card_columns = ("title", "work_on", "in_time", "out_time", "state")
    keyword_columns = ("title",)
    search_columns = ["state", "work_on", "reason", "incomplete"]
    order_columns = ["work_on"]
    base_order = ("id", "desc")
    flow = CORRECTION
    lookups = {"worker_ids": _workers}
    add_service = staticmethod(_add)
    edit_service = staticmethod(services.add_proof)
    edit_title = _("Add the proof")
    edit_sections = [(_("Proof"), ["proof"])]
    form_sections = [
        (_("Workers"), ["team_id", "worker_ids"]),
        (_("Working times"), ["work_on", "until_on", "in_time", "out_time", "out_next_day"]),
        (_("Reason"), ["reason", "note", "proof"]),
    ]
    # the title names the workers, the head what is missing
    left_out = ("team_id", "worker_ids", "incomplete", "complete_by")
    show_sections = [
        (_("Correction"), ["title", "unit_id", "work_on", "until_on", "in_time", "out_time",
                           "out_next_day", "reason", "note", "proof", "warning"]),
    ]  # fmt: skip

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def toolbar(self) -> list[dict[str, Any]]:
        """Give 新增考勤 and 批量导入."""
        return [*super().toolbar(), *(import_button("T7") if self.may_add() else [])]

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take 新增考勤; without a chosen project the list of projects comes first."""
        if chosen_project_id() is None:
            return choose_site()
        return super().add()

    @expose("/lookup/<column>")
    @has_access
    def lookup(self, column: str) -> Any:
        """Answer a picker; workers stand with number and team, because names repeat."""
        found = super().lookup(column)
        if column != "worker_ids":
            return found
        offered = found.get_json()
        notes = notes_of([row["id"] for row in offered["results"]])
        for row in offered["results"]:
            row["note"] = notes.get(row["id"], "")
        return jsonify(offered)

    def defaults(self) -> dict[str, Any]:
        """Fill in what the address names, such as one worker and day."""
        found: dict[str, Any] = {}
        for name in TYPED:
            if raw := request.args.get(name, ""):
                try:
                    found[name] = self.spec(name).kind.clean(raw[:50])
                except (checks.Invalid, Refusal):
                    continue
        worker = integer(request.args.get("worker_ids"), 0)
        return found | ({"worker_ids": [worker]} if worker else {})

    def after_add(self, outcome: Any) -> str:
        """Show the correction: in force, or waiting for whom."""
        return url_for(".show", pk=outcome.id)

    def subtitle(self, row: Any) -> Any:
        """Say whom it waits for."""
        return row.state.label if row.state in WAITING else ""

    def may_edit(self, row: Any) -> bool:
        """Let whoever entered it make up for the proof a sheet could not bring."""
        tenant = scope.current().audience is scope.Audience.TENANT
        return super().may_edit(row) and tenant and bool(row.incomplete)

    def buttons(self, row: Any) -> list[dict[str, Any]]:
        """Call the form of the proof what it is."""
        return [
            {**one, "label": gettext("Add the proof")} if one["url"] == url_for(".edit", pk=row.id)
            else one
            for one in super().buttons(row)
        ]  # fmt: skip

    def head(self, row: Any) -> dict[str, Any]:
        """Say what is still missing."""
        head = super().head(row)
        if row.incomplete and row.complete_by is not None:
            last = clock.local(row.complete_by - timedelta(seconds=1)).date()
            head["note"] = gettext(
                "The proof is missing: add it by 24:00 of %(day)s", day=last.isoformat()
            )
        return head

    def may_decide(self, row: Any) -> bool:
        """Tell whether the user is the one who decides now."""
        actor = scope.current()
        if row.state is CorrectionState.PENDING:
            return row.project_id in actor.projects
        return actor.audience is scope.Audience.GOVERNMENT

    def move_buttons(self, row: Any) -> list[dict[str, Any]]:
        """Offer approval and rejection to whoever decides."""
        return super().move_buttons(row) if self.may_decide(row) else []

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """Offer approval and rejection on the list too."""
        if row.state not in WAITING or not self.may_decide(row) or not self.allowed("approve"):
            return []
        return [
            {"label": self.move_label("approve"), "method": "post",
             "url": url_for(".move", verb="approve", pk=row.id),
             "confirm": self.move_question("approve")},
            {"label": self.move_label("reject"),
             "url": url_for(".move", verb="reject", pk=row.id)},
        ]  # fmt: skip

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Decide through the service, which knows whose turn it is."""
        services.decide_correction(row, verb, remark, actor=actor)


__all__ = ["CorrectionView", "choose_site"]
