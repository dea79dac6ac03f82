"""One call as the cases of the self-test see it, and the questions they share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.openapi import protocol, wire
from app.openapi.methods import Method
from app.openapi.wire import Field, Kind, Schema

SUCCEEDED = protocol.Outcome.SUCCEEDED


@dataclass
class Seen:
    """A call, its answer, and what the run remembers of the calls before."""

    code: str
    text: str  # what was told: the refusal, or the outcome of a write
    now: datetime
    signed: bool
    envelope: protocol.Envelope
    method: Method | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    data_hash: str = ""
    serial: str = ""
    status: int | None = None  # the outcome of a write
    stray: bool = False
    proved: bool = False  # the maker's proof is asked for
    narrowed: bool = False  # the addresses are
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The method's name, empty where it is none of ours."""
        return self.method.name if self.method else ""

    @property
    def taken(self) -> bool:
        """Whether the call was answered or taken in."""
        return self.code == "0"

    @property
    def writes(self) -> bool:
        """Whether it is a write that was taken in."""
        return self.taken and bool(self.method and self.method.work)

    @property
    def lists(self) -> bool:
        """Whether it asks for a list."""
        return bool(self.method) and any(
            one.name == "pageIndex"
            for one in self.method.schema  # type: ignore[union-attr]
        )

    def items(self, name: str) -> list[Mapping[str, Any]]:
        """Give the items of a list in what was sent."""
        found = wire.Members(self.data).get(name)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def shelf(self, name: str) -> dict[str, Any]:
        """Give what one case remembers, to be changed in place."""
        shelf: dict[str, Any] = self.memory.setdefault(name, {})
        return shelf


Judge = Callable[[Seen], bool | None]


def flat(schema: Schema) -> Iterator[Field]:
    """Give the fields of a schema and of the lists within."""
    for one in schema:
        yield one
        yield from flat(one.items)


def has(ask: Callable[[Field], Any]) -> Callable[[Method | None], bool]:
    """Ask of a method whether one of its fields is such a one."""
    return lambda method: bool(method) and any(map(ask, flat(method.schema)))  # type: ignore[union-attr]


def never(*phrases: str, where: Callable[[Method | None], bool] = bool) -> Judge:
    """Judge that a phrase is never told to calls of methods that are concerned."""

    def judge(seen: Seen) -> bool | None:
        if any(phrase in seen.text for phrase in phrases):
            return False
        return True if seen.taken and where(seen.method) else None

    return judge


def succeeds(name: str) -> Judge:
    """Judge that a write of this name comes through once; refusals are other cases' matter."""
    return lambda seen: True if seen.name == name and seen.status == SUCCEEDED else None


def unknown_keys(schema: Schema, data: Mapping[str, Any]) -> Iterator[str]:
    """Give the keys of a message that no field of the declaration is spelled as."""
    fields = {one.name: one for one in schema}
    for key, value in data.items():
        one = fields.get(key)
        if one is None:
            yield key
        elif one.kind is Kind.LIST and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from unknown_keys(one.items, item)
