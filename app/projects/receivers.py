"""What the project domain does when lower domains report changes."""

from typing import Any

from app.enterprises.events import enterprise_approved, enterprise_changed
from app.projects import services


@enterprise_approved.connect
def open_waiting_invitations(
    *, enterprise_id: int, credit_code: str, name: str, **_facts: Any
) -> None:
    """Let invitations reach an enterprise that has just been registered (screens.md 5.2)."""
    services.link_registered(enterprise_id, credit_code, name)


@enterprise_changed.connect
def carry_names(*, enterprise_id: int, fields: list[str], **_facts: Any) -> None:
    """Let projects and units follow a new name and a corrected code (screens.md 3)."""
    if {"name", "credit_code"} & set(fields):
        services.carry_names(enterprise_id, recoded="credit_code" in fields)
