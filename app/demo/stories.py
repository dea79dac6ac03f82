"""What the warnings of the demonstration city tell: wages unpaid, data wrong, an old incident."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from app.core import clock, scope
from app.core.columns.structures import words_of
from app.demo import plan
from app.demo.people import PeopleGenerator
from app.demo.rosters import Crew
from app.extensions import db
from app.guides.choices import ArticleState, Category, Reader
from app.guides.models import Article
from app.incidents.choices import IncidentState, Severity, Verdict
from app.incidents.models import Incident, IncidentPerson
from app.incidents.services import incident_number
from app.projects.models import Project, ProjectUnit
from app.roster.events import workers_joined
from app.roster.models import ProjectWorker
from app.wages.choices import PAID, EntryWay, PayrollState, TrustMark
from app.wages.models import Payroll, PayrollLine

PAYING_TEAMS_OF = ("gc", "prof", "gc2", "prof2")
CATEGORIES = {
    "LAW": Category.LAW, "NOTICE": Category.NOTICE, "PROCEDURE": Category.PROCEDURE,
    "QUESTION": Category.QUESTION,
}  # fmt: skip


def wrong_data(crews: list[Crew], chance: Random) -> None:
    """Break a few rows as imports and interfaces would: birth dates, expiry, photos."""
    crew = next(c for c in crews if c.name == "砌筑班")
    wrong = chance.sample(crew.workers[1:], 5)
    wrong[0].birth_on = wrong[0].birth_on + timedelta(days=9)
    wrong[1].birth_on = wrong[1].birth_on + timedelta(days=31)
    wrong[2].id_valid_to = clock.today() - timedelta(days=12)
    wrong[3].face_photo, wrong[3].incomplete = None, True
    wrong[3].complete_by = clock.now() - timedelta(days=20)
    wrong[4].address, wrong[4].incomplete = None, True
    wrong[4].complete_by = clock.now() - timedelta(days=2)
    db.session.flush()


def wages(crews: list[Crew], units: dict[int, str]) -> None:
    """Pay the past months of some units; the labour units have not paid for months."""
    for crew in crews:
        if units[crew.team.unit_id] in PAYING_TEAMS_OF:
            for month in _past_months(3):
                _payroll(crew, month)


def _past_months(number: int) -> list[date]:
    first = clock.today().replace(day=1)
    found = []
    for _n in range(number):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found


def _payroll(crew: Crew, month: date) -> None:
    paid_on = month.replace(day=monthrange(month.year, month.month)[1]) + timedelta(days=8)
    if paid_on > clock.today():
        return
    row = Payroll(
        project_id=crew.team.project_id, unit_id=crew.team.unit_id, team_id=crew.team.id,
        payroll_no=f"GZ{month:%Y%m}{crew.team.id:04d}", entry_way=EntryWay.PAID_ALREADY,
        wage_month=f"{month:%Y-%m}", batch_kind="monthly", state=PayrollState.PAID,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for worker in crew.workers:
        db.session.add(
            PayrollLine(
                project_id=row.project_id,
                unit_id=row.unit_id,
                payroll_id=row.id,
                project_worker_id=worker.id,
                payable=Decimal(7680),
                paid=Decimal(7680),
                pay_method="daily",
                rate=Decimal(320),
                paid_on=paid_on,
                pay_state=PAID,
                txn_no=f"TX{row.id:05d}{worker.id:07d}",
                trust_mark=TrustMark.BANK_CONFIRMED,
                account_name=worker.name,
                card_no=worker.bank_card_no,
                bank_code=worker.bank_code,
            )  # fmt: skip
        )
    db.session.flush()


def incident(
    project: Project, unit: ProjectUnit, people: PeopleGenerator, joining: list[ProjectWorker]
) -> Incident:
    """Record a confirmed blockade on a project whose people have joined another one since.

    It lies after the project's start and before the crews of the other one came.
    """
    occurred = clock.now() - timedelta(days=plan.DAYS_SINCE_INCIDENT)
    row = Incident(
        project_id=project.id, unit_id=unit.id, enterprise_id=unit.enterprise_id,
        kind="disturbance", severity=Severity.COMMON,
        occurred_at=occurred, place="项目北门", head_count=6, known_at=occurred,
        reported_at=occurred + timedelta(hours=1), confirmed=Verdict.CONFIRMED,
        description="数名工人因班组结算分歧堵住工地大门约两小时，经协商后离开。",
        handling="项目部会同劳务单位现场协调，核对考勤和结算单。",
        result="双方签订结算协议，当日恢复施工。",
        reporter="项目部", state=IncidentState.CLOSED,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.incident_no = incident_number(row, clock.local(row.reported_at).date())
    for worker in joining:
        db.session.add(
            IncidentPerson(
                project_id=project.id,
                incident_id=row.id,
                unit_id=unit.id,
                name=worker.name,
                person_id=worker.person_id,
                role="party",
                id_number=worker.id_number,
            )  # fmt: skip
        )
    witness = people.person()
    db.session.add(
        IncidentPerson(
            project_id=project.id,
            incident_id=row.id,
            unit_id=unit.id,
            name=witness.name,
            role="witness",
            id_number=witness.id_number,
        )  # fmt: skip
    )
    db.session.flush()
    workers_joined.send(workers=joining, actor=scope.SYSTEM)
    return row


def articles() -> None:
    """Publish the articles of the city office."""
    for number, (category, title, doc_no, body) in enumerate(plan.ARTICLES):
        db.session.add(
            Article(
                district_code="440700",
                title=title,
                category=CATEGORIES[category],
                doc_no=doc_no or None,
                issuer="江门市住房和城乡建设局",
                body=body,
                body_text=words_of(body),
                audience=[Reader.EVERYBODY.name, Reader.PUBLIC.name],
                pinned=number == 2,
                publish_at=clock.now() - timedelta(days=number + 1),
                state=ArticleState.PUBLISHED,
            )  # fmt: skip
        )
    db.session.flush()
