"""What a business field is: its kind, bounds and dictionary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

MAX_INTEGER = 2**31 - 1


class Kind(StrEnum):
    """The kinds of values on the wire, and what reading makes of each."""

    TEXT = "text"  # str
    INTEGER = "integer"  # int of 32 bits, or within the field's bounds
    NUMBER = "number"  # Decimal; digits beyond the field's places are rounded off
    MONEY = "money"  # Decimal; digits beyond the field's places are refused
    FLAG = "flag"  # bool, sent as 0 or 1
    DATE = "date"  # date, yyyy-MM-dd
    MONTH = "month"  # date of its first day, yyyy-MM; the day of yyyy-MM-dd is ignored
    INSTANT = "instant"  # aware datetime in UTC, sent as yyyy-MM-dd HH:mm:ss in China time
    CODE = "code"  # str out of the field's dictionary
    IMAGE = "image"  # File, base64 of a JPEG or PNG
    FILE = "file"  # File, base64 of anything
    ID_NUMBER = "id_number"  # str, upper-case
    LIST = "list"  # list of dicts, each read with the field's items


class File(NamedTuple):
    """The content of an image or attachment, and its media type where it is an image."""

    content: bytes
    media_type: str | None = None


class Latest(NamedTuple):
    """A limit in the future: its sentence, and whether the day or the instant counts."""

    sentence: str
    by_day: bool = True


@dataclass(frozen=True)
class Field:
    """One business field as sections 8 to 10 describe it.

    `required` may be a question to the values read from the same object. `max_length`
    counts characters of the plain text, `max_bytes` decoded bytes, `places` decimal places,
    `max_items` the items of a list. `shown` is the name in messages where clients match
    another spelling. `numeric` codes are written as numbers in replies. `dated_only` lets an
    instant come without a clock, as midnight in China. `listed` picks the dictionary
    sentence of training types.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool | Callable[[Mapping[str, Any]], bool] = False
    dictionary: str | None = None
    max_length: int | None = None
    max_bytes: int | None = None
    encrypted: bool = False
    items: tuple["Field", ...] = ()
    max_items: int | None = None
    minimum: int = -MAX_INTEGER - 1
    maximum: int = MAX_INTEGER
    places: int = 2
    digits: int = 18
    pattern: str | None = None
    latest: Latest | None = None
    dated_only: bool = False
    numeric: bool = False
    listed: bool = False
    shown: str | None = None

    @property
    def label(self) -> str:
        """The name that stands in messages."""
        return self.shown or self.name

    @property
    def sensitive(self) -> bool:
        """Tell whether the value travels encrypted; numbers of persons always do."""
        return self.encrypted or self.kind is Kind.ID_NUMBER


Schema = tuple[Field, ...]
