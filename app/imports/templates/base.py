"""What every template declares, and what its rows come to (screens.md 14)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.errors import Refusal
from app.core.sheets import SheetSpec
from app.imports.choices import Kind
from app.projects.models import Project


@dataclass(frozen=True)
class Taken:
    """What the service made of one row of the sheet; a template gives them in the rows' order.

    ``before`` holds the column values an update replaced, enough to undo it. ``once`` holds what
    the uploader may read once and nobody afterwards, by header, such as a first password.
    """

    row: Any
    kind: Kind
    before: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[str] = ()
    once: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A written row by its table and number: thousands of whole rows would wait for each other."""

    __tablename__: str
    id: int


@dataclass(frozen=True)
class Effect:
    """What a finished import did to one row, read again for its undo.

    ``number`` is the row of the workbook, ``at`` the moment the import ended: what was written
    later than that depends on it.
    """

    number: int
    row: Any
    kind: Kind
    before: Mapping[str, Any]
    at: datetime


def _itself(row: Any) -> Any:
    return row


@dataclass(frozen=True, kw_only=True)
class Template:
    """One template of the page 批量导入模板; its functions are the verbs of its domain's service.

    ``take(project, rows, *, actor)`` writes the rows, all or none, and gives a ``Taken`` for
    each; its refusals carry ``row`` (index in the list) and ``field``. ``check`` gives the same
    judgement and writes nothing; without it ``take`` runs in a savepoint that is rolled back.
    ``early(values, project)`` gives what the readable cells of an otherwise wrong row break.
    ``dependants(project, effects)`` gives a sentence for each row something depends on by now;
    only when there is none may ``undo(project, effects, *, actor)`` take the import back.
    ``pictures`` maps the ending of a file name in a zip to the column the picture is for.
    ``owners(project, numbers, ids)`` gives the rows such pictures are for, by document number, and
    ``attach(row, values, *, actor)`` hangs them to one, as its form does.
    ``place`` names the list page its rows stand on, ``listed(row)`` gives the row that stands
    there, ``label`` what a row is called.
    """

    code: str
    title: Any
    purpose: Any
    sheet: Callable[[Project | None], SheetSpec]
    take: Callable[..., list[Taken]]
    check: Callable[..., list[Taken]] | None = None
    early: Callable[..., Iterable[Refusal]] | None = None
    dependants: Callable[..., list[str]]
    undo: Callable[..., None]
    pictures: Mapping[str, str] = field(default_factory=dict)
    owners: Callable[..., Mapping[str, Sequence[Any]]] | None = None
    attach: Callable[..., Any] | None = None
    place: str = ""
    listed: Callable[[Any], Any] = _itself
    label: Callable[[Mapping[str, Any]], str] | None = None

    def name_of(self, values: Mapping[str, Any]) -> str:
        """Give what the row is called in the preview."""
        return self.label(values) if self.label else str(values.get("name") or "")


__all__ = ["Effect", "Kind", "Taken", "Template", "Written"]
