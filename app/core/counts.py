"""Figures of a page, read with one statement however many there are."""

from typing import Any

from sqlalchemy import Select, select

from app.extensions import db


def counted(**figures: Select[Any]) -> dict[str, Any]:
    """Give counts and sums over the rows the principal may see; nothing sums to 0."""
    query = select(*[one.scalar_subquery().label(name) for name, one in figures.items()])
    return {name: value or 0 for name, value in db.session.execute(query).mappings().one().items()}
