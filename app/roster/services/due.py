"""待补齐: which demanded values are still empty, and until when they may be (screens.md 8.2)."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from app.core import clock
from app.core.columns.base import ColumnSpec, due_columns, specs
from app.projects.services.gaps import DAYS, deadline
from app.roster.choices import StaffState, StayState
from app.roster.models import CARD, CONTRACT, TRAINING

OWN_RULES = (CARD, CONTRACT, TRAINING)  # contract, training and card keep their own rules
MARKED = (StayState.DRAFT, StayState.EXPECTED, StayState.ON_SITE, StaffState.ON_SITE)


def still_due(row: Any) -> list[ColumnSpec]:
    """Give the values that are due within the three days and still empty."""
    return [spec for spec in due_columns(row) if not _own_rule(spec)]


def is_due(model: type, values: Mapping[str, Any]) -> bool:
    """Tell whether a row with these values still owes any; what they do not name is empty."""
    return any(
        values.get(name) in (None, "", []) and spec.due(values) for name, spec in _owed(model)
    )


@cache
def _owed(model: type) -> list[tuple[str, ColumnSpec]]:
    found = [
        (name, spec) for name, spec in specs(model).items()
        if (spec.later or spec.required_at) and not _own_rule(spec)
    ]  # fmt: skip
    return sorted(found, key=lambda one: one[1].when is not None)  # the simple ones tell first


def _own_rule(spec: ColumnSpec) -> bool:
    return any(spec.section is section for section in OWN_RULES)


def renew(
    row: Any, entry_on: date | None, *, entry_changed: bool = False, saved_on: date | None = None
) -> None:
    """Set or clear the mark, whatever the door; a later saving never moves a running deadline.

    A stay without an entry date (草稿 by interface, or 在场 by its first punch) owes that date
    too, and its three days run from the saving. A draft the platform made itself, such as a team
    leader's, has no clock: 待补齐 stands beside 待进场 and 在场 (screens.md 20).
    """
    row.incomplete = row.state in MARKED and bool(still_due(row))
    if not row.incomplete:
        row.complete_by = None
    elif row.complete_by is None or entry_changed:
        row.complete_by = deadline(entry_on, saved_on or _saved_on(row))


def owing(
    model: type, values: Mapping[str, Any], state: Any, entry_on: date | None
) -> dict[str, Any]:
    """Give the mark and the deadline of a row that is being made with these values."""
    owes = state in MARKED and is_due(model, values)
    return {
        "incomplete": owes,
        "complete_by": deadline(entry_on, clock.today()) if owes else None,
    }


def _saved_on(row: Any) -> date:
    created = row.created_at
    return clock.local(created).date() if created is not None else clock.today()


__all__ = ["DAYS", "deadline", "renew", "still_due"]
