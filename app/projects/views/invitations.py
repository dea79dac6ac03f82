"""我的邀请: what other enterprises ask this one to join (screens.md 5.3)."""

from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from app.core import clock, scope
from app.core.views import BaseModelView, Computed, Interface, answer
from app.permissions import Area
from app.projects import queries, services
from app.projects.choices import EDITABLE_STATES, INVITED_ROLES, ProjectState, UnitState
from app.projects.forms import SUBCONTRACT, UNIT_LEFT_OUT
from app.projects.models import ProjectUnit
from app.projects.states import UNIT_FLOW
from app.projects.views import tabs

SECTIONS: list[tuple[Any, list[str]]] = [
    (_("Invitation"), ["project_name", "inviter_name", "invited_at", "expires_on",
                       "reject_reason"]),
    *[(title, [n for n in names if n != "parent_id"]) for title, names in SUBCONTRACT],
]  # fmt: skip


def _is_running(row: ProjectUnit) -> bool:
    """Tell whether the project has passed its review; the invited do not see it yet."""
    read = g.get("invitation_states", {})
    state = read[row.project_id] if row.project_id in read else queries.state_of(row.project_id)
    return state is not None and state not in (*EDITABLE_STATES, ProjectState.SUBMITTED)


def _accept_words(row: ProjectUnit) -> str:
    if _is_running(row):
        return gettext("The project opens to you with this unit. Accept?")
    return gettext("You enter the project with this unit once its review has passed. Accept?")


def _days_left(row: ProjectUnit, _facts: Any) -> Any:
    if row.state is not UnitState.INVITED or row.expires_on is None:
        return "—"
    return max((row.expires_on - clock.today()).days, 0)


class InvitationView(tabs.WithUnits, BaseModelView):
    """Invitations to this enterprise, read-only, to accept or decline."""

    datamodel = Interface(ProjectUnit)
    route_base = "/invitations"
    class_permission_name = Area.UNITS
    audience = scope.Audience.TENANT
    method_permission_name = {"accept": "accept", "decline": "decline"}
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "move", "unmask"}
    list_title = _("My invitations")
    empty_title = _("No invitations")
    empty_text = _("When a general contractor invites your enterprise, it stands here.")
    list_columns = [
        "project_name", "inviter_name", "unit_role", "contract_amount", "invited_at", "days_left",
        "state",
    ]  # fmt: skip
    name_column = "project_name"
    card_columns = ("project_name", "inviter_name", "days_left", "state")
    keyword_columns = ("project_name", "inviter_name")
    search_columns = ["state", "unit_role"]
    order_columns = ["invited_at", "contract_amount"]
    base_order = ("invited_at", "desc")
    flow = UNIT_FLOW
    show_sections = SECTIONS
    left_out = (
        *UNIT_LEFT_OUT, "parent_id",  # how the inviting side found and placed the unit
        "exit_on", "exit_reason", "settlement_file",  # what comes long after the answer
    )  # fmt: skip
    computed = {"days_left": Computed(_("Days left"), _days_left, numeric=True)}

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Show what is addressed to the user's own enterprise; nobody on site answers it."""
        if not self.allowed("accept"):
            abort(403)
        return query.where(
            ProjectUnit.enterprise_id.in_(scope.current().enterprises),
            ProjectUnit.unit_role.in_(INVITED_ROLES),
        )

    def facts(self, rows: list[ProjectUnit]) -> None:
        """Read the states of the projects of a page, which its actions speak of."""
        opened = {row.project_id for row in rows if row.state is UnitState.INVITED}
        g.invitation_states = queries.states_of(opened)

    def head(self, row: ProjectUnit) -> dict[str, Any]:
        """Name the project, which the invited may not open yet."""
        head = super().head(row)
        head["title"] = row.project_name or str(row)
        head["subtitle"] = gettext("Invited by %(name)s", name=row.inviter_name)
        if row.state is UnitState.INVITED:
            head["numbers"] = [{"label": gettext("Days left"), "value": _days_left(row, None)}]
        return head

    def buttons(self, row: ProjectUnit) -> list[dict[str, Any]]:
        """Offer 接受 and 拒绝 while the invitation is open."""
        if row.state is UnitState.ACCEPTED and queries.project(row.project_id) is not None:
            return [{"label": gettext("Open the project"),
                     "url": url_for("ProjectView.show", pk=row.project_id)}]  # fmt: skip
        if row.state is not UnitState.INVITED:
            return []
        found: list[dict[str, Any]] = []
        if self.allowed("accept"):
            found.append(
                {"label": self.move_label("accept"), "url": url_for(".accept", pk=row.id),
                 "method": "post", "tone": "primary",
                 "confirm": _accept_words(row)}
            )  # fmt: skip
        if self.allowed("decline"):
            found.append(
                {"label": self.move_label("decline"), "url": url_for(".decline", pk=row.id),
                 "tone": "danger"}
            )  # fmt: skip
        return found

    def row_actions(self, row: ProjectUnit) -> list[dict[str, Any]]:
        """Give 详情, 接受 and 拒绝."""
        details = {"label": gettext("Details"), "url": url_for(".show", pk=row.id)}
        return [details, *self.buttons(row)] if row.state is UnitState.INVITED else [details]

    @expose("/accept/<pk>", methods=["POST"])
    @has_access
    def accept(self, pk: str) -> Any:
        """Accept: the project opens at once, or as soon as its review has passed."""
        row = self.row(pk)
        words = gettext("Accepted: the project is open to you now")
        if not _is_running(row):
            words = gettext("Accepted: you enter the project once its review has passed")
        answer(services.accept_invitation, row, success=words)
        return redirect(url_for(".show", pk=pk))

    @expose("/decline/<pk>", methods=["GET", "POST"])
    @has_access
    def decline(self, pk: str) -> Any:
        """Decline with a reason."""
        row = self.row(pk)
        remark = request.form.get("remark", "").strip()[:200]
        if request.method == "POST" and answer(
            services.decline_invitation, row, remark=remark, success=gettext("Declined")
        ):
            return redirect(url_for(".show", pk=pk))
        return self.render_template(
            "ui/remark.html", title=self.move_label("decline"), subject=row.project_name,
            action_url=url_for(".decline", pk=pk), cancel_url=url_for(".show", pk=pk),
        )  # fmt: skip
