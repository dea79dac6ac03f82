"""Reading one value of each kind, as tolerantly as section 8 asks."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.openapi import errors
from app.openapi.protocol import CHINA
from app.openapi.wire.fields import Field, File, Kind

MAX_MAGNITUDE = 40
FIRST_YEAR = 1900
FIRST_YEAR_OF_INSTANTS = 2000  # no gate is older; before 1901 Shanghai kept a time of its own

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})(-[0-9]{2})?")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
_DATA_PREFIX = re.compile(r"\s*data:[^,]{0,100},", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ID_CHECKED = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_CHECK_DIGITS = "10X98765432"
_IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class WrongValue(Exception):
    """A value that is not of its field's kind; carries the sentence behind the path."""

    def __init__(self, sentence: str = errors.SHAPE) -> None:
        """Keep the sentence."""
        super().__init__(sentence)
        self.sentence = sentence


def passes_id_check(number: str) -> bool:
    """Tell whether a text has the form and check digit of a resident number (GB 11643)."""
    if not _ID_CHECKED.fullmatch(number):
        return False
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return number[17] == _ID_CHECK_DIGITS[total % 11]


def as_text(value: Any) -> str:
    """Read a text, or a number as its digits, without the spaces around it."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise WrongValue
    if isinstance(value, Decimal):
        value = _plain(value)
    text = str(value).strip()
    if _UNSTORABLE.search(text):
        raise WrongValue
    return text


def _plain(number: Decimal) -> str:
    """Write a number without exponent or trailing zeros."""
    if abs(number.adjusted()) > MAX_MAGNITUDE or -number.as_tuple().exponent > 2 * MAX_MAGNITUDE:  # type: ignore[operator]
        raise WrongValue
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: Any, field: Field) -> str:
    text = as_text(value)
    if field.max_length is not None and len(text) > field.max_length:
        raise WrongValue(errors.too_long(field.max_length))
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise WrongValue
    return text


def _decimal(value: Any) -> Decimal:
    text = as_text(value)
    if not _NUMBER.fullmatch(text):
        raise WrongValue
    number = Decimal(text)
    _plain(number)
    return number


def _integer(value: Any, field: Field) -> int:
    try:
        number = _decimal(value)
    except WrongValue:
        raise WrongValue(errors.OUT_OF_RANGE) from None
    if number != number.to_integral_value() or not field.minimum <= number <= field.maximum:
        raise WrongValue(errors.OUT_OF_RANGE)
    return int(number)


def _bounded(number: Decimal, field: Field) -> Decimal:
    if number and number.adjusted() >= field.digits - field.places:
        raise WrongValue(errors.OUT_OF_RANGE)
    return number


def _number(value: Any, field: Field) -> Decimal:
    number = _bounded(_decimal(value), field)
    step = Decimal(1).scaleb(-field.places)
    return number.quantize(step) if number % step else number


def _money(value: Any, field: Field) -> Decimal:
    number = _bounded(_decimal(value), field)
    if number % Decimal(1).scaleb(-field.places):
        raise WrongValue
    return number


def _flag(value: Any, _field: Field) -> bool:
    if isinstance(value, bool):
        return value
    text = as_text(value)
    if text not in {"0", "1"}:
        raise WrongValue
    return text == "1"


def _calendar(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongValue from None
    if moment.year < FIRST_YEAR:
        raise WrongValue
    return moment


def _date(value: Any, _field: Field) -> date:
    text = as_text(value)
    if not _DATE.fullmatch(text):
        raise WrongValue
    return _calendar(text).date()


def _month(value: Any, _field: Field) -> date:
    match = _MONTH.fullmatch(as_text(value))
    if not match:
        raise WrongValue
    return _calendar(f"{match[1]}{match[2] or '-01'}").date().replace(day=1)


def _instant(value: Any, field: Field) -> datetime:
    text = as_text(value)
    if not _INSTANT.fullmatch(text) and not (field.dated_only and _DATE.fullmatch(text)):
        raise WrongValue
    moment = _calendar(text)
    if moment.year < FIRST_YEAR_OF_INSTANTS:
        raise WrongValue(errors.OUT_OF_RANGE)
    return moment.replace(tzinfo=CHINA).astimezone(UTC)


def _code(value: Any, field: Field) -> str:
    """Read a code, mending the digits and endings that some clients drop or add."""
    text = as_text(value)
    if field.dictionary == "id_card_type":
        return text.zfill(2)
    if field.dictionary == "nation":
        return text.removesuffix("族") or text
    if field.dictionary == "direction":
        return {"1": "01", "2": "02"}.get(text, text)
    if field.dictionary == "contract_period_type":
        return {"01": "1", "00": "0"}.get(text, text)
    return text


def _decoded(value: Any, sentence: str) -> bytes:
    if not isinstance(value, str):
        raise WrongValue(sentence)
    bare = value[match.end() :] if (match := _DATA_PREFIX.match(value)) else value
    try:
        content = base64.b64decode("".join(bare.split()), validate=True)
    except (binascii.Error, ValueError):
        raise WrongValue(sentence) from None
    if not content:
        raise WrongValue(sentence)
    return content


def _within_size(content: bytes, field: Field) -> bytes:
    if field.max_bytes is not None and len(content) > field.max_bytes:
        raise WrongValue(errors.too_large(field.max_bytes))
    return content


def _image(value: Any, field: Field) -> File:
    content = _decoded(value, errors.IMAGE_KIND)
    for start, media_type in _IMAGES.items():
        if content.startswith(start):
            return File(_within_size(content, field), media_type)
    raise WrongValue(errors.IMAGE_KIND)


def _file(value: Any, field: Field) -> File:
    return File(_within_size(_decoded(value, errors.FILE_TEXT), field))


def _id_number(value: Any, field: Field) -> str:
    return _text(value, field).upper()


READERS: dict[Kind, Callable[[Any, Field], Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.INSTANT: _instant,
    Kind.CODE: _code,
    Kind.IMAGE: _image,
    Kind.FILE: _file,
    Kind.ID_NUMBER: _id_number,
}
