"""References to other rows, picked by name while typing."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import ARRAY, BigInteger
from sqlalchemy.orm import selectinload
from sqlalchemy.types import TypeEngine

from app.core import checks
from app.core.columns.base import EMPTY, ColumnSpec, Kind, specs


class Ref(Kind):
    """A row of another table; ``parent`` names the form field the choice depends on.

    ``model`` is the class, or its name within its own module. Within one project the foreign
    key carries ``project_id``.
    """

    control = "remote"
    filter = "remote"

    def __init__(self, model: str | type, *, parent: str = "") -> None:
        self.model = model if isinstance(model, str) else model.__name__
        self.parent = parent

    def sql(self) -> TypeEngine[Any]:
        return BigInteger()

    def clean(self, raw: Any) -> int | None:
        text = str(raw).strip()
        if not text:
            return None
        if not text.isdecimal() or len(text) > 18:
            raise checks.Invalid(gettext("Choose from the list"))
        return int(text)


class Refs(Ref):
    """Several rows of another table."""

    control = "remotes"
    filter = ""

    def sql(self) -> TypeEngine[Any]:
        return ARRAY(BigInteger())

    def clean(self, raw: Any) -> Any:
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).split(",")
        found = [super(Refs, self).clean(part) for part in parts]
        return [number for number in found if number] or None

    def text(self, value: Any) -> Any:
        return [str(number) for number in value or []]


def with_references(model: type, names: Iterable[str]) -> list[Any]:
    """Give what loads the rows that columns of a page refer to: one statement a reference."""
    return [
        selectinload(getattr(model, name.removesuffix("_id")))
        for name in names
        if name in specs(model) and isinstance(specs(model)[name].kind, Ref)
    ]


def linked(spec: ColumnSpec, row: Any) -> str | Markup:
    """Give the name of the row a reference points to."""
    target = getattr(row, spec.name.removesuffix("_id"), None)
    return EMPTY if target is None else escape(str(target))
