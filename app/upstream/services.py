"""Writing what reporting upwards goes by, and asking for reports again."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import NotAllowed
from app.core.jobs import defer
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.reference.models import DictionaryEntry
from app.upstream import queries
from app.upstream.choices import Standing, Subject
from app.upstream.errors import (
    AlreadyThere,
    CodeTaken,
    Incomplete,
    KeyHalf,
    NoSuchCode,
    NoSuchSite,
    SiteTaken,
    SpanReversed,
    SwitchedOff,
)  # fmt: skip
from app.upstream.models import UpstreamCode, UpstreamLink, UpstreamReport, UpstreamSite
from app.upstream.plans import PLANS

JOB = "upstream.report"
SETTINGS = ("enabled", "address", "app_id", "app_secret", "corp_key", "subjects", "from_on")
SECRETS = ("app_secret", "corp_key")
NEEDED = ("address", "app_id", "app_secret", "subjects")


class Again(NamedTuple):
    """How many reports were queued again, and how many were left because they arrived."""

    queued: int
    left: int


def _require(actor: scope.Principal) -> None:
    system = actor.audience is scope.Audience.SYSTEM
    if not system and not actor.can("write", Area.UPSTREAM):
        raise NotAllowed


def configure(values: Mapping[str, Any], *, actor: scope.Principal) -> UpstreamLink:
    """Keep the settings; a secret left empty stays. Refuses to switch on what is incomplete."""
    _require(actor)
    row = queries.link()
    if row is None:
        row = UpstreamLink()
        db.session.add(row)
    for name in SETTINGS:
        if name in values and not (name in SECRETS and values[name] is None):
            setattr(row, name, values[name])
    row.enabled = bool(row.enabled)
    if row.enabled:
        for name in NEEDED:
            if not getattr(row, name):
                raise Incomplete(name)
        row.from_on = row.from_on or clock.today()
    db.session.flush()
    return row


def add_code(values: Mapping[str, Any], *, actor: scope.Principal) -> UpstreamCode:
    """Say what the platform above calls a code of ours."""
    _require(actor)
    _check_code(values)
    row = UpstreamCode(**values)
    db.session.add(row)
    db.session.flush()
    return row


def change_code(
    row: UpstreamCode, values: Mapping[str, Any], *, actor: scope.Principal
) -> UpstreamCode:
    """Change what the platform above calls a code of ours."""
    _require(actor)
    _check_code(values, row.id)
    for name, value in values.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def _check_code(values: Mapping[str, Any], own: int | None = None) -> None:
    same = select(UpstreamCode.id).where(
        UpstreamCode.table_name == values["table_name"], UpstreamCode.code == values["code"],
        UpstreamCode.is_deleted.is_(False), UpstreamCode.id != (own or 0),
    )  # fmt: skip
    known = select(DictionaryEntry.id).where(
        DictionaryEntry.table_name == values["table_name"],
        DictionaryEntry.code == values["code"],
    )
    if db.session.scalar(known.limit(1)) is None:
        raise NoSuchCode
    if db.session.scalar(same.limit(1)) is not None:
        raise CodeTaken


def add_site(values: Mapping[str, Any], *, actor: scope.Principal) -> UpstreamSite:
    """Give a project its number, and its key where it has one, on the platform above."""
    _require(actor)
    row = UpstreamSite()
    _fill_site(row, values)
    db.session.add(row)
    db.session.flush()
    return row


def change_site(
    row: UpstreamSite, values: Mapping[str, Any], *, actor: scope.Principal
) -> UpstreamSite:
    """Change number or key of a project on the platform above."""
    _require(actor)
    _fill_site(row, values)
    db.session.flush()
    return row


def _fill_site(row: UpstreamSite, values: Mapping[str, Any]) -> None:
    with db.session.no_autoflush, scope.system_scope("a project is found by its number") as at:
        known = at.scalar(
            select(Project.id).where(
                Project.project_no == values["project_no"], Project.is_deleted.is_(False)
            )
        )
    if known is None:
        raise NoSuchSite
    taken = select(UpstreamSite.id).where(
        UpstreamSite.project_no == values["project_no"], UpstreamSite.id != (row.id or 0)
    )
    if db.session.scalar(taken.limit(1)) is not None:
        raise SiteTaken
    app_id = values.get("app_id")
    secret = values.get("app_secret") or (row.app_secret if app_id else None)
    if bool(app_id) != bool(secret):
        raise KeyHalf("app_secret" if app_id else "app_id")
    row.project_no, row.upper_no = values["project_no"], values["upper_no"]
    row.app_id, row.app_secret = app_id, secret


def resend(reports: Iterable[UpstreamReport], *, actor: scope.Principal) -> int:
    """Queue reports again; refuses one that has arrived and is taken only once."""
    _require(actor)
    _require_on()
    chosen = list(reports)
    if any(not _may_again(report) for report in chosen):
        raise AlreadyThere
    for report in chosen:
        _queue(report)
    db.session.flush()
    defer(JOB)
    return len(chosen)


def resend_span(values: Mapping[str, Any], *, actor: scope.Principal) -> Again:
    """Queue the reports of a span of days again; those taken only once stay as they are."""
    _require(actor)
    _require_on()
    first, last = values["first"], values["last"]
    if last < first:
        raise SpanReversed
    found = select(UpstreamReport).where(UpstreamReport.happened_on.between(first, last))
    if subjects := values.get("subjects"):
        found = found.where(UpstreamReport.subject.in_([Subject[name] for name in subjects]))
    queued = left = 0
    for report in db.session.scalars(found.order_by(UpstreamReport.id)):
        if _may_again(report):
            _queue(report)
            queued += 1
        else:
            left += 1
    db.session.flush()
    defer(JOB)
    return Again(queued, left)


def _require_on() -> None:
    settings = queries.link()
    if settings is None or not settings.enabled:
        raise SwitchedOff


def _may_again(report: UpstreamReport) -> bool:
    """Tell whether a report may go again: not while its outcome is open, nor a second time."""
    if report.standing is Standing.SENT:
        return False
    return report.standing is not Standing.ARRIVED or PLANS[report.subject].repeats


def _queue(report: UpstreamReport) -> None:
    if report.standing is Standing.ARRIVED:
        # what the log knows of its content no longer holds it back; an update is told apart
        report.digest = f"-{report.digest[1:]}" if report.digest else None
    report.standing, report.attempts = Standing.QUEUED, 0
    report.next_at, report.message = clock.now(), None
