"""Accounts and rights in the audit: their names, which offices read through the signing-in role."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, literal, select, text

from app.core import scope
from app.extensions import db
from app.identity.models import Account
from app.identity.words import area_label, right_label, role_label

ACCOUNTS, LINKS, RIGHT_LINKS = "ab_user", "ab_user_role", "ab_permission_view_role"
ROLES = db.metadata.tables["ab_role"]
RIGHTS = text("""
    select pv.id, v.name, p.name from ab_permission_view pv
    join ab_permission p on p.id = pv.permission_id join ab_view_menu v on v.id = pv.view_menu_id
    where pv.id = any(:ids)
""")


def chosen(numbers: Iterable[int]) -> Select[Any]:
    """Choose table, number, and real name with sign-in name of accounts."""
    real = func.concat(Account.last_name, Account.first_name)
    name = func.concat(real, "（", Account.username, "）")
    columns: list[Any] = [literal(ACCOUNTS), Account.id, name]
    return select(*columns).where(Account.id.in_(list(numbers)))


def held_by(entries: Iterable[Any]) -> dict[tuple[str, int], int]:
    """Give the accounts that entries about their roles are about."""
    told = ((entry, entry.after or entry.before or {}) for entry in entries
            if entry.table_name == LINKS)  # fmt: skip
    return {(LINKS, entry.row_id): row["user_id"] for entry, row in told if "user_id" in row}


def held_rights(entries: Iterable[Any]) -> dict[tuple[str, int], str]:
    """Give the roles that entries about their rights are about."""
    told = {
        (RIGHT_LINKS, entry.row_id): (entry.after or entry.before or {}).get("role_id", 0)
        for entry in entries if entry.table_name == RIGHT_LINKS
    }  # fmt: skip
    names = role_names(set(told.values())) if told else {}
    return {key: names[number] for key, number in told.items() if number in names}


def role_names(numbers: Iterable[int]) -> dict[int, str]:
    """Give the words of roles by their numbers."""
    with scope.login_scope("the roles in the audit are named") as connection:
        rows = connection.execute(
            select(ROLES.c.id, ROLES.c.name).where(ROLES.c.id.in_(list(numbers)))
        ).all()
    return {row.id: role_label(row.name) for row in rows}


def right_names(numbers: Iterable[int]) -> dict[int, str]:
    """Give area and right of what a role may do, by their numbers."""
    with scope.login_scope("the rights in the audit are named") as connection:
        rows = connection.execute(RIGHTS, {"ids": list(numbers)}).all()
    return {
        number: f"{area_label(area)}：{right_label(right.removeprefix('can_'))}"
        for number, area, right in rows
    }
