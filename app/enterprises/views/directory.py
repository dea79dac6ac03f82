"""企业库: every registered enterprise of the scope on a page of its own (screens.md 15)."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.views import Interface, Tab, read_form
from app.core.views.first_password import asking_now
from app.core.views.pages import submit, unless_stale
from app.enterprises import services, states
from app.enterprises.choices import EnterpriseState
from app.enterprises.forms import correction_of_locked
from app.enterprises.models import Enterprise
from app.enterprises.views.parts import (
    BASICS,
    LICENCES,
    PROFILE_LEFT_OUT,
    change_rows,
    project_rows,
)
from app.enterprises.views.review import OfficeView
from app.enterprises.views.shown import qualification_sections
from app.permissions import Area

IN_DIRECTORY = (EnterpriseState.APPROVED, EnterpriseState.DISABLED)


class DirectoryView(OfficeView):
    """企业库 with the one-page profile; the city disables and enables."""

    datamodel = Interface(Enterprise)
    route_base = "/enterprises"
    class_permission_name = Area.ENTERPRISES
    method_permission_name = {"correct": "write"}
    exclude_route_methods = {"download", "delete", "action", "action_post"}
    flow = states.STANDING
    list_title = _("Enterprise directory")
    show_title = _("Enterprise")
    list_columns = [
        "name", "credit_code", "enterprise_type", "region_code", "legal_person", "agent_name",
        "agent_mobile", "state",
    ]  # fmt: skip
    card_columns = ("credit_code", "enterprise_type", "region_code", "state")
    keyword_columns = ("name", "credit_code", "legal_person")
    search_columns = ["enterprise_type", "region_code", "state"]
    order_columns = ["name", "credit_code"]
    base_order = ("name", "asc")
    show_sections = [
        (_("Enterprise"), ["enterprise_type", *BASICS[0][1]]), *BASICS[1:],
        (_("Account"), ["username"]),
    ]  # fmt: skip
    left_out = PROFILE_LEFT_OUT
    empty_title = _("No enterprise is registered yet")
    empty_text = _("Enterprises appear here once their registration has been approved.")

    def restrict(self, query: Any) -> Any:
        """Leave applications out: they are reviewed elsewhere."""
        return super().restrict(query).where(Enterprise.state.in_(IN_DIRECTORY))

    def subtitle(self, row: Enterprise) -> str:
        """Give type and code."""
        return f"{row.enterprise_type.label} · {row.credit_code}"

    def tabs(self, row: Enterprise) -> list[Tab]:  # noqa: ARG002 - every profile has the same
        """Give the tabs of the profile."""
        return [
            Tab("licences", _("Qualifications and licences"), self._licences),
            Tab("projects", _("Projects taking part in"), lambda e: project_rows(e.id)),
            Tab(
                "changes", _("Change records"), lambda e: change_rows(e.id, "ChangeReviewView.show")
            ),
        ]

    def _licences(self, row: Enterprise) -> dict[str, Any]:
        pairs = [(self.spec(name).label, self.value(row, name)) for name in LICENCES]
        return {
            "sections": [*qualification_sections(row.id), (gettext("Work safety licence"), pairs)]
        }

    def buttons(self, row: Enterprise) -> list[dict[str, Any]]:
        """Give the moves and, to the city, the correction of locked fields."""
        found = self.move_buttons(row)
        if self.allowed("write"):
            found.insert(0, {"label": gettext("Correct code or type"), "method": "get", "tone": "",
                             "url": url_for(".correct", pk=row.id)})  # fmt: skip
        reset = "AdministratorPage.reset" in current_app.view_functions
        if reset and scope.current().can("write", Area.ACCOUNTS):
            words = gettext(
                "The administrator %(name)s gets a new first password and is signed out.",
                name=row.username,
            )
            found.append({
                "label": gettext("Reset the administrator's password"), "method": "post",
                "url": url_for(
                    "AdministratorPage.reset", enterprise_id=row.id, **asking_now()
                ),
                "confirm": words,
            })  # fmt: skip
        return found

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Run the service of a move."""
        (services.disable if verb == "disable" else services.enable)(row, remark, actor=actor)

    @expose("/correct/<pk>", methods=["GET", "POST"])
    @has_access
    def correct(self, pk: str) -> Any:
        """Correct code or type of an enterprise, with a reason (screens.md 3, locked)."""
        row = self.row(pk)
        if not self.allowed("write"):
            abort(403)
        form = read_form(correction_of_locked(), row)
        if request.method == "POST":

            def save(found: Enterprise, values: dict[str, Any], *, actor: scope.Principal) -> Any:
                return services.correct_locked(found, values, values["reason"] or "", actor=actor)

            if submit(form, unless_stale(form, row, save)) is not None:
                flash(gettext("Saved"), "success")
                return redirect(url_for(".show", pk=pk))
        return self.form_page(
            form, [(_("Correct code or type"), ["credit_code", "enterprise_type", "reason"])],
            gettext("Correct code or type"), url_for(".show", pk=pk),
        )  # fmt: skip
