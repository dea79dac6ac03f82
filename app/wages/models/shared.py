"""What the tables of the wage domain share: doors, bounds, and what a form asks when."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.columns import case
from app.wages.choices import PAID, EntryWay

FORM = ("form",)
BOTH = ("form", "sheet")
EVERYWHERE = ("form", "sheet", "api")
DEDUCTION_SHARE = Decimal("0.2")
POSITIVE = Decimal("0.01")
# a row that counts against another of the same place
LIVE = "state <> 'VOID' and not is_deleted"


@case(_("wages of an earlier month are paid"))
def back_pay(values: Mapping[str, Any]) -> bool:
    """Tell payrolls of 补发, which name the month they make good."""
    return values.get("batch_kind") == "back_pay"


def paid_already(values: Mapping[str, Any]) -> bool:
    """Tell payrolls recorded after the payment."""
    return values.get("entry_way") is EntryWay.PAID_ALREADY


@case(_("something is deducted"))
def deducted(values: Mapping[str, Any]) -> bool:
    """Tell lines with a deduction, which needs kind and note."""
    return bool(values.get("deduction"))


def outside_account(values: Mapping[str, Any]) -> bool:
    """Tell lines paid in cash or otherwise, which need a proof."""
    return values.get("pay_channel") in {"cash", "other"}


@case(_("the wages are paid"))
def is_paid(values: Mapping[str, Any]) -> bool:
    """Tell lines that are paid, which need date and transaction."""
    return values.get("pay_state") == PAID
