"""The projects of the demonstration city, their units and permits."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from app.core import clock, scope
from app.demo import papers, plan
from app.demo.people import PeopleGenerator
from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects.choices import (
    DESIGNER,
    GENERAL_CONTRACTOR,
    NAMED_ROLES,
    OWNER,
    SUPERVISOR,
    SURVEYOR,
    ProjectState,
    UnitState,
)  # fmt: skip
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.services import submit_project

NAMED = {
    OWNER: "江门滨江投资发展有限公司（演示）",
    SUPERVISOR: "江门正诚工程监理有限公司（演示）",
    SURVEYOR: "广东岭南勘察院（演示）",
    DESIGNER: "江门五邑建筑设计院（演示）",
}
Units = dict[tuple[str, str], ProjectUnit]


def create(firms: dict[str, Enterprise], people: PeopleGenerator) -> tuple[Any, Units]:
    """Make the projects with their units; give both by key."""
    projects, units = {}, {}
    for number, site in enumerate(plan.SITES, 1):
        project = _project(site, firms[site.firm], people, number)
        projects[site.key] = project
        own = _unit(project, firms[site.firm], GENERAL_CONTRACTOR, people)
        units[site.key, site.firm] = own
        for role in NAMED_ROLES:
            _named(project, role, people)
        for key, role in site.units:
            units[site.key, key] = _unit(project, firms[key], role, people, parent=own)
        _permit(project, number)
        if site.state is ProjectState.SUBMITTED:
            submit_project(project, actor=scope.SYSTEM)
    return projects, units


def _project(site: plan.Site, firm: Enterprise, people: PeopleGenerator, number: int) -> Project:
    today = clock.today()
    begun = today - timedelta(days=site.started)
    manager, labour, safety = people.person(), people.person(), people.person()
    row = Project(
        district_code=site.district, general_contractor_id=firm.id,
        general_contractor_name=firm.name, name=site.name, short_name=site.name[:10],
        project_no=f"{site.district}{begun:%Y%m%d}{number:03d}", category="01", nature="001",
        size="02", function="100", address=site.address, town="", investment_type="1",
        industry_department="housing", contract_no=f"SG-2026-{number:03d}",
        contract_signed_on=begun - timedelta(days=30), contract_amount=Decimal(18600),
        labour_cost=Decimal(4092), labour_ratio=Decimal(22), planned_start=begun,
        planned_end=begun + timedelta(days=720), shift_start=time(7), shift_end=time(18),
        building_area=Decimal(52000), total_investment=Decimal(26000),
        actual_start=begun if site.state is ProjectState.ACTIVE else None,
        manager_name=manager.name, manager_id_number=manager.id_number,
        manager_mobile=manager.mobile, manager_certificate_no=f"粤14420260000{number}",
        labour_manager_name=labour.name, labour_manager_id_number=labour.id_number,
        labour_manager_mobile=labour.mobile, safety_leader_name=safety.name,
        safety_leader_mobile=safety.mobile, bond_type="bank_guarantee",
        bond_amount=Decimal(2000000), bond_on=begun, bond_file=papers.document("银行保函"),
        bond_valid_to=begun + timedelta(days=800), injury_insured=True, injury_from=begun,
        injury_to=begun + timedelta(days=730), accident_insured=True,
        insurance_file=papers.document("工伤保险参保证明"), pay_day=plan.PAY_DAY,
        contract_pages=[papers.document("施工合同关键页")], **_standing(site, begun),
        manual_entry=not site.interface,
        manual_entry_reason=None if site.interface else "考勤设备采购中，暂用手工录入",
        board_posted_on=begun if site.state is ProjectState.ACTIVE else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _standing(site: plan.Site, begun: date) -> dict[str, Any]:
    """Give the state and its facts; what waits for review is submitted like any other."""
    if site.state is ProjectState.SUBMITTED:
        return {"state": ProjectState.DRAFT}
    return {
        "state": site.state, "approved_on": begun, "attempt": 1,
        "submitted_at": clock.now() - timedelta(hours=5),
        "review_due_on": clock.today() + timedelta(days=4),
    }  # fmt: skip


def _unit(
    project: Project, firm: Enterprise, role: str, people: PeopleGenerator,
    parent: ProjectUnit | None = None,
) -> ProjectUnit:  # fmt: skip
    leader, labour = people.person(), people.person()
    invited = parent is not None
    row = ProjectUnit(
        project_id=project.id, district_code=project.district_code, unit_role=role,
        enterprise_id=firm.id, credit_code=firm.credit_code, name=firm.name,
        parent_id=parent.id if parent else None, contact_name=leader.name,
        contact_mobile=leader.mobile, entry_on=project.planned_start,
        planned_exit_on=project.planned_end, leader_name=leader.name,
        leader_id_number=leader.id_number, leader_mobile=leader.mobile,
        labour_manager_name=labour.name, labour_manager_id_number=labour.id_number,
        labour_manager_mobile=labour.mobile,
        contract_no=f"FB-{project.id}-{firm.id}" if invited else None,
        signed_on=project.contract_signed_on if invited else None,
        work_scope="主体结构劳务、安装及配套工程" if invited else None,
        contract_amount=Decimal(2600) if invited else None,
        labour_amount=Decimal(1300) if invited else None,
        agency_agreement=papers.document("委托代发协议") if invited else None,
        contract_file=papers.document("分包合同") if invited else None,
        project_name=project.name, inviter_name=project.general_contractor_name,
        invited_at=clock.now(), expires_on=clock.today() + timedelta(days=15),
        state=_state(project, invited=invited),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if row.state is not UnitState.INVITED:
        project.unit_ids = [*project.unit_ids, row.id]
        db.session.flush()
    return row


def _state(project: Project, *, invited: bool) -> UnitState:
    if not invited:
        return UnitState.REGISTERED
    waiting = project.state is ProjectState.APPROVED
    return UnitState.INVITED if waiting else UnitState.ACCEPTED


def _named(project: Project, role: str, people: PeopleGenerator) -> None:
    leader = people.person()
    db.session.add(
        ProjectUnit(
            project_id=project.id,
            district_code=project.district_code,
            unit_role=role,
            credit_code=people.credit_code("440703"),
            name=NAMED[role],
            leader_name=leader.name,
            leader_mobile=leader.mobile,
            entry_on=project.planned_start,
            leader_certificate_no="粤监44000001" if role == SUPERVISOR else None,
            project_name=project.name,
            state=UnitState.REGISTERED,
        )  # fmt: skip
    )
    db.session.flush()


def _permit(project: Project, number: int) -> None:
    db.session.add(
        Permit(
            project_id=project.id,
            permit_no=f"4407032026{number:08d}",
            permit_name=project.name,
            issuer="江门市住房和城乡建设局",
            issued_on=date(2026, 1, 4 + number),
            contract_amount=project.contract_amount,
            permit_images=[papers.document("施工许可证")],
            contract_images=[papers.document("施工合同")],
        )  # fmt: skip
    )
    db.session.flush()
