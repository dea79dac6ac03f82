"""What of a record is reported, by which method, and what must have arrived before it.

The order of docking is the order of ``Subject``; fields are read from the columns that carry a
name on the wire (D3), and the methods' schemas choose among them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from app.attendance.models import Punch
from app.core import clock
from app.extensions import db
from app.projects.models import ProjectUnit
from app.roster.choices import MovementKind, TrainingResult
from app.roster.models import Contract, Movement, ProjectWorker, Team, Trainee, Training
from app.upstream import queries
from app.upstream.choices import Subject
from app.upstream.messages import values_of
from app.upstream.models import UpstreamLink, UpstreamReport
from app.upstream.queries import Site

Needs = list[tuple[Subject, int]]
ENTRY, EXIT = 1, 0


@dataclass(frozen=True)
class Plan:
    """How one kind of record is reported.

    ``again`` is the method for a record that has changed; without it a record goes up once.
    ``repeats`` tells that the platform takes the same record a second time without harm, and
    ``known`` the words by which it says that it has it already (open-api.md 10).
    """

    subject: Subject
    model: Any
    add: str
    gather: Callable[[Any, UpstreamReport, Site], dict[str, Any]]
    needs: Callable[[Any], Needs]
    title: Callable[[Any], str]
    again: str = ""
    repeats: bool = False
    known: str = ""
    day: Any = None  # the column of the day a record belongs to; the day it was made otherwise
    where: ColumnElement[bool] | None = None


def short(name: str | None) -> str:
    """Give a person's name as logs show it."""
    return f"{name[0]}{'*' * (len(name) - 1)}" if name else ""


def _head(site: Site, unit_id: int, team_id: int | None = None) -> dict[str, Any]:
    unit = db.session.get_one(ProjectUnit, unit_id)
    found = {"projectCode": site.number, "corpCode": unit.credit_code, "corpName": unit.name}
    if team_id is not None:
        team = db.session.get_one(Team, team_id)
        known = queries.report_of(Subject.TEAM, team_id)
        number = known.remote if known and known.remote else team.team_no
        found |= {"teamSysNo": int(number), "teamName": team.name}
    return found


def _person(worker: Any) -> dict[str, Any]:
    own = values_of(ProjectWorker, worker)
    return {name: own[name] for name in ("idCardType", "idCardNumber")}


def _worker(number: int) -> ProjectWorker:
    return db.session.get_one(ProjectWorker, number)


def _team(team: Team, report: UpstreamReport, site: Site) -> dict[str, Any]:
    own = {**values_of(Team, team), **_head(site, team.unit_id)}
    own.pop("teamSysNo", None)
    return {**own, "teamSysNo": int(report.remote)} if report.remote else own


def _enrolment(worker: ProjectWorker, _report: Any, site: Site) -> dict[str, Any]:
    item = {
        **values_of(ProjectWorker, worker), "issueCardDate": worker.card_issued_at,
    }  # fmt: skip
    return {**_head(site, worker.unit_id, worker.team_id), "workerList": [item]}


def _movement(movement: Movement, _report: Any, site: Site) -> dict[str, Any]:
    worker = _worker(movement.worker_id)
    item = {
        **_person(worker), **values_of(Movement, movement),
        "type": ENTRY if movement.kind is MovementKind.ENTRY else EXIT,
    }  # fmt: skip
    team_id = movement.team_id or worker.team_id
    return {**_head(site, movement.unit_id, team_id), "workerList": [item]}


def _contract(worker: ProjectWorker, _report: Any, site: Site) -> dict[str, Any]:
    head = _head(site, worker.unit_id)
    item = {**head, **_person(worker), **values_of(Contract, worker)}
    return {"projectCode": site.number, "contractList": [item]}


def _punches(first: Punch, report: UpstreamReport, site: Site) -> dict[str, Any]:
    found = db.session.scalars(
        select(Punch)
        .where(Punch.project_id == first.project_id, Punch.id.in_(report.covers or []))
        .order_by(Punch.punched_at, Punch.id)
    )
    items = [values_of(Punch, punch) for punch in found]
    team = db.session.get_one(Team, first.team_id)
    return {**_head(site, team.unit_id, team.id), "dataList": items}


