"""企业注册审核 and 企业变更审核: the government's side (screens.md 2.4, 3)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import clock, scope, settings, thumbnails
from app.core.columns import specs
from app.core.columns.files import Document, describe_all, described
from app.core.views import BaseModelView, Computed, Interface, action, answer
from app.core.views.details import timeline
from app.core.views.marks import Problem, given_marks, marked_reasons, unexplained, wordless
from app.core.views.queues import QueueMixin
from app.enterprises import queries, services, states
from app.enterprises.choices import ChangeState, EnterpriseState
from app.enterprises.forms import NOT_ASKED, PLACED, SECTIONS
from app.enterprises.models import Enterprise, EnterpriseChange
from app.enterprises.services import values as waiting
from app.enterprises.services.registration import REVIEW_DAYS
from app.enterprises.services.review import QUALIFICATIONS
from app.enterprises.views.parts import with_unit
from app.enterprises.views.shown import change_items, comparison, qualification_sections
from app.extensions import db
from app.permissions import Area
from app.reference.services import working_calendar

MORE = [(_("Account"), ["username"])]
MARKED = [name for _title, names in [*SECTIONS, *MORE] for name in names]


def _waited(row: Any, facts: Any) -> Any:
    if row.state not in (EnterpriseState.SUBMITTED, ChangeState.SUBMITTED):
        return "—"
    return gettext("%(days)s days", days=facts(row)["waited"])


def _left(row: Any, facts: Any) -> Any:
    left = facts(row)["left"]
    if left is None or row.state is not EnterpriseState.SUBMITTED:
        return "—"
    if left < 0:
        return gettext("%(days)s days late", days=-left)
    return gettext("%(days)s days", days=left)


def _change_left(row: EnterpriseChange, facts: Any) -> str:
    if row.state is not ChangeState.SUBMITTED:
        return "—"
    left = facts(row)["left"]
    if left < 0:
        return gettext("%(days)s days late", days=-left)
    return gettext("%(days)s days", days=left)


class OfficeView(BaseModelView):
    """A list of the government's: other audiences are turned away whatever their rights."""

    audience = scope.Audience.GOVERNMENT

    def restrict(self, query: Any) -> Any:
        """Turn away who is no official; which rows an official sees is the database's matter."""
        if scope.current().audience is not scope.Audience.GOVERNMENT:
            abort(403)
        return query

    def value(self, row: Any, name: str) -> Any:
        """Give one value for reading, with its unit."""
        return with_unit(specs(type(row))[name], row, super().value(row, name))


