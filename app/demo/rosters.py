"""Teams and workers of the demonstration city: complete, but for a few on purpose."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from app.core import clock
from app.demo import papers, plan
from app.demo.people import PeopleGenerator
from app.demo.people import Person as Invented
from app.extensions import db
from app.projects.models import ProjectUnit
from app.roster.choices import (
    SAFETY_TRAINING,
    EmploymentType,
    MovementKind,
    StayState,
    TrainingResult,
)
from app.roster.models import Movement, Person, ProjectWorker, Team, Trainee, Training
from app.roster.services import memberships
from app.roster.services.numbers import FIRST_TEAM_NO, team_numbers

LESSON_HOURS = Decimal(4)


@dataclass(frozen=True)
class Hand:
    """What a gate knows of a worker."""

    number: str
    name: str
    entry_on: date


@dataclass(frozen=True)
class Crew:
    """One team with its workers."""

    site: str
    name: str
    team: Team
    workers: list[ProjectWorker]
    hands: list[Hand]


def create(
    units: dict[tuple[str, str], ProjectUnit], people: PeopleGenerator, chance: Random
) -> list[Crew]:
    """Make the teams and their workers, the leader first."""
    drawn = team_numbers(len(plan.TEAMS))
    return [
        _crew(units[row[:2]], row, number, people, chance)
        for number, row in zip(drawn, plan.TEAMS, strict=True)
    ]


def _crew(
    unit: ProjectUnit, given: tuple[str, str, str, str, int], number: int,
    people: PeopleGenerator, chance: Random,
) -> Crew:  # fmt: skip
    site, _key, name, trade, heads = given
    members = list(people.people(heads))
    leader = members[0]
    team = Team(
        project_id=unit.project_id, unit_id=unit.id, team_no=number, name=name, work_type=trade,
        leader_name=leader.name, leader_id_number=leader.id_number, leader_mobile=leader.mobile,
        entry_on=unit.entry_on,
    )  # fmt: skip
    db.session.add(team)
    db.session.flush()
    entry = max(unit.entry_on, clock.today() - timedelta(days=plan.DAYS_OF_CREWS))
    known = [_person(member) for member in members]
    db.session.add_all(known)
    db.session.flush()
    numbers = [person.id for person in known]
    workers = [
        _worker(team, member, number, entry + timedelta(days=chance.randrange(8)), kept)
        for member, number, kept in zip(members, numbers, papers.identity(numbers), strict=True)
    ]
    workers[0].is_team_leader = True
    db.session.add_all(workers)
    db.session.flush()
    db.session.add_all(
        Movement(
            project_id=row.project_id, worker_id=row.id, unit_id=row.unit_id, team_id=row.team_id,
            kind=MovementKind.ENTRY, moved_on=row.entry_on,
        )
        for row in workers
    )  # fmt: skip
    memberships.enter(workers)
    _train(team, workers)
    hands = [Hand(worker.id_number, worker.name, worker.entry_on) for worker in workers]
    return Crew(site, name, team, workers, hands)


def _train(team: Team, workers: list[ProjectWorker]) -> None:
    """Record the entry training of a team: one session a day of entry."""
    for day in sorted({worker.training_on for worker in workers}):
        session = Training(
            project_id=team.project_id, unit_id=team.unit_id, unit_ids=[team.unit_id],
            kind=SAFETY_TRAINING[0], name=f"{team.name}入场三级安全教育", trained_on=day,
            hours=LESSON_HOURS, trainer=team.leader_name, place="项目会议室",
        )  # fmt: skip
        db.session.add(session)
        db.session.flush()
        db.session.add_all(
            Trainee(
                project_id=team.project_id, training_id=session.id, worker_id=worker.id,
                unit_id=worker.unit_id, result=TrainingResult.PASSED,
            )
            for worker in workers if worker.training_on == day
        )  # fmt: skip


def _person(human: Invented) -> Person:
    return Person(
        id_type="01", id_number=human.id_number, name=human.name, sex=human.sex,
        birth_on=human.birth_on, nationality="CN", nation=human.nation,
    )  # fmt: skip


def _worker(
    team: Team, human: Invented, number: int, entry: date, kept: dict[str, int]
) -> ProjectWorker:
    return ProjectWorker(
        project_id=team.project_id, unit_id=team.unit_id, team_id=team.id, person_id=number,
        worker_no=f"{team.team_no - FIRST_TEAM_NO + 1:02d}{number:05d}", is_team_leader=False,
        id_number=human.id_number, name=human.name, entry_on=entry, mobile=human.mobile,
        created_at=datetime.combine(entry, plan.OFFICE_OPENS, clock.CHINA),
        state=StayState.ON_SITE, has_contract=True, **kept, **_bank(team, human, number),
        **_details(team, human, entry),
    )  # fmt: skip


def _bank(team: Team, human: Invented, number: int) -> dict[str, Any]:
    return {
        "bank_code": human.bank_code, "bank_card_no": human.bank_card,
        "bank_account_name": human.name, "bank_branch": "江门分行", "account_type": "debit_card",
        "contract_no": f"LD-{team.id}-{number}",
    }  # fmt: skip


def _details(team: Team, human: Invented, entry: date) -> dict[str, Any]:
    return {
        "work_type": team.work_type, "sex": human.sex, "birth_on": human.birth_on,
        "nationality": "CN", "nation": human.nation, "address": human.address,
        "id_issuer": human.id_issuer, "id_valid_from": date(2018, 3, 1),
        "id_valid_to": date(2038, 3, 1), "education": human.education,
        "politics": human.politics, "employment_type": EmploymentType.CONTRACT,
        "contract_term": "1", "contract_signed_on": entry, "contract_from": entry,
        "pay_method": "daily", "pay_rate": Decimal(320), "contract_pay_day": 15,
        "injury_insured": True, "accident_insured": True, "training_on": entry,
        "training_hours": LESSON_HOURS, "training_passed": True,
    }  # fmt: skip
