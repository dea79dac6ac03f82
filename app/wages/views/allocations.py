"""分账款拨付计划 and 工资款拨付计划: lists, forms, pages, changes (screens.md 10.1, 10.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.core import clock, scope
from app.core.columns import Money, Text, column
from app.core.columns.base import specs
from app.core.columns.codes import badge
from app.core.forms import BaseForm, extend, loose
from app.core.views import Computed, Interface, read_form
from app.core.views.pages import unless_stale
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.projects.models import ProjectUnit
from app.wages import services
from app.wages.choices import USABLE_ACCOUNTS, AllocationState, MoneyKind
from app.wages.models import AllocationPlan, WageAccount
from app.wages.services.places import acts_as
from app.wages.services.plans import (
    CHANGED,
    PAYEES,
    PAYERS,
    may_change_plan,
    may_edit_plan,
)
from app.wages.states import ALLOCATION_FLOW
from app.wages.views.base import WageView

PLAN = ["plan_month", "payer_unit_id", "payee_unit_id", "payee_account_id", "amount", "due_on"]
WORKS = ["progress_desc", "progress_amount", "labour_ratio", "basis_contract_no"]
WAGES = ["wage_month", "head_count", "linked_split_plan_id"]
MORE = ["attachments", "remark"]
CARRIED = ["plan_no", "version", "executed_amount", "change_reason"]
CHANGES = ("amount", "due_on", "progress_amount", "remark")
REASON = {
    "reason": loose("reason", column(
        Text(200), label=_("Reason of the change"), required_at=("form",),
    )),
}  # fmt: skip


def units_in(roles: tuple[str, ...]) -> Any:
    """Give the picker of a project's units in some roles; filters take any unit."""

    def offered(given: dict[str, str]) -> Select[Any]:
        query = select(ProjectUnit).where(
            ProjectUnit.project_id == (chosen_project_id() or 0), ProjectUnit.is_deleted.is_(False)
        )
        return query if given.get("any") else query.where(ProjectUnit.unit_role.in_(roles))

    return offered


def accounts_of(parent: str) -> Any:
    """Give the picker of the usable accounts of the unit chosen in another field."""

    def offered(given: dict[str, str]) -> Select[Any]:
        raw = given.get(parent, "")
        query = select(WageAccount).where(
            WageAccount.project_id == (chosen_project_id() or 0),
            WageAccount.is_deleted.is_(False),
        )  # fmt: skip
        if given.get("any"):
            return query
        number = int(raw) if raw.isdecimal() and len(raw) < 18 else 0
        return query.where(WageAccount.unit_id == number, WageAccount.state.in_(USABLE_ACCOUNTS))

    return offered


def split_plans(_given: dict[str, str]) -> Select[Any]:
    """Give the plans of split money of the chosen project."""
    return select(AllocationPlan).where(
        AllocationPlan.project_id == (chosen_project_id() or 0),
        AllocationPlan.kind == MoneyKind.SPLIT, AllocationPlan.is_deleted.is_(False),
    )  # fmt: skip


