"""T1: units by workbook, what they lack to be completed, taken back while nobody needs them."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import NotAllowed
from app.extensions import db
from app.imports.choices import ImportState
from app.imports.templates import Kind
from app.imports.templates.units import unit_sheet
from app.projects import errors, services
from app.projects.choices import UnitState
from app.projects.models import ProjectUnit
from app.roster.models import StaffMember
from tests.factories import enterprises, numbered, people, projects, roster
from tests.imports.templates.runs import imported, previewed, problems, said, taken
from tests.roster.conftest import NOON, build, principal_of


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(work):
    return build()


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


def line(code=None, role="劳务分包", **cells):
    human = people.person()
    return {
        "参建类型": role, "统一社会信用代码": code or people.credit_code("440703"),
        "企业名称": numbered("分包单位"), "进场日期": "2026-11-01", "负责人姓名": human.name,
        "负责人电话": human.mobile, **cells,
    }  # fmt: skip


def whole(code=None, **cells):
    human, labour = people.person(), people.person()
    return line(code) | {
        "分包合同编号": numbered("FB"), "合同签订日期": "2026-10-20", "合同金额(万元)": "500",
        "人工费(万元)": "400", "计划退场日期": "2027-11-30", "负责人证件号码": human.id_number,
        "劳资专管员姓名": labour.name, "劳资专管员证件号码": labour.id_number,
        "劳资专管员电话": labour.mobile, **cells,
    }  # fmt: skip


def values(code=None, role="006", **more):
    human = people.person()
    return {
        "unit_role": role, "credit_code": code or people.credit_code("440703"),
        "name": numbered("分包单位"), "entry_on": date(2026, 11, 1), "leader_name": human.name,
        "leader_mobile": human.mobile, **more,
    }  # fmt: skip


def units(site):
    query = select(ProjectUnit).where(
        ProjectUnit.project_id == site.project.id, ProjectUnit.is_deleted.is_(False),
        ProjectUnit.id.not_in([site.main.id, site.side.id]),
        ProjectUnit.unit_role.not_in(("007", "008", "010", "011")),
    )  # fmt: skip
    return db.session.scalars(query.order_by(ProjectUnit.id)).all()


def test_the_sheet_has_the_listed_columns_and_stars(work):
    columns = unit_sheet().columns

    assert [column.header for column in columns] == [
        "参建类型", "统一社会信用代码", "企业名称", "分包合同编号", "合同签订日期",
        "合同金额(万元)", "人工费(万元)", "进场日期", "计划退场日期", "负责人姓名",
        "负责人证件类型", "负责人证件号码", "负责人电话", "劳资专管员姓名", "劳资专管员证件类型",
        "劳资专管员证件号码", "劳资专管员电话",
    ]  # fmt: skip
    assert [column.header for column in columns if column.starred] == [
        "参建类型", "统一社会信用代码", "企业名称", "进场日期", "负责人姓名", "负责人电话",
    ]  # fmt: skip
    assert "总承包单位" not in columns[0].choices


def test_subcontractors_are_invited_and_others_registered(site, gc):
    known = enterprises.enterprise()
    lines = [line(known.credit_code), line(), line(role="材料分包"), line(role="专业分包")]
    job = imported("T1", site.project, lines, gc)

    assert (job.state, job.imported) == (ImportState.DONE, 4)
    assert [(u.unit_role, u.state, u.incomplete) for u in units(site)] == [
        ("006", UnitState.INVITED, True), ("006", UnitState.WAITING_REGISTRATION, True),
        ("003", UnitState.REGISTERED, False), ("001", UnitState.WAITING_REGISTRATION, True),
    ]  # fmt: skip
    first, _second, supplier, _last = units(site)
    assert (first.enterprise_id, first.name) == (known.id, known.name)
    assert (supplier.contact_name, supplier.contact_mobile) == (
        lines[2]["负责人姓名"], lines[2]["负责人电话"],
    )  # fmt: skip
    assert clock.local(first.complete_by).date() == date(2026, 11, 26)


def test_leader_and_labour_manager_are_drafted_as_by_the_form(site, gc):
    imported("T1", site.project, [whole()], gc)
    unit = units(site)[0]

    posts = db.session.scalars(select(StaffMember.post).filter_by(unit_id=unit.id)).all()
    assert sorted(posts) == ["1009", "labour_manager"]


def test_sentences_call_a_column_what_its_header_says(site, gc):
    found = previewed("T1", site.project, [whole() | {"负责人电话": "", "参建类型": "包工队"}], gc)

    assert "请填写负责人电话" in said(found)
    assert "单位类型" not in said(found)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param({"参建类型": "总承包单位"}, "参建类型", id="a role nobody is invited in"),
        pytest.param({"统一社会信用代码": "123"}, "统一社会信用代码", id="no code"),
        pytest.param({"企业名称": ""}, "企业名称", id="no name"),
        pytest.param({"负责人电话": "1"}, "负责人电话", id="mobile"),
        pytest.param({"负责人证件号码": "440703198504120003"}, "负责人证件号码", id="check digit"),
        pytest.param({"人工费(万元)": "600"}, "人工费(万元)", id="labour above the contract"),
        pytest.param({"计划退场日期": "2026-01-01"}, "计划退场日期", id="exit before entry"),
    ],
)
def test_a_wrong_cell_is_named_and_the_other_row_passes(site, gc, cells, column):
    job = previewed("T1", site.project, [whole() | cells, line()], gc)

    assert (2, column, "error") in problems(job)
    assert (job.passed, job.failed, units(site)) == (1, 1, [])


def test_a_code_twice_the_own_code_and_a_contract_number_taken_are_named(site, gc):
    code = people.credit_code("440703")
    lines = [
        whole(code, 分包合同编号="FB-1"), line(code), line(site.firm.credit_code),
        whole(分包合同编号="FB-1"),
    ]  # fmt: skip
    job = previewed("T1", site.project, lines, gc)

    assert {(row, column) for row, column, level in problems(job) if level == "error"} == {
        (3, "统一社会信用代码"), (4, "统一社会信用代码"), (5, "分包合同编号"),
    }  # fmt: skip


def test_a_registered_name_stands_over_the_typed_one_and_is_told(site, gc):
    known = enterprises.enterprise()
    job = imported("T1", site.project, [line(known.credit_code, 企业名称="别的名称")], gc)

    assert units(site)[0].name == known.name
    assert known.name in said(job)


def test_a_second_workbook_fills_what_the_first_left_empty(site, gc):
    first = values()
    taken("T1", site.project, [first], gc)
    more = first | {"contract_no": "FB-77", "planned_exit_on": date(2027, 1, 1)}
    run = taken("T1", site.project, [more], gc)
    same = taken("T1", site.project, [more], gc)

    assert (run.taken[0].kind, same.taken[0].kind) == (Kind.UPDATED, Kind.UNCHANGED)
    assert run.taken[0].before == {"contract_no": None, "planned_exit_on": None}
    run.undo()
    assert (units(site)[0].contract_no, units(site)[0].state) == (
        None, UnitState.WAITING_REGISTRATION,
    )  # fmt: skip


def test_what_an_accepted_unit_lacks_is_filled_in_and_nothing_else(site, gc):
    known = enterprises.enterprise()
    taken("T1", site.project, [values(known.credit_code)], gc)
    unit = units(site)[0]
    partner = principal_of(enterprises.admin(known))
    with scope.act_as(partner):
        services.accept_invitation(unit, actor=partner)
    form = projects.subcontract(known.credit_code, gc.user_id, entry_on=date(2026, 5, 5))
    with scope.act_as(gc):
        services.change_unit(unit, form, actor=gc)

    assert (unit.incomplete, unit.complete_by) == (False, None)
    assert (unit.contract_no, unit.entry_on) == (form["contract_no"], date(2026, 11, 1))
    with pytest.raises(errors.UnitLocked), scope.act_as(gc):
        services.change_unit(unit, form, actor=gc)


def test_who_may_not_invite_imports_no_unit(site, gc):
    from dataclasses import replace

    reader = replace(gc, permissions=gc.permissions - {("invite", "units")})
    with pytest.raises(NotAllowed):
        taken("T1", site.project, [values()], reader)


# --- taken back -----------------------------------------------------------------------------------


def test_an_undo_withdraws_invitations_and_drops_the_others(site, gc):
    run = taken("T1", site.project, [values(), values(role="003")], gc)
    invited, supplier = (one.row for one in run.taken)
    assert run.dependants() == []
    run.undo()

    assert (invited.state, supplier.is_deleted) == (UnitState.WITHDRAWN, True)
    drafts = select(StaffMember).where(
        StaffMember.unit_id == invited.id, StaffMember.is_deleted.is_(False)
    )
    assert db.session.scalars(drafts).all() == []


def test_after_an_undo_the_same_units_are_invited_anew(site, gc):
    rows = [values(), values(role="003")]
    taken("T1", site.project, rows, gc).undo()
    again = taken("T1", site.project, rows, gc)

    assert [one.kind for one in again.taken] == [Kind.CREATED, Kind.CREATED]


def test_an_answer_and_people_stand_against_the_undo(site, gc):
    known = enterprises.enterprise()
    rows = [values(known.credit_code), values(role="003"), values(role="002")]
    run = taken("T1", site.project, rows, gc)
    accepted, supplier, _free = (one.row for one in run.taken)
    partner = principal_of(enterprises.admin(known))
    with scope.act_as(partner):
        services.accept_invitation(accepted, actor=partner)
    roster.worker(roster.team(supplier))
    found = "".join(run.dependants())

    assert "已接受" in found
    assert "在场或待进场1人" in found
    assert rows[2]["name"] not in found
