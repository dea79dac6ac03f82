"""Sending reports and asking for their outcomes (open-api.md 6, waiting as clients do there)."""

import json
import re
import time
from datetime import timedelta

from flask_babel import force_locale, gettext
from sqlalchemy import ColumnElement, select

from app.core import clock
from app.extensions import db
from app.openapi import errors as wire_errors
from app.openapi import protocol
from app.openapi.methods import METHODS
from app.projects.models import Project
from app.upstream import collecting, messages, queries, transport
from app.upstream.choices import Standing, Subject
from app.upstream.errors import Unreachable
from app.upstream.models import UpstreamLink, UpstreamReport
from app.upstream.plans import PLANS, Plan, record_of, waits_for
from app.upstream.queries import Site

MOST_ATTEMPTS = 8
LONGEST = 720  # minutes between two attempts
A_RUN = 2_000
ROUNDS, PAUSE = 3, 3.0  # asking again within a run, and the seconds in between
NO_OUTCOME = timedelta(days=3)
# refusals of the access, not of the record: the whole run ends, and is tried again later
OF_THE_ACCESS = (
    wire_errors.SignatureRefused.code, wire_errors.AddressRefused.code,
    wire_errors.QuotaExceeded.code,
)  # fmt: skip
TEAM_NUMBER = re.compile(r"班组编号为[:：]\s*([0-9]{1,10})")
KNOWN_ABOVE = "known"  # there before us: what changes from now on goes by the other method
GIVEN = ("teamSysNo", "projectCode", "payrollCode")


class _Ended(Exception):
    """The platform above takes nothing at present."""


def run(*, pause: float = PAUSE) -> int:
    """Collect what is new, send what is due in the order of docking, ask for outcomes.

    Gives how many records were sent. Nothing happens while reporting is switched off. Each
    report is committed by itself, before it leaves and after its answer.
    """
    settings = queries.link()
    on = queries.subjects_on(settings)
    if settings is None or not on:
        return 0
    with force_locale("zh"):
        collecting.collect(settings)
        db.session.commit()
        count = 0
        try:
            for subject in on:
                count += _send_all(settings, subject, on, pause)
        except _Ended:
            pass
    return count


def _send_all(settings: UpstreamLink, subject: Subject, on: list[Subject], pause: float) -> int:
    report = UpstreamReport
    for number in _due(subject, report.standing == Standing.SENT):
        _ask(settings, number)
    count = 0
    for number in _due(subject, report.standing == Standing.QUEUED):
        count += _send(settings, db.session.get_one(report, number), on)
    for _round in range(ROUNDS):
        waiting = _due(subject, report.standing == Standing.SENT)
        if not waiting:
            break
        time.sleep(pause)
        for number in waiting:
            _ask(settings, number)
    return count


def _due(subject: Subject, *conditions: ColumnElement[bool]) -> list[int]:
    report = UpstreamReport
    return list(
        db.session.scalars(
            select(report.id)
            .where(report.subject == subject, report.next_at <= clock.now(), *conditions)
            .order_by(report.id).limit(A_RUN)
        )
    )  # fmt: skip


def _send(settings: UpstreamLink, report: UpstreamReport, on: list[Subject]) -> int:
    """Send one record, unless it waits for another, is gone, or has not changed."""
    plan = PLANS[report.subject]
    row = record_of(plan, report)
    if row is None:
        _settle(report, Standing.UNREPORTED, gettext("The record is there no more"))
        return 0
    report.title = plan.title(row)[:200]
    before = waits_for(plan, row, report, on)
    if before is not None:
        _later(report, gettext("Waits until this has arrived: %(what)s", what=before.label))
        return 0
    site = queries.site_of(settings, db.session.get_one(Project, report.site_id))
    method = plan.again if plan.again in METHODS and report.digest else plan.add
    schema = METHODS[method].schema
    values = messages.prepared(schema, plan.gather(row, report, site), queries.code_map())
    fingerprint = messages.digest(schema, values)
    if fingerprint == report.digest:
        _settle(report, Standing.ARRIVED)
        return 0
    report.method, report.request = method, messages.masked(schema, values)
    data = messages.written(schema, values, site.access.secret)
    _leave(report, plan, site, data, fingerprint)
    return 1


