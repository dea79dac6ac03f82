"""What a month's work is worth, and what a line pays (docs/algorithms/wage-splitting.md)."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from app.core.money import FEN

MONTHLY_DAYS = Decimal("21.75")  # 劳社部发〔2008〕3号
NOUGHT = Decimal(0)
TENTH = Decimal("0.1")
SECONDS_OF_AN_HOUR = 3600
# regulations.md 9, class 3: what an adult earns at least for a full month, from a month on
MINIMUM_WAGES = (
    ("2026-09", Decimal(2040)), ("2025-03", Decimal(1850)), ("2021-12", Decimal(1720)),
    ("2018-07", Decimal(1550)), ("2015-05", Decimal(1350)), ("2013-05", Decimal(1130)),
)  # fmt: skip
FULL_DAYS = 21  # WAGE-005: so many valid days are a full month


def hours_of(seconds: int) -> Decimal:
    """Give hours to the tenth, never rounded up (alert-rules.md section 1)."""
    whole = Decimal(seconds) / SECONDS_OF_AN_HOUR
    return whole.quantize(TENTH, rounding=ROUND_FLOOR)


def suggested(
    method: str | None, rate: Decimal | None, days: Decimal | int, hours: Decimal,
    quantity: Decimal | None = None,
) -> Decimal | None:  # fmt: skip
    """Give what a worker is owed by contract for his attendance; None where nothing says it.

    Rounded half up to the fen, once, at the end.
    """
    if rate is None or method is None:
        return None
    if method == "monthly":
        exact = rate * min(Decimal(days), MONTHLY_DAYS) / MONTHLY_DAYS
    else:
        number = {"daily": Decimal(days), "hourly": hours, "piece": quantity or NOUGHT}[method]
        exact = rate * number
    return exact.quantize(FEN, rounding=ROUND_HALF_UP)


def to_pay(values: Mapping[str, Any]) -> Decimal:
    """Give payable − tax and social insurance − deduction − advance of a line."""
    parts = (values.get(name) or NOUGHT for name in ("tax_social", "deduction", "advance"))
    return Decimal(values.get("payable") or NOUGHT) - sum(parts, NOUGHT)


def floor_of(month: str, days: Decimal | int) -> Decimal:
    """Give the least a month's work may earn: the whole of the minimum wage, or by days."""
    full = next((amount for since, amount in MINIMUM_WAGES if since <= month), NOUGHT)
    if days >= FULL_DAYS:
        return full
    return (full / MONTHLY_DAYS * Decimal(days)).quantize(FEN, rounding=ROUND_HALF_UP)
