"""What workers are still owed, as the domain of wages answers it (screens.md 5.4, 8.1, 8.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.roster.events import unpaid_asked


@dataclass(frozen=True)
class Owed:
    """Wages of one stay: unpaid by wage sheets, and attendance no sheet has settled yet.

    ``months``: (2026-10, amount in 元); ``unsettled``: (2026-11, valid days).
    """

    months: tuple[tuple[str, Decimal], ...] = ()
    unsettled: tuple[tuple[str, int], ...] = ()

    @property
    def amount(self) -> Decimal:
        """Give in 元 what the wage sheets leave unpaid."""
        return sum((amount for _month, amount in self.months), Decimal(0))

    @property
    def days(self) -> int:
        """Count the valid days no wage sheet holds."""
        return sum(days for _month, days in self.unsettled)


NOTHING = Owed()


def owed_to(workers: Iterable[Any]) -> dict[int, Owed] | None:
    """Give by stay what is owed; stays that are owed nothing are left out.

    None where nobody keeps wages, or the reader may not see them.
    """
    numbers = [row.id for row in workers]
    answers = unpaid_asked.send(worker_ids=numbers)
    if not answers:
        return None
    found: dict[int, Owed] = {}
    for answer in answers:
        found |= answer
    return found