def _leave(
    report: UpstreamReport, plan: Plan, site: Site, data: dict[str, object], fingerprint: str
) -> None:  # fmt: skip
    """Send the message; its stamp is kept before, so that it can be sent unchanged again."""
    uncertain = bool(report.stamp)
    report.stamp = report.stamp or transport.new_stamp()
    report.attempts, report.sent_at = report.attempts + 1, clock.now()
    report.code = report.answer = report.serial = None
    db.session.commit()
    try:
        reply = transport.call(site.access, report.method, data, report.stamp)
    except Unreachable as problem:
        if not problem.sent and not uncertain:
            report.stamp = None
        _postpone(report, str(problem))
        raise _Ended from problem
    report.code = reply.code[:10]
    report.answer = messages.without_numbers(reply.text, site.access.secret)
    told = messages.without_numbers(reply.message, site.access.secret)
    if reply.code == "0":
        report.stamp = None
        report.serial = str(reply.data.get("requestSerialCode") or "")[:64]
        report.digest = fingerprint
        report.standing, report.message = Standing.SENT, None
        report.next_at = clock.now()
        db.session.commit()
        _ask_about(report, plan, site)
    elif uncertain and reply.code == wire_errors.SignatureRefused.code:
        _heard_before(report, plan)
    elif reply.code in OF_THE_ACCESS:
        report.stamp = None
        _postpone(report, gettext("The upper platform refuses our access: %(why)s", why=told))
        raise _Ended
    else:
        report.stamp = None
        _settle(report, Standing.UNREPORTED, told)


def _heard_before(report: UpstreamReport, plan: Plan) -> None:
    """Deal with a request whose answer was lost and which the platform does not take again.

    Where the platform tells what it has, or takes it twice without harm, the record is sent as
    a new request; elsewhere a person looks, so that nothing is entered twice.
    """
    report.stamp = None
    if plan.repeats or plan.known:
        _later(report, gettext("The line broke before the answer came: is sent once more"))
    else:
        _settle(report, Standing.UNREPORTED, gettext(
            "The line broke before the answer came, and the upper platform has this request"
            " already: look there whether the record arrived, and report it again if not"
        ))  # fmt: skip


def _ask(settings: UpstreamLink, number: int) -> None:
    report = db.session.get_one(UpstreamReport, number)
    project = db.session.get_one(Project, report.site_id)
    _ask_about(report, PLANS[report.subject], queries.site_of(settings, project))


def _ask_about(report: UpstreamReport, plan: Plan, site: Site) -> None:
    """Ask what became of a write; while it is pending, it is asked for again later."""
    if not report.serial:  # a platform that decides at once
        _settle(report, Standing.ARRIVED)
        return
    try:
        reply = transport.call(
            site.access, "AsyncHandleResult.Query", {"requestSerialCode": report.serial}
        )
    except Unreachable as problem:
        _later(report, str(problem))
        return
    status, text = str(reply.data.get("status", "")), str(reply.data.get("result") or "")
    report.answer = messages.without_numbers(reply.text, site.access.secret)
    if reply.code == "0" and status == str(int(protocol.Outcome.SUCCEEDED)):
        report.remote = _number_in(text) or report.remote
        _settle(report, Standing.ARRIVED, messages.without_numbers(text, site.access.secret))
    elif reply.code == "0" and status == str(int(protocol.Outcome.FAILED)):
        _failed(report, plan, messages.without_numbers(text, site.access.secret), text)
    elif report.sent_at and clock.now() - report.sent_at > NO_OUTCOME:
        report.digest = None
        _settle(report, Standing.UNREPORTED, gettext("No outcome came within three days"))
    else:
        _later(report, gettext("Taken in, the outcome is not there yet"), soon=True)


def _failed(report: UpstreamReport, plan: Plan, told: str, whole: str) -> None:
    """Keep why; what the platform has already counts as arrived, under the number it tells."""
    report.digest = None
    if plan.known and plan.known in whole:
        report.digest = KNOWN_ABOVE
        if found := TEAM_NUMBER.search(whole):
            report.remote = found[1]
        _settle(report, Standing.ARRIVED, told)
    else:
        _settle(report, Standing.UNREPORTED, told)


def _number_in(text: str) -> str:
    """Read the number the platform gave out of a result, JSON inside the text."""
    try:
        found = json.loads(text)
    except ValueError:
        return ""
    found = found[0] if isinstance(found, list) and found else found
    if not isinstance(found, dict):
        return ""
    return next((str(found[name])[:64] for name in GIVEN if found.get(name)), "")


def _settle(report: UpstreamReport, standing: Standing, message: str = "") -> None:
    report.standing, report.message = standing, message[:4000] or None
    report.settled_at, report.next_at = clock.now(), None
    db.session.commit()


def _later(report: UpstreamReport, message: str, *, soon: bool = False) -> None:
    """Leave a report for later without counting an attempt."""
    report.message = message
    report.next_at = clock.now() + (timedelta(0) if soon else timedelta(minutes=1))
    db.session.commit()


def _postpone(report: UpstreamReport, message: str) -> None:
    """Try again after a growing pause; after several the report is given up and says why."""
    if report.attempts >= MOST_ATTEMPTS:
        _settle(report, Standing.UNREPORTED, message)
        return
    report.message = message
    minutes = min(3 ** (report.attempts - 1), LONGEST)
    report.next_at = clock.now() + timedelta(minutes=minutes)
    db.session.commit()
