"""What a stay's number and account say about themselves, kept where SQL can read it."""

from collections.abc import Callable
from typing import Any

from app.core import checks, clock, names
from app.roster.models.workers import ProjectWorker


def readings(of: Callable[[str], Any]) -> dict[str, Any]:
    """Give what number and account say about themselves; other documents say nothing.

    ``of`` gives a value of the stay by its column.
    """
    holder = of("bank_account_name")
    told: dict[str, Any] = {
        "number_fault": False, "number_permit": False, "number_birth_on": None, "number_sex": None,
        "account_name_differs": bool(holder) and not names.same_name(holder, of("name") or ""),
    }  # fmt: skip
    if of("id_type") not in (None, "01"):
        return told
    try:
        read = checks.identity_number(of("id_number") or "", clock.today())
    except checks.Invalid:
        return told | {"number_fault": True}
    return told | {
        "number_birth_on": read.birth_on, "number_sex": read.sex,
        "number_permit": read.is_residence_permit,
    }  # fmt: skip


ProjectWorker.__follows__ = staticmethod(readings)
