"""参建单位: inviting, one unit's page, withdrawing, inviting again, leaving (screens.md 5)."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape
from sqlalchemy import Select, select

from app.core import checks, clock, scope
from app.core.columns.base import specs
from app.core.views import BaseModelView, Interface, answer, new_form, read_form
from app.core.views.importing import import_button
from app.core.views.pages import submit, unless_stale
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects import events, queries, services
from app.projects.choices import (
    GENERAL_CONTRACTOR,
    GONE_UNITS,
    INVITED_ROLES,
    NAMED_ROLES,
    OPEN_INVITATIONS,
    OTHER_ROLES,
    PROFESSIONAL,
    UnitState,
)
from app.projects.errors import ProjectLocked, UnitLocked
from app.projects.forms import (
    SUBCONTRACT,
    UNIT_LEFT_OUT,
    exit_form,
    unit_form,
    unit_sections,
)
from app.projects.models import Project, ProjectUnit
from app.projects.queries import facts, registry
from app.projects.services.gaps import unit_gaps
from app.projects.services.invitations import mendable
from app.projects.states import UNIT_FLOW, is_open, require
from app.projects.views import registering, tabs

RESULT: tuple[Any, list[str]] = (
    _("Invitation"),
    [
        "state",
        "invited_at",
        "expires_on",
        "reject_reason",
        "exit_on",
        "exit_reason",
        "settlement_file",
    ],
)


class UnitView(tabs.WithUnits, BaseModelView):
    """A participating unit and the verbs of the inviting side."""

    datamodel = Interface(ProjectUnit)
    route_base = "/units"
    class_permission_name = Area.UNITS
    method_permission_name = {
        "add": "invite", "name_of": "invite", "withdraw": "withdraw", "again": "invite",
        "leave": "write",
    }  # fmt: skip
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "move"}
    list_title = _("Participating units")
    edit_title = _("Edit the unit")
    list_columns = [
        "name", "project_name", "unit_role", "credit_code", "leader_name", "contract_amount",
        "labour_amount", "entry_on", "state",
    ]  # fmt: skip
    keyword_columns = ("name", "credit_code", "project_name")
    search_columns = ["unit_role", "state", "entry_on", "incomplete"]
    order_columns = ["name", "entry_on", "contract_amount"]
    base_order = ("id", "desc")
    flow = UNIT_FLOW
    add_service = staticmethod(services.invite_unit)
    edit_service = staticmethod(services.change_unit)
    form_sections = SUBCONTRACT
    show_sections = [*SUBCONTRACT, RESULT]
    left_out = (*UNIT_LEFT_OUT, "project_name", "inviter_name")  # the line under the name

    def toolbar(self) -> list[dict[str, Any]]:
        """Units are added on their project's page, many by sheet."""
        may = self.allowed("invite") and chosen_project_id() is not None
        return import_button("T1") if may else []

    def subtitle(self, row: ProjectUnit) -> Any:
        """Give the project and the role."""
        role = specs(ProjectUnit)["unit_role"].shown(row)
        return f"{row.project_name or ''} · {role}"

    def may_edit(self, row: ProjectUnit) -> bool:
        """Unanswered invitations and other units are mended by the inviting side."""
        return mendable(row) and self.allowed("invite") and _invites(row) and _open("invite", row)

    def own_tab(self, row: ProjectUnit) -> dict[str, Any]:
        """Give the filled columns and the course of the invitation."""
        found = super().own_tab(row)
        if row.unit_role not in INVITED_ROLES:
            names = [n for _title, own in unit_sections(row.unit_role) for n in own]
            names += ["leader_id_type", "leader_id_number", "labour_manager_name"]
            found["sections"] = [
                (
                    gettext("The unit"),
                    [(specs(ProjectUnit)[n].label, self.value(row, n)) for n in names
                     if getattr(row, n) is not None],
                )
            ]  # fmt: skip
        return found

    def head(self, row: ProjectUnit) -> dict[str, Any]:
        """Give the head card with warnings for inviter and reviewer."""
        head = super().head(row)
        lines = services.unit_warnings(row)
        head["note"] = Markup("<br>").join(escape(line) for line in lines) if lines else Markup()
        if row.incomplete and row.complete_by is not None:
            head["note"] += _gaps_note(row)
        if _invites(row):
            head["note"] += registering.registration_note(row)
        return head

    def buttons(self, row: ProjectUnit) -> list[dict[str, Any]]:
        """Give what the inviting side may do in this state."""
        found: list[dict[str, Any]] = [
            {"label": gettext("Back to the project"),
             "url": url_for("ProjectView.show", pk=row.project_id, tab="units")}
        ]  # fmt: skip
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        if not _invites(row):
            return found
        inviting = _open("invite", row)
        if inviting and row.state in OPEN_INVITATIONS and self.allowed("withdraw"):
            found.append(
                {"label": gettext("Withdraw"), "url": url_for(".withdraw", pk=row.id),
                 "method": "post", "confirm": gettext("Withdraw the invitation?")}
            )  # fmt: skip
        ended = row.state in (UnitState.DECLINED, UnitState.EXPIRED)
        if inviting and ended and self.allowed("invite"):
            found.append(
                {"label": gettext("Invite again"), "url": url_for(".again", pk=row.id),
                 "method": "post", "tone": "primary"}
            )  # fmt: skip
        if _may_leave(row) and _open("exit_unit", row) and self.allowed("write"):
            found.append(
                {"label": gettext("Exit"), "url": url_for(".leave", pk=row.id), "tone": "danger"}
            )
        return found

    # --- forms ------------------------------------------------------------------------------

    def _project(self) -> Project:
        raw = request.args.get("project", "")
        found = queries.project(int(raw)) if raw.isdecimal() and len(raw) < 19 else None
        if found is None:
            abort(404)
        return found

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the invitation form of 5.2."""
        project = self._project()
        role = request.args.get("role", "")
        roles = (role,) if role in INVITED_ROLES else OTHER_ROLES
        offered = {item["url"] for item in tabs.unit_buttons(project)}
        if url_for(".add", project=project.id, role=role) not in offered:
            require("invite", project)
            abort(403)
        given = {"unit_role": roles[0], "leader_id_type": "01", "labour_manager_id_type": "01",
                 "wage_mode": specs(ProjectUnit)["wage_mode"].kind.choice.BY_GENERAL_CONTRACTOR}  # type: ignore[attr-defined]  # fmt: skip
        form = new_form(unit_form(roles), **given)
        if request.method == "POST":

            def invite(values: dict[str, Any], *, actor: scope.Principal) -> ProjectUnit:
                return services.invite_unit(project, values, actor=actor)

            row = submit(form, invite)
            if row is not None:
                flash(_invited_words(row), "success")
                for line in services.unit_warnings(row):
                    flash(line, "warning")
                if row.state is UnitState.WAITING_REGISTRATION:  # its page holds the link
                    return redirect(url_for(".show", pk=row.id))
                return redirect(url_for("ProjectView.show", pk=project.id, tab="units"))
        title = f"{tabs.role_words(role)}（{project.name}）"
        cancel = url_for("ProjectView.show", pk=project.id, tab="units")
        return self._form(form, roles[0], title, cancel, project)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Mend an invitation nobody has answered."""
        row = self.row(pk)
        project = queries.project(row.project_id)
        if project is None:
            abort(404)
        require("invite", project)
        if not _invites(row):
            abort(403)
        if not self.may_edit(row):
            raise UnitLocked(row)
        roles = (row.unit_role,)
        form = read_form(unit_form(roles), row)
        if row.state is UnitState.ACCEPTED:
            _leave_gaps(form, row)
        saving = unless_stale(form, row, services.change_unit)
        if request.method == "POST" and submit(form, saving) is not None:
            flash(gettext("Saved"), "success")
            return redirect(url_for(".show", pk=pk))
        return self._form(form, roles[0], self.edit_title, url_for(".show", pk=pk), project)

    def _form(self, form: Any, role: str, title: Any, cancel: str, project: Project) -> str:
        self.equip(form.columns())
        for field in form.columns():
            if field.short_name == "parent_id":
                field.lookup_url = url_for(".lookup", column="parent_id", project=project.id)
            if field.short_name == "credit_code":
                field.answer_url = url_for(".name_of", role=role)
        drawn = [(heading, [form[n] for n in names if n in form], True)
                 for heading, names in unit_sections(role)]  # fmt: skip
        return self.render_template(
            self.add_template, title=title, sections=drawn, form_hidden=form.hidden_tag(),
            submit_label=gettext("Save"), cancel_url=cancel, form_errors=form.form_errors,
        )  # fmt: skip

    @property
    def lookups(self) -> dict[str, Any]:  # type: ignore[override]
        """Offer as parents the general contractor and specialist units of the project."""
        return {"parent_id": _parents}

    @expose("/name-of/<role>", methods=["POST"])
    @has_access
    def name_of(self, role: str) -> Any:
        """Answer while typing: the name of a registered enterprise, or what will happen."""
        raw = request.form.get("value", "")
        if role not in (*INVITED_ROLES, *OTHER_ROLES):
            abort(404)
        try:
            code = checks.credit_code(raw)
        except checks.Invalid as problem:
            return jsonify(ok=False, lines=[{"level": "error", "text": str(problem)}])
        found = registry.find_enterprise(code, role, clock.today())
        if found is None:
            text = gettext("Not registered here: the invitation waits until it has registered")
            if role in OTHER_ROLES:
                text = gettext("Not registered here: type the name; no registration is needed")
            return jsonify(ok=True, fill={}, lines=[{"level": "info", "text": text}])
        lines = [{"level": "ok", "text": gettext("Registered: %(name)s", name=found.name)}]
        if not found.covers:
            lines.append({"level": "warn", "text": registry.cover_warning()})
        return jsonify(ok=True, fill={"name": found.name}, lines=lines)

    # --- moves ------------------------------------------------------------------------------

    @expose("/withdraw/<pk>", methods=["POST"])
    @has_access
    def withdraw(self, pk: str) -> Any:
        """Take an invitation back."""
        answer(services.withdraw_invitation, self.row(pk), success=gettext("Withdrawn"))
        return redirect(url_for(".show", pk=pk))

    @expose("/again/<pk>", methods=["POST"])
    @has_access
    def again(self, pk: str) -> Any:
        """Send a declined or expired invitation once more."""
        answer(services.invite_again, self.row(pk), success=gettext("The invitation is sent"))
        return redirect(url_for(".show", pk=pk))

    @expose("/leave/<pk>", methods=["GET", "POST"])
    @has_access
    def leave(self, pk: str) -> Any:
        """Record a unit's exit, after showing what leaves with it (5.4)."""
        row = self.row(pk)
        if not _invites(row):
            abort(403)
        if not _open("exit_unit", row):
            raise ProjectLocked(db.session.get(Project, row.project_id))
        if not _may_leave(row):
            raise UnitLocked(row)
        form = read_form(exit_form())
        if request.method == "POST":

            def leave(values: dict[str, Any], *, actor: scope.Principal) -> None:
                services.exit_unit(row, values, actor=actor)

            if submit(form, leave) is not None:
                flash(gettext("The unit has left"), "success")
                return redirect(url_for(".show", pk=pk))
        with services.whole_project(row, scope.current()):
            lines = facts.leaving(row)
        # names and amounts by the reader's own rights: of a unit below, a parent sees the sums
        tables = Markup("").join(events.unit_exit_drawn.send(unit=row))
        return self.render_template(
            self.add_template, title=f"{gettext('Exit')}：{row.name}",
            sections=[("", list(form.columns()), True)], form_hidden=form.hidden_tag(),
            form_notice=_leaving_notice(lines) + tables, submit_label=gettext("Exit"),
            cancel_url=url_for(".show", pk=pk), form_errors=form.form_errors,
        )  # fmt: skip


