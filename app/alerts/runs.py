"""Scans that commit as they go: each rule by itself, so that one that fails stops no other."""

import logging
from dataclasses import asdict
from datetime import date
from typing import Any

from app.alerts import services
from app.core import rules
from app.extensions import db

logger = logging.getLogger(__name__)


def scan_and_commit(
    rule: str | None = None, project_id: int | None = None, day: date | None = None,
    person_hashes: list[str] | None = None, *, alone: bool = False,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Run rules one by one, committing after each; a rule that fails is named with its error."""
    done: dict[str, dict[str, Any]] = {}
    for code in [rule] if rule else rules.registered():
        try:
            outcome = services.scan(code, project_id, person_hashes, day, alone=alone)[code]
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            logger.exception("rule %s failed", code)
            done[code] = {"opened": 0, "refreshed": 0, "closed": 0, "seconds": 0.0,
                          "error": type(error).__name__}  # fmt: skip
            continue
        done[code] = {**asdict(outcome), "seconds": round(outcome.seconds, 3)}
    return done