def _training(training: Training, _report: Any, site: Site) -> dict[str, Any]:
    return {
        "projectCode": site.number, **values_of(Training, training),
        "workers": [
            {
                **_person(_worker(one.worker_id)), **values_of(Trainee, one),
                "isPass": one.result is TrainingResult.PASSED,
            }
            for one in _trainees(training)
        ],
    }  # fmt: skip


def _trainees(training: Training) -> list[Trainee]:
    return list(
        db.session.scalars(
            select(Trainee)
            .where(Trainee.training_id == training.id, Trainee.is_deleted.is_(False))
            .order_by(Trainee.id)
        )
    )


def _workers_of(punch: Punch) -> Needs:
    """Let a punch wait for its team, its worker and his entry (open-api.md 8)."""
    return [
        (Subject.TEAM, punch.team_id),
        *([(Subject.WORKER, punch.worker_id), *_entry(punch.worker_id)] if punch.worker_id else []),
    ]


def _entry(worker_id: int) -> Needs:
    number = db.session.scalar(
        select(Movement.id)
        .where(
            Movement.worker_id == worker_id, Movement.kind == MovementKind.ENTRY,
            Movement.is_deleted.is_(False),
        )
        .order_by(Movement.moved_on, Movement.id).limit(1)
    )  # fmt: skip
    return [(Subject.MOVEMENT, number)] if number else []


PLANS = {
    plan.subject: plan
    for plan in (
        Plan(
            Subject.TEAM, Team, "Team.Add", _team, lambda _row: [], lambda row: row.name,
            again="Team.Update", repeats=True, known="班组已存在",
            where=Team.is_management.is_(False),
        ),
        Plan(
            Subject.WORKER, ProjectWorker, "ProjectWorker.Add", _enrolment,
            lambda row: [(Subject.TEAM, row.team_id)], lambda row: short(row.name),
            again="ProjectWorker.Update", repeats=True, known="项目中已存在身份证为",
            where=ProjectWorker.team_id.is_not(None),
        ),
        Plan(
            Subject.MOVEMENT, Movement, "WorkerEntryExit.Add", _movement,
            lambda row: [(Subject.WORKER, row.worker_id)],
            lambda row: f"{short(_worker(row.worker_id).name)} {row.kind.label}",
            day=Movement.moved_on,
        ),
        Plan(
            Subject.CONTRACT, ProjectWorker, "WorkerContract.Add", _contract,
            lambda row: [(Subject.WORKER, row.id), *_entry(row.id)],
            lambda row: short(row.name), again="WorkerContract.Add",
            day=ProjectWorker.contract_from, where=ProjectWorker.has_contract.is_(True),
        ),
        Plan(
            Subject.ATTENDANCE, Punch, "WorkerAttendance.Add", _punches, _workers_of,
            lambda row: db.session.get_one(Team, row.team_id).name, repeats=True,
            day=Punch.punched_at,
        ),
        Plan(
            Subject.TRAINING, Training, "ProjectTraining.Add", _training,
            lambda row: [(Subject.WORKER, one.worker_id) for one in _trainees(row)],
            lambda row: row.name, day=Training.trained_on,
        ),
    )
}  # fmt: skip


def record_of(plan: Plan, report: UpstreamReport) -> Any:
    """Give the record a report is about; None where it is there no more."""
    found = db.session.scalars(
        select(plan.model).where(
            plan.model.project_id == report.site_id, plan.model.id == report.subject_id
        )
    ).one_or_none()
    return None if found is None or getattr(found, "is_deleted", False) else found


def waits_for(plan: Plan, row: Any, report: UpstreamReport, on: list[Subject]) -> Subject | None:
    """Give what must arrive before this record and has not yet; None where it may go."""
    needs = plan.needs(row)
    if plan.subject is Subject.ATTENDANCE:
        others = select(Punch).where(
            Punch.project_id == report.site_id, Punch.id.in_(report.covers or [])
        )
        needs = [need for punch in db.session.scalars(others) for need in plan.needs(punch)]
    for subject, number in dict.fromkeys(needs):
        if subject in on and not queries.has_arrived(subject, number):
            return subject
    return None


def day_from(settings: UpstreamLink) -> date:
    """Give the first day whose movements and punches are reported."""
    return settings.from_on or clock.today()