class AllocationPlanView(WageView):
    """What the two tabs of plans share."""

    kind: MoneyKind
    month_column = "plan_month"
    method_permission_name = {"change": "write"}
    show_title, edit_title = _("Plan of allocation"), _("Edit the plan")
    add_label = _("Add a plan")
    list_columns = ["plan_no", "plan_month", "payer_unit_id", "payee_unit_id", "amount", "due_on",
                    "executed_amount", "ratio", "late", "version", "state"]  # fmt: skip
    card_columns = ("plan_no", "amount", "due_on", "state")
    name_column = "plan_no"
    search_columns = ["payer_unit_id", "payee_unit_id", "state"]
    keyword_columns = ("plan_no",)
    order_columns = ["plan_month", "due_on", "amount"]
    base_order = ("id", "desc")
    primary_filters = 2
    left_out: tuple[str, ...] = ("kind",)
    computed = {
        "ratio": Computed(_("Carried out"), lambda row, _facts: ratio(row), numeric=True),
        "late": Computed(_("Overdue"), lambda row, _facts: overdue(row)),
    }
    flow = ALLOCATION_FLOW
    edit_service = staticmethod(services.edit_plan)

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Show the plans of this tab alone."""
        return query.where(AllocationPlan.kind == self.kind)

    def may_edit(self, row: Any) -> bool:
        """Tell whether the plan is a draft of the user's."""
        return super().may_edit(row) and may_edit_plan(row, scope.current())

    def subtitle(self, row: Any) -> str:
        """Name payer and payee under the number."""
        return f"{row.payer_unit or ''} → {row.payee_unit or ''}"

    def head_facts(self, row: Any) -> Any:
        """Give what is planned, what is carried out, and how far."""
        return [
            {"label": specs(AllocationPlan)["amount"].label, "value": Money().show(row.amount)},
            {"label": specs(AllocationPlan)["executed_amount"].label,
             "value": Money().show(row.executed_amount)},
            {"label": gettext("Carried out"), "value": ratio(row)},
        ]  # fmt: skip

    def head(self, row: Any) -> dict[str, Any]:
        """Mark a plan that is overdue."""
        return {**super().head(row), "note": overdue(row)}

    def row_actions(self, row: Any) -> Any:
        """Give 查看 and 编辑."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
        return found

    def buttons(self, row: Any) -> Any:
        """Give 变更 of a confirmed plan beside the moves."""
        found = super().buttons(row)
        if self.allowed("write") and may_change_plan(row, scope.current()):
            found.append({"label": gettext("Change the plan"), "method": "get", "tone": "",
                          "url": url_for(".change", pk=row.id)})  # fmt: skip
        return found

    def move_buttons(self, row: Any) -> Any:
        """Offer the confirmation to the payee alone."""
        payee = acts_as(db.session.get(ProjectUnit, row.payee_unit_id), scope.current())
        url = url_for(".move", pk=row.id, verb="confirm_plan")
        return [one for one in super().move_buttons(row) if payee or one["url"] != url]

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Submit, confirm or make void."""
        if verb == "void":
            services.void_plan(row, remark, actor=actor)
        else:
            step = services.submit_plan if verb == "submit" else services.confirm_plan
            step(row, actor=actor)

    @expose("/change/<pk>", methods=["GET", "POST"])
    @has_access
    def change(self, pk: str) -> Any:
        """Show and take 变更: the next version of a confirmed plan, with the reason."""
        row = self.row(pk)
        if not may_change_plan(row, scope.current()):
            abort(404)
        names = {name: specs(AllocationPlan)[name] for name in CHANGES if name in CHANGED}
        form = read_form(extend(BaseForm, {**names, **REASON}), row)

        def save(found: Any, values: Any, *, actor: scope.Principal) -> Any:
            return services.change_plan(found, values, values["reason"], actor=actor)

        target = url_for(".show", pk=pk)
        done = self.take(form, unless_stale(form, row, save), gettext("Saved"), target)
        title = f"{gettext('Change the plan')} · {row.plan_no}"
        return done or self.form_page(form, [("", [*names, *REASON])], title, target)


class SplitPlanView(AllocationPlanView):
    """分账款拨付计划."""

    kind = MoneyKind.SPLIT
    datamodel = Interface(AllocationPlan)
    route_base = "/split-plans"
    list_title, add_title = _("Plans of split money"), _("Plan split money")
    empty_title = _("No plan of split money yet")
    empty_text = _("Plan each month what the owner moves into the special account, and by when.")
    left_out = ("kind", *WAGES)
    form_sections = [(_("Plan"), PLAN), (_("Progress and contract"), WORKS), (_("More"), MORE)]
    show_sections = [(_("Plan"), [*PLAN, *CARRIED]), (_("Progress and contract"), WORKS),
                     (_("More"), MORE)]  # fmt: skip
    lookups = {
        "payer_unit_id": units_in(PAYERS[kind]), "payee_unit_id": units_in(PAYEES[kind]),
        "payee_account_id": accounts_of("payee_unit_id"),
    }  # fmt: skip
    add_service = staticmethod(services.plan_split)


class WagePlanView(AllocationPlanView):
    """工资款拨付计划."""

    kind = MoneyKind.WAGE
    datamodel = Interface(AllocationPlan)
    route_base = "/wage-plans"
    list_title, add_title = _("Plans of wage money"), _("Plan wage money")
    empty_title = _("No plan of wage money yet")
    empty_text = _("Plan what goes to a subcontractor's special account for a month's wages.")
    form_sections = [(_("Plan"), PLAN), (_("Wages"), WAGES), (_("Progress and contract"), WORKS),
                     (_("More"), MORE)]  # fmt: skip
    show_sections = [(_("Plan"), [*PLAN, *CARRIED]), (_("Wages"), WAGES),
                     (_("Progress and contract"), WORKS), (_("More"), MORE)]  # fmt: skip
    lookups = {
        "payer_unit_id": units_in(PAYERS[kind]), "payee_unit_id": units_in(PAYEES[kind]),
        "payee_account_id": accounts_of("payee_unit_id"), "linked_split_plan_id": split_plans,
    }  # fmt: skip
    add_service = staticmethod(services.plan_wages)


def ratio(row: AllocationPlan) -> str:
    """Give how far a plan is carried out, in per cent."""
    return f"{row.executed_amount / row.amount * 100:.2f}%"


def overdue(row: AllocationPlan) -> Any:
    """Mark a plan whose day has passed and that is not carried out in full."""
    live = row.state in (AllocationState.CONFIRMED, AllocationState.RUNNING)
    return badge(gettext("Overdue"), "red") if live and row.due_on < clock.today() else ""
