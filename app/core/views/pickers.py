"""Pickers of the base view: they answer with rows the user may see."""

from collections.abc import Callable
from typing import Any

from flask import abort, jsonify, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import Select, or_, select

from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.models import Entity, ProjectRow, class_named
from app.core.views.asked import integer
from app.extensions import db

Pairs = list[tuple[str, str]]
LOOKUP_SIZE = 20


class PickerMixin:
    """What pickers need; mixed into the base view."""

    model: Any
    project_id: Callable[[], int | None]
    lookups: dict[str, Callable[[dict[str, str]], Select[Any]]] = {}

    @expose("/lookup/<column>")
    @has_access
    def lookup(self, column: str) -> Any:
        """Answer a picker: rows the user may see, twenty at a time."""
        query, model = self._choices(column, request.args.to_dict())
        term, page = request.args.get("q", "").strip()[:50], integer(request.args.get("page"), 1)
        if term:
            query = query.where(
                or_(*[getattr(model, n).contains(term, autoescape=True) for n in model.__picker__])
            )
        first = (max(page, 1) - 1) * LOOKUP_SIZE
        rows = list(
            db.session.scalars(query.order_by(model.id.desc()).offset(first).limit(LOOKUP_SIZE + 1))
        )
        return jsonify(
            results=[{"id": row.id, "text": str(row)} for row in rows[:LOOKUP_SIZE]],
            pagination={"more": len(rows) > LOOKUP_SIZE},
        )

    def _choices(self, column: str, given: dict[str, str]) -> tuple[Select[Any], type[Entity]]:
        spec = specs(self.model).get(column)
        if spec is None or not isinstance(spec.kind, Ref):
            abort(404)
        model = class_named(spec.kind.model)
        if column in self.lookups:
            return self.lookups[column](given), model
        query = select(model).where(model.is_deleted.is_(False))
        if spec.kind.parent and hasattr(model, spec.kind.parent):
            parent = integer(given.get(spec.kind.parent), -1)
            query = query.where(getattr(model, spec.kind.parent) == parent)
        elif issubclass(model, ProjectRow) and (project := self.project_id()):
            query = query.where(model.project_id == project)
        return query, model

    def chosen(self, name: str, value: Any) -> Pairs:
        """Give the options of picked rows that are visible."""
        spec = specs(self.model)[name]
        numbers = [integer(str(v), -1) for v in (value if isinstance(value, list) else [value])]
        if not any(n > 0 for n in numbers):
            return []
        model = class_named(spec.kind.model)  # type: ignore[attr-defined]
        rows = db.session.scalars(select(model).where(model.id.in_(numbers)))
        return [(str(row.id), str(row)) for row in rows]
