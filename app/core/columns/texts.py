"""Texts: plain, long, and those with a form of their own."""

from collections.abc import Mapping
from typing import Any
from unicodedata import category

from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, String
from sqlalchemy.types import TypeEngine

from app.core import addresses, checks, names
from app.core.columns.base import EMPTY, Kind

PREVIEW = 40
HEADROOM = 20  # blanks and dashes pasted around a number must not push its end out
BLANK = "Zs"  # the blanks of Unicode, the ideographic one among them


class Text(Kind):
    """A short text of at most ``length`` characters."""

    filter = "text"
    input_mode = "text"

    def __init__(self, length: int = 200, *, input_mode: str = "") -> None:
        self.length = length
        self.input_mode = input_mode or self.input_mode

    def sql(self) -> TypeEngine[Any]:
        return String(self.length)

    def clean(self, raw: Any) -> str | None:
        text = str(raw).strip()
        if not text.isprintable():
            text = "".join(c for c in text if c.isprintable())
        if len(text) > self.length:
            raise checks.Invalid(
                gettext("At most %(n)s characters, this has %(m)s", n=self.length, m=len(text))
            )
        return text or None

    def mask(self, value: Any) -> str | Markup:
        if value is None or len(str(value)) <= PREVIEW:
            return self.show(value)
        return Markup('<span title="{0}">{1}…</span>').format(value, str(value)[:PREVIEW])

    def cell(self, value: Any) -> Any:
        return value or ""

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return attribute.contains(raw.strip(), autoescape=True) if raw.strip() else None

    def attributes(self) -> dict[str, Any]:
        keyboard = {} if self.input_mode == "text" else {"inputmode": self.input_mode}
        return {"maxlength": self.length, **keyboard}

    def hint(self) -> str:
        return gettext("Words, at most %(n)s characters", n=self.length)


class PersonName(Text):
    """The name of a person, as on the document; what is no name is refused where people type it.

    The interface passes on what other systems hold, so it is not asked there.
    """

    def __init__(self) -> None:
        super().__init__(50)

    def vet(self, value: Any, values: Mapping[str, Any]) -> None:
        super().vet(value, values)
        if not names.is_name(str(value)):
            raise checks.Invalid(
                gettext("A name has at least two characters or letters, · between its parts, and"
                        " no digits or other signs")
            )  # fmt: skip

    def hint(self) -> str:
        return gettext("As on the document; · between the parts of a name")


class LongText(Text):
    """A text of several lines."""

    control = "textarea"
    filter = ""

    def __init__(self, length: int = 1000) -> None:
        super().__init__(length)

    def clean(self, raw: Any) -> str | None:
        lines = (_legible(line).rstrip() for line in str(raw).strip().splitlines())
        text = "\n".join(lines)
        if len(text) > self.length:
            raise checks.Invalid(
                gettext("At most %(n)s characters, this has %(m)s", n=self.length, m=len(text))
            )
        return text or None

    def show(self, value: Any) -> str | Markup:
        return EMPTY if not value else Markup("<br>").join(escape(x) for x in value.split("\n"))


def _legible(line: str) -> str:
    """Drop what cannot be seen from a line; blanks of any width stay, a tab becomes one."""
    plain = line.replace("\t", " ")
    return "".join(c for c in plain if c.isprintable() or category(c) == BLANK)


class Checked(Text):
    """A text with a form of its own, checked by one function of ``core.checks``."""

    rule: Any = staticmethod(str.strip)

    def clean(self, raw: Any) -> str | None:
        text = str(raw).strip()
        return self.rule(text) if text else None

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return attribute.startswith(checks.fold_text(raw.strip()), autoescape=True)

    def attributes(self) -> dict[str, Any]:
        return {"maxlength": self.length + HEADROOM, "inputmode": self.input_mode}


class CreditCode(Checked):
    """统一社会信用代码: 18 characters with a mod-31 check character (GB 32100)."""

    rule = staticmethod(checks.credit_code)

    def __init__(self) -> None:
        super().__init__(18)

    def hint(self) -> str:
        return gettext("18 characters with the check character")


class Mobile(Checked):
    """手机号: eleven digits; shown with the middle four masked."""

    rule = staticmethod(checks.mobile)
    input_mode = "tel"
    sensitive = True

    def __init__(self) -> None:
        super().__init__(11)

    def hint(self) -> str:
        return gettext("11 digits")

    def mask(self, value: Any) -> str | Markup:
        return escape(checks.mask_mobile(value)) if value else EMPTY

    def cell(self, value: Any) -> Any:
        return checks.mask_mobile(value) if value else ""

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return attribute == checks.fold_digits(raw.strip())


class Phone(Text):
    """A telephone number of any kind, area code and extension included.

    A person's is shown masked like a mobile (screens.md 0); an office's, ``personal=False``,
    is public.
    """

    filter = ""

    def __init__(self, *, personal: bool = True) -> None:
        super().__init__(20, input_mode="tel")
        self.sensitive = personal

    def hint(self) -> str:
        return gettext("A mobile number, or area code and number")

    def clean(self, raw: Any) -> str | None:
        return super().clean(checks.fold_text(str(raw)))

    def attributes(self) -> dict[str, Any]:
        return {"maxlength": self.length + HEADROOM, "inputmode": "tel"}

    def mask(self, value: Any) -> str | Markup:
        if not self.sensitive:
            return self.show(value)
        return escape(checks.mask_mobile(value)) if value else EMPTY

    def cell(self, value: Any) -> Any:
        if not self.sensitive:
            return super().cell(value)
        return checks.mask_mobile(value) if value else ""


class Postcode(Checked):
    """邮政编码: six digits."""

    rule = staticmethod(checks.postcode)
    input_mode = "numeric"
    filter = ""

    def __init__(self) -> None:
        super().__init__(6)


class Website(Checked):
    """The address of a website, http or https."""

    rule = staticmethod(addresses.website)
    input_mode = "url"
    filter = ""

    def clean(self, raw: Any) -> str | None:
        found = super().clean(raw)
        if found and len(found) > self.length:
            raise checks.Invalid(
                gettext("At most %(n)s characters, this has %(m)s", n=self.length, m=len(found))
            )
        return found


class Email(Checked):
    """An e-mail address."""

    rule = staticmethod(checks.email)
    input_mode = "email"
    filter = ""

    def __init__(self) -> None:
        super().__init__(100)
