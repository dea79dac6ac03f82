"""What the seven tabs of 工资分账 share: tabs, month switch, balance line (screens.md 10)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

import re
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.core import scope
from app.core.columns import Money
from app.core.errors import NotFound
from app.core.forms import BaseForm
from app.core.views import BaseModelView, new_form
from app.core.views.pages import submit
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects.choices import ON_SITE_UNITS, WAGE_ROLES
from app.projects.models import Project, ProjectUnit
from app.wages import queries

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# the tabs in the order of the manual (contractor-manual.zh.txt, 工资分账)
TABS = (
    ("SplitPlanView", _("Plans of split money")), ("WagePlanView", _("Plans of wage money")),
    ("PayrollPlanView", _("Payroll plans")), ("SplitTransferView", _("Transfers of split money")),
    ("WageTransferView", _("Transfers of wage money")), ("PayrollView", _("Payrolls")),
    ("AccountView", _("Special wage accounts")),
)  # fmt: skip
# the figures of the balance line and the tab whose rows make each up
FUNDS = (
    ("labour_cost", _("Labour cost in all"), ""), ("planned", _("Planned"), "SplitPlanView"),
    ("moved", _("Transferred"), "SplitTransferView"), ("paid", _("Paid out"), "PayrollView"),
    ("balance", _("Balance of the accounts"), "AccountView"),
    ("gap", _("Shortfall"), "PayrollView"),
)  # fmt: skip


def chosen_project() -> Project:
    """Give the project chosen at the top; refuse when there is none the user may see."""
    number = chosen_project_id()
    project = db.session.get(Project, number) if number else None
    if project is None:
        raise NotFound(gettext("Choose a project at the top of the page first"))
    g.chosen_project = project  # the session forgets what nobody holds, and would read it again
    return project


def asked_month() -> str:
    """Give the month the page is switched to, empty for all months."""
    raw = request.args.get("month", "").strip()
    return raw if MONTH.fullmatch(raw) else ""


def wage_units(given: dict[str, str]) -> Select[Any]:
    """Give the units whose people earn wages and whom this user acts for; filters take any."""
    query = select(ProjectUnit).where(
        ProjectUnit.project_id == (chosen_project_id() or 0), ProjectUnit.is_deleted.is_(False),
        ProjectUnit.unit_role.in_(WAGE_ROLES),
    )  # fmt: skip
    if given.get("any"):
        return query
    actor, number = scope.current(), chosen_project_id()
    query = query.where(ProjectUnit.state.in_(ON_SITE_UNITS))
    return query if number in actor.projects else query.where(ProjectUnit.id.in_(actor.units))


class WageView(BaseModelView):
    """One tab of 工资分账 inside the chosen project."""

    class_permission_name = Area.WAGES
    list_template = "wages/list.html"
    month_column = ""
    added_words: Any = ""

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the rows of the chosen project below the seven tabs and the balance line."""
        return self.lead_to_choice() or super().list()

    def list_context(self) -> dict[str, Any]:
        """Add the tabs and the balance line."""
        return {**super().list_context(), "wage_tabs": self.wage_tabs(), "funds": funds()}

    def wage_tabs(self) -> Any:
        """Give the tabs this user may open; the month stays."""
        month = asked_month() or None
        return [
            {"label": label, "url": url_for(f"{name}.list", month=month),
             "active": name == type(self).__name__}
            for name, label in TABS if f"{name}.list" in current_app.view_functions
        ]  # fmt: skip

    def extra_filters(self) -> Any:
        """Give the month switch."""
        if not self.month_column:
            return []
        return [{"name": "month", "label": gettext("Month"), "kind": "month", "primary": True,
                 "where": self._in_month}]  # fmt: skip

    def _in_month(self, raw: str) -> Any:
        column = getattr(self.model, self.month_column)
        if not MONTH.fullmatch(raw):
            return None
        whole = self.month_column.endswith("month")
        return column == raw if whole else queries.in_month(column, raw)

    def _filter(self, name: str, *, primary: bool) -> dict[str, Any]:
        """Let the filters find rows of units that move nothing any more."""
        found = super()._filter(name, primary=primary)
        if found["kind"] == "remote":
            found["url"] = url_for(".lookup", column=name, any=1)
        return found

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def may_add(self) -> bool:
        """Tell whether the form is offered: with the right, and within a project."""
        return super().may_add() and self.project_id() is not None

    def lead_to_choice(self) -> Response | None:
        """Lead a contractor who has chosen no project to the choice of projects."""
        tenant = scope.current().audience is scope.Audience.TENANT
        known = "SiteView.list" in current_app.view_functions
        if chosen_project_id() or not tenant or not known:
            return None
        flash(gettext("Choose a project first"), "info")
        return redirect(url_for("SiteView.list"))

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a new row of the chosen project."""
        if not self.may_add():
            return self.lead_to_choice() or abort(403)
        project = chosen_project()
        form = new_form(
            self._class_of(self.form_sections, self.form_base), project_id=project.id,
            **self.starting(project),
        )  # fmt: skip
        service: Any = type(self).add_service

        def save(values: Any, *, actor: scope.Principal) -> Any:
            return service(project, values, actor=actor)

        done = self.take(form, save, self.added_words or gettext("Saved"), self.after_add)
        return done or self.form_page(form, self.form_sections, self.add_title, url_for(".list"))

    def starting(self, project: Project) -> dict[str, Any]:  # noqa: ARG002 - subclasses look
        """Give what a new form of a project starts with."""
        return {}

    def take(
        self, form: BaseForm, service: Callable[..., Any], words: str, target: Any
    ) -> Response | None:
        """Run a service with a posted form; give where to go when it is done."""
        if request.method != "POST":
            return None
        outcome = submit(form, service)
        if outcome is None:
            return None
        flash(words, "success")
        for notice in g.pop("wage_notices", ()):
            flash(notice, "warning")
        found = target(outcome) if callable(target) else target
        return redirect(found)


def funds() -> Any:
    """Give the balance line of the chosen project; nothing where none is chosen."""
    number = chosen_project_id()
    if number is None:
        return []
    figures, month = queries.balance_line(number, asked_month()), asked_month() or None
    return [
        {"label": label, "value": Money().show(figures[name]), "unit": gettext("yuan"),
         "tone": "red-text" if name == "gap" and figures[name] else "",
         "url": url_for(f"{view}.list", month=month)
         if f"{view}.list" in current_app.view_functions else ""}
        for name, label, view in FUNDS
    ]  # fmt: skip
