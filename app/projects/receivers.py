"""What the project domain does when lower domains report changes."""

from typing import Any

from app.enterprises.events import enterprise_approved
from app.projects import services


@enterprise_approved.connect
def open_waiting_invitations(
    *, enterprise_id: int, credit_code: str, name: str, **_facts: Any
) -> None:
    """Let invitations reach an enterprise that has just been registered (screens.md 5.2)."""
    services.link_registered(enterprise_id, credit_code, name)
