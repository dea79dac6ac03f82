"""The three plans: 分账款拨付计划, 工资款拨付计划, 工资发放计划 (screens.md 10.1 to 10.3)."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models  # noqa: F401 - teams are declared first
from app.core import scope
from app.core.columns import (
    ChoiceOf,
    Date,
    Documents,
    Money,
    Month,
    Percent,
    Ref,
    Refs,
    State,
    Text,
    column,
)
from app.core.columns import Integer as Whole
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.wages.choices import AllocationState, MoneyKind, PayrollPlanState
from app.wages.models.accounts import WageAccount
from app.wages.models.shared import EVERYWHERE, FORM, LIVE, POSITIVE

# payer and payee both see what is planned or moved between them
PAYER = "payer_unit_id = any (nullif(current_setting('app.units', true), '')::bigint[])"
PAYEE = "payee_unit_id = any (nullif(current_setting('app.units', true), '')::bigint[])"
BETWEEN_UNITS = scope.Scope(
    tenant_sees=scope.either(scope.PROJECTS, PAYER, PAYEE),
    tenant_writes=scope.either(scope.PROJECTS, PAYER, PAYEE),
    government_sees=scope.DISTRICTS,
)


def of_payee(value: Callable[[str], Any]) -> dict[str, Any]:
    """Put a row between two units on record as the payee's, whose users see its course."""
    return {"unit_id": value("payee_unit_id")}


def _for_wages(values: Mapping[str, Any]) -> bool:
    # a form is of one kind and does not ask for it
    return values.get("kind") is not MoneyKind.SPLIT


class AllocationPlan(ProjectRow):
    """拨付计划 of 分账款 or 工资款: who is to move how much to whom, by when (10.1, 10.2).

    A confirmed plan changes through 变更 alone, which raises ``version`` and keeps the reason.
    """

    __areas__ = (Area.WAGES,)
    __scope__ = BETWEEN_UNITS
    __picker__ = ("plan_no",)
    __table_args__ = (
        UniqueConstraint("project_id", "plan_no"),
        Index(
            "uq_allocation_plan_live", "project_id", "kind", "plan_month", "payer_unit_id",
            "payee_unit_id", unique=True, postgresql_where=text(LIVE),
        ),
        CheckConstraint("amount > 0", name="plan_above_nought"),
        CheckConstraint("payer_unit_id <> payee_unit_id", name="plan_between_two"),
        CheckConstraint("executed_amount >= 0", name="executed_not_negative"),
        CheckConstraint("labour_ratio between 0 and 100", name="labour_ratio_is_a_share"),
    )  # fmt: skip

    kind: Mapped[Any] = column(
        ChoiceOf(MoneyKind), label=_("Kind of money"), nullable=False, readonly=True,
        sheet="计划类型", api="planType",
    )  # fmt: skip
    plan_no: Mapped[Any] = column(Text(32), label=_("Plan no."), readonly=True, api="planCode")
    version: Mapped[Any] = column(
        Whole(1, 999), label=_("Version of the plan"), nullable=False, default=1, readonly=True
    )
    plan_month: Mapped[Any] = column(
        Month, label=_("Month of the plan"), required_at=EVERYWHERE, nullable=False,
        sheet="计划月份", api="planMonth",
    )  # fmt: skip
    wage_month: Mapped[Any] = column(
        Month, label=_("Wage month"), required_at=FORM, when=_for_wages, api="payMonth"
    )
    payer_unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Paying unit"), required_at=EVERYWHERE, nullable=False,
        index=True,
    )  # fmt: skip
    payee_unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Receiving unit of the money"), required_at=EVERYWHERE,
        nullable=False, index=True,
    )  # fmt: skip
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False, index=True)
    payee_account_id: Mapped[Any] = column(
        Ref(WageAccount, parent="payee_unit_id"), label=_("Receiving special account"),
        required_at=FORM, index=True,
    )  # fmt: skip
    progress_desc: Mapped[Any] = column(Text(200), label=_("Progress of the works"))
    progress_amount: Mapped[Any] = column(Money, label=_("Works payable this period (yuan)"))
    labour_ratio: Mapped[Any] = column(Percent, label=_("Share of labour cost (%)"))
    amount: Mapped[Any] = column(
        Money(POSITIVE), label=_("Planned amount (yuan)"), required_at=EVERYWHERE,
        nullable=False, sheet="计划金额", api="planAmount",
    )  # fmt: skip
    due_on: Mapped[Any] = column(
        Date, label=_("Planned date"), required_at=EVERYWHERE, nullable=False, sheet="计划日期",
        api="planDate",
    )  # fmt: skip
    head_count: Mapped[Any] = column(
        Whole(1, 100_000), label=_("Number of people planned"), required_at=FORM,
        when=_for_wages, api="headCount",
    )  # fmt: skip
    linked_split_plan_id: Mapped[Any] = column(
        Ref("AllocationPlan"), label=_("Plan of the split money")
    )
    basis_contract_no: Mapped[Any] = column(
        Text(50), label=_("Contract it rests on"), api="contractCode"
    )
    attachments: Mapped[Any] = column(Documents(10), label=_("Attachments"))
    remark: Mapped[Any] = column(Text(200), label=_("Remark"), sheet="备注", api="remark")
    executed_amount: Mapped[Any] = column(
        Money, label=_("Carried out (yuan)"), nullable=False, default=0, readonly=True,
        api="executedAmount",
    )  # fmt: skip
    change_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of the last change"), readonly=True
    )
    state: Mapped[Any] = column(
        State(AllocationState), label=_("State"), default=AllocationState.DRAFT, nullable=False,
        index=True,
    )  # fmt: skip


