"""更换: requests for a successor on a post only one holds, and their review (screens.md 8.4)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from app.core import clock, dictionaries, scope, settings
from app.core.columns.base import EMPTY, specs
from app.core.columns.files import describe_all
from app.core.views import Computed, Interface
from app.core.views.pages import submit
from app.core.views.queues import QueueMixin
from app.permissions import Area
from app.projects.services.applications import REVIEW_DAYS
from app.reference import workdays
from app.reference.services import working_calendar
from app.roster import services
from app.roster.choices import ReplacementState
from app.roster.forms import (
    REPLACEMENT_SECTIONS,
    STAFF_CONTACT,
    STAFF_IDENTITY,
    STAFF_LOGIN,
    STAFF_PROOFS,
    replacement_form,
)
from app.roster.models import PostReplacement, StaffMember
from app.roster.states import REPLACEMENT_FLOW
from app.roster.views.base import RosterView, unit_choices

SUCCESSOR_SECTIONS = [
    (_("Successor"), STAFF_IDENTITY), (_("Contact of the successor"), STAFF_CONTACT),
    (_("Certificates of the successor"), STAFF_PROOFS),
    (_("Login of the successor"), STAFF_LOGIN),
]  # fmt: skip


def _waited(row: PostReplacement, _facts: Any) -> str:
    if row.state is not ReplacementState.SUBMITTED:
        return EMPTY
    days = (clock.today() - clock.local(row.changed_at).date()).days
    return gettext("%(days)s days", days=days)


def _left(row: PostReplacement, facts: Any) -> str:
    if row.state is not ReplacementState.SUBMITTED:
        return EMPTY
    days, calendar = facts or _deadline()
    due = workdays.working_days_after(clock.local(row.changed_at).date(), days, calendar)
    left = (due - clock.today()).days
    if left < 0:
        return gettext("%(days)s days late", days=-left)
    return gettext("%(days)s days", days=left)


def _deadline() -> tuple[int, Any]:
    return settings.get(REVIEW_DAYS), working_calendar()


class ReplacementView(RosterView):
    """The requests of the own projects."""

    datamodel = Interface(PostReplacement)
    route_base = "/replacements"
    class_permission_name = Area.STAFF
    method_permission_name = {"edit": "exit"}
    exclude_route_methods = {*RosterView.exclude_route_methods, "unmask"}
    list_title = _("Replacements")
    show_title = edit_title = _("Request for a replacement")
    empty_title = _("No request for a replacement yet")
    empty_text = _("Choose “Replace” on the page of a project manager or labour manager.")
    list_columns = ["title", "post", "unit_id", "asked", "waited", "left", "state"]
    name_column = "title"
    card_columns = ("title", "post", "unit_id", "state")
    search_columns = ["post", "unit_id", "state"]
    base_order = ("id", "desc")
    show_sections = [
        (_("Replacement"), ["post", "unit_id", "holder_id", "successor_id", "handover_on", "reason",
                            "proof", "opinion"]),
    ]  # fmt: skip
    flow = REPLACEMENT_FLOW
    lookups = {"unit_id": unit_choices}
    edit_service = staticmethod(services.change_replacement)
    computed = {
        "title": Computed(_("Whom by whom"), lambda row, _facts: _title(row)),
        "asked": Computed(_("Submitted at"), lambda row, _facts: clock.local(
            row.created_at).strftime("%Y-%m-%d %H:%M")),
        "waited": Computed(_("Waiting for"), _waited),
        "left": Computed(_("Time left"), _left),
    }  # fmt: skip

    def facts(self, rows: list[Any]) -> Any:  # noqa: ARG002 - one answer serves every row
        """Give how long a review may take, and the working days."""
        return _deadline()

    def load_options(self) -> list[Any]:
        """Load both people with the rows."""
        return [
            *super().load_options(),
            selectinload(PostReplacement.holder), selectinload(PostReplacement.successor),
        ]  # fmt: skip

    def may_edit(self, row: Any) -> bool:
        """Let the contractor mend what was returned."""
        actor = scope.current()
        return (
            actor.audience is scope.Audience.TENANT and self.allowed("exit")
            and row.state is ReplacementState.RETURNED
        )  # fmt: skip

    def subtitle(self, row: Any) -> str:
        """Name post and unit under the names."""
        return " · ".join([dictionaries.label("post", row.post), str(row.unit or "")])

    def head(self, row: Any) -> dict[str, Any]:
        """Head the page with both names and how long it waits."""
        head = {**super().head(row), "title": _title(row)}
        if row.state is ReplacementState.SUBMITTED:
            head["numbers"] = [
                {"label": gettext("Waiting for"), "value": _waited(row, None)},
                {"label": gettext("Time left"), "value": _left(row, None)},
            ]
        if row.state is ReplacementState.RETURNED:
            head["note"] = gettext("Returned for changes: %(opinion)s", opinion=row.opinion)
        return head

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give the request, and the successor with everything given of him."""
        found = super().own_tab(row)
        successor = row.successor
        describe_all(successor)
        values = {name: getattr(successor, name) for name in specs(StaffMember)}
        more = [
            (title, [
                (specs(StaffMember)[name].label, self._of_successor(successor, name))
                for name in names
                if values[name] not in (None, "", []) or (
                    specs(StaffMember)[name].demanded(values))
            ])
            for title, names in SUCCESSOR_SECTIONS
        ]  # fmt: skip
        *own, record = found["sections"]
        return {**found, "sections": [*own, *more, record]}

    def _of_successor(self, successor: StaffMember, name: str) -> Any:
        spec = specs(StaffMember)[name]
        if spec.kind.sensitive:
            return spec.masked(successor)
        if spec.kind.identity and not self._may_unmask():
            return spec.kind.cell(spec.value(successor)) or EMPTY
        return spec.shown(successor)

    def move_buttons(self, row: Any) -> list[dict[str, Any]]:
        """Offer the moves of one's own side; a returned request is sent again by its form."""
        sent = url_for(".move", pk=row.id, verb="submit")
        return [one for one in super().move_buttons(row) if one["url"] != sent]

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Mend a returned request and submit it again."""
        row = self.row(pk)
        if not self.may_edit(row):
            abort(409)
        form = replacement_form(row.holder, row)
        back = url_for(".show", pk=pk)
        if request.method == "POST":

            def save(values: Any, *, actor: scope.Principal) -> Any:
                given = {**values, "row_version": form.row_version.data}
                return services.change_replacement(row, given, actor=actor)

            if submit(form, save) is not None:
                flash(gettext("Submitted for review"), "success")
                return redirect(back)
        return self.form_page(
            form, REPLACEMENT_SECTIONS, self.edit_title, back,
            submit_label=gettext("Submit for review"),
        )  # fmt: skip

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Decide or withdraw through the services; a bare submission is none."""
        if verb == "withdraw":
            services.withdraw_replacement(row, remark, actor=actor)
        elif verb == "submit":
            abort(409)
        else:
            for words in services.decide_replacement(row, verb, remark, actor=actor):
                flash(words, "warning")


class ReplacementReviewView(QueueMixin, ReplacementView):
    """岗位更换审核: what waits for the district."""

    route_base = "/replacement-reviews"
    audience = scope.Audience.GOVERNMENT
    exclude_route_methods = {*ReplacementView.exclude_route_methods, "edit"}
    list_title = _("Replacements to review")
    empty_title = _("No replacement waits for you")
    empty_text = _("Requests to replace a project manager of your district appear here.")
    base_order = ("id", "asc")
    tab_filters = ("state",)
    waiting_state = ReplacementState.SUBMITTED

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Turn away who is no official; which rows one sees is the database's matter."""
        if scope.current().audience is not scope.Audience.GOVERNMENT:
            abort(403)
        return super().restrict(query)

    def project_id(self) -> int | None:
        """Show all of the district, whatever project is looked at."""
        return None


def _title(row: PostReplacement) -> str:
    return gettext("%(former)s → %(successor)s", former=row.holder, successor=row.successor)
