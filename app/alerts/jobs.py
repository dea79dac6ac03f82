"""Jobs of the alert domain: the nightly scan, and rules over just what has changed."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.alerts import runs
from app.alerts.rules.hours import WINDOW_DAYS
from app.core.jobs import job


class RuleFailed(RuntimeError):
    """A rule could not be run; the others were."""


@job("alerts.scan", cron="0 2 * * *", title=_("Scan of all rules"), days_back=WINDOW_DAYS - 1)
def scan_all(day: str = "", rule: str = "") -> int:  # noqa: ARG001 - the day is in the window
    """Run every rule over everything; committed rule by rule, so a run may be repeated.

    A past day is made up for by a run of today: rules about dates look back over their window,
    the others judge what stands now. What stood then is not kept, and judging today's rows by
    a past day would find what was never true.
    """
    return _done(runs.scan_and_commit(rule or None))


@job("alerts.hours", cron="0 6 * * *", title=_("Daily hours of the work date that has ended"))
def scan_hours() -> int:
    """Judge the hours of yesterday, whose work date has ended by now (alert-rules.md, ATT-001)."""
    return _done(runs.scan_and_commit("ATT-001"))


@job("alerts.rescan", title=_("Rules over what has changed"))
def scan_changed(
    rules: list[str], project_id: int | None = None, person_hashes: list[str] | None = None
) -> int:
    """Run some rules over a project or over some persons of it."""
    done: dict[str, dict[str, Any]] = {}
    for code in rules:
        done |= runs.scan_and_commit(code, project_id, None, person_hashes)
    return _done(done)


@job("alerts.after_punches", title=_("Rules over persons whose days have changed"))
def scan_days(project_id: int, person_hashes: list[str]) -> int:
    """Run the rules that punches stored for a project can affect, over these persons.

    Hours count over all projects, so their rule names none; wages are a matter of the project.
    """
    done = runs.scan_and_commit("ATT-001", person_hashes=person_hashes)
    done |= runs.scan_and_commit("PERS-001", project_id, person_hashes=person_hashes, alone=True)
    done |= runs.scan_and_commit("WAGE-001", project_id)
    return _done(done)


def _done(outcomes: dict[str, dict[str, Any]]) -> int:
    failed = [code for code, outcome in outcomes.items() if "error" in outcome]
    if failed:
        raise RuleFailed(", ".join(failed))
    return sum(o["opened"] + o["refreshed"] + o["closed"] for o in outcomes.values())
