"""What ended an alert by itself, in words: its close tells the data (alert-rules.md 1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import force_locale, gettext

from app.alerts.choices import CloseKind
from app.core import rules


def words_of_the_end(
    rule: rules.Rule, kind: CloseKind, rows: Sequence[Mapping[str, Any]], reach: rules.Reach,
    layers: rules.Layers,
) -> dict[int, str]:  # fmt: skip
    """Say of each ended alert, by its number, which data ended it."""
    if not rows:
        return {}
    with force_locale("zh"):
        if kind is CloseKind.SETTLED:
            text = gettext("%(n)s days have passed since the explanation was recorded",
                           n=rule.settles_after)  # fmt: skip
            return {row["id"]: text for row in rows}
        told = rule.ended(rows, reach, layers) if rule.ended else {}
        common = gettext("The condition held no more on %(day)s", day=reach.day.isoformat())
        return {row["id"]: told.get(row["id"]) or common for row in rows}