class RegistrationReviewView(QueueMixin, OfficeView):
    """企业注册审核: waiting applications, oldest first."""

    datamodel = Interface(Enterprise)
    route_base = "/registrations"
    class_permission_name = Area.REGISTRATIONS
    method_permission_name = {
        "approve": "approve",
        "give_back": "return",
        "reject": "reject",
        "run_action": "read",
    }
    exclude_route_methods = {"download", "delete", "action", "action_post", "move"}
    flow = states.REGISTRATION
    list_title = _("Registrations to review")
    show_title = _("Registration")
    list_columns = [
        "application_no", "name", "enterprise_type", "region_code", "submitted_at", "waited",
        "left", "attempt", "state",
    ]  # fmt: skip
    computed = {
        "waited": Computed(_("Waiting for"), _waited),
        "left": Computed(_("Time left"), _left),
        "attempt": Computed(_("Attempt"), lambda row, _facts: row.attempt, numeric=True),
    }
    name_column = "name"
    card_columns = ("enterprise_type", "waited", "left", "state")
    keyword_columns = ("name", "credit_code", "application_no")
    search_columns = ["enterprise_type", "region_code", "submitted_at", "state"]
    order_columns = ["submitted_at", "review_due_on", "name"]
    base_order = ("submitted_at", "asc")
    show_sections = [(t, [n for n in names if n != QUALIFICATIONS]) for t, names in PLACED]
    left_out = (
        *NOT_ASKED, "application_no", "submitted_at", "review_due_on",  # the head of the page
        "opinion", "returned_fields",  # what the decision itself writes
    )  # fmt: skip
    tab_filters = ("state",)
    waiting_state = EnterpriseState.SUBMITTED
    tab_states = (
        EnterpriseState.SUBMITTED, EnterpriseState.RETURNED, EnterpriseState.REJECTED,
        EnterpriseState.APPROVED,
    )  # fmt: skip
    empty_title = _("No registration waits for you")
    empty_text = _("New applications of your district appear here as soon as they are submitted.")

    def restrict(self, query: Any) -> Any:
        """Leave drafts out."""
        return super().restrict(query).where(Enterprise.state != EnterpriseState.DRAFT)

    def facts(self, rows: list[Any]) -> Any:  # noqa: ARG002 - one function serves every row
        """Give the reckoning of waiting times."""
        return queries.waiting(clock.today())

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """Show the form beside its attachments, with hints and the former attempt."""
        return self._page(self.row(pk))

    def _page(self, row: Enterprise, problems: list[Problem] | None = None) -> str:
        """Draw the page of the decision, what was typed on it and what it lacks included."""
        open_now = row.state is EnterpriseState.SUBMITTED
        describe_all(row, *waiting.qualifications_of(row.id))
        return self.render_template(
            "enterprises/review.html", title=gettext("Registration: %(name)s", name=row.name),
            row=row, head=self._head(row), groups=self._groups(row),
            papers=_papers(row), hints=queries.hints(row) if open_now else [],
            changes=comparison(row),
            timeline=timeline(row, {"submit": gettext("The applicant")}),
            may={verb: open_now and self.allowed(verb) for verb in ("approve", "return", "reject")},
            marks=row.returned_fields or {}, given=given_marks(MARKED),
            opinion=request.form.get("opinion", ""), problems=problems or [],
        )  # fmt: skip

    def _head(self, row: Enterprise) -> dict[str, Any]:
        facts = queries.waiting(clock.today())
        kind = specs(Enterprise)["enterprise_type"].shown(row)
        return {
            "title": row.name, "subtitle": f"{kind} · {row.credit_code}",
            "state_badge": {"label": row.state.label, "tone": row.state.tone},
            "numbers": [
                {"label": gettext("Application no."), "value": row.application_no},
                {"label": gettext("Waiting for"), "value": _waited(row, facts)},
                {"label": gettext("Time left"), "value": _left(row, facts)},
                {"label": gettext("Attempt"), "value": row.attempt},
            ],
        }  # fmt: skip

    def _groups(self, row: Enterprise) -> list[dict[str, Any]]:
        """Give the sections as (field, label, value); the qualifications count as one field."""
        groups = []
        for title, names in [*SECTIONS, *MORE]:
            items = [
                {"name": n, "label": queries.field_label(n), "value": self.value(row, n)}
                for n in names
                if n != QUALIFICATIONS and specs(Enterprise)[n].demanded(vars_of(row))
            ]  # fmt: skip
            if QUALIFICATIONS in names:
                items.insert(0, {
                    "name": QUALIFICATIONS, "label": queries.field_label(QUALIFICATIONS),
                    "rows": qualification_sections(row.id),
                })  # fmt: skip
            groups.append({"title": title, "items": items})
        return groups

    @expose("/approve/<pk>", methods=["POST"])
    @has_access
    @permission_name("approve")
    def approve(self, pk: str) -> Response:
        """通过: the account opens."""
        row = self.row(pk)
        words = gettext("Approved: the account %(name)s is open", name=row.username)
        answer(services.approve, row, opinion=request.form.get("opinion", ""), success=words)
        return redirect(url_for(".show", pk=pk))

    @expose("/return/<pk>", methods=["POST"])
    @has_access
    @permission_name("return")
    def give_back(self, pk: str) -> Any:
        """退回修改: at least one marked field, each with its reason; what was typed stays."""
        row, given = self.row(pk), given_marks(MARKED)
        if row.state is EnterpriseState.SUBMITTED and (
            problems := unexplained(given, queries.field_label)
        ):
            return self._page(row, problems)
        marks = marked_reasons(given)
        done = answer(
            services.return_application, row, marks, opinion=request.form.get("opinion", ""),
            success=gettext("Returned to the applicant with %(n)s marked fields", n=len(marks)),
        )  # fmt: skip
        return redirect(url_for(".show", pk=pk)) if done else self._page(row)

    @expose("/reject/<pk>", methods=["POST"])
    @has_access
    @permission_name("reject")
    def reject(self, pk: str) -> Any:
        """不予通过: with its reason; what was typed stays."""
        row = self.row(pk)
        if row.state is EnterpriseState.SUBMITTED and (problems := wordless("opinion")):
            return self._page(row, problems)
        reason = request.form.get("opinion", "").strip()[:500]
        done = answer(services.reject, row, reason, success=gettext("The registration is refused"))
        return redirect(url_for(".show", pk=pk)) if done else self._page(row)

    @action("approve", _("Approve"), _("{n} registrations pass and their accounts open."),
            multiple=True, single=False)  # fmt: skip
    def approve_many(self, rows: list[Enterprise]) -> Response:
        """Pass ticked applications; those with hints are refused by name."""
        return self.run(services.approve_many, rows)


