"""Numbers: whole, decimal, money, shares, yes and no."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Boolean, ColumnElement, Numeric
from sqlalchemy import Integer as SqlInteger
from sqlalchemy.types import TypeEngine

from app.core import checks
from app.core.columns.base import EMPTY, Kind
from app.core.figures import figure
from app.core.money import yuan

YES = {"1", "true", "yes", "on", "y", "是", "有"}
NO = {"0", "false", "no", "off", "n", "否", "无"}


class Integer(Kind):
    """A whole number within bounds."""

    control = "number"
    numeric = True

    def __init__(self, low: int = 0, high: int = 2_000_000_000, unit: str = "") -> None:
        self.low, self.high, self.unit = low, high, unit

    def sql(self) -> TypeEngine[Any]:
        return SqlInteger()

    def clean(self, raw: Any) -> int | None:
        text = checks.fold_digits(str(raw)).strip().replace(",", "")
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("0.5")
        whole = value.is_finite() and value == value.to_integral_value()
        if not whole or not self.low <= value <= self.high:
            raise checks.Invalid(self.hint())
        return int(value)

    def hint(self) -> str:
        return gettext("A whole number from %(low)s to %(high)s", low=self.low, high=self.high)

    def show(self, value: Any) -> str | Markup:
        return EMPTY if value is None else figure(value)

    def cell(self, value: Any) -> Any:
        return "" if value is None else value

    def attributes(self) -> dict[str, Any]:
        return {"min": self.low, "max": self.high, "step": 1}


class Number(Kind):
    """A decimal number, never a float."""

    control = "decimal"
    numeric = True

    def __init__(
        self, precision: int = 18, scale: int = 2, unit: str = "", low: Decimal | int | None = 0
    ) -> None:
        self.precision, self.scale, self.unit = precision, scale, unit
        self.low = low

    def sql(self) -> TypeEngine[Any]:
        return Numeric(self.precision, self.scale)

    def clean(self, raw: Any) -> Decimal | None:
        text = checks.fold_digits(str(raw)).strip().replace(",", "")
        if not text:
            return None
        try:
            value = Decimal(text)
            fits = value.is_finite() and value == round(value, self.scale)
        except InvalidOperation:
            value, fits = Decimal(0), False
        if not fits or abs(value) >= Decimal(10) ** (self.precision - self.scale):
            raise checks.Invalid(self._words())
        if self.low is not None and value < self.low:
            raise checks.Invalid(gettext("Not less than %(low)s", low=self.low))
        return round(value, self.scale)

    def _words(self) -> str:
        return gettext("A number with at most %(n)s decimals, such as 1234.5", n=self.scale)

    def hint(self) -> str:
        if not self.unit:
            return self._words()
        return gettext("%(words)s; in %(unit)s", words=self._words(), unit=self.unit)

    def text(self, value: Any) -> str:
        return "" if value is None else f"{value.normalize():f}"

    def show(self, value: Any) -> str | Markup:
        if value is None:
            return EMPTY
        whole, _, rest = figure(round(Decimal(value), self.scale)).partition(".")
        rest = rest.rstrip("0")
        return f"{whole}.{rest}" if rest else whole

    def cell(self, value: Any) -> Any:
        return "" if value is None else value

    def attributes(self) -> dict[str, Any]:
        return {"inputmode": "decimal"}


class Money(Number):
    """An amount in 元 to the fen."""

    def __init__(self, low: Decimal | int | None = 0) -> None:
        super().__init__(16, 2, "元", low)

    def clean(self, raw: Any) -> Decimal | None:
        return checks.money(raw) if str(raw).strip() else None

    def hint(self) -> str:
        return gettext("An amount in yuan, at most two decimals")

    def show(self, value: Any) -> str | Markup:
        return EMPTY if value is None else yuan(value)


class Amount(Number):
    """A contract or investment total in 万元 to the yuan."""

    def __init__(self) -> None:
        super().__init__(18, 4, "万元")


class Percent(Number):
    """A share in per cent, two decimals."""

    def __init__(self) -> None:
        super().__init__(5, 2, "%")


class Flag(Kind):
    """Yes or no."""

    control = "flag"
    filter = "select"

    def sql(self) -> TypeEngine[Any]:
        return Boolean()

    def clean(self, raw: Any) -> bool | None:
        if isinstance(raw, bool):
            return raw
        text = str(raw).strip().lower()
        if not text:
            return None
        if text in YES or text in NO:
            return text in YES
        raise checks.Invalid(gettext("Answer with yes or no"))

    def text(self, value: Any) -> str:
        return "" if value is None else ("1" if value else "0")

    def show(self, value: Any) -> str | Markup:
        return EMPTY if value is None else (gettext("Yes") if value else gettext("No"))

    def cell(self, value: Any) -> Any:
        return "" if value is None else ("是" if value else "否")

    def wire(self, value: Any) -> Any:
        return None if value is None else int(value)

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        value = self.clean(raw)
        return None if value is None else attribute.is_(value)

    def choices(self) -> list[tuple[str, str]]:
        return [("1", gettext("Yes")), ("0", gettext("No"))]
