"""Runs of the self-test: begun, ended, told as a report that is kept (screens.md 7.4)."""

import copy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock, scope
from app.extensions import db
from app.openapi import services
from app.openapi.choices import Environment
from app.openapi.conformance.cases import CASES, Case
from app.openapi.models import ApiClient, ConformanceRun
from app.openapi.refusals import NoRunOpen, NotTheGeneralContractor
from app.projects.models import Project
from app.projects.services.numbers import hold_lock

PASSED, BROKEN, MISSED, UNTRIED = "passed", "broken", "missed", "untried"


@dataclass(frozen=True)
class Line:
    """One case in the report of a run."""

    case: Case
    verdict: str
    good: int = 0
    bad: int = 0
    said: str = ""
    method: str = ""
    request: str = ""


def _open_run(client: Any) -> ConformanceRun | None:
    return db.session.scalars(
        select(ConformanceRun)
        .where(
            ConformanceRun.project_id == client.project_id,
            ConformanceRun.client_id == client.id, ConformanceRun.ended_at.is_(None),
        )
        .order_by(ConformanceRun.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()  # fmt: skip


def current_run(client: Any) -> ConformanceRun:
    """Give the run under way of a client, begun with its first call."""
    hold_lock(f"self-test of client {client.id}")
    found = _open_run(client)
    if found is None:
        found = ConformanceRun(
            project_id=client.project_id, client_id=client.id, app_id=client.app_id,
            vendor_name=client.vendor_name, software=client.software,
            software_version=client.software_version, started_at=clock.now(), calls=0,
            passed=False, results={}, memory={},
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    return found


def begin(client: ApiClient, *, actor: scope.Principal) -> ConformanceRun:
    """Begin a run anew; the one under way ends and is kept."""
    _require(client, actor)
    if client.environment is not Environment.TRIAL:
        raise NoRunOpen
    with scope.act_as(scope.SYSTEM):
        _end(client)
        return current_run(client)


def finish(client: ApiClient, *, actor: scope.Principal) -> ConformanceRun | None:
    """End the run under way and keep its report; gives none where none was under way."""
    _require(client, actor)
    with scope.act_as(scope.SYSTEM):
        return _end(client)


def _require(client: ApiClient, actor: scope.Principal) -> None:
    if not services.may_keep(db.session.get_one(Project, client.project_id), actor):
        raise NotTheGeneralContractor


def _end(client: ApiClient) -> ConformanceRun | None:
    run = _open_run(client)
    if run is None:
        return None
    results, waiting = copy.deepcopy(run.results), (run.memory or {}).get("waiting", {})
    if waiting:
        kept = results.setdefault("async", {"good": 0, "bad": 0})
        kept["bad"] += len(waiting)
        kept["said"] = f"未查询结果:{'、'.join(list(waiting)[:5])}"
    run.results, run.ended_at = results, clock.now()
    db.session.flush()
    return run


def report(run: ConformanceRun | None) -> list[Line]:
    """Give a run case by case; what must be seen and was not is missed once the run has ended."""
    results = (run.results if run else None) or {}
    ended = bool(run and run.ended_at)
    return [_line(case, results.get(case.code, {}), ended=ended) for case in CASES]


def _line(case: Case, kept: dict[str, Any], *, ended: bool) -> Line:
    good, bad = kept.get("good", 0), kept.get("bad", 0)
    if bad:
        verdict = BROKEN
    elif good:
        verdict = PASSED
    else:
        verdict = MISSED if case.necessary and ended else UNTRIED
    return Line(
        case, verdict, good, bad, kept.get("said", ""), kept.get("method", ""),
        kept.get("request", ""),
    )  # fmt: skip


def last_run(client: ApiClient) -> ConformanceRun | None:
    """Give the latest run of a client."""
    return next(iter(runs_of(client)), None)


def runs_of(client: ApiClient) -> list[ConformanceRun]:
    """Give the runs of a client, the latest first."""
    return list(
        db.session.scalars(
            select(ConformanceRun)
            .where(
                ConformanceRun.project_id == client.project_id,
                ConformanceRun.client_id == client.id,
            )
            .order_by(ConformanceRun.id.desc())
            .limit(50)
        )
    )
