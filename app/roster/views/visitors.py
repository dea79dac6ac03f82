"""访客登记: the passes of a project, each with its form, its end, and who comes often (8.6)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, and_, select

from app.core import clock, scope
from app.core.columns.base import EMPTY
from app.core.columns.codes import badge
from app.core.views import Computed, Interface, new_form
from app.core.views.shell import chosen_project_id
from app.permissions import Area
from app.roster import services
from app.roster.choices import StaffState, VisitState
from app.roster.models import StaffMember, VisitorPass
from app.roster.queries import visitors
from app.roster.services.visitors import may_keep
from app.roster.states import VISIT_FLOW
from app.roster.views.base import SITE, RosterView, chosen_project, unit_choices

WHO = ["name", "mobile", "company", "id_type", "id_number", "face_photo"]
VISIT = ["host_id", "purpose", "valid_from", "valid_to", "card_no"]
CURRENT, OVER, OFTEN = "current", "over", "often"
USUAL_VISIT = timedelta(hours=8)


def _hosts(given: dict[str, str]) -> Select[Any]:
    """Give who may receive visitors: staff on a post of the project; filters take anybody."""
    query = select(StaffMember).where(
        StaffMember.project_id == (chosen_project_id() or 0), StaffMember.is_deleted.is_(False)
    )
    return query if given.get("any") else query.where(StaffMember.state == StaffState.ON_SITE)


class VisitorView(RosterView):
    """访客登记."""

    datamodel = Interface(VisitorPass)
    route_base = "/visitors"
    class_permission_name = Area.ROSTER
    list_title, show_title = _("Visitors"), _("Visitor pass")
    add_title, edit_title = _("Register a visitor"), _("Edit the visitor pass")
    add_label = _("Register a visitor")
    empty_title = _("No visitor yet")
    empty_text = _("Whoever comes without being a worker gets a pass here, for 7 days at most.")
    list_columns = ["name", "project", "mobile", "company", "host_id", "purpose", "valid_from",
                    "valid_to", "standing", "often", "card_no"]  # fmt: skip
    card_columns = ("name", "company", "valid_to", "standing", "often")
    name_column = "name"
    search_columns = ["state", "host_id", "valid_from", "valid_to", "unit_id"]
    keyword_columns = ("name", "mobile", "company")
    order_columns = ["valid_from", "valid_to"]
    base_order = ("valid_from", "desc")
    tab_filters = ("shown",)
    form_sections = [(_("Visitor"), WHO), (_("Visit"), VISIT)]
    show_sections = [
        (_("Visitor"), WHO), (_("Visit"), ["host_id", "unit_id", *VISIT[1:], "left_at"]),
    ]  # fmt: skip
    computed = {
        "project": SITE,
        "standing": Computed(_("State"), lambda row, _facts: badge(**holds(row))),
        "often": Computed(_("Frequent visits"), lambda row, facts: _often(facts.get(row.id))),
    }
    flow = VISIT_FLOW
    lookups = {"host_id": _hosts, "unit_id": unit_choices}
    add_service = staticmethod(services.register_visitor)
    edit_service = staticmethod(services.edit_visitor)

    def facts(self, rows: Any) -> dict[int, int]:
        """Count once a page whose visits are more than 3 in 30 days."""
        return visitors.frequent(row.id for row in rows)

    def extra_filters(self) -> Any:
        """Give what the tabs stand for: passes in time, those over, and frequent visitors."""
        return [
            {"name": "shown", "label": gettext("Validity"), "kind": "select",
             "choices": [(CURRENT, gettext("In time")), (OVER, gettext("Time of the pass is over")),
                         (OFTEN, gettext("Frequent visits"))],
             "where": _shown},
        ]  # fmt: skip

    def _saved_filters(self) -> Any:
        """Give the tabs, then the kept filters."""
        chosen, kept = request.args.get("shown", ""), self.kept_tabs()
        tabs = [
            {"label": label, "url": url_for(".list", shown=name), "active": chosen == name}
            for name, label in self.extra_filters()[0]["choices"]
        ]
        every = {"label": gettext("All"), "url": self.whole_list(), "active": not chosen
                 and not any(tab["active"] for tab in kept)}  # fmt: skip
        return [every, *tabs, *kept]

    def _filter(self, name: str, *, primary: bool) -> dict[str, Any]:
        """Let the filter find hosts who have left their post."""
        found = super()._filter(name, primary=primary)
        if name == "host_id":
            found["url"] = url_for(".lookup", column=name, any=1)
        return found

    def may_add(self) -> bool:
        """Tell whether the form is offered: with the right, and within a project."""
        return super().may_add() and self.project_id() is not None

    def may_edit(self, row: Any) -> bool:
        """Tell whether this pass is in force and the user's to change."""
        return super().may_edit(row) and may_keep(row, scope.current())

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """Show the passes of the chosen project."""
        return self.lead_to_choice() or super().list()

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take 登记访客."""
        if not self.may_add():
            return self.lead_to_choice() or abort(403)
        project, now = chosen_project(), clock.now().replace(second=0, microsecond=0)
        form = new_form(
            self._class_of(self.form_sections, self.form_base), project_id=project.id,
            id_type="01", valid_from=now, valid_to=now + USUAL_VISIT,
        )  # fmt: skip

        def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            return services.register_visitor(project, values, actor=actor)

        done = self.take(form, save, gettext("The visitor is registered"), self.after_add)
        return done or self.form_page(form, self.form_sections, self.add_title, url_for(".list"))

    def head(self, row: Any) -> dict[str, Any]:
        """Head the page with whether the pass still holds."""
        return {**super().head(row), "state_badge": holds(row)}

    def subtitle(self, row: Any) -> str:
        """Name the company and the host under the name."""
        return " · ".join(part for part in (row.company, str(row.host or "")) if part)

    def head_facts(self, row: Any) -> Any:
        """Tell a visitor who comes often."""
        number = visitors.frequent([row.id]).get(row.id)
        return [{"label": gettext("Frequent visits"), "value": _often(number)}] if number else []

    def row_actions(self, row: Any) -> Any:
        """Give 查看, 编辑 and 离场."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
            found.append({"label": self.move_label("depart"), "method": "post",
                          "url": url_for(".move", verb="depart", pk=row.id)})  # fmt: skip
        return found

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Let a visitor leave, or make his pass void."""
        if verb == "depart":
            services.see_off(row, actor=actor)
        else:
            services.void_visitor(row, remark, actor=actor)


def holds(row: VisitorPass) -> dict[str, Any]:
    """Give word and tone of a pass; its time may be over without anybody's doing."""
    if row.state is VisitState.ACTIVE and row.valid_to < clock.now():
        return {"label": gettext("Time of the pass is over"), "tone": "amber"}
    return {"label": row.state.label, "tone": row.state.tone}


def _often(number: int | None) -> Any:
    if not number:
        return EMPTY
    return badge(gettext("Visit %(n)s in 30 days", n=number), "amber")


def _shown(raw: str) -> Any:
    now, active = clock.now(), VisitorPass.state == VisitState.ACTIVE
    return {
        CURRENT: and_(active, VisitorPass.valid_to >= now),
        OVER: and_(active, VisitorPass.valid_to < now),
        OFTEN: visitors.come_often(),
    }.get(raw)
