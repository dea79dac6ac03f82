"""Reading the text of `data` once, and finding fields in it whatever their spelling."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.openapi.errors import ParameterRefused

MAX_DEPTH = 12
SPELLINGS = (
    ("legaManProTitle", "legalManProTitle"),
    ("trainingAddress", "trainingAddres"),
)
_ALIASES = {
    name.lower(): tuple(other.lower() for other in group if other != name)
    for group in SPELLINGS
    for name in group
}
_TOO_DEEP = "data嵌套层数过多!"


class _Constant(ValueError):
    """A number that JSON does not have."""


class _Twice(ValueError):
    """A key that an object has twice."""


def parse(text: str) -> dict[str, Any]:
    """Read the text of `data`, one JSON object; decimal numbers keep every digit.

    Raises ParameterRefused when it is not valid JSON, no object, nested absurdly, or
    ambiguous because a key comes twice.
    """
    data = load(text)
    if not isinstance(data, dict):
        raise ParameterRefused("data必须是JSON对象!")
    return data


def load(text: str) -> Any:
    """Read any JSON text with the care that `parse` takes."""
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_float=_decimal, parse_constant=_no_constant
        )
    except _Constant:
        raise ParameterRefused("data中存在无效的数值!") from None
    except _Twice as error:
        raise ParameterRefused(f"data中字段重复:{error.args[0][:50]}!") from None
    except RecursionError:
        raise ParameterRefused(_TOO_DEEP) from None
    except ValueError:
        raise ParameterRefused("data不是有效的JSON!") from None
    _check_depth(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of pairs whose keys differ."""
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise _Twice(key)
        members[key] = value
    return members


def _decimal(text: str) -> Decimal:
    """Read a decimal number whose exponent a computer can hold."""
    try:
        return Decimal(text)
    except ArithmeticError:
        raise _Constant(text[:50]) from None


def _no_constant(name: str) -> None:
    """Refuse NaN and the infinities, which some libraries write."""
    raise _Constant(name)


def _check_depth(data: Any) -> None:
    """Refuse what is nested deeper than any method asks for."""
    level, depth = [data] if isinstance(data, dict | list) else [], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ParameterRefused(_TOO_DEEP)
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]


class Members:
    """The members of one object, found by name in any letter case and known slip.

    An empty text and null count as absent. Of several spellings the exact one wins,
    else the first.
    """

    def __init__(self, members: Mapping[str, Any]) -> None:
        """Index the members that are there."""
        self._exact = {name: value for name, value in members.items() if not _empty(value)}
        self._folded = {name.lower(): value for name, value in reversed(self._exact.items())}

    def get(self, name: str, default: Any = None) -> Any:
        """Find a value by the name of its field."""
        if name in self._exact:
            return self._exact[name]
        key = name.lower()
        for spelling in (key, *_ALIASES.get(key, ())):
            if spelling in self._folded:
                return self._folded[spelling]
        return default

    def __contains__(self, name: str) -> bool:
        """Tell whether the field is there and not empty."""
        return self.get(name) is not None


def _empty(value: Any) -> bool:
    """Tell whether a value stands for an absent one."""
    return value is None or (isinstance(value, str) and not value.strip())
