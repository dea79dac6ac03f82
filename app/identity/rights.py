"""Writing roles and rights from ``app.permissions`` to the framework's tables."""

from sqlalchemy import Connection, delete, insert, select

from app.core import scope
from app.extensions import db
from app.permissions import ROLES

TABLES = db.metadata.tables


def synchronise() -> None:
    """Make the database hold exactly our roles' rights; the city's own roles stay."""
    with scope.login_scope("roles and rights are written") as connection:
        _write(connection)
    db.session.commit()


def _write(connection: Connection) -> None:
    for role, areas in ROLES.items():
        number = _named(connection, "ab_role", role)
        wanted = {
            _pair(connection, f"can_{verb}", str(area))
            for area, verbs in areas.items()
            for verb in verbs
        }
        links = TABLES["ab_permission_view_role"]
        present = set(
            connection.scalars(select(links.c.permission_view_id).where(links.c.role_id == number))
        )
        if gone := present - wanted:
            connection.execute(
                delete(links).where(links.c.role_id == number, links.c.permission_view_id.in_(gone))
            )
        for pair in wanted - present:
            connection.execute(insert(links).values(permission_view_id=pair, role_id=number))
    _named(connection, "ab_role", "Public")


def _named(connection: Connection, table: str, name: str) -> int:
    rows = TABLES[table]
    found = connection.scalar(select(rows.c.id).where(rows.c.name == name))
    if found is None:
        found = connection.execute(insert(rows).values(name=name).returning(rows.c.id)).scalar_one()
    return int(found)


def _pair(connection: Connection, permission: str, view: str) -> int:
    rows = TABLES["ab_permission_view"]
    wanted = {
        "permission_id": _named(connection, "ab_permission", permission),
        "view_menu_id": _named(connection, "ab_view_menu", view),
    }
    found = connection.scalar(
        select(rows.c.id).where(*[rows.c[name] == value for name, value in wanted.items()])
    )
    if found is None:
        found = connection.execute(insert(rows).values(**wanted).returning(rows.c.id)).scalar_one()
    return int(found)
