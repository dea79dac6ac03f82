"""The victim: a general contractor with a row of every model that has a screen."""

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.alerts.choices import Level, Office
from app.alerts.models import Alert
from app.attendance.choices import OddKind
from app.attendance.devices.models import Device, Passage
from app.attendance.models import Correction, OddPunch, Punch
from app.core import files, scope
from app.core.audit import AuditEntry
from app.core.exports import Export
from app.core.jobs import JobRun, Schedule
from app.core.models import table_name
from app.core.unmasking import UnmaskRecord
from app.core.uploads import CleanFile
from app.enterprises.choices import ChangeState, EnterpriseState, EnterpriseType
from app.enterprises.models import EnterpriseChange
from app.extensions import db
from app.guides.choices import ArticleState
from app.identity import services as identity
from app.identity.models import Account, SiteAccess
from app.imports.models import ImportJob
from app.openapi.choices import Outcome
from app.openapi.models import ApiCall, ConformanceRun
from app.projects.choices import ProjectState, UnitState
from app.projects.models import Permit
from app.reference.models import DictionaryEntry
from app.roster.choices import SUCCESSOR, PersonCorrectionState, StaffKind
from app.roster.models import (
    Certificate,
    PostReplacement,
    StaffMember,
    Trainee,
    Training,
    VisitorPass,
)
from app.upstream.choices import Subject
from app.upstream.models import UpstreamCode, UpstreamReport, UpstreamSite
from app.wages.choices import AccountState, MoneyKind
from tests.factories import (
    attendance,
    enterprises,
    guides,
    incidents,
    numbered,
    openapi,
    projects,
    roster,
    wages,
)

LABOUR = EnterpriseType.LABOUR_SUBCONTRACTOR


