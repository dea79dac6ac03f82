"""Wage cards of a list that are taken and should be looked at: shared, or half told (8.2)."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from app.core.columns.base import specs
from app.core.notices import Notice
from app.roster.models import ProjectWorker

NEEDED_WITH_IT = ("bank_code", "account_type", "bank_branch")  # before the first payroll (PERS-007)


def note(intakes: Iterable[Any], door: str) -> None:
    """Note on rows of a sheet which card stands in several of them, and which lacks its bank.

    The form refuses the first and asks for the second; what the interface brings is for the
    warnings of the roster (PERS-007).
    """
    if door != "sheet":
        return
    holders: dict[str, list[Any]] = {}
    for intake in intakes:
        if card := intake.values.get("bank_card_no"):
            holders.setdefault(card, []).append(intake)
            words = _lacking(intake.values) if intake.own_id is None else ""
            if words:  # of who is here already the stay may have it
                intake.notices.append(Notice(words, "bank_card_no"))
    for sharing in holders.values():
        for intake in sharing if len(sharing) > 1 else ():
            words = gettext(
                "%(n)s rows of this list name this wage card: everybody needs a card of his own",
                n=len(sharing),
            )
            intake.notices.append(Notice(words, "bank_card_no"))


def _lacking(values: dict[str, Any]) -> str:
    lacking = [specs(ProjectWorker)[name].sheet for name in NEEDED_WITH_IT if not values.get(name)]
    if not lacking:
        return ""
    return gettext(
        "The wage card also needs %(names)s before the first payroll", names="、".join(lacking)
    )
