"""Saved filters of a list: one's own, or shared with a role of one's office (screens.md 0).

Sharing shows an address, never rows: whoever opens a shared filter sees through it what he may
see anyway.
"""

from typing import Any

from flask_babel import gettext
from sqlalchemy import delete, select, update

from app.core import preferences, scope
from app.core.errors import NotFound, Refusal
from app.core.events import Event
from app.core.preferences import DEFAULT, FILTER, Kept, Preference
from app.extensions import db

MOST = 20  # of one user on one list
LONGEST_QUERY, LONGEST_NAME = 2000, 30

# asks with which roles a principal may share: pairs of a role and its word
roles_asked = Event("core.roles_asked")


class FilterRefused(Refusal):
    """A filter cannot be kept, named or shared like this."""


def roles_for(actor: scope.Principal) -> list[tuple[str, Any]]:
    """Give the roles a principal may share with, his own among them."""
    return [pair for answer in roles_asked.send(actor=actor) for pair in answer]


def save(
    view: str, name: str, query: str, *, role: str = "", project_id: int | None = None,
    bound: bool = False, actor: scope.Principal,
) -> None:  # fmt: skip
    """Keep a filter under a name, for its user alone or for a role of his office too.

    ``project_id`` is the project it was made in; ``bound`` tells that it names rows of that
    project, and it is offered there alone. A filter of the same name is replaced.
    """
    name = _named(name)
    if not query:
        raise FilterRefused(gettext("Set a filter above first, then save it"))
    if role and role not in {one for one, _word in roles_for(actor)}:
        raise FilterRefused(gettext("Choose one of the offered roles to share with"))
    own = {one.name for one in preferences.kept(view) if one.mine and one.kind == FILTER}
    if name not in own and len(own) >= MOST:
        raise FilterRefused(
            gettext("You have %(n)s filters on this list already: remove one first", n=MOST)
        )
    preferences.keep(
        view, FILTER, {}, name, query=query[:LONGEST_QUERY],
        project_id=project_id if bound else None, **_sharing(role, project_id, actor),
    )  # fmt: skip


def _named(raw: str) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in raw).split())[:LONGEST_NAME]
    if not name:
        raise FilterRefused(gettext("Give the filter a name"))
    return name


def _sharing(role: str, project_id: int | None, actor: scope.Principal) -> dict[str, Any]:
    """Give whom a filter is shared with: the enterprise and its units, on one project if so."""
    if not role:
        nobody = ("roles", "enterprises", "units", "districts")
        return {"shared": False, **dict.fromkeys(nobody)}
    return {
        "shared": True, "roles": [role], "enterprises": list(actor.enterprises),
        "units": _own_units(project_id, actor), "districts": list(actor.districts),
    }  # fmt: skip


def _own_units(project_id: int | None, actor: scope.Principal) -> list[int]:
    """Give the units of one's own, of the project alone where one is chosen."""
    if project_id is None or not actor.units:
        return list(actor.units)
    unit = db.metadata.tables["project_unit"]
    wanted = select(unit.c.id).where(unit.c.project_id == project_id, unit.c.id.in_(actor.units))
    return list(db.session.scalars(wanted))


def rename(view: str, number: int, name: str) -> None:
    """Give a filter of one's own another name; refuse one that is taken."""
    name = _named(name)
    taken = [one.id for one in preferences.kept(view)
             if one.mine and one.kind == FILTER and one.name == name]  # fmt: skip
    if taken and taken != [number]:
        raise FilterRefused(gettext("You have a filter “%(name)s” already", name=name))
    _do(_own(update(Preference), view, number).values(name=name))


def remove(view: str, number: int) -> None:
    """Remove a filter of one's own, from those it was shared with too."""
    _do(_own(delete(Preference), view, number))


def _own(statement: Any, view: str, number: int) -> Any:
    return statement.where(
        Preference.id == number, Preference.user_id == scope.current().user_id,
        Preference.view == view, Preference.kind == FILTER,
    )  # fmt: skip


def _do(statement: Any) -> None:
    if not db.session.scalars(statement.returning(Preference.id)).all():
        raise NotFound


def open_with(view: str, number: int | None) -> None:
    """Open a list with one of the filters offered to the user, or with all rows again."""
    if number is None:
        preferences.forget(view, DEFAULT)
        return
    if number not in {one.id for one in preferences.kept(view) if one.kind == FILTER}:
        raise NotFound
    preferences.keep(view, DEFAULT, number)


def offered(kept: list[Kept], project_id: int | None) -> list[Kept]:
    """Give the filters offered in a project: those about rows of another are left out."""
    return [one for one in kept if one.kind == FILTER and one.project_id in (None, project_id)]
