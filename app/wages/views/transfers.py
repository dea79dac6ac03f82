"""分账款拨付 and 工资款拨付: entered in three blocks, confirmed by the payee (10.4, 10.5)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import flash, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.core import clock, scope, settings
from app.core.columns.codes import badge
from app.core.views import Computed, Interface
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.wages import services
from app.wages.choices import MoneyKind, TransferState
from app.wages.models import AllocationPlan, Transfer
from app.wages.services.places import acts_as, keeps
from app.wages.services.plans import OPEN, PAYEES, PAYERS
from app.wages.services.transfers import FORBID, SUB_ACCOUNT_MODE, over_plan
from app.wages.states import TRANSFER_FLOW
from app.wages.views.allocations import accounts_of, units_in
from app.wages.views.base import WageView

PAYER = ["payer_unit_id", "payer_account_id", "payer_bank", "payer_account_no",
         "payer_account_name"]  # fmt: skip
PAYEE = ["payee_unit_id", "payee_account_id"]
TRADE = ["plan_id", "no_plan_reason", "txn_no", "txn_on", "amount", "purpose", "receipt", "remark"]
WAGES = ["wage_month", "head_count"]
STANDING = ["transfer_no", "entered_for", "account_under_review", "confirm_by", "confirmed_at",
            "dispute_reason"]  # fmt: skip


def plans_of(kind: MoneyKind) -> Any:
    """Give the picker of the confirmed plans of a kind."""

    def offered(_given: dict[str, str]) -> Select[Any]:
        return select(AllocationPlan).where(
            AllocationPlan.project_id == (chosen_project_id() or 0), AllocationPlan.kind == kind,
            AllocationPlan.state.in_(OPEN), AllocationPlan.is_deleted.is_(False),
        )  # fmt: skip

    return offered


class TransferView(WageView):
    """What the two tabs of transfers share."""

    kind: MoneyKind
    month_column = "txn_on"
    show_title = _("Transfer")
    add_label = _("Add a transfer")
    list_columns = ["transfer_no", "txn_on", "payer_unit_id", "payee_unit_id", "amount", "plan_id",
                    "txn_no", "entered_for", "waiting", "state"]  # fmt: skip
    card_columns = ("transfer_no", "amount", "txn_on", "state")
    name_column = "transfer_no"
    search_columns = ["payer_unit_id", "payee_unit_id", "state"]
    keyword_columns = ("transfer_no", "txn_no")
    order_columns = ["txn_on", "amount"]
    base_order = ("id", "desc")
    primary_filters = 2
    left_out: tuple[str, ...] = ("kind",)
    computed = {"waiting": Computed(_("Marks"), lambda row, _facts: marks(row))}
    flow = TRANSFER_FLOW
    added_words = _("The transfer is on record")

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Show the transfers of this tab alone."""
        return query.where(Transfer.kind == self.kind)

    def subtitle(self, row: Any) -> str:
        """Name payer and payee under the number."""
        return f"{row.payer_unit or ''} → {row.payee_unit or ''}"

    def head(self, row: Any) -> dict[str, Any]:
        """Mark what waits too long, goes beyond its plan or rests on an unreviewed account."""
        return {**super().head(row), "title": row.transfer_no, "note": marks(row, whole=True)}

    def row_actions(self, row: Any) -> Any:
        """Give 查看."""
        return [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]

    def move_buttons(self, row: Any) -> Any:
        """Offer confirmation and dispute to the payee, the rest to the payer."""
        actor = scope.current()
        hidden = set()
        if not acts_as(db.session.get(ProjectUnit, row.payee_unit_id), actor):
            hidden = {"confirm_receipt", "contest"}
        if not keeps(row.project_id, row.payer_unit_id, actor):
            hidden |= {"void"}
        urls = {url_for(".move", pk=row.id, verb=verb) for verb in hidden}
        return [one for one in super().move_buttons(row) if one["url"] not in urls]

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Confirm, dispute or make void."""
        if verb == "confirm_receipt":
            services.confirm_transfer(row, actor=actor)
        else:
            step = services.contest_transfer if verb == "contest" else services.void_transfer
            step(row, remark, actor=actor)


class SplitTransferView(TransferView):
    """分账款拨付."""

    kind = MoneyKind.SPLIT
    datamodel = Interface(Transfer)
    route_base = "/split-transfers"
    list_title, add_title = _("Transfers of split money"), _("Enter a transfer of split money")
    empty_title = _("No transfer of split money yet")
    empty_text = _("Enter each payment of the owner with the bank's receipt.")
    left_out = ("kind", *WAGES)
    form_sections = [(_("Paying side"), PAYER), (_("Receiving side"), PAYEE),
                     (_("The transaction"), TRADE)]  # fmt: skip
    show_sections = [
        (_("Paying side"), PAYER),
        (_("Receiving side"), [*PAYEE, "payee_account_name", "payee_bank"]),
        (_("The transaction"), [*TRADE, *STANDING]),
    ]  # fmt: skip
    lookups = {
        "payer_unit_id": units_in(PAYERS[kind]), "payee_unit_id": units_in(PAYEES[kind]),
        "payer_account_id": accounts_of("payer_unit_id"),
        "payee_account_id": accounts_of("payee_unit_id"), "plan_id": plans_of(kind),
    }  # fmt: skip
    add_service = staticmethod(services.transfer_split)

    def starting(self, project: Project) -> dict[str, Any]:  # noqa: ARG002 - the same for all
        """Propose today and the usual purpose."""
        return {"txn_on": clock.today(), "purpose": gettext("Split money")}


class WageTransferView(TransferView):
    """工资款拨付."""

    kind = MoneyKind.WAGE
    datamodel = Interface(Transfer)
    route_base = "/wage-transfers"
    list_title, add_title = _("Transfers of wage money"), _("Enter a transfer of wage money")
    empty_title = _("No transfer of wage money yet")
    empty_text = _("Enter what went to a subcontractor's special account for wages.")
    form_sections = [(_("Paying side"), PAYER), (_("Receiving side"), PAYEE),
                     (_("The transaction"), [*WAGES, *TRADE])]  # fmt: skip
    show_sections = [
        (_("Paying side"), PAYER),
        (_("Receiving side"), [*PAYEE, "payee_account_name", "payee_bank"]),
        (_("The transaction"), [*WAGES, *TRADE, *STANDING]),
    ]  # fmt: skip
    lookups = {
        "payer_unit_id": units_in(PAYERS[kind]), "payee_unit_id": units_in(PAYEES[kind]),
        "payer_account_id": accounts_of("payer_unit_id"),
        "payee_account_id": accounts_of("payee_unit_id"), "plan_id": plans_of(kind),
    }  # fmt: skip
    add_service = staticmethod(services.transfer_wages)

    def may_add(self) -> bool:
        """Tell whether the city lets wage money go to subcontractors' accounts at all."""
        return super().may_add() and settings.get(SUB_ACCOUNT_MODE) != FORBID

    def starting(self, project: Project) -> dict[str, Any]:  # noqa: ARG002 - the same for all
        """Propose today and the usual purpose, with what the law says of such accounts."""
        if settings.get(SUB_ACCOUNT_MODE) == "notice":
            flash(
                gettext("By 人社部发〔2021〕53号 第七条 account money goes to the workers' own"
                        " cards: transfer to a subcontractor only where its account is approved"),
                "info",
            )  # fmt: skip
        return {"txn_on": clock.today(), "purpose": gettext("Wage money")}


def marks(row: Transfer, *, whole: bool = False) -> Any:
    """Give what is to be seen about a transfer; what needs its plan only on its page."""
    found = []
    if row.state is TransferState.PENDING and row.confirm_by and row.confirm_by < clock.today():
        found.append(badge(gettext("Not confirmed within 3 days"), "amber"))
    if row.account_under_review:
        found.append(badge(gettext("Account under review"), "amber"))
    if whole and row.state is not TransferState.VOID and over_plan(row):
        found.append(badge(gettext("More than 110 per cent of the plan"), "amber"))
    return type(badge("", ""))(" ").join(found) if found else ""