def _gaps_note(row: ProjectUnit) -> Markup:
    """Name what the unit lacks and until when (screens.md 19)."""
    last_day = clock.local(row.complete_by - timedelta(seconds=1)).date()
    words = gettext(
        "To be completed: %(columns)s are missing; complete them by 24:00 of %(day)s",
        columns="、".join(str(spec.label) for spec in unit_gaps(row)), day=last_day.isoformat(),
    )  # fmt: skip
    return Markup("<p>{}</p>").format(words)


def _leave_gaps(form: Any, row: ProjectUnit) -> None:
    """Leave in the form of an accepted unit only what it lacks."""
    lacking = {spec.name for spec in unit_gaps(row)}
    for field in [field for field in form.columns() if field.short_name not in lacking]:
        del form[field.short_name]


def _leaving_notice(lines: list[facts.ExitLine]) -> Markup:
    """Say what leaves with the unit, before anything does."""
    shown = "；".join(f"{line.label}：{line.value}" for line in lines)
    words = gettext("All of this leaves with the unit on the same day, and its logins end here")
    notice = Markup('<p class="flash amber" role="status"><span>{}</span></p>')
    return notice.format(f"{words}。{shown}" if shown else words)


def _may_leave(row: ProjectUnit) -> bool:
    """Tell whether a unit can leave: those the application names stay as long as the project."""
    stays = row.unit_role in (GENERAL_CONTRACTOR, *NAMED_ROLES)
    return not stays and UNIT_FLOW.transition("exit", row.state) is not None


def _open(act: str, row: ProjectUnit) -> bool:
    project = db.session.get(Project, row.project_id)
    return project is not None and is_open(act, project.state)


def _invites(row: ProjectUnit) -> bool:
    actor = scope.current()
    if actor.audience is not scope.Audience.TENANT:
        return False
    return row.project_id in actor.projects or (
        row.parent_id in actor.units and row.enterprise_id not in actor.enterprises
    )


def _parents(_given: dict[str, str]) -> Select[Any]:
    raw = request.args.get("project", "")
    number = int(raw) if raw.isdecimal() and len(raw) < 19 else -1
    return select(ProjectUnit).where(
        ProjectUnit.project_id == number,
        ProjectUnit.unit_role.in_((GENERAL_CONTRACTOR, PROFESSIONAL)),
        ProjectUnit.state.not_in(GONE_UNITS),
        ProjectUnit.is_deleted.is_(False),
    )


def _invited_words(row: ProjectUnit) -> str:
    if row.state is UnitState.INVITED:
        return gettext("Invited: %(name)s may accept within 15 days", name=row.name)
    if row.state is UnitState.WAITING_REGISTRATION:
        return gettext("%(name)s is not registered yet: it is invited once it has", name=row.name)
    return gettext("Saved")
