"""工程信息: the list, the application form, the detail page with its tabs."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import exists, not_, select

from app.core import dictionaries, scope
from app.core.columns.base import specs
from app.core.views import BaseModelView, Computed, Interface, Tab, read_form
from app.core.views.details import timeline
from app.core.views.pages import answer, submit, unless_stale
from app.extensions import db
from app.permissions import Area
from app.projects import queries, services
from app.projects.choices import BLOCKS, WORKING_STATES, ProjectState
from app.projects.errors import ProjectLocked
from app.projects.forms import (
    LEFT_OUT,
    PUBLIC_SECTIONS,
    SECTIONS,
    Filled,
    application_form,
    sections,
    start_form,
)
from app.projects.models import Project
from app.projects.queries import completeness, facts
from app.projects.states import PROJECT_FLOW, is_open, require
from app.projects.views import amounts, around, notes, tabs
from app.projects.views.site_settings import WithSettings


def _roles(row: Project, found: Any) -> str:
    own = found["roles"].get(row.id, [])
    return "、".join(dictionaries.label("unit_role", unit.unit_role) for unit in own) or "—"


class ProjectView(amounts.WithheldAmounts, tabs.WithUnits, WithSettings, BaseModelView):
    """工程信息 (screens.md 4.1–4.4)."""

    datamodel = Interface(Project)
    route_base = "/projects"
    class_permission_name = Area.PROJECTS
    method_permission_name = {
        "add": "apply", "confirm": "read", "withdraw": "read", "begin": "read",
        "settings": "adjust",
    }  # fmt: skip
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "move"}
    list_title = _("Project information")
    add_title = _("Apply for a project")
    edit_title = _("Edit the application")
    add_label = _("Apply for a project")
    empty_title = _("No projects yet")
    empty_text = _("Apply for a project, or accept an invitation, to see it here.")
    list_columns = [
        "name", "project_no", "state", "completeness", "district_code", "category", "own_role",
        "general_contractor_name", "owner", "contract_amount", "planned_start", "planned_end",
        "on_site", "alerts",
    ]  # fmt: skip
    name_column = "name"
    card_columns = ("name", "project_no", "state", "completeness")
    keyword_columns = ("name", "project_no")
    search_columns = ["district_code", "category", "state", "planned_start"]
    order_columns = ["name", "project_no", "contract_amount", "planned_start", "planned_end"]
    base_order = ("id", "desc")
    flow = PROJECT_FLOW
    add_service = staticmethod(services.apply_for_project)
    edit_service = staticmethod(services.save_project)
    form_sections = SECTIONS
    show_sections = SECTIONS
    left_out = LEFT_OUT
    computed = {
        "own_role": Computed(_("Our role"), _roles),
        "owner": Computed(_("Owner"), lambda row, f: f["owners"].get(row.id, "—")),
        "completeness": Computed(
            _("Completeness"), lambda row, f: f"{f['share'].get(row.id, 0)}%", numeric=True
        ),
        "on_site": Computed(_("On site"), lambda row, f: f["people"].get(row.id, 0), numeric=True),
        "alerts": Computed(
            _("Open warnings"), lambda row, f: f["alerts"].get(row.id, 0), numeric=True
        ),
    }

    # --- list -----------------------------------------------------------------------------

    def facts(self, rows: list[Project]) -> dict[str, Any]:
        """Read the computed columns of a page at once."""
        numbers = [row.id for row in rows]
        return {
            "owners": facts.owner_names(numbers),
            "share": completeness.shares(rows),
            **facts.counts(numbers, "people", "alerts"),
            "roles": queries.own_roles(numbers, scope.current()),
        }

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by whether a warning is open."""
        return [
            {
                "name": "warned", "label": gettext("Open warnings"), "kind": "select",
                "choices": [("1", gettext("Yes")), ("0", gettext("No"))], "where": _warned,
            }
        ]  # fmt: skip

    def row_actions(self, row: Project) -> list[dict[str, Any]]:
        """Give 详情, 编辑, 确认 and 撤回 as the state allows."""
        found = [{"label": gettext("Details"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        if self.may_edit(row) and self.allowed("submit"):
            found.append(self._confirm_button(row))
        return found + [item for item in self._moves(row) if item["method"] == "post"]

    def empty(self) -> dict[str, Any]:
        """Lead who may not apply to the invitations, through which projects come to him."""
        found = super().empty()
        actor = scope.current()
        if self.may_add() or not actor.can("accept", str(Area.UNITS)):
            return found
        return {
            **found,
            "text": gettext("Projects stand here once your enterprise has accepted an invitation"
                            " of a general contractor and the project is approved."),
            "button": {"label": gettext("My invitations"), "url": url_for("InvitationView.list")},
        }  # fmt: skip

    # --- form -----------------------------------------------------------------------------

    def may_add(self) -> bool:
        """Only general contractors apply."""
        return self.allowed("apply")

    def may_edit(self, row: Project) -> bool:
        """Drafts and returned applications are edited by the applicant."""
        return (
            is_open("edit", row.state)
            and self.allowed("write")
            and queries.sees_whole(row, scope.current())
        )

    def defaults(self) -> dict[str, Any]:
        """Start with the values of screens.md 4.2."""
        from datetime import time

        given = {
            name: spec_default
            for name in specs(Project)
            if (spec_default := _default(name)) is not None
        }
        blocks = {f"{prefix}_leader_id_type": "01" for prefix in BLOCKS}
        return {**given, **blocks, "shift_start": time(7), "shift_end": time(18)}

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of 申请项目; a draft may be incomplete."""
        form = read_form(application_form(), **self.defaults())
        if request.method == "POST":
            outcome = submit(form, services.apply_for_project)
            if outcome is not None:
                flash(gettext("Saved"), "success")
                return redirect(url_for(".show", pk=outcome.id))
        return self._form_page(form, self.add_title, url_for(".list"))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form of a draft or returned application."""
        row = self.row(pk)
        require("edit", row)
        if not self.may_edit(row):
            abort(403)
        units = completeness.dossiers([row])[row.id].units
        form = read_form(application_form(), Filled(row, units))
        if request.method == "POST" and (
            submit(form, unless_stale(form, row, services.save_project)) is not None
        ):
            flash(gettext("Saved"), "success")
            return redirect(url_for(".show", pk=pk))
        return self._form_page(
            form, self.edit_title, url_for(".show", pk=pk), notice=_mark_returned(form, row)
        )

    def _form_page(self, form: Any, title: Any, cancel: str, notice: Any = "") -> str:
        return self.form_page(
            form, sections(), title, cancel, draft_label=gettext("Save draft"), form_notice=notice
        )

    # --- detail ---------------------------------------------------------------------------

    def subtitle(self, row: Project) -> Any:
        """Give number, district and general contractor."""
        district = dictionaries.label("district", row.district_code)
        return f"{row.project_no} · {district} · {row.general_contractor_name}"

    def head(self, row: Project) -> dict[str, Any]:
        """Give the head card with the completeness bar and what is missing."""
        dossier = around.known(row).dossier
        head = super().head(row)
        lacking = completeness.missing(dossier)
        if queries.sees_whole(row, scope.current()):
            head["note"] = tabs.completeness_note(
                completeness.percentage(dossier),
                lacking,
                offer=self.may_edit(row),
                locked=row.state in WORKING_STATES and row.id in scope.current().projects,
            )
        edit = url_for(".edit", pk=row.id) if self.may_edit(row) else ""
        head["note"] = head.get("note", Markup()) + notes.of_head(row, edit=edit)
        head["buttons"] = self._head_buttons(row, ready=not lacking)
        return head

    def buttons(self, row: Project) -> list[dict[str, Any]]:  # noqa: ARG002 - see head
        """Leave the buttons to the head card, which knows what is missing."""
        return []

    def head_facts(self, row: Project) -> list[dict[str, Any]]:
        """Give the numbers of the head card."""
        return around.numbers(row)

    def _head_buttons(self, row: Project, *, ready: bool) -> list[dict[str, Any]]:
        found = []
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        found += tabs.unit_buttons(row)
        found += _settings_button(row)
        found += self.settings_buttons(row)
        if ready and self.may_edit(row) and self.allowed("submit"):
            found.append({**self._confirm_button(row), "tone": "primary"})
        return found + self._moves(row)

    def _confirm_button(self, row: Project) -> dict[str, Any]:
        return {
            "label": gettext("Confirm the project"), "url": url_for(".confirm", pk=row.id),
            "method": "post",
            "confirm": gettext("The project goes to the district for review; until then it"
                               " can only be withdrawn. Continue?"),
        }  # fmt: skip

    def _moves(self, row: Project) -> list[dict[str, Any]]:
        if not queries.sees_whole(row, scope.current()):
            return []
        found = []
        if row.state is ProjectState.SUBMITTED and self.allowed("withdraw"):
            found.append(
                {"label": gettext("Withdraw"), "url": url_for(".withdraw", pk=row.id),
                 "method": "post",
                 "confirm": gettext("The application becomes a draft again. Continue?")}
            )  # fmt: skip
        if row.state is ProjectState.APPROVED and self.allowed("start"):
            found.append(
                {"label": self.move_label("start"), "url": url_for(".begin", pk=row.id),
                 "method": "get", "tone": "primary"}
            )  # fmt: skip
        return found

    def tabs(self, row: Project) -> list[Tab]:
        """Give the tabs of 4.3; those about the work on site come from the domains above."""
        return [
            Tab("units", _("Participating units"), tabs.units_tab),
            Tab("permits", _("Construction permits"), tabs.permits_tab),
            *around.site_tabs(row),
            Tab("review", _("Review record"), lambda one: {"timeline": timeline(one)}),
        ]

    def arranged(self, found: list[Tab]) -> list[Tab]:
        """Give the tabs in the order of 4.3."""
        return around.arranged(found)

    def own_tab(self, row: Project) -> dict[str, Any]:
        """Give the columns by section and the named participants; subcontractors read less."""
        whole = queries.sees_whole(row, scope.current())
        wanted = self.show_sections if whole else self.show_sections[:PUBLIC_SECTIONS]
        values = {name: getattr(row, name) for name in specs(Project)}
        drawn = [
            (title, [(specs(Project)[n].label, self.value(row, n)) for n in names
                     if specs(Project)[n].demanded(values) and not amounts.withheld(row, n)])
            for title, names in wanted
        ]  # fmt: skip
        if whole:
            drawn[1][1].append(
                (specs(Project)["labour_ratio"].label, self.value(row, "labour_ratio"))
            )
            drawn[2:2] = tabs.participants(row)
        drawn[1][1].append((specs(Project)["actual_start"].label, self.value(row, "actual_start")))
        return {"sections": drawn}

    # --- moves ----------------------------------------------------------------------------

    def _own_row(self, pk: str, permission: str) -> Project:
        row = self.row(pk)
        if not self.allowed(permission) or not queries.sees_whole(row, scope.current()):
            abort(403)
        return row

    @expose("/confirm/<pk>", methods=["POST"])
    @has_access
    def confirm(self, pk: str) -> Any:
        """Confirm 确认: hand the application to the district."""
        row = self._own_row(pk, "submit")
        remark, done = request.form.get("remark", "").strip()[:500], gettext("Handed in for review")
        asked = not remark and not services.answers_marks(row)
        if not answer(services.submit_project, row, remark=remark, success=done) and asked:
            return self.render_template(
                "ui/remark.html", title=gettext("Confirm the project"), subject=str(row),
                action_url=url_for(".confirm", pk=pk), cancel_url=url_for(".show", pk=pk),
            )  # fmt: skip
        return redirect(url_for(".show", pk=pk))

    @expose("/withdraw/<pk>", methods=["POST"])
    @has_access
    def withdraw(self, pk: str) -> Any:
        """Take the application back."""
        row = self._own_row(pk, "withdraw")
        answer(services.withdraw_project, row, success=gettext("Withdrawn"))
        return redirect(url_for(".show", pk=pk))

    @expose("/begin/<pk>", methods=["GET", "POST"])
    @has_access
    def begin(self, pk: str) -> Any:
        """Report the start of works 开工."""
        row = self._own_row(pk, "start")
        if PROJECT_FLOW.transition("start", row.state) is None:
            raise ProjectLocked(row)
        form = read_form(start_form(), row)
        if request.method == "GET" and row.actual_start is None:
            form["actual_start"].process_data(row.planned_start)
        if request.method == "POST":

            def begin(values: dict[str, Any], *, actor: scope.Principal) -> None:
                services.start_project(row, values, actor=actor)

            if submit(form, begin) is not None:
                flash(gettext("The project is under construction"), "success")
                return redirect(url_for(".show", pk=pk))
        return self.render_template(
            self.add_template, title=f"{self.move_label('start')}：{row.name}",
            sections=[("", list(form.columns()), True)], form_hidden=form.hidden_tag(),
            submit_label=gettext("Report"), cancel_url=url_for(".show", pk=pk),
            form_errors=form.form_errors,
        )  # fmt: skip


def _default(name: str) -> Any:
    declared = Project.__table__.c[name].default
    return declared.arg if declared is not None and declared.is_scalar else None


def _warned(raw: str) -> Any:
    rows = db.metadata.tables.get("alert")
    if rows is None:
        return None
    found = exists(
        select(rows.c.project_id).where(
            rows.c.project_id == Project.id,
            rows.c.state != "CLOSED",
            rows.c.is_deleted.is_(False),
        )
    )
    return found if raw == "1" else not_(found)


def _mark_returned(form: Any, row: Project) -> Any:
    """Put the reviewer's words beside the fields he marked; give them together for the top."""
    if row.state is not ProjectState.RETURNED:
        return ""
    for name, reason in (row.returned_fields or {}).items():
        if name in form:
            form[name].review_words = gettext("Returned: %(reason)s", reason=reason)
    return notes.returned(row)


def _settings_button(row: Project) -> list[dict[str, Any]]:
    """Give the button 设置接口 where the interface domain has its page."""
    actor = scope.current()
    if (
        "InterfacePage.settings" not in current_app.view_functions
        or not is_open("interface", row.state)
        or row.general_contractor_id not in actor.enterprises
        or not actor.can("write", str(Area.INTERFACES))
    ):
        return []
    url = url_for("InterfacePage.settings", project_id=row.id)
    return [{"label": gettext("Set up the interface"), "url": url}]
