"""Going on as somebody outside his request: a job that works with the rights of who asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core import scope
from app.core.errors import NotFound
from app.core.events import Event

# asks which principal an account is now; nobody answers for one that may not sign in
principal_asked = Event("core.principal_asked")


@contextmanager
def acting(user_id: int) -> Iterator[scope.Principal]:
    """Work as an account, with the rights and the scope it has now; refuse a closed one."""
    found = principal_asked.send(user_id=user_id)
    if not found:
        raise NotFound
    with scope.act_as(found[0]) as principal:
        yield principal
