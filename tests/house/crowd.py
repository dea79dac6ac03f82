"""More rows of everything than a page shows, each of another unit, and all that can wait."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.alerts.choices import AlertState
from app.alerts.models import Alert
from app.attendance.models import OddPunch
from app.core import clock
from app.enterprises.choices import ChangeState
from app.enterprises.models import EnterpriseChange
from app.incidents.choices import Verdict
from app.projects.choices import ProjectState, UnitState
from app.roster.choices import NAMED_LABOUR_MANAGER, StaffKind, StayState
from app.roster.models import StaffMember
from app.roster.services import passes
from tests.factories import (
    alerts,
    attendance,
    enterprises,
    guides,
    incidents,
    numbered,
    projects,
    roster,
    states,
    wages,
)
from tests.house.victim import Victim

ROWS = 60


def crowd(victim: Victim) -> None:
    """Give the victim's project units with people, their attendance, incidents and wages."""
    for _number in range(ROWS):
        unit = projects.unit(victim.project, enterprises.enterprise())
        worker = roster.worker(roster.team(unit))
        attendance.record(victim.project, attendance.punch(worker, "in 07:00"))
        incidents.person(incidents.incident(unit), worker)
        wages.payroll([worker], "2026-10")
        guides.article()
        projects.project(victim.firm)


def everything_waits(session: Any, victim: Victim) -> dict[str, str]:
    """Let every kind of next step of the first page wait for the victim's administrator.

    Gives the addresses of what waits, which no number of the world names, with their endpoints.
    """
    firm, host = victim.firm, enterprises.enterprise()
    invited = projects.unit(projects.project(host), firm, state=UnitState.INVITED)
    projects.unit(victim.project, host, state=UnitState.DECLINED)
    draft = projects.project(firm, state=ProjectState.DRAFT)
    unit = projects.general_contractor_unit(projects.project(host))
    foreign = alerts.again(victim.worker, roster.team(unit), entry_on=attendance.DAY)
    notice = roster.correction(
        foreign, person_id=roster.worker(victim.team).person_id,
        concerned_projects=[victim.project.id],
    )  # fmt: skip
    states.put(Alert, session.get(Alert, victim.rows[Alert][0]), AlertState.HANDLING)
    approved = projects.project(firm, state=ProjectState.APPROVED)
    expected = roster.worker(victim.team, state=StayState.DRAFT)
    handled = alerts.open_alert(victim.unit, handled_at=clock.now())
    states.put(Alert, handled, AlertState.HANDLING)
    to_decide = alerts.open_alert(victim.unit, "EVT-001")
    urged = alerts.open_alert(victim.unit, urged_at=clock.now())
    incidents.incident(victim.unit, confirmed=Verdict.WAITING)
    article = guides.article(must_read=True, audience=["EVERYBODY", "PUBLIC"])
    values = {"district_code": firm.district_code, "change_no": numbered("BG"), "reason": "迁址"}
    changed = {"address": {"old": "甲", "new": "乙"}}
    change = EnterpriseChange(
        enterprise_id=firm.id, changed_fields=changed, state=ChangeState.RETURNED, **values
    )
    session.add_all([
        change,
        StaffMember(project_id=victim.project.id, staff_kind=StaffKind.MANAGER, source="manual",
                    draft_of=NAMED_LABOUR_MANAGER,
                    **roster.staff_values(victim.unit, "2")
                    | {"has_account": True, "username": numbered("manager")}),
    ])  # fmt: skip
    session.flush()
    pending, unmatched = _odd_punches(session, victim)
    return {
        f"/punches/void/{pending}": "PunchView.void",
        f"/odd-punches/name/{unmatched}": "OddPunchView.name_person",
        f"/invitations/show/{invited.id}": "InvitationView.show",
        f"/invitations/decline/{invited.id}": "InvitationView.decline",
        f"/projects/show/{draft.id}": "ProjectView.show",
        f"/projects/show/{approved.id}": "ProjectView.show",
        f"/projects/begin/{approved.id}": "ProjectView.begin",
        f"/projects/edit/{draft.id}": "ProjectView.edit",
        f"/permits/add?project={draft.id}": "PermitView.add",
        f"/units/add?project={victim.project.id}&role=006": "UnitView.add",
        f"/workerview/exit?rowid={victim.worker.id}": "WorkerView.exit",
        f"/workerview/reassign?rowid={victim.worker.id}": "WorkerView.reassign",
        f"/workerview/papers?paper=cards&rowid={victim.worker.id}": "WorkerView.paper",
        f"/w/{passes.mark_of(victim.worker.id)}": "PassPage.show",
        f"/workerview/enter?rowid={expected.id}": "WorkerView.enter",
        f"/personcorrectionview/dispute/{notice.id}": "PersonCorrectionView.dispute",
        f"/guides/{article.id}": "GuidePage.article",
        f"/public/guides/{article.id}": "PublicGuidePage.article",
        "/register/form/general_contractor": "RegistrationPage.form",
        f"/alertview/decide/{to_decide.id}": "AlertView.decide",
        f"/alertview/show/{urged.id}": "AlertView.show",
        f"/enterprise/change?again={change.id}": "InformationPage.change",
        "/dictionary/district": "DictionaryView.options",
        "/imports/template/T3": "TemplatePage.template",
    }


def _odd_punches(session: Any, victim: Victim) -> tuple[int, int]:
    """Give a punch too old to count by itself, and what is kept of one nobody is known for."""
    long_ago = clock.today() - timedelta(days=60)
    old, unknown = attendance.record(
        victim.project, attendance.punch(victim.worker, "in 07:00", long_ago),
        attendance.punch(attendance.stranger(), "in 07:00"),
    )  # fmt: skip
    odd = session.scalars(select(OddPunch.id).where(OddPunch.punch_id == unknown.punch_id)).one()
    return old.punch_id, odd
