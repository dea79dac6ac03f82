"""Finding what is to be reported: each record once, and again where it has changed."""

from itertools import groupby
from typing import Any

from sqlalchemy import Date, Select, and_, cast, exists, func, insert, literal, or_, select, update

from app.attendance.choices import NOT_COUNTING
from app.attendance.models import Punch, PunchMark
from app.core import clock
from app.extensions import db
from app.openapi.methods import METHODS, rows
from app.projects.choices import WORKING_STATES
from app.projects.models import Project
from app.roster.models import Team
from app.upstream import queries
from app.upstream.choices import Standing, Subject
from app.upstream.models import UpstreamLink, UpstreamReport
from app.upstream.plans import PLANS, Plan, day_from

MOST = 5_000
NEW = ("subject", "subject_id", "site_id", "site_name", "happened_on", "standing", "next_at")


def collect(settings: UpstreamLink) -> None:
    """Put down what is to be reported, in the order of docking."""
    for subject in queries.subjects_on(settings):
        plan = PLANS[subject]
        if subject is Subject.ATTENDANCE:
            _collect_punches(settings, plan)
        else:
            db.session.execute(insert(UpstreamReport).from_select(NEW, _missing(plan, settings)))
            _renew(plan)


def _missing(plan: Plan, settings: UpstreamLink) -> Select[Any]:
    """Choose the records without a report, of the projects under supervision."""
    model, report = plan.model, UpstreamReport
    day = plan.day if plan.day is not None else _made_on(model)
    found = (
        select(
            literal(plan.subject.name), model.id, Project.id, Project.name, day,
            literal(Standing.QUEUED.name), literal(clock.now()),
        )
        .join(Project, Project.id == model.project_id)
        .where(
            model.is_deleted.is_(False), Project.is_deleted.is_(False),
            Project.state.in_(WORKING_STATES), Project.project_no.is_not(None),
            ~exists().where(report.subject == plan.subject, report.subject_id == model.id),
        )
        .order_by(model.id).limit(MOST)
    )  # fmt: skip
    if plan.where is not None:
        found = found.where(plan.where)
    if plan.subject is Subject.MOVEMENT:
        found = found.where(day >= day_from(settings))
    return found


def _made_on(model: Any) -> Any:
    return cast(func.timezone("Asia/Shanghai", model.created_at), Date)


def _renew(plan: Plan) -> None:
    """Queue again what has changed since it was sent: what arrived only where that can be told."""
    model, report = plan.model, UpstreamReport
    may = report.standing == Standing.UNREPORTED
    if plan.again in METHODS:
        may = or_(may, report.standing == Standing.ARRIVED)
    changed = exists().where(
        model.id == report.subject_id,
        model.project_id == report.site_id,
        model.changed_at > func.coalesce(report.sent_at, report.created_at),
    )
    db.session.execute(
        update(report)
        .where(and_(report.subject == plan.subject, may, changed))
        .values(standing=Standing.QUEUED, next_at=clock.now(), attempts=0)
        .execution_options(synchronize_session=False)
    )


def _collect_punches(settings: UpstreamLink, plan: Plan) -> None:
    """Gather punches that count into calls of one team and day, as many as a call may hold."""
    report = UpstreamReport
    covered = select(func.unnest(report.covers)).where(report.subject == plan.subject)
    last_word = (
        select(PunchMark.state)
        .where(PunchMark.project_id == Punch.project_id, PunchMark.punch_id == Punch.id)
        .order_by(PunchMark.id.desc()).limit(1).scalar_subquery()
    )  # fmt: skip
    found = db.session.execute(
        select(Punch.id, Punch.team_id, Punch.punched_at, Project.id, Project.name)
        .join(Project, Project.id == Punch.project_id)
        .join(Team, and_(Team.project_id == Punch.project_id, Team.id == Punch.team_id))
        .where(
            Punch.punched_at >= rows.midnight(day_from(settings)), Project.is_deleted.is_(False),
            Project.state.in_(WORKING_STATES), Punch.id.not_in(covered),
            or_(last_word.is_(None), last_word.not_in(NOT_COUNTING)),
        )
        .order_by(Punch.team_id, Punch.punched_at, Punch.id).limit(MOST)
    )  # fmt: skip
    for (_team, day), punches in groupby(
        found, key=lambda one: (one.team_id, clock.local(one.punched_at).date())
    ):
        listed, most = list(punches), _most(plan)
        for start in range(0, len(listed), most):
            part = listed[start : start + most]
            first = part[0]
            db.session.add(
                report(
                    subject=plan.subject, subject_id=first.id, site_id=first[3], happened_on=day,
                    site_name=first[4], covers=[one.id for one in part],
                    standing=Standing.QUEUED, next_at=clock.now(),
                )
            )  # fmt: skip
    db.session.flush()


def _most(plan: Plan) -> int:
    """Give how many items a call may hold, as its method declares."""
    return next(one.max_items for one in METHODS[plan.add].schema if one.max_items) or 1
