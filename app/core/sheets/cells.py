"""One cell of a workbook as text, or as a date where a date is meant."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from app.core import checks
from app.core.columns.base import Kind
from app.core.columns.numbers import Flag, Integer, Number
from app.core.columns.times import Date, Instant, Month, TimeOfDay

LONGEST = 40  # digits of a number anybody means
EXACT_DIGITS = 15  # a spreadsheet keeps no more digits of a number
FIRST_SERIAL, LAST_SERIAL = 1, 110_000  # 1900-01-01 to 2201, as spreadsheets count days
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
BROKEN = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|GETTING_DATA|SPILL!|CALC!)")
QUOTED = re.compile(r"^['‘’]+(?=[\d=+\-@])")
BLANKS = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f]")
MIDNIGHT = re.compile(r"[T\s]0{1,2}:00(:00(\.0+)?)?$")
DAY_TIME = re.compile(r"^(\d{4}\D\d{1,2}\D\d{1,2}\D?)[T\s]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
SPACED = re.compile(r"(\d{4})\s*[-–—−./、,\s]\s*(\d{1,2})\s*[-–—−./、,\s]\s*(\d{1,2})")
SERIAL = re.compile(r"\d{5}")  # of a day since 1927
SHORT_YEAR = re.compile(r"\d{2}(?P<mark>[-./年])\d{1,2}(?:(?P=mark)|月)\d{1,2}日?")
DAY_FIRST = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}")


def plain(value: Any, kind: Kind) -> Any:
    """Turn a cell into what the column's own type reads: a text, or a date for date columns.

    Invalid where the spreadsheet has lost what was typed.
    """
    if isinstance(kind, (Date, Instant)):
        return _moment(value, kind)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (datetime, date, time, timedelta)):
        return _written(value, kind)
    if isinstance(value, (int, float)):
        if isinstance(kind, (TimeOfDay, Month)):
            return _serial(value, kind)
        return _digits(value, exact=isinstance(kind, (Number, Integer, Flag)))
    return _words(str(value), exact=isinstance(kind, (Number, Integer, Flag)))


def shown(value: Any) -> str:
    """Give a cell as the spreadsheet shows it, for a remark about it."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _written(value: Any, kind: Kind) -> str:
    """Write what the spreadsheet took for a date or a time where a text was meant."""
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime) and isinstance(kind, TimeOfDay):
        return value.strftime("%H:%M")
    midnight = isinstance(value, datetime) and value.time() == time()
    return value.date().isoformat() if midnight else str(value)


def _serial(value: float, kind: Kind) -> str:
    """Write a bare number in a column of times or months: a share of a day, a day, 202611."""
    if isinstance(kind, TimeOfDay) and 0 <= value < 1:
        return _written(timedelta(days=float(value)), kind)
    if isinstance(kind, Month) and FIRST_SERIAL <= value <= LAST_SERIAL:
        return (EPOCH + timedelta(days=float(value))).strftime("%Y-%m")
    return _digits(value, exact=True)


def _digits(value: float, *, exact: bool) -> str:
    if value != int(value):
        return format(value, ".15g")
    if abs(value) >= 10**EXACT_DIGITS and not exact:
        raise checks.Invalid(lost_digits())
    return str(int(value))


def _words(text: str, *, exact: bool) -> str:
    folded = text if text.isascii() else BLANKS.sub(" ", text)
    folded = QUOTED.sub("", checks.fold_text(folded))
    if folded[:1] == "#" and BROKEN.fullmatch(folded):
        raise checks.Invalid(broken())
    return _spelt_out(folded, exact=exact) if SCIENTIFIC.fullmatch(folded) else folded


def _spelt_out(text: str, *, exact: bool) -> str:
    """Write a number in scientific notation with all its digits, as far as it has them."""
    number = Decimal(text)
    if not -LONGEST < number.adjusted() < LONGEST:
        return text
    typed = len(re.sub(r"[eE].*|\D", "", text))
    whole = number == number.to_integral_value()
    if not exact and whole and len(str(abs(int(number)))) > typed:
        raise checks.Invalid(lost_digits())
    return f"{number:f}"


def broken() -> Any:
    """Say that a cell shows an error such as #N/A."""
    return gettext("The formula of this cell gives an error such as #N/A: type the value itself")


def lost_digits() -> Any:
    """Say that a spreadsheet has turned a long number into one of fifteen digits."""
    return gettext(
        "The spreadsheet keeps only 15 digits of a number: format the cell as text and type the"
        " whole number again"
    )


def _moment(value: Any, kind: Kind) -> Any:
    if isinstance(value, (bool, time, timedelta)):
        return str(value)
    if isinstance(value, (int, float)):
        if FIRST_SERIAL <= value <= LAST_SERIAL:
            found = EPOCH + timedelta(days=float(value))
            return found.date() if isinstance(kind, Date) else found.replace(microsecond=0)
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, datetime):
        return value.date() if isinstance(kind, Date) else value
    if isinstance(value, date):
        return value
    return _day(_words(str(value), exact=True), kind)


def _day(text: str, kind: Kind) -> str:
    """Bring a date of text into a shape the column reads; say which ones may mean two days."""
    text = re.sub(r"\s*([年月日号])\s*", r"\1", text).replace("号", "日")
    text = re.sub(r"日(?=\d)", "日 ", text)
    if SHORT_YEAR.fullmatch(text):
        raise checks.Invalid(gettext("Which century is meant? Write the year with four digits"))
    if DAY_FIRST.fullmatch(text):
        raise checks.Invalid(
            gettext("Day or month first? Write the date with the year in front, such as 2026-11-22")
        )
    if whole := SPACED.fullmatch(text):
        return _padded(whole)
    if isinstance(kind, Date) and SERIAL.fullmatch(text) and int(text) <= LAST_SERIAL:
        return (EPOCH + timedelta(days=int(text))).date().isoformat()
    if isinstance(kind, Instant):
        return re.sub(r"^(\d{4})[年./](\d{1,2})[月./](\d{1,2})日?", _padded, text)
    if whole := DAY_TIME.match(text):
        return whole[1]
    return MIDNIGHT.sub("", text)


def _padded(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
