"""Which fields of a form are demanded as it stands: the conditions columns declare (``when``).

A page is right as it is given out. While somebody types, the script asks again whenever a value
changes that one of the conditions has read, and gets the answer the next save would get.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.core.forms import BaseForm, ColumnField

QUESTION = "_asked"  # the field a form carries when it is asked, and not sent to be saved
REQUIRED, LATER = "required", "later"


class Watched(Mapping[str, Any]):
    """The values of a form, and the names of those that were looked at."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_, self.read = values, set[str]()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def asked(form: "BaseForm") -> dict[str, list[str]]:
    """Give the conditional fields demanded now or later, and the fields their conditions read."""
    found: dict[str, list[str]] = {REQUIRED: [], LATER: [], "reads": []}
    read: set[str] = set()
    for field in _conditional(form):
        values = Watched(field.holder.values())
        if mark := field.mark_for(values):
            found[mark].append(field.name)
        stem = field.name.removesuffix(field.short_name)
        read |= {f"{stem}{name}" for name in values.read if name in field.holder}
    found["reads"] = sorted(read)
    return found


def _conditional(form: "BaseForm") -> Iterator["ColumnField"]:
    for one in form.with_rows():
        yield from (field for field in one.columns() if field.conditional)
