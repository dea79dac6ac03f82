"""Closed lists: dictionaries the city edits, choices of the program, states of a flow."""

from enum import Enum
from typing import Any

from flask_babel import LazyString, gettext, lazy_gettext
from markupsafe import Markup, escape
from sqlalchemy import ARRAY, ColumnElement, String
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import TypeEngine

from app.core import checks, dictionaries
from app.core.columns.base import EMPTY, Kind

TONES = {
    "DRAFT": "grey", "SUBMITTED": "blue", "PENDING": "blue", "RETURNED": "amber",
    "REJECTED": "red", "REFUSED": "red", "DECLINED": "red", "APPROVED": "green",
    "ACCEPTED": "green", "ACTIVE": "green", "ON_SITE": "green", "REGISTERED": "green",
    "OPEN": "red", "ACKNOWLEDGED": "amber", "HANDLING": "blue", "CLOSED": "grey",
    "WITHDRAWN": "grey", "EXPIRED": "grey", "EXITED": "grey", "PUBLISHED": "green",
    "ARCHIVED": "grey", "CANCELLED": "grey", "COMPLETED": "grey", "LIFTED": "grey",
    "IGNORED": "grey", "DISABLED": "red", "SUSPENDED": "red", "LIVE": "green",
    "IN_FORCE": "green", "PAID": "green", "SETTLED": "green", "CORRECTED": "green",
    "TESTED": "green", "TRIAL": "blue", "REPORTED": "blue", "REVIEWED": "blue",
    "DISTRICT": "blue", "CHECKING": "blue", "IMPORTING": "blue", "UPLOADED": "blue",
    "WITH_WORKERS": "blue", "EXPECTED": "blue", "INVITED": "amber", "PREVIEWED": "amber",
    "UNDONE": "grey", "LAPSED": "grey", "LEFT": "grey", "VOID": "grey",
    "DISPUTED": "amber",
    "CONFIRMED": "green", "RUNNING": "blue", "DONE": "grey", "PAYEE_CONFIRMED": "green",
    "RECEIPT_CONFIRMED": "green", "FROZEN": "red", "BOOKED": "green", "REVERSED": "grey",
    "PARTLY": "amber", "PARTLY_PAID": "amber", "WAITING_REGISTRATION": "amber",
}  # fmt: skip


def N_(text: str) -> str:  # noqa: N802 - the name translators' tools look for
    """Mark a label for translation without translating it yet."""
    return text


class Choice(Enum):
    """A closed list of the program: the value is the label, in English, translated on show."""

    @property
    def label(self) -> str:
        """Give the label in the reader's language."""
        return gettext(self.value)

    @property
    def tone(self) -> str:
        """Give the colour a badge of this choice has."""
        return TONES.get(self.name, "grey")

    def __str__(self) -> str:
        return self.label


def badge(label: str, tone: str) -> Markup:
    """Draw a state as colour and word."""
    return Markup('<span class="badge {1}">{0}</span>').format(label, tone)


class ChoiceOf(Kind):
    """One member of a ``Choice``."""

    control = "select"
    filter = "select"
    badged = False

    def __init__(self, choice: type[Choice]) -> None:
        self.choice = choice

    def sql(self) -> TypeEngine[Any]:
        return SqlEnum(self.choice, native_enum=False, length=32, create_constraint=False)

    def clean(self, raw: Any) -> Choice | None:
        if isinstance(raw, self.choice):
            return raw
        text = str(raw).strip()
        if not text:
            return None
        for member in self.choice:
            if text in (member.name, member.value, member.label):
                return member
        raise checks.Invalid(
            gettext("Choose one of: %(names)s", names="、".join(m.label for m in self.choice))
        )

    def text(self, value: Any) -> str:
        return value.name if value else ""

    def show(self, value: Any) -> str | Markup:
        if value is None:
            return EMPTY
        return badge(value.label, value.tone) if self.badged else escape(value.label)

    def cell(self, value: Any) -> Any:
        return value.label if value else ""

    def wire(self, value: Any) -> Any:
        return value.name if value else None

    def choices(self) -> list[tuple[str, str]]:
        return [(member.name, member.label) for member in self.choice]


class State(ChoiceOf):
    """The state of a flow: only its state machine changes it (``core.states``)."""

    badged = True


