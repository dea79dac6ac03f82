"""Thresholds of the city: declared in code with defaults and bounds.

A domain declares what it needs; what differs is stored. A stored value outside the declared
bounds is never believed. No screen changes a threshold: whoever runs the program calls
``change`` from its shell (README.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, has_app_context
from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.errors import Refusal
from app.core.models import Entity
from app.extensions import db


@dataclass(frozen=True)
class Declared:
    """One threshold: default, bounds (None: none) and label."""

    key: str
    default: Any
    label: Any
    low: Any = None
    high: Any = None
    options: tuple[Any, ...] = ()

    def accepts(self, value: Any) -> bool:
        """Tell whether a value lies within the declared bounds."""
        if self.options:
            return value in self.options
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if self.low is None:
            return type(value) is type(self.default)
        return isinstance(value, (int, float)) and self.low <= value <= self.high


class Setting(Entity):
    """A threshold the city has changed."""

    __scope__ = scope.shared("thresholds are read by everybody", government_writes=True)
    __picker__ = ("key",)

    key: Mapped[Any | None] = mapped_column(String(80), unique=True, nullable=False)
    value: Mapped[Any | None] = mapped_column(JSONB, nullable=False)


class OutOfBounds(Refusal):
    """A threshold outside what law or the program allows."""


_declared: dict[str, Declared] = {}


def declare(
    key: str, default: Any, *, label: Any, low: Any = None, high: Any = None,
    options: tuple[Any, ...] = (),
) -> str:  # fmt: skip
    """Declare a threshold and give its key."""
    _declared[key] = Declared(key, default, label, low, high, options)
    return key


def declared() -> dict[str, Declared]:
    """Give every declared threshold by key."""
    return dict(_declared)


def get(key: str) -> Any:
    """Give the value in force."""
    known = _declared[key]
    kept = g.get("settings_in_force") if has_app_context() else None
    if kept is not None:
        stored = kept.get(key)
    else:
        stored = db.session.query(Setting.value).filter_by(key=key).scalar()
    return stored if stored is not None and known.accepts(stored) else known.default


def remember(stored: Mapping[str, Any]) -> None:
    """Take these stored values for the rest of a request, which has just read them all."""
    g.settings_in_force = stored


def change(key: str, value: Any) -> None:
    """Store a value, refusing what lies outside the bounds."""
    known = _declared[key]
    if not known.accepts(value):
        raise OutOfBounds(f"{known.label}: {known.low} – {known.high}", field=key)
    g.pop("settings_in_force", None)
    row = db.session.query(Setting).filter_by(key=key).one_or_none()
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value
    db.session.flush()
