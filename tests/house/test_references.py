"""A posted number of somebody else's row is refused beside its field, and nothing is written."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.views.base import BaseModelView
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster.choices import StaffKind
from app.roster.models import StaffMember, VisitorPass
from app.wages.choices import MoneyKind
from app.wages.models import Transfer, WageAccount
from tests.factories import enterprises, projects, roster, wages
from tests.house.test_strangers import model_views, route
from tests.house.world import World

SCANS = ("agency_agreement", "contract_file")


class Own:
    """What the stranger has of his own: a valid answer to every question but one."""

    def __init__(self, world, stranger):
        victim = world.victim
        project = db.session.get(Project, world.chosen[stranger])
        self.project = project
        self.unit = db.session.get(ProjectUnit, world.units[stranger])
        self.team = roster.team(self.unit)
        self.worker = roster.worker(self.team)
        self.staff = StaffMember(
            project_id=project.id, staff_kind=StaffKind.SPECIALIST, source="manual",
            **roster.staff_values(self.unit, "1"),
        )  # fmt: skip
        self.manager = StaffMember(
            project_id=project.id, staff_kind=StaffKind.MANAGER, source="manual",
            **roster.staff_values(self.unit, "2"),
        )  # fmt: skip
        db.session.add_all([self.staff, self.manager])
        self.invited = projects.unit(project, None, state="INVITED")
        db.session.flush()
        self.visit = VisitorPass(
            project_id=project.id, unit_id=self.unit.id, name="来访之人", mobile="13800138000",
            host_id=self.staff.id, purpose="送货", valid_from=clock.now(),
            valid_to=clock.now() + timedelta(hours=4),
        )  # fmt: skip
        db.session.add(self.visit)
        db.session.flush()
        self.account = wages.account(self.unit)
        self._money(unit=self.unit)
        self.foreign = victim.ids
        self.forms = self.valid()

    def _money(self, unit):
        """Give forms of plans and transfers between units of the own project, and drafts."""
        owner = projects.unit(self.project, None, unit_role="008", state="REGISTERED")
        below = projects.unit(self.project, None, unit_role="006", state="ACCEPTED")
        there = wages.account(below)
        self.split = wages.plan(owner, unit, "2026-09", state="DRAFT")
        self.wage = wages.plan(unit, below, "2026-09", state="DRAFT", kind=MoneyKind.WAGE)
        self.plan = {
            "plan_month": "2026-10", "payer_unit_id": owner.id, "payee_unit_id": unit.id,
            "payee_account_id": self.account.id, "amount": "1000", "due_on": "2026-10-20",
        }  # fmt: skip
        self.wages = {
            **self.plan, "payer_unit_id": unit.id, "payee_unit_id": below.id,
            "payee_account_id": there.id, "wage_month": "2026-10", "head_count": "3",
        }  # fmt: skip
        self.moved = {
            "payer_unit_id": owner.id, "payee_unit_id": unit.id, "payer_bank": "102",
            "payer_account_no": "6222000011112222", "payer_account_name": "建设单位",
            "payee_account_id": self.account.id, "no_plan_reason": "补充拨付", "txn_no": "T1",
            "txn_on": "2026-10-20", "amount": "1000", "purpose": "分账款",
        }  # fmt: skip

    def valid(self):
        """Give the address and a complete form of every view whose form names other rows."""
        unit, team = self.unit, self.team
        crew = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
        invited = projects.subcontract(crew.credit_code)
        return {
            ("TeamView", "add"): roster.team_values(unit),
            ("WorkerView", "add"): roster.whole_values(team),
            ("SpecialistView", "add"): roster.staff_values(unit, "1"),
            ("ManagerView", "add"): roster.staff_values(unit, "2"),
            ("SpecialistView", "edit"): {**roster.staff_values(unit, "1"), "pk": self.staff.id},
            ("ManagerView", "edit"): {**roster.staff_values(unit, "2"), "pk": self.manager.id},
            ("IncidentView", "add"): incident(unit),
            ("CorrectionView", "add"): {
                "team_id": team.id, "worker_ids": self.worker.id, "work_on": "2026-11-20",
                "in_time": "07:00", "out_time": "18:00", "reason": "missed_punch",
            },
            ("AccountView", "add"): account(unit),
            ("AccountView", "edit"): {**account(unit), "pk": self.account.id},
            ("SplitPlanView", "add"): self.plan,
            ("SplitPlanView", "edit"): {**self.plan, "pk": self.split.id},
            ("WagePlanView", "add"): self.wages,
            ("WagePlanView", "edit"): {**self.wages, "pk": self.wage.id},
            ("SplitTransferView", "add"): self.moved,
            ("WageTransferView", "add"): {**self.moved, **self.wages},
            ("VisitorView", "add"): visit(self.staff),
            ("VisitorView", "edit"): {**visit(self.staff), "pk": self.visit.id},
            ("UnitView", "add"): {**invited, "project": self.project.id},
            ("UnitView", "edit"): {**invited, "pk": self.invited.id},
        }  # fmt: skip


def incident(unit):
    return {
        "unit_id": unit.id, "kind": "disturbance", "severity": "COMMON", "place": "大门",
        "occurred_at": "2026-11-01T08:00", "known_at": "2026-11-01T08:10", "head_count": "3",
        "description": "堵门讨薪", "people-0-name": "", "people-0-role": "",
    }  # fmt: skip


def account(unit):
    return {
        "unit_id": unit.id, "account_name": "一期农民工工资专用账户", "bank_code": "102",
        "bank_branch": "江门分行", "account_no": "6222000011112222", "opened_on": "2026-10-08",
        "contact_name": "陈财务", "contact_mobile": "13800138000",
    }  # fmt: skip


def visit(host):
    now = clock.local(clock.now())
    return {
        "name": "来访之人", "mobile": "13800138000", "host_id": host.id, "purpose": "送货",
        "valid_from": f"{now:%Y-%m-%dT%H:%M}",
        "valid_to": f"{now + timedelta(hours=4):%Y-%m-%dT%H:%M}",
    }  # fmt: skip


def posted(values):
    """Write values as a browser posts them; scans are added where they are sent."""
    words = {bool: lambda v: "1" if v else "0"}
    return {
        name: words.get(type(value), lambda v: getattr(v, "name", str(v)))(value)
        for name, value in values.items()
        if value is not None and name not in SCANS
    }


def scans(view):
    """Give the scans an invitation or an account cannot do without."""
    wanted = {ProjectUnit: SCANS, WageAccount: ("tripartite_file",), Transfer: ("receipt",)}.get(
        view.model, ()
    )
    return {name: enterprises.upload("scan.png") for name in wanted}


def references(view, door):
    """The fields of a form that hold the number of another row."""
    sections = view.form_sections if door == "add" else view.edit_sections
    names = [name for section in sections for name in section[1]]
    declared = specs(view.model)
    return [n for n in names if n in declared and isinstance(declared[n].kind, Ref)]


def count(system, model):
    with system() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("stranger", ["other_enterprise", "other_unit"])
@pytest.mark.parametrize("door", ["add", "edit"])
def test_a_posted_foreign_number_is_refused_beside_its_field(
    app, system, signed_in, door, stranger
):
    world = World(app, system, signed_in)
    with system():
        own = Own(world, stranger)
        db.session.flush()
        foreign, forms = own.foreign, own.forms
    browser, tried = world.browser(stranger), 0
    for view in model_views(app):
        if getattr(type(view), f"{door}_service") is None:
            continue
        for field in references(view, door):
            values = posted(forms[type(view).__name__, door])
            url = address(app, view, door, values)
            page = browser.get(url)
            if page.status_code in {403, 409}:
                continue  # not a form of his
            if f'name="{field}"' not in page.get_data(as_text=True):
                continue  # not asked for in this form: what is posted under its name is not read
            before = count(system, view.model), world.fingerprints()
            more = {field: foreign[field], "row_version": "1", **scans(view)}
            page = browser.post(url, data={**values, **more})
            assert page.status_code == 200, f"{url} {field} answered {page.status_code}"
            assert f'href="#{field}"' in page.get_data(as_text=True), f"{url} accepts {field}"
            assert (count(system, view.model), world.fingerprints()) == before
            tried += 1
    assert tried >= (4 if door == "add" else 2)


def address(app, view, door, values):
    """The address of a form, with what it wants in the address."""
    if door == "edit":
        return route(app, view, "edit", pk=values.pop("pk"))
    more = {"project": values.pop("project"), "role": "006"} if "project" in values else {}
    return route(app, view, "add", **more)


def test_a_foreign_project_in_an_address_is_refused(app, system, signed_in):
    world = World(app, system, signed_in)
    browser, number = world.browser("other_enterprise"), world.row(Project)
    for url in (f"/permits/add?project={number}", f"/units/add?project={number}&role=006"):
        for method in ("GET", "POST"):
            assert browser.open(url, method=method).status_code in {403, 404}, url
    assert browser.post("/sites/switch", data={"project_id": number}).status_code == 404
    with browser.session_transaction() as session:
        assert session["project_id"] != number


def test_the_views_tried_here_are_all_that_have_such_fields(app):
    named = {
        type(view).__name__
        for view in model_views(app)
        if isinstance(view, BaseModelView)
        and ((type(view).add_service and references(view, "add"))
             or (type(view).edit_service and references(view, "edit")))
    }  # fmt: skip
    assert named == {
        "AccountView", "CorrectionView", "IncidentView", "ManagerView",
        "SpecialistView", "SplitPlanView", "SplitTransferView", "TeamView", "UnitView",
        "WagePlanView", "WageTransferView",
        "VisitorView", "WorkerView",
    }  # fmt: skip
