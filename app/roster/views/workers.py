"""工人: list, whole and quick form, answers while typing, entry and exit (screens.md 8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core import dictionaries, scope
from app.core.forms import BaseForm
from app.core.views import Computed, Interface, new_form, read_form
from app.core.views.pages import unless_stale
from app.permissions import Area
from app.roster import services
from app.roster.choices import FORM_ID_TYPES, WORKER, StayState
from app.roster.forms import JoiningForm, WorkerForm
from app.roster.models import ProjectWorker
from app.roster.queries import elsewhere
from app.roster.services import special_trades
from app.roster.services.certificates import OPEN, certificates_of
from app.roster.states import STAY_FLOW
from app.roster.views import worker_columns as columns
from app.roster.views.answers import about_number, about_team
from app.roster.views.base import (
    SITE,
    RosterView,
    chosen_project,
    employer_choices,
    team_choices,
)
from app.roster.views.card_reading import CardReading, card_reading
from app.roster.views.moving import MovingMixin
from app.roster.views.person_acts import PersonActs, correction_notice
from app.roster.views.worker_contracts import ContractMixin
from app.roster.views.worker_filters import FilteredWorkers
from app.roster.views.worker_papers import PapersMixin
from app.roster.views.worker_tabs import tabs_of
from app.roster.views.worker_training import TrainingMixin


def add_worker(values: Mapping[str, Any], *, actor: scope.Principal) -> ProjectWorker:
    """Put one worker on the roster of the chosen project."""
    return services.enrol_workers(chosen_project(), [values], actor=actor)[0]


class WorkerView(
    FilteredWorkers, PapersMixin, PersonActs, CardReading, ContractMixin, TrainingMixin,
    MovingMixin, RosterView,
):  # fmt: skip
    """工人."""

    datamodel = Interface(ProjectWorker)
    route_base = "/workerview"
    class_permission_name = Area.ROSTER
    method_permission_name = {
        **dict.fromkeys(("quick", "answer", "team_answer", "sign"), "write"),
        **dict.fromkeys(("take_name", "release", "still_here", "read_card"), "write"),
        "exit": "exit", "enter": "enter", "reassign": "reassign", "run_action": "write",
        "paper": "read",
    }  # fmt: skip
    list_title, show_title = _("Workers"), _("Worker")
    add_template = "roster/worker_form.html"
    add_title, edit_title = _("Add a worker"), _("Edit the worker")
    quick_title = _("Quick registration")
    add_label = _("Add a worker")
    empty_title = _("No worker yet")
    empty_text = _("Add the first worker, or several at once by the import template.")
    list_columns = [
        # what a screen of 1366 dots shows comes first, the rest of 8.2 sideways of it
        "name", "project", "team_id", "work_type", "state", "last_punch_at", "contract", "card",
        "remaining", "alerts", "training", "entry_on", "worker_no", "sex", "age", "id_number",
        "unit_id", "is_team_leader",
    ]  # fmt: skip
    name_column = "name"
    card_columns = ("name", "work_type", "team_id", "state", "remaining")
    search_columns = [
        "unit_id", "team_id", "state", "work_type", "incomplete", "conflicted", "entry_on",
    ]  # fmt: skip
    keyword_columns = ("name", "former_names", "id_number", "worker_no")
    tab_filters = ("incomplete", "conflicted", "asked")
    order_columns = ["worker_no", "name", "entry_on", "last_punch_at"]
    base_order = ("entry_on", "desc")
    form_sections = columns.FORM
    edit_sections = columns.EDIT
    form_base = WorkerForm
    show_sections = columns.SHOW
    left_out = columns.LEFT_OUT
    computed = {
        "project": SITE,
        "age": Computed(_("Age"), columns.age, True),
        "contract": Computed(_("Contract"), columns.contract),
        "card": Computed(_("Wage card"), columns.card),
        "training": Computed(_("Training"), columns.training),
        "remaining": Computed(_("Time left to complete"), columns.remaining),
        "alerts": Computed(_("Open warnings"), columns.open_alerts),
    }
    add_service = staticmethod(add_worker)
    edit_service = staticmethod(services.edit_worker)
    flow = STAY_FLOW
    lookups = {"unit_id": employer_choices, "team_id": team_choices}
    answer_columns = {"id_number": ".answer"}

    def facts(self, rows: Any) -> dict[Any, Any]:
        """Ask once a page for the open alerts and missing certificates of the shown stays."""
        return {
            **columns.alerts_of(rows), columns.LACKING: special_trades.lacking(rows),
            columns.ASKED: elsewhere.asked_among(rows),
        }  # fmt: skip

    def toolbar(self) -> Any:
        """Give 新增工人, 快速登记, 批量导入, 批量退场, and the way to 培训记录, 证书, 访客."""
        papers = [
            {"label": gettext("Training records"), "url": url_for("TrainingView.list")},
            {"label": gettext("Certificates"), "url": url_for("CertificateView.list")},
            {"label": gettext("Visitors"), "url": url_for("VisitorView.list")},
        ]
        if not self.may_add():
            return [*self.exit_found(), *self.import_exits(), *papers]
        return [
            *super().toolbar(),
            {"label": gettext("Quick registration"), "url": url_for(".quick"), "icon": "plus"},
            *self.import_button("T3"), *self.exit_found(), *self.import_exits(), *papers,
        ]  # fmt: skip

    def may_add(self) -> bool:
        """Tell whether the form is offered: with the right, and within a project."""
        return super().may_add() and self.project_id() is not None

    def may_edit(self, row: Any) -> bool:
        """Tell whether this stay may be changed."""
        return super().may_edit(row) and row.state is not StayState.EXITED

    def row_actions(self, row: Any) -> Any:
        """Give 查看, 编辑 and the move that comes next: the same for every row of a state."""
        return self.alike(row, row.state, self._actions)

    def _actions(self, row: Any) -> Any:
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        return found + [
            {"label": button["label"], "url": button["url"]}
            for button in self.move_buttons(row) if button["method"] == "get"
        ]  # fmt: skip

    # --- pages ----------------------------------------------------------------------------

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the workers of the chosen project."""
        return self.lead_to_choice() or super().list()

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the whole form."""
        return self._adding(self.form_sections, WorkerForm, self.add_title)

    @expose("/quick", methods=["GET", "POST"])
    @has_access
    def quick(self) -> Any:
        """Show and take the seven fields that are due at once; the rest follows in 3 days."""
        return self._adding(columns.QUICK, JoiningForm, self.quick_title)

    def _adding(self, sections: Any, base: type[BaseForm], title: Any) -> Any:
        if not self.may_add():
            return self.lead_to_choice() or abort(403)
        project = chosen_project()
        form = new_form(
            self._class_of(sections, base), project_id=project.id, **columns.defaults(project)
        )
        form.joins = project
        done = self.take(form, add_worker, gettext("Saved"), self.after_add)
        if done is not None:
            return done
        return self._worker_form(form, sections, title, url_for(".list"))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form of a stay; a stale form is refused."""
        row = self.row(pk)
        if not self.may_edit(row):
            abort(409)
        form = self._edit_form(row)
        saving = unless_stale(form, row, services.edit_worker)
        target = url_for(".show", pk=pk)
        if (done := self.take(form, saving, gettext("Saved"), target)) is not None:
            return done
        return self._worker_form(
            form, self.edit_sections, f"{self.edit_title}：{row.name}", target,
            **correction_notice(row),
        )  # fmt: skip

    def _edit_form(self, row: ProjectWorker) -> BaseForm:
        kept = [{name: getattr(c, name) for name in OPEN} for c in certificates_of(row)]
        form = read_form(self._class_of(self.edit_sections, WorkerForm), row, certificates=kept)
        form.stay = row
        form.known = {n: getattr(row, n) for n in ("id_type", "id_number", "name")}
        return form

    def _worker_form(
        self, form: BaseForm, sections: Any, title: Any, cancel: str, **more: Any
    ) -> str:
        if "id_number" in form:
            form["id_number"].render_kw = {
                "data-answer-with": "id_type work_type name", "data-answer-length": "4",
            }  # fmt: skip
        if "join_reason" in form:
            form["join_reason"].render_kw = {"data-on-reason": "1"}
        if "team_id" in form:
            form["team_id"].render_kw = {
                "data-answer-url": url_for(".team_answer"),
                "data-answer-with": "team_id work_type is_team_leader name",
            }  # fmt: skip
        if "work_role" in form:
            only = dictionaries.label("work_role", WORKER)
            form["work_role"].chosen, form["work_role"].flags.required = [(WORKER, only)], True
        return self.form_page(form, sections, title, cancel, **more, **card_reading(form))

    @expose("/team_answer", methods=["POST"])
    @has_access
    def team_answer(self) -> Response:
        """Answer the choice of a team: its trade, and who leads it (screens.md 8.2)."""
        raw = request.form.get("value", "")
        number = int(raw) if raw.isdecimal() and len(raw) < 18 else -1
        given = request.form
        return jsonify(
            about_team(
                number, given.get("work_type", ""), name=given.get("name", "")[:50],
                leads=given.get("is_team_leader") == "1",
            )
        )  # fmt: skip

    @expose("/answer", methods=["POST"])
    @has_access
    def answer(self) -> Response:
        """Answer an identity number while it is typed."""
        given = request.form
        id_type = given.get("id_type") or "01"
        found = about_number(
            chosen_project(), id_type if id_type in FORM_ID_TYPES else "01",
            given.get("value", "")[:60],
            work_type=dictionaries.find("work_type", given.get("work_type", "")) or "",
            name=given.get("name", "")[:50], actor=scope.current(),
        )  # fmt: skip
        return jsonify(found)

    # --- detail -------------------------------------------------------------------------------

    def subtitle(self, row: Any) -> str:
        """Name unit, team and trade under the name."""
        trade = dictionaries.label("work_type", row.work_type) if row.work_type else ""
        return " · ".join(str(part) for part in (row.unit, row.team, trade) if part)

    def head_facts(self, row: Any) -> Any:
        """Give the numbers of the head card."""
        return columns.head_facts(row)

    def buttons(self, row: Any) -> Any:
        """Give editing, entry and exit, then what concerns the person."""
        return [*super().buttons(row), *self.person_buttons(row)]

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give the row's own columns; 核验 only where something was verified."""
        found = super().own_tab(row)
        if not columns.is_verified(row):
            found["sections"] = [pair for pair in found["sections"] if pair[0] != columns.VERIFIED]
        return found

    def tabs(self, row: Any) -> Any:
        """Give 合同 to 变更记录."""
        return tabs_of(self, row)

    def show_context(self, row: Any) -> dict[str, Any]:
        """Add to the head what is still missing and what conflicts."""
        context = super().show_context(row)
        context["head"]["note"] = columns.notes(row)
        context["head"] |= columns.head_picture(row)
        return context