class Victim:
    """Rows by model, or by the view that narrows its model, each with a telling text."""

    def __init__(self) -> None:
        self.rows: dict[Any, tuple[int, str]] = {}
        self.models: dict[str, type[Any]] = {}
        self._site()
        self._papers()
        self._people()
        self._trained()
        self._attendance()
        self._money()
        self._records()
        self._imports_and_accounts()
        self._shared()
        self._of_the_system()
        self._reported()
        self.ids = {
            "unit_id": self.unit.id, "team_id": self.team.id, "worker_ids": self.worker.id,
            "worker_id": self.worker.id, "parent_id": self.unit.id, **self.plans,
            "host_id": self.staff[0].id,
            "payer_unit_id": self.invited.id, "payee_unit_id": self.unit.id,
            "payee_account_id": self.account.id, "payer_account_id": self.account.id,
        }  # fmt: skip
        self.words = {
            str(row)
            for row in (self.firm, self.unit, self.invited, self.team, self.worker, *self.staff)
        }

    def _keep(self, row: Any, secret: str, view: str = "") -> Any:
        db.session.flush()
        self.rows[view or type(row)] = (row.id, secret)
        if view:
            self.models[view] = type(row)
        return row

    def _site(self) -> None:
        self.firm = firm = enterprises.enterprise()
        self._keep(firm, firm.name)
        self.admin = enterprises.admin(firm)
        self.office = enterprises.official("city_admin")
        self.project = projects.project(firm)
        self._keep(self.project, self.project.name)
        self.unit = projects.general_contractor_unit(self.project)
        self.guest = guest = enterprises.enterprise(LABOUR)
        invited = projects.unit(self.project, guest, state=UnitState.INVITED)
        self.invited = self._keep(invited, guest.name)
        waiting = enterprises.enterprise(state=EnterpriseState.SUBMITTED)
        self._keep(waiting, waiting.name, "RegistrationReviewView")
        asked = projects.project(firm, state=ProjectState.SUBMITTED)
        self._keep(asked, asked.name, "ProjectReviewView")

    def _money(self) -> None:
        self.account = wages.account(self.unit, account_name="受害人农民工工资专用账户")
        self._keep(self.account, self.account.account_name)
        waiting = wages.account(
            self.invited, account_name="待审农民工工资专用账户", state=AccountState.SUBMITTED
        )
        self._keep(waiting, waiting.account_name, "AccountReviewView")
        sheet = wages.payroll([self.worker], "2026-10", payroll_no="GZ受害人工资单")
        self._keep(sheet, sheet.payroll_no)
        split = wages.plan(self.invited, self.unit, plan_no="FZ受害人计划")
        self._keep(split, split.plan_no, "SplitPlanView")
        wage = wages.plan(self.unit, self.invited, plan_no="GK受害人计划", kind=MoneyKind.WAGE)
        self._keep(wage, wage.plan_no, "WagePlanView")
        moved = wages.transfer(self.invited, self.account, transfer_no="FB受害人拨付")
        self._keep(moved, moved.transfer_no, "SplitTransferView")
        other = wages.transfer(
            self.unit, waiting, transfer_no="GB受害人拨付", kind=MoneyKind.WAGE,
            wage_month="2026-10",
        )  # fmt: skip
        self._keep(other, other.transfer_no, "WageTransferView")
        self.plans = {"plan_id": split.id, "linked_split_plan_id": split.id}

    def _reported(self) -> None:
        report = UpstreamReport(
            subject=Subject.TEAM, subject_id=self.team.id, site_id=self.project.id,
            title=numbered("上报"), site_name=self.project.name,
        )  # fmt: skip
        code = UpstreamCode(table_name="education", code="02", upper_code=numbered("A"))
        site = UpstreamSite(project_no=self.project.project_no, upper_no=numbered("B"))
        db.session.add_all([report, code, site])
        self._keep(report, report.title)
        self._keep(code, code.upper_code)
        self._keep(site, site.upper_no)

    def _papers(self) -> None:
        content = b"%PDF-1.4 the victim's permit"
        sha = hashlib.sha256(content).hexdigest()
        self.file = files.keep(CleanFile(content, "application/pdf", "pdf", "许可证.pdf", sha))
        permit = Permit(
            project_id=self.project.id, permit_no=numbered("440703202601059"),
            permit_name="一标段", issuer="住建局", issued_on=date(2026, 1, 5),
            permit_images=[self.file],
        )  # fmt: skip
        db.session.add(permit)
        self._keep(permit, permit.permit_no)
        change = EnterpriseChange(
            enterprise_id=self.firm.id, district_code="440703", change_no=numbered("BG"),
            changed_fields={"name": {"old": self.firm.name, "new": "新名称"}}, reason="更名",
            state=ChangeState.SUBMITTED,
        )  # fmt: skip
        db.session.add(change)
        self._keep(change, change.change_no)
        article = guides.article(state=ArticleState.DRAFT)
        self._keep(article, article.title)

    def _people(self) -> None:
        self.team = team = roster.team(self.unit)
        self._keep(team, team.name)
        self.staff = []
        self.worker = roster.worker(team, name="欧阳无双")
        self._keep(self.worker, self.worker.name)
        for kind, post, view in (
            (StaffKind.SPECIALIST, "1", "SpecialistView"),
            (StaffKind.MANAGER, "2", "ManagerView"),
        ):
            values = roster.staff_values(self.unit, post, name=f"司徒{post}号")
            staff = StaffMember(
                project_id=self.project.id, staff_kind=kind, source="manual", **values
            )
            db.session.add(staff)
            self.staff.append(self._keep(staff, staff.name, view))
        successor = StaffMember(
            project_id=self.project.id, staff_kind=StaffKind.MANAGER, source="manual",
            draft_of=SUCCESSOR, **roster.staff_values(self.unit, "1009", name="东方不换"),
        )  # fmt: skip
        db.session.add(successor)
        db.session.flush()
        replacement = PostReplacement(
            project_id=self.project.id, post="1009", unit_id=self.unit.id, reason="调任",
            holder_id=self.staff[1].id, successor_id=successor.id,
        )  # fmt: skip
        db.session.add(replacement)
        self._keep(replacement, successor.name)

        visit = VisitorPass(
            project_id=self.project.id, unit_id=self.unit.id, host_id=self.staff[0].id,
            name="上官来访", mobile="13822223333", purpose="送货",
            valid_from=attendance.at("07:00"), valid_to=attendance.at("19:00"),
        )  # fmt: skip
        db.session.add(visit)
        self._keep(visit, visit.name)
        self._keep(roster.correction(self.worker), self.worker.name)
        disputed = roster.correction(
            roster.worker(team, name="诸葛有争"), state=PersonCorrectionState.DISPUTED,
            dispute_reason="证件不符",
        )  # fmt: skip
        self._keep(disputed, disputed.name, "DisputeView")
        self._keep(roster.release(self.worker), self.worker.name)

    def _trained(self) -> None:
        whose = {"project_id": self.project.id, "unit_id": self.unit.id}
        training = Training(
            **whose, unit_ids=[self.unit.id], kind="003002", name=numbered("三级教育"),
            trained_on=date(2026, 3, 2), hours=4,
        )  # fmt: skip
        db.session.add(training)
        self._keep(training, training.name)
        one = Trainee(**whose, training_id=training.id, worker_id=self.worker.id)
        paper = Certificate(
            **whose, worker_id=self.worker.id, kind="1", number=numbered("ZS"),
            valid_to=date(2028, 1, 1),
        )  # fmt: skip
        db.session.add_all([one, paper])
        self._keep(paper, paper.number)
        self.trainee = one.id

    def _attendance(self) -> None:
        attendance.record(
            self.project, attendance.punch(self.worker, "in 07:00"),
            attendance.punch(self.worker, "out 18:00"),
        )  # fmt: skip
        punch = db.session.query(Punch).filter_by(project_id=self.project.id).first()
        self.rows[Punch] = (punch.id, self.worker.name)
        correction = Correction(
            project_id=self.project.id, unit_id=self.unit.id, team_id=self.team.id,
            worker_ids=[self.worker.id], work_on=date(2026, 10, 21), in_time=time(7),
            out_time=time(18), reason="outage", title=f"{self.worker.name}补录",
        )  # fmt: skip
        db.session.add(correction)
        self._keep(correction, correction.title)
        odd = OddPunch(
            project_id=self.project.id, unit_id=self.unit.id, team_id=self.team.id,
            kind=next(iter(OddKind)), punched_at=attendance.at("07:30"),
            received_at=attendance.NOON, id_type="01", id_number=self.worker.id_number,
            name="尉迟有名", direction="01",
        )  # fmt: skip
        db.session.add(odd)
        self._keep(odd, odd.name)

    def _records(self) -> None:
        now = datetime(2026, 11, 1, tzinfo=UTC)
        alert = Alert(
            project_id=self.project.id, unit_id=self.unit.id, enterprise_id=self.firm.id,
            rule_code="ATT-001", category="attendance", subject=f"{self.worker.name}超时",
            dedupe_key=numbered("key"), level=Level.YELLOW, highest_level=Level.YELLOW,
            rule_version=1, parameter_version=0, parameters={}, facts={}, first_seen_at=now,
            last_seen_at=now, office=next(iter(Office)), tenant_sees=True,
        )  # fmt: skip
        db.session.add(alert)
        self._keep(alert, alert.subject)
        incident = incidents.incident(self.unit)
        incidents.person(incident, self.worker)
        self._keep(incident, incident.incident_no)
        client, _secret = openapi.client(self.project)
        self.client = client.id
        call = ApiCall(
            project_id=self.project.id, request_id=numbered("call"), client_id=client.id,
            app_id=client.app_id, path="Team.Add", outcome=next(iter(Outcome)), code="0",
        )  # fmt: skip
        db.session.add(call)
        self._keep(call, call.request_id)
        trial = ConformanceRun(
            project_id=self.project.id, client_id=client.id, started_at=now,
            software=numbered("软件"), results={}, memory={},
        )  # fmt: skip
        db.session.add(trial)
        self._keep(trial, trial.software)
        gate = Device(
            project_id=self.project.id, device_sn=numbered("SN"), name=numbered("闸机"),
            vendor="某某智能", direction=Passage.BOTH, location="北门", liveness=True,
            installed_on=date(2026, 1, 1),
        )  # fmt: skip
        db.session.add(gate)
        self._keep(gate, gate.name)
        run = JobRun(name="alerts.scan", args={}, created_by=self.office, text=numbered("运行"))
        db.session.add(run)
        self._keep(run, run.text)
        export = Export(
            url="/workerview/export/", title=numbered("导出"), locale="zh", run_id=None,
            rows=1, content=b"x", created_by=self.admin,
        )  # fmt: skip
        db.session.add(export)
        self._keep(export, export.title)

    def _imports_and_accounts(self) -> None:
        upload = ImportJob(
            project_id=self.project.id, unit_id=self.unit.id, template="T3",
            filename=f"{numbered('名单')}.xlsx", created_by=self.admin,
        )  # fmt: skip
        db.session.add(upload)
        self._keep(upload, upload.filename)
        self.sub_account = identity.open_account(
            username=numbered("clerk"), name="录入员", audience=scope.Audience.TENANT,
            role="clerk", enterprise_id=self.firm.id, limited=True,
        )  # fmt: skip
        access = SiteAccess(
            project_id=self.project.id, user_id=self.sub_account, username=numbered("clerk"),
            unit_id=self.unit.id, enterprise_id=self.firm.id, active=True,
        )  # fmt: skip
        db.session.add(access)
        self._keep(access, access.username)

    def _of_the_system(self) -> None:
        """An account and a role: the system administrator's alone."""
        with scope.login_scope("the accounts of a test") as connection:
            name = connection.scalar(select(Account.username).where(Account.id == self.admin))
            role = connection.scalar(select(Role.id).where(Role.name == "labour_sub_admin"))
        self.rows[Account] = (self.admin, name)
        self.rows[Role] = (role, "劳务分包单位管理员")

    def _shared(self) -> None:
        entry = db.session.query(AuditEntry).filter_by(
            table_name=table_name("ProjectWorker"), row_id=self.worker.id
        ).first()  # fmt: skip
        self.rows[AuditEntry] = (entry.id, self.worker.name)
        look = UnmaskRecord(
            table_name="project_worker", row_id=self.worker.id, column_name="id_number",
            reason="核对受害人证件", user_id=self.admin, project_id=self.project.id,
            unit_id=self.worker.unit_id, district_code=self.worker.district_code,
        )  # fmt: skip
        db.session.add(look)
        db.session.flush()
        self.rows[UnmaskRecord] = (look.id, "核对受害人证件")
        schedule = db.session.query(Schedule).first()
        self.rows[Schedule] = (schedule.id, schedule.cron)
        word = db.session.query(DictionaryEntry).first()
        self.rows[DictionaryEntry] = (word.id, word.label_zh)
