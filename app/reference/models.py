"""Tables of the reference domain: dictionaries and the city's calendar."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import Date, Flag, Text, column
from app.core.models import Entity


class DictionaryTable(Entity):
    """One code list: its names, the list of the wire, whether the city may edit it."""

    __scope__ = scope.shared("code lists are read by every screen", government_writes=True)
    __picker__ = ("name_zh",)

    table_name: Mapped[Any] = column(Text(60), label=_("List"), unique=True, nullable=False)
    name_zh: Mapped[Any] = column(Text(100), label=_("Chinese name"), nullable=False)
    name_en: Mapped[Any] = column(Text(100), label=_("English name"), nullable=False)
    wire_name: Mapped[Any] = column(Text(60), label=_("Name on the interface"))
    editable: Mapped[Any] = column(Flag, label=_("Editable"), nullable=False, default=False)


class DictionaryEntry(Entity):
    """One code: labels, order, validity; a code in use is retired, never deleted."""

    __scope__ = scope.shared("code lists are read by every screen", government_writes=True)
    __picker__ = ("label_zh",)
    __table_args__ = (UniqueConstraint("table_name", "code"),)

    table_name: Mapped[Any] = column(Text(60), label=_("List"), nullable=False, required_at="form")
    code: Mapped[Any] = column(Text(20), label=_("Code"), nullable=False, required_at="form")
    label_zh: Mapped[Any] = column(
        Text(200), label=_("Chinese label"), nullable=False, required_at="form"
    )
    label_en: Mapped[Any] = column(Text(200), label=_("English label"))
    wire: Mapped[Any] = column(Text(60), label=_("Value on the interface"))
    position: Mapped[Any | None] = mapped_column(Integer, nullable=False, default=0)
    offered: Mapped[Any] = column(Flag, label=_("Offered for choice"), nullable=False, default=True)
    valid_to: Mapped[Any] = column(Date, label=_("Retired on"))
    facts: Mapped[Any | None] = mapped_column(JSONB)


class CalendarDay(Entity):
    """A day that differs from Monday-to-Friday: holiday, make-up day, city stop."""

    __scope__ = scope.shared("the calendar is read by every rule", government_writes=True)
    __picker__ = ("name",)
    __table_args__ = (UniqueConstraint("day", "kind", "district"),)

    day: Mapped[Any] = column(Date, label=_("Day"), nullable=False, required_at="form", index=True)
    kind: Mapped[Any | None] = mapped_column(String(20), nullable=False)
    district: Mapped[Any | None] = mapped_column(String(6), nullable=False, default="")
    working: Mapped[Any] = column(Flag, label=_("Working day"), nullable=False)
    name: Mapped[Any] = column(Text(100), label=_("Name"))
    provisional: Mapped[Any] = column(
        Flag, label=_("Not yet published"), nullable=False, default=False
    )
