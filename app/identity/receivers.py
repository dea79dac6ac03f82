"""What the accounts do when lower domains report changes."""

from typing import Any

from app.identity import principals
from app.projects.events import scope_changed


@scope_changed.connect
def read_scope_anew(**_facts: Any) -> None:
    """Let the principal of this request see what it has just been given."""
    principals.renew()
