"""What a door demands, and which columns it may bring."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from app.core import checks, clock, scope
from app.core.columns.base import ColumnSpec, required_message, specs
from app.core.columns.codes import State
from app.roster.errors import Missing, RosterRefusal

DOORS = {
    scope.Door.FORM: "form", scope.Door.SHEET: "sheet", scope.Door.API: "api",
    scope.Door.DEVICE: "api",
}  # fmt: skip


def door_of(actor: scope.Principal) -> str:
    """Give the door of a principal as columns name it; jobs stand at none."""
    return DOORS.get(actor.door, "")


@cache
def open_columns(model: type) -> Mapping[str, ColumnSpec]:
    """Give the columns of a model that any door may bring."""
    return {
        name: spec for name, spec in specs(model).items()
        if not spec.readonly and not isinstance(spec.kind, State)
    }  # fmt: skip


def taken(model: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values a row takes over; what is empty or not open to doors stays out."""
    names = open_columns(model)
    return {
        name: value for name, value in values.items()
        if value not in (None, "", []) and name in names
    }  # fmt: skip


@cache
def _demanded(model: type, door: str) -> list[tuple[str, ColumnSpec]]:
    return [(name, spec) for name, spec in specs(model).items() if door in spec.required_at]


def missing(model: type, values: Mapping[str, Any], door: str) -> Iterator[Missing]:
    """Give a refusal for each value this door demands and does not bring."""
    for name, spec in _demanded(model, door):
        if values.get(name) in (None, "", []) and spec.required(door, values):
            yield Missing(required_message(spec, door), field=name)


def document(id_type: str, number: str, field: str = "id_number") -> str:
    """Bring a document number into its stored form; refuse a wrong one, naming the field."""
    try:
        return checks.document_number(id_type, number, clock.today())
    except checks.Invalid as problem:
        raise RosterRefusal(str(problem), field=field) from None
