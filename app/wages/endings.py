"""What ended an alert about wages, in words (alert-rules.md section 1, life cycle)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext

from app.core import rules
from app.extensions import db


def months_left(
    rows: Sequence[Mapping[str, Any]], reach: rules.Reach, layers: rules.Layers
) -> dict[int, str]:
    """Say of each contractor which months are still unpaid, fewer than the limit now."""
    known = rules.get("WAGE-001")
    single = replace(
        layers, city={**layers.city, "months": 1}, districts=_single(layers.districts),
        projects=_single(layers.projects),
    )  # fmt: skip
    within = replace(reach, project_ids=tuple({row["project_id"] for row in rows}))
    # the connection of the run, which sees the whole city
    found = db.session.connection().execute(known.findings(single, within)).mappings()
    left = {(row["project_id"], row["dedupe_key"]): row["facts"]["months"] for row in found}
    told = {}
    for row in rows:
        months = left.get((row["project_id"], row["dedupe_key"])) or []
        told[row["id"]] = gettext(
            "unpaid months on %(day)s: %(months)s", day=reach.day.isoformat(),
            months="、".join(one["month"] for one in months) or gettext("none"),
        )  # fmt: skip
    return told


def _single(layers: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {key: {**values, "months": 1} for key, values in layers.items()}