def vars_of(row: Enterprise) -> dict[str, Any]:
    """Give the values of a row by column."""
    return {name: getattr(row, name) for name in specs(type(row))}


def _papers(row: Enterprise) -> list[dict[str, Any]]:
    """Give every attachment for the viewer beside the form."""
    owners: list[tuple[str, Any]] = [("", row)]
    owners += [(f"{q.name} ", q) for q in waiting.qualifications_of(row.id)]
    papers = [
        (f"{before}{spec.label}", getattr(owner, name))
        for before, owner in owners
        for name, spec in specs(type(owner)).items()
        if isinstance(spec.kind, Document) and getattr(owner, name)
    ]
    names = described(number for _label, number in papers)
    return [
        {"label": label, "name": title, "is_image": is_image,
         "url": url_for("FileView.show", file_id=number), "small": thumbnails.address(number)}
        for label, number in papers
        for title, is_image in [names[number]]
    ]  # fmt: skip


class ChangeReviewView(QueueMixin, OfficeView):
    """企业变更审核: requests with old and new side by side."""

    datamodel = Interface(EnterpriseChange)
    route_base = "/enterprise-changes"
    class_permission_name = Area.ENTERPRISES
    exclude_route_methods = {"download", "delete", "action", "action_post", "unmask"}
    flow = states.CHANGE
    list_title = _("Enterprise changes to review")
    show_title = _("Enterprise change")
    list_columns = [
        "change_no", "enterprise_id", "what", "reason", "asked", "waited", "left", "state",
    ]  # fmt: skip
    computed = {
        "waited": Computed(_("Waiting for"), _waited),
        "left": Computed(_("Time left"), _change_left),
        "what": Computed(_("Changed fields"), lambda row, _f: "、".join(
            queries.field_label(name) for name in row.changed_fields)),
        "asked": Computed(_("Submitted at"), lambda row, _f: clock.local(
            row.created_at).strftime("%Y-%m-%d %H:%M")),
    }  # fmt: skip
    name_column = "change_no"
    search_columns = ["enterprise_id", "state"]
    keyword_columns = ("change_no",)
    order_columns = ["change_no"]
    base_order = ("change_no", "asc")
    show_sections = [(_("Request"), ["change_no", "enterprise_id", "reason", "proof", "opinion"])]
    left_out = ("changed_fields", "files")  # old and new stand side by side below
    tab_filters = ("state",)
    waiting_state = ChangeState.SUBMITTED
    empty_title = _("No change waits for you")
    empty_text = _("Changes of reviewed fields appear here as soon as they are submitted.")

    def facts(self, rows: list[Any]) -> Any:  # noqa: ARG002 - one function serves every row
        """Give the reckoning of waiting times, in the days of a registration's review."""
        days = settings.get(REVIEW_DAYS)
        return queries.change_waiting(clock.today(), days, working_calendar())

    def own_tab(self, row: EnterpriseChange) -> dict[str, Any]:
        """Give the request with old and new side by side."""
        return {**super().own_tab(row), "changes": change_items(row)}

    @expose("/move/<verb>/<pk>", methods=["GET", "POST"])
    @has_access
    def move(self, verb: str, pk: str) -> Any:
        """Make a move; a request whose enterprise has left the district leads to the list."""
        answered = super().move(verb, pk)
        seen = select(EnterpriseChange.id).where(EnterpriseChange.id == int(pk))
        if request.method == "POST" and db.session.scalar(seen) is None:
            return redirect(url_for(".list"))
        return answered

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Run the service of a move."""
        if verb == "approve":
            services.approve_change(row, opinion=remark, actor=actor)
        elif verb == "return":
            services.return_change(row, remark, actor=actor)
        elif verb == "reject":
            services.reject_change(row, remark, actor=actor)
        else:
            services.withdraw_change(row, actor=actor)
