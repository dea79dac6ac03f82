"""Reading a whole message by its schema, and telling every problem at once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.openapi import cipher, errors
from app.openapi.protocol import CHINA
from app.openapi.wire.body import Members, load
from app.openapi.wire.fields import Field, Kind, Schema
from app.openapi.wire.values import READERS, WrongValue, as_text, passes_id_check

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Reading:
    """The values of a message by field name, absent ones left out, and its problems."""

    values: dict[str, Any]
    problems: tuple[str, ...]

    def or_refuse(self) -> dict[str, Any]:
        """Give the values; raises ParameterRefused with every problem if there are any."""
        if self.problems:
            raise errors.ParameterRefused(*self.problems)
        return self.values


def read(
    schema: Schema,
    data: Mapping[str, Any],
    *,
    secret: str,
    codes: Callable[[str], Collection[str]],
    titles: Callable[[str], str] = str,
    now: datetime | None = None,
    accept_plain: bool = False,
    assumed: Mapping[str, Any] | None = None,
    excused: Collection[str] = (),
) -> Reading:
    """Read parsed data by a schema.

    `codes` gives the codes of a dictionary, `titles` its Chinese name. Without `now` no
    future date is refused. `accept_plain` lets an encrypted field hold a resident number in
    plain text. `assumed` holds what absent fields, at any depth, stand for; `excused` names
    fields that may be absent although required.
    """
    task = _Task(secret, codes, titles, now, accept_plain, assumed or {}, frozenset(excused))
    values = task.read_object(schema, data, ())
    return Reading(values, tuple(task.problems))


@dataclass
class _Task:
    """One reading under way: its circumstances and the problems found so far."""

    secret: str
    codes: Callable[[str], Collection[str]]
    titles: Callable[[str], str]
    now: datetime | None
    accept_plain: bool
    assumed: Mapping[str, Any]
    excused: frozenset[str]
    problems: list[str] = field(default_factory=list)
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def read_object(self, schema: Schema, data: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Read the fields of one object, those required on a condition last."""
        members = Members(data)
        values: dict[str, Any] = {}
        for one in sorted(schema, key=lambda item: callable(item.required)):
            here = (*path, one.label)
            try:
                value = self.read_field(one, members.get(one.name), here)
            except WrongValue as wrong:
                self.problems.append(errors.at(here, wrong.sentence))
                continue
            if value is not None:
                values[one.name] = value
            elif self.is_required(one, values):
                self.problems.append(errors.at(here, errors.MISSING))
        return values

    def is_required(self, one: Field, values: Mapping[str, Any]) -> bool:
        """Tell whether an absent field is missed beside these values."""
        if one.name in self.excused:
            return False
        return one.required(values) if callable(one.required) else one.required

    def read_field(self, one: Field, raw: Any, path: Path) -> Any:
        """Read one value, None where it is absent; raises WrongValue."""
        if raw is None:
            if one.name not in self.assumed:
                return None
            raw = self.assumed[one.name]
        elif one.sensitive:
            raw = self.decrypted(raw)
            if not raw.strip():
                return None
        if one.kind is Kind.LIST:
            return self.read_list(one, raw, path)
        value = READERS[one.kind](raw, one)
        self.check_dictionary(one, value)
        self.check_future(one, value)
        return value

    def decrypted(self, raw: Any) -> str:
        """Decrypt a sensitive field, or take the plain resident number if that is allowed."""
        text = as_text(raw)
        try:
            return cipher.decrypt(text, self.secret)
        except errors.CipherTextRefused:
            if self.accept_plain and passes_id_check(text.upper()):
                return text
            raise WrongValue(errors.NOT_DECRYPTED) from None

    def read_list(self, one: Field, raw: Any, path: Path) -> list[dict[str, Any]] | None:
        """Read the items of a list, which one client sends as JSON text."""
        items = _from_text(raw) if isinstance(raw, str) else raw
        if not isinstance(items, list):
            raise WrongValue
        if one.max_items is not None and len(items) > one.max_items:
            raise WrongValue(errors.too_many(one.max_items))
        if not items and one.required:
            return None
        read = []
        for place, item in enumerate(items):
            if isinstance(item, dict):
                read.append(self.read_object(one.items, item, (*path, place)))
            else:
                self.problems.append(errors.at((*path, place), errors.SHAPE))
        return read

    def check_dictionary(self, one: Field, value: Any) -> None:
        """Refuse a code that its dictionary does not have."""
        if one.dictionary is None or isinstance(value, bool):
            return
        if one.dictionary not in self.known:
            self.known[one.dictionary] = frozenset(self.codes(one.dictionary))
        if str(value) not in self.known[one.dictionary]:
            say = errors.not_in_listed_dictionary if one.listed else errors.not_in_dictionary
            raise WrongValue(say(self.titles(one.dictionary)))

    def check_future(self, one: Field, value: Any) -> None:
        """Refuse a date or instant that has not come yet, where the field minds."""
        if one.latest is None or self.now is None:
            return
        if isinstance(value, datetime):
            late = _day(value) > _day(self.now) if one.latest.by_day else value > self.now
        else:
            late = value > _day(self.now)
        if late:
            raise WrongValue(one.latest.sentence)


def _day(moment: datetime) -> date:
    """Tell which day it is in China."""
    return moment.astimezone(CHINA).date()


def _from_text(text: str) -> Any:
    """Read a list that came as JSON inside a text."""
    try:
        return load(text)
    except errors.ParameterRefused:
        raise WrongValue from None