class ChoicesOf(ChoiceOf):
    """Several members of a ``Choice``; stored by their names."""

    control = "multiselect"

    def sql(self) -> TypeEngine[Any]:
        return ARRAY(String(32))

    def clean(self, raw: Any) -> Any:
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).replace("，", ",").split(",")
        found = [super(ChoicesOf, self).clean(part) for part in parts]
        return list(dict.fromkeys(member.name for member in found if member)) or None

    def text(self, value: Any) -> Any:
        return list(value or [])

    def show(self, value: Any) -> str | Markup:
        return escape("、".join(self.choice[name].label for name in value)) if value else EMPTY

    def cell(self, value: Any) -> Any:
        return ",".join(self.choice[name].label for name in value or [])

    def wire(self, value: Any) -> Any:
        return value

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return attribute.any(super().clean(raw).name)


class Code(Kind):
    """A code of a dictionary the city keeps; stored as text, shown by its label in force.

    ``only`` are the codes it takes; ``unoffered`` are taken where they come, but not proposed.
    """

    control = "select"
    filter = "select"

    def __init__(
        self, table: str, *, only: tuple[str, ...] = (), unoffered: tuple[str, ...] = (),
        long: bool = False,
    ) -> None:  # fmt: skip
        self.table, self.only, self.unoffered = table, only, unoffered
        if long:  # too many codes for a plain list: picked while typing
            self.control = self.filter = "codes"

    def sql(self) -> TypeEngine[Any]:
        return String(20)

    def clean(self, raw: Any) -> str | None:
        text = checks.fold_digits(str(raw)).strip()
        if not text:
            return None
        code = dictionaries.find(self.table, text)
        if code is None or (self.only and code not in self.only):
            raise checks.Invalid(self._unknown(text[:30]))
        return code

    def _unknown(self, text: str) -> LazyString:
        """Say that a text is no entry, and which one it may stand for or where they all stand."""
        near = dictionaries.nearest(self.table, text, self.only or None)
        if near:
            return lazy_gettext(
                "“%(text)s” is not in the list of this field. Is one of these meant: %(near)s?",
                text=text, near="、".join(near),
            )  # fmt: skip
        return lazy_gettext(
            "“%(text)s” is not in the list of this field: choose from the drop-down list of the"
            " form or of the template",
            text=text,
        )  # fmt: skip

    def show(self, value: Any) -> str | Markup:
        return escape(dictionaries.label(self.table, value)) if value else EMPTY

    def picked(self, value: Any) -> str:
        """Give what a picker shows of a chosen code: a region stands below city and province."""
        return dictionaries.placed(self.table, value) if value else ""

    def cell(self, value: Any) -> Any:
        return dictionaries.label(self.table, value) if value else ""

    def choices(self) -> list[tuple[str, str]]:
        return [
            (code, label)
            for code, label in dictionaries.options(self.table)
            if (not self.only or code in self.only) and code not in self.unoffered
        ]

    def sought(self) -> list[tuple[str, str]]:
        """Give what rows may have: the unoffered too, and at the end, marked, the retired."""
        return [
            (code, label)
            for code, label in dictionaries.sought(self.table)
            if not self.only or code in self.only
        ]

    def kept(self, code: Any) -> list[tuple[str, str]]:
        """Give a code a row has although it is not offered (any more)."""
        known = code in dictionaries.codes(self.table) and (not self.only or code in self.only)
        return [(code, str(self.show(code)))] if known else []


class Codes(Code):
    """Several codes of one dictionary."""

    control = "multiselect"

    def sql(self) -> TypeEngine[Any]:
        return ARRAY(String(20))

    def clean(self, raw: Any) -> Any:
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).replace("，", ",").split(",")
        found = [super(Codes, self).clean(part) for part in parts]
        return [code for code in found if code] or None

    def text(self, value: Any) -> Any:
        return list(value or [])

    def show(self, value: Any) -> str | Markup:
        if not value:
            return EMPTY
        return escape("、".join(dictionaries.label(self.table, code) for code in value))

    def cell(self, value: Any) -> Any:
        return ",".join(dictionaries.label(self.table, code) for code in value or [])

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return attribute.any(super().clean(raw))
