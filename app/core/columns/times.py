"""Dates, instants, months and times of day; instants are stored in UTC, shown in China."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, DateTime, String, Time, and_
from sqlalchemy import Date as SqlDate
from sqlalchemy.types import TypeEngine

from app.core import checks, clock
from app.core.columns.base import EMPTY, Kind

DATE_SHAPES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
NOON = 12
HALVES = ("AM", "PM", "上午", "下午")
LATE = ("PM", "下午")
CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})(?::\d{2})?|[点时](?:(\d{1,2})分?|(半)|整)?)")


def read_date(raw: Any) -> date | None:
    """Read a calendar date in the shapes people type; None when empty."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = checks.fold_digits(str(raw)).strip()
    if not text:
        return None
    for shape in DATE_SHAPES:
        try:
            found = datetime.strptime(text, shape).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if EARLIEST <= found <= LATEST:
            return found
    raise checks.Invalid(_day_words())


def _day_words() -> str:
    return gettext("A date such as 2026-11-22")


class Date(Kind):
    """A calendar date; ``past`` refuses days after today."""

    control = "date"
    filter = "daterange"

    def __init__(self, *, past: bool = False) -> None:
        self.past = past

    def sql(self) -> TypeEngine[Any]:
        return SqlDate()

    def clean(self, raw: Any) -> date | None:
        found = read_date(raw)
        if found and self.past and found > clock.today():
            raise checks.Invalid(gettext("The date lies in the future"))
        return found

    def text(self, value: Any) -> str:
        return value.isoformat() if value else ""

    def show(self, value: Any) -> str | Markup:
        return value.isoformat() if value else EMPTY

    def cell(self, value: Any) -> Any:
        return value or ""

    def wire(self, value: Any) -> Any:
        return value.isoformat() if value else None

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return between(attribute, raw, lambda day: day)

    def hint(self) -> str:
        if self.past:
            return gettext("%(words)s, today at the latest", words=_day_words())
        return _day_words()


def between(attribute: Any, raw: str, edge: Any) -> ColumnElement[bool] | None:
    """Give the condition of a range written ``from..to``, either side may be empty."""
    low, _, high = raw.partition("..")
    start, end = read_date(low), read_date(high or (low if ".." not in raw else ""))
    parts = []
    if start:
        parts.append(attribute >= edge(start))
    if end:
        parts.append(attribute < edge(end + timedelta(days=1)))
    return and_(*parts) if parts else None


class Instant(Kind):
    """A moment, to the second."""

    control = "datetime-local"
    filter = "daterange"

    def __init__(self, *, past: bool = False) -> None:
        self.past = past

    def sql(self) -> TypeEngine[Any]:
        return DateTime(timezone=True)

    def clean(self, raw: Any) -> datetime | None:
        if isinstance(raw, datetime):
            found = raw if raw.tzinfo else raw.replace(tzinfo=clock.CHINA)
        else:
            text = checks.fold_digits(str(raw)).strip().replace("T", " ").replace("/", "-")
            if not text:
                return None
            try:
                found = datetime.fromisoformat(text)
            except ValueError:
                raise checks.Invalid(self.hint()) from None
            found = found if found.tzinfo else found.replace(tzinfo=clock.CHINA)
        if not EARLIEST <= found.date() <= LATEST:
            raise checks.Invalid(self.hint())
        if self.past and found > clock.now():
            raise checks.Invalid(gettext("The time lies in the future"))
        return found.astimezone(UTC)

    def text(self, value: Any) -> str:
        return clock.local(value).strftime("%Y-%m-%dT%H:%M") if value else ""

    def show(self, value: Any) -> str | Markup:
        return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else EMPTY

    def cell(self, value: Any) -> Any:
        return clock.local(value).replace(tzinfo=None) if value else ""

    def wire(self, value: Any) -> Any:
        return clock.local(value).strftime("%Y-%m-%d %H:%M:%S") if value else None

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        return between(
            attribute, raw, lambda day: datetime.combine(day, time(), tzinfo=clock.CHINA)
        )

    def hint(self) -> str:
        return gettext("A time such as 2026-11-22 07:30")


class Month(Kind):
    """A calendar month, stored as ``2026-11``."""

    control = "month"
    filter = "month"

    def sql(self) -> TypeEngine[Any]:
        return String(7)

    def clean(self, raw: Any) -> str | None:
        text = checks.fold_digits(str(raw)).strip()
        if not text:
            return None
        found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})(?:月|-\d{2})?", text)
        if not found or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2200:
            raise checks.Invalid(self.hint())
        return f"{found[1]}-{int(found[2]):02d}"

    def hint(self) -> str:
        return gettext("A month such as 2026-11")


def _clock_time(text: str) -> time:
    """Read 07:30, 7点, 18点30分, 7点半, 7:00PM and 下午7:00; ValueError for what is no time."""
    half = next((h for h in HALVES if text.startswith(h) or text.endswith(h)), "")
    found = CLOCK.fullmatch(text.removeprefix(half).removesuffix(half))
    if found is None:
        return time.fromisoformat(text)
    hour, minute = int(found[1]), 30 if found[4] else int(found[2] or found[3] or 0)
    if half in LATE and hour < NOON:
        hour += NOON
    elif half == "AM" and hour == NOON:
        hour = 0
    elif half not in ("", *LATE) and hour > NOON:
        raise ValueError(text)
    return time(hour, minute)


class TimeOfDay(Kind):
    """A time of day to the minute."""

    control = "time"

    def sql(self) -> TypeEngine[Any]:
        return Time()

    def clean(self, raw: Any) -> time | None:
        if isinstance(raw, time):
            return raw
        text = checks.fold_text(str(raw)).upper().replace(" ", "")
        if not text:
            return None
        try:
            return _clock_time(text)
        except ValueError:
            raise checks.Invalid(self.hint()) from None

    def text(self, value: Any) -> str:
        return value.strftime("%H:%M") if value else ""

    def show(self, value: Any) -> str | Markup:
        return self.text(value) or EMPTY

    def cell(self, value: Any) -> Any:
        return self.text(value)

    def hint(self) -> str:
        return gettext("A time of day such as 07:30")