AllocationPlan.__follows__ = staticmethod(of_payee)


class PayrollPlan(ProjectRow):
    """工资发放计划: the wages of a unit's month, by when and out of which account (10.3)."""

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("plan_no",)
    __table_args__ = (
        UniqueConstraint("project_id", "plan_no"),
        CheckConstraint("amount > 0", name="payroll_plan_above_nought"),
        CheckConstraint("executed_amount >= 0", name="payroll_executed_not_negative"),
    )

    plan_no: Mapped[Any] = column(Text(32), label=_("Plan no."), readonly=True, api="planCode")
    version: Mapped[Any] = column(
        Whole(1, 999), label=_("Version of the plan"), nullable=False, default=1, readonly=True
    )
    wage_month: Mapped[Any] = column(
        Month, label=_("Wage month"), required_at=EVERYWHERE, nullable=False, api="payMonth"
    )
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Employing unit"), required_at=EVERYWHERE, nullable=False,
        index=True,
    )  # fmt: skip
    payer_unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit that pays the wages"), required_at=FORM, nullable=False,
        help=_("With payment on behalf: the general contractor"),
    )  # fmt: skip
    team_ids: Mapped[Any] = column(
        Refs("Team", parent="unit_id"), label=_("Teams"), help=_("Empty: all teams of the unit")
    )
    account_id: Mapped[Any] = column(
        Ref(WageAccount), label=_("Paying special account"), required_at=FORM, index=True
    )
    account_label: Mapped[Any] = column(Text(200), label=_("Paid out of"), readonly=True)
    head_count: Mapped[Any] = column(
        Whole(0, 100_000), label=_("Number of people planned"), readonly=True, api="headCount",
        help=_("Workers with attendance in the month"),
    )  # fmt: skip
    amount: Mapped[Any] = column(
        Money(POSITIVE), label=_("Planned wages in all (yuan)"), required_at=EVERYWHERE,
        nullable=False, api="planAmount",
    )  # fmt: skip
    due_on: Mapped[Any] = column(
        Date, label=_("Planned pay date"), required_at=EVERYWHERE, nullable=False, api="planDate"
    )
    attachments: Mapped[Any] = column(Documents(10), label=_("Attachments"))
    remark: Mapped[Any] = column(Text(200), label=_("Remark"), api="remark")
    executed_amount: Mapped[Any] = column(
        Money, label=_("Carried out (yuan)"), nullable=False, default=0, readonly=True,
        api="executedAmount",
    )  # fmt: skip
    change_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of the last change"), readonly=True
    )
    state: Mapped[Any] = column(
        State(PayrollPlanState), label=_("State"), default=PayrollPlanState.DRAFT,
        nullable=False, index=True,
    )  # fmt: skip
