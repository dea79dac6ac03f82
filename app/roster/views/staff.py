"""现场专业人员 and 管理技术人员: one screen each over the same table (screens.md 8.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from app.core import dictionaries, scope
from app.core.errors import Refusal
from app.core.forms import BaseForm
from app.core.views import Computed, Interface, answer, new_form, read_form
from app.core.views.first_password import asked_at, asking_now, first_password_page
from app.core.views.pages import submit, unless_stale
from app.extensions import db
from app.identity import services as identity
from app.identity.queries import awaits_first_use, is_sub_account
from app.permissions import Area
from app.projects.models import Project
from app.roster import queries, services
from app.roster.choices import FORM_ID_TYPES, StaffKind, StaffState
from app.roster.errors import ReplacementPending
from app.roster.forms import (
    EXIT_COLUMNS,
    REPLACEMENT_SECTIONS,
    STAFF_CONTACT,
    STAFF_IDENTITY,
    STAFF_LOGIN,
    STAFF_PROOFS,
    exit_form,
    replacement_form,
)
from app.roster.models import PostReplacement, ProjectWorker, StaffMember
from app.roster.services.posts import reviewed, single
from app.roster.services.replacements import open_request, replaceable
from app.roster.services.staff import is_post_of, posts_of
from app.roster.states import STAFF_FLOW
from app.roster.views.answers import about_number
from app.roster.views.base import SITE, RosterView, chosen_project, unit_choices
from app.roster.views.person_acts import correction_buttons, correction_notice
from app.roster.views.worker_columns import completion_note, remaining

POST = ["post", "unit_id", "on_post_from", "on_post_to"]


class StaffForm(BaseForm):
    """The form of a post; the list of posts is that of the kind of staff."""

    site: Project | None = None
    kind: StaffKind
    row: StaffMember | None = None

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:
        """Tell what the service refuses together with the errors of single fields."""
        if self.site is None:
            return ()
        given = {**values, "staff_kind": self.kind}
        return services.staff_misfits(self.site, given, self.row, actor=scope.current())

    def narrow(self, kind: StaffKind, site: Project | None, row: StaffMember | None = None) -> None:
        """Offer the posts of one kind only, within one project."""
        self.kind, self.site, self.row = kind, site, row
        offered = posts_of(kind)
        field: Any = self["post"]
        field.chosen = [(code, dictionaries.label("post", code)) for code in offered]


class StaffView(RosterView):
    """What both screens share."""

    kind: StaffKind
    datamodel = Interface(StaffMember)
    class_permission_name = Area.STAFF
    method_permission_name = {
        "exit": "exit", "replace": "exit", "password": "write", "reset": "write",
        "answer": "write",
    }  # fmt: skip
    empty_text = _("Add the first person; his stay on the project is made with the post.")
    list_columns = [
        "name", "post", "project", "unit_id", "mobile", "id_number", "on_post_from",
        "certificate_no", "has_account", "state", "remaining",
    ]  # fmt: skip
    card_columns = ("name", "post", "unit_id", "state")
    search_columns = ["unit_id", "post", "state", "incomplete"]
    keyword_columns = ("name", "id_number")
    order_columns = ["name", "on_post_from"]
    base_order = ("on_post_from", "desc")
    form_sections = edit_sections = [
        (_("Post"), POST), (_("Identity"), STAFF_IDENTITY), (_("Contact"), STAFF_CONTACT),
        (_("Certificates and proofs"), STAFF_PROOFS), (_("Login"), STAFF_LOGIN),
    ]  # fmt: skip
    show_sections = [
        (_("Post"), [*POST, "replace_reason"]), (_("Identity"), STAFF_IDENTITY),
        (_("Contact"), STAFF_CONTACT),
        (_("Certificates and proofs"), STAFF_PROOFS), (_("Login"), STAFF_LOGIN),
    ]  # fmt: skip
    # the stay and the kind are those of the screen; the head of the page says what is missing
    left_out = ("worker_id", "staff_kind", "incomplete", "complete_by")
    form_base = StaffForm
    computed = {"project": SITE, "remaining": Computed(_("Time left to complete"), remaining)}
    flow = STAFF_FLOW
    lookups = {"unit_id": unit_choices}
    answer_columns = {"id_number": ".answer"}
    add_service = staticmethod(services.add_staff)
    edit_service = staticmethod(services.edit_staff)

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Narrow the rows to the kind of this screen."""
        return (
            super()
            .restrict(query)
            .where(StaffMember.staff_kind == self.kind, queries.not_successor())
        )

    def toolbar(self) -> list[dict[str, Any]]:
        """Give the form and 批量导入."""
        return [*super().toolbar(), *self.import_button("T4")]

    def may_add(self) -> bool:
        """Tell whether the form is offered: with the right, and within a project."""
        return super().may_add() and self.project_id() is not None

    def may_edit(self, row: Any) -> bool:
        """Tell whether this record may be changed."""
        return super().may_edit(row) and row.state is not StaffState.EXITED

    def _filter(self, name: str, *, primary: bool) -> dict[str, Any]:
        found = super()._filter(name, primary=primary)
        if name == "post":
            pairs = found["choices"]
            found["choices"] = [pair for pair in pairs if is_post_of(self.kind, pair[0])]
        return found

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the posts of the chosen project."""
        return self.lead_to_choice() or super().list()

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a post."""
        if not self.may_add():
            return self.lead_to_choice() or abort(403)
        form: Any = new_form(
            self._class_of(self.form_sections, StaffForm), project_id=self.project_id(),
            id_type="01", has_account=False,
        )  # fmt: skip
        form.narrow(self.kind, chosen_project())

        def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            return services.add_staff(chosen_project(), self.kind, values, actor=actor)

        done = self.take(form, save, gettext("Saved"), self.after_save)
        if done is not None:
            return done
        return self.form_page(form, self.form_sections, self.add_title, url_for(".list"))

    def _form(self, row: Any) -> Any:
        form: Any = read_form(self._class_of(self.form_sections, StaffForm), row)
        form.narrow(self.kind, db.session.get(Project, row.project_id), row)
        return form

    def form_page(self, form: BaseForm, sections: Any, title: Any, cancel: str, **more: Any) -> str:
        """Let the identity number be answered while it is typed, as on the worker's form."""
        if "id_number" in form:
            form["id_number"].render_kw = {
                "data-answer-with": "id_type name", "data-answer-length": "4",
            }  # fmt: skip
        if "join_reason" in form:
            form["join_reason"].render_kw = {"data-on-reason": "1"}
        return super().form_page(form, sections, title, cancel, **more)

    @expose("/answer", methods=["POST"])
    @has_access
    def answer(self) -> Response:
        """Answer an identity number while it is typed (screens.md 8.2, 8.4)."""
        given = request.form
        id_type = given.get("id_type") or "01"
        found = about_number(
            chosen_project(), id_type if id_type in FORM_ID_TYPES else "01",
            given.get("value", "")[:60], work_type="", name=given.get("name", "")[:50],
            actor=scope.current(), on_post=True,
        )  # fmt: skip
        return jsonify(found)

    def after_save(self, row: StaffMember) -> Any:
        """Show the first password of a new login this once, or go to the person."""
        back = url_for(".show", pk=row.id)
        if row.initial_password:
            return first_password_page(self, row.username, row.initial_password, back)
        return redirect(back)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form; saving a draft puts the person on the post."""
        row = self.row(pk)
        if not self.may_edit(row):
            abort(409)
        form = self._form(row)
        if request.method == "POST":
            saved = submit(form, unless_stale(form, row, services.edit_staff))
            if saved is not None:
                flash(gettext("Saved"), "success")
                return self.after_save(saved)
        return self.form_page(
            form, self.edit_sections, self.edit_title, url_for(".show", pk=pk),
            **correction_notice(_stay(row)),
        )  # fmt: skip

    def buttons(self, row: Any) -> Any:
        """Offer besides 人员信息更正, and the first password of a login nobody has used yet."""
        found = [*super().buttons(row), *correction_buttons(_stay(row))]
        if row.state is StaffState.EXITED:
            return found
        own = scope.current().enterprises if self.allowed("write") else ()
        if row.user_id and own and awaits_first_use(row.user_id, own):
            found.append({
                "label": gettext("Show a first password"), "method": "post", "tone": "",
                "url": url_for(".password", pk=row.id, **asking_now()),
                "confirm": gettext("The login gets a new first password, shown only once."),
            })  # fmt: skip
        elif row.user_id and row.has_account and own and is_sub_account(row.user_id, own):
            found.append({
                "label": gettext("Reset password"), "method": "post", "tone": "",
                "url": url_for(".reset", pk=row.id, **asking_now()),
                "confirm": gettext("The account %(name)s gets a new first password and is"
                                   " signed out.", name=row.username),
            })  # fmt: skip
        return found

    @expose("/password/<pk>", methods=["POST"])
    @has_access
    def password(self, pk: str) -> Any:
        """Give the login of a post a first password and show it once."""
        row = self.row(pk)
        made = answer(
            identity.issue_first_password, project_id=row.project_id, user_id=row.user_id,
            asked=asked_at(),
        )  # fmt: skip
        if made is None:
            return redirect(url_for(".show", pk=pk))
        username, password = made
        return first_password_page(self, username, password, url_for(".show", pk=pk))

    @expose("/reset/<pk>", methods=["POST"])
    @has_access
    def reset(self, pk: str) -> Any:
        """Give a used login of the own enterprise a new first password, shown once."""
        row = self.row(pk)
        made = answer(identity.reset_sub_account, row.user_id or 0, asked=asked_at())
        if made is None:
            return redirect(url_for(".show", pk=pk))
        return first_password_page(self, row.username, made, url_for(".show", pk=pk))

    def move_buttons(self, row: Any) -> Any:
        """Offer a successor and the end of the post, each through its form."""
        found: Any = []
        pending = open_request(row)
        if pending is not None:
            found.append(
                {
                    "label": gettext("Request for a replacement"),
                    "method": "get",
                    "tone": "",
                    "url": url_for("ReplacementView.show", pk=pending.id),
                }
            )
        if not self.allowed("exit"):
            return found
        if pending is None and replaceable(row):
            found.append({"label": gettext("Replace"), "method": "get", "tone": "primary",
                          "url": url_for(".replace", pk=row.id)})  # fmt: skip
        if row.state is StaffState.ON_SITE:
            found.append({"label": gettext("Leave the post"), "url": url_for(".exit", pk=row.id),
                          "method": "get", "tone": "danger"})  # fmt: skip
        return found

    @expose("/replace/<pk>", methods=["GET", "POST"])
    @has_access
    def replace(self, pk: str) -> Any:
        """Ask for a successor; a labour manager's takes the post at once, with his login."""
        row = self.row(pk)
        if (pending := open_request(row)) is not None:
            flash(str(ReplacementPending(row.name)), "warning")
            return redirect(url_for("ReplacementView.show", pk=pending.id))
        if not replaceable(row):
            abort(409)
        form = replacement_form(row)

        def ask(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            return services.request_replacement(row, values, actor=actor)

        asked = reviewed(row.post)
        words = (
            gettext("Submitted for review") if asked else gettext("The successor is on the post")
        )
        done = self.take(form, ask, words, self._after_request)
        if done is not None:
            return done
        title = gettext("Replace %(name)s (%(post)s)", name=row.name,
                        post=dictionaries.label("post", row.post))  # fmt: skip
        return self.form_page(
            form, REPLACEMENT_SECTIONS, title, url_for(".show", pk=pk),
            submit_label=gettext("Submit for review") if asked else gettext("Replace"),
        )  # fmt: skip

    def _after_request(self, request: PostReplacement) -> Any:
        """Show the first password of a successor's new login this once, or the request."""
        back = url_for("ReplacementView.show", pk=request.id)
        if request.initial_password:
            return first_password_page(
                self, request.successor.username, request.initial_password, back
            )
        return back

    def make_move(self, *_given: Any, **_more: Any) -> None:
        """Refuse bare moves: a post is taken up and left through its forms."""
        abort(409)

    def row_actions(self, row: Any) -> Any:
        """Give 查看 and 编辑."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        return found

    @expose("/exit/<pk>", methods=["GET", "POST"])
    @has_access
    def exit(self, pk: str) -> Any:
        """End the post: the login loses this project at once, the stay ends."""
        row = self.row(pk)
        if row.state is not StaffState.ON_SITE:
            abort(409)
        form = exit_form(explained=single(row.post))

        def leave(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            return services.exit_staff(row, values, actor=actor)

        done = self.take(form, leave, gettext("Saved"), url_for(".show", pk=pk))
        if done is not None:
            return done
        title = gettext("%(name)s leaves the post", name=row.name)
        return self.form_page(form, [("", EXIT_COLUMNS)], title, url_for(".show", pk=pk))

    def show_context(self, row: Any) -> dict[str, Any]:
        """Add to the head what is still to be completed."""
        context = super().show_context(row)
        if row.incomplete and row.complete_by is not None:
            context["head"]["note"] = completion_note(row)
        return context

    def subtitle(self, row: Any) -> str:
        """Name post and unit under the name."""
        return " · ".join([dictionaries.label("post", row.post), str(row.unit or "")])


def _stay(row: StaffMember) -> ProjectWorker | None:
    """Give the stay of who is on a post; the person of a draft is still changed in its form."""
    drafted = row.state is StaffState.DRAFT or not row.worker_id
    return None if drafted else db.session.get(ProjectWorker, row.worker_id)


class SpecialistView(StaffView):
    """现场专业人员."""

    kind = StaffKind.SPECIALIST
    route_base = "/specialistview"
    list_title, show_title = _("On-site specialists"), _("On-site specialist")
    add_title, edit_title = _("Add an on-site specialist"), _("Edit the on-site specialist")
    add_label = _("Add an on-site specialist")
    empty_title = _("No on-site specialist yet")


class ManagerView(StaffView):
    """管理技术人员."""

    kind = StaffKind.MANAGER
    route_base = "/managerview"
    list_title = _("Management and technical staff")
    show_title = _("Management or technical staff")
    add_title, edit_title = _("Add a manager or technician"), _("Edit the manager or technician")
    add_label = _("Add a manager or technician")
    empty_title = _("No management staff yet")
