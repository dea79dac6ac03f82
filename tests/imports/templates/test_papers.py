"""T6, T11, T12: contracts, trainings and certificates by workbook, and taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.extensions import db
from app.imports import effects as kept
from app.imports.choices import ImportState, Wanted
from app.imports.templates import Kind, template_of
from app.imports.templates.base import Effect, Taken
from app.roster import services
from app.roster.choices import CertCheck, EmploymentType, TrainingResult
from app.roster.models import Certificate, Contract, Trainee, Training
from app.roster.queries import papers
from tests.factories import people, roster
from tests.imports.templates.runs import imported, previewed, problems, said, taken
from tests.roster.conftest import NOON, build, principal_of

HEADERS = {
    "T6": ["★姓名", "证件类型", "★证件号码", "用工形式", "★合同编号", "★签订日期", "★期限类型",
           "★开始日期", "结束日期", "★计薪方式", "★计薪单价", "计量单位"],
    "T11": ["★姓名", "证件类型", "★证件号码", "★培训类型", "★培训日期", "★学时", "★结果"],
    "T12": ["★姓名", "证件类型", "★证件号码", "★证书类型", "特种作业类别", "★证书编号", "发证机关",
            "发证日期", "★有效期至"],
}  # fmt: skip
CELLS = {
    "T6": {"合同编号": "HT-1", "签订日期": "2026年3月1日", "期限类型": "固定期限合同",
           "开始日期": date(2026, 3, 1), "结束日期": "2026.12.31", "计薪方式": "日薪",
           "计薪单价": 350},
    "T11": {"培训类型": "入场教育", "培训日期": "2026-03-02", "学时": 4, "结果": "合格"},
    "T12": {"证书类型": "特种作业操作资格证", "特种作业类别": "建筑架子工", "证书编号": "T-1",
            "发证日期": "2024-05-01", "有效期至": "2028-04-30"},
}  # fmt: skip
WRONG = {
    "T6": [("结束日期", "2026-02-01"), ("签订日期", "2026-11-23"), ("计薪单价", 0),
           ("计薪方式", "计件"), ("期限类型", "无固定期限合同"), ("合同编号", "")],
    "T11": [("培训日期", "2026-11-23"), ("学时", 0), ("结果", "优秀"), ("培训类型", "")],
    "T12": [("有效期至", "2024-01-01"), ("特种作业类别", ""), ("证书编号", ""),
            ("发证日期", "2026-12-01")],
}  # fmt: skip
ALL = pytest.mark.parametrize("code", ["T6", "T11", "T12"])


@pytest.fixture(autouse=True)
def noon():
    """Stop the clock at noon of 2026-11-22."""
    with clock.frozen(NOON):
        yield NOON


@pytest.fixture
def site(work):
    return build()


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


@pytest.fixture
def crew(site):
    return [roster.worker(site.main_team, work_type="030") for _n in range(3)]


def line(code, worker, **cells):
    return {"姓名": worker.name, "证件号码": worker.id_number, **CELLS[code], **cells}


def counted(model):
    return db.session.query(model).filter_by(is_deleted=False).count()


@ALL
def test_the_sheet_has_the_listed_columns_and_stars(code):
    columns = template_of(code).sheet(None).columns

    assert [f"{'★' if c.starred else ''}{c.header}" for c in columns] == HEADERS[code]


def test_contracts_stand_on_their_stays(site, gc, crew):
    job = imported("T6", site.project, [line("T6", w, 合同编号=f"HT-{w.id}") for w in crew], gc)
    db.session.expire_all()

    assert (job.state, job.imported) == (ImportState.DONE, 3)
    first = crew[0]
    assert (first.contract_no, first.pay_rate) == (f"HT-{first.id}", Decimal(350))
    assert (first.contract_signed_on, first.contract_to) == (date(2026, 3, 1), date(2026, 12, 31))
    assert first.employment_type is EmploymentType.CONTRACT
    assert first.has_contract


def test_a_renewal_by_sheet_keeps_the_former_contract(site, gc, crew):
    imported("T6", site.project, [line("T6", crew[0], 结束日期="2026-09-30")], gc)
    again = {"合同编号": "HT-2", "开始日期": "2026-10-01", "用工形式": "书面用工协议"}
    imported("T6", site.project, [line("T6", crew[0], **again)], gc)

    assert crew[0].contract_no == "HT-2"
    assert crew[0].employment_type is EmploymentType.AGREEMENT
    beside = papers.contracts_beside([crew[0].id])[crew[0].id]
    assert [one.contract_no for one in beside] == ["HT-1"]


def test_trainings_of_one_day_are_one_session(site, gc, crew):
    lines = [line("T11", crew[0]), line("T11", crew[1], 结果="不合格"),
             line("T11", crew[2], 培训类型="技能培训", 学时=2.5)]  # fmt: skip
    imported("T11", site.project, lines, gc)
    db.session.expire_all()

    assert counted(Training) == 2
    assert [(w.training_on, w.training_passed) for w in crew] == [
        (date(2026, 3, 2), True), (date(2026, 3, 2), False), (None, None),
    ]  # fmt: skip


def test_certificates_are_recorded_and_corrected(site, gc, crew):
    imported("T12", site.project, [line("T12", crew[0])], gc)
    job = imported("T12", site.project, [line("T12", crew[0], 有效期至="2030-04-30")], gc)

    row = db.session.query(Certificate).one()
    assert (row.valid_to, row.special_type, row.name) == (date(2030, 4, 30), "02", None)
    assert "更新1" in job.outcome.replace(" ", "") or "1" in job.outcome


@ALL
def test_a_second_upload_changes_nothing(code, site, gc, crew):
    imported(code, site.project, [line(code, crew[0])], gc)
    before = [counted(model) for model in (Contract, Training, Trainee, Certificate)]
    rows = [line(code, crew[0])]
    job = previewed(code, site.project, rows, gc)

    assert job.failed == 0
    imported(code, site.project, rows, gc)
    assert [counted(m) for m in (Contract, Training, Trainee, Certificate)] == before


@ALL
def test_each_wrong_cell_is_named_and_nothing_of_it_is_written(code, site, gc, crew):
    for header, value in WRONG[code]:
        job = previewed(code, site.project, [line(code, crew[0], **{header: value})], gc)
        named = {column for _row, column, level in problems(job) if level == "error"}
        expected = {"计量单位"} if value == "计件" else {header}
        expected = {"结束日期"} if value == "无固定期限合同" else expected
        assert named == expected, (header, value, said(job))
        assert (job.failed, job.passed) == (1, 0)


@ALL
def test_only_the_good_rows_are_taken_when_wished(code, site, gc, crew):
    header, value = WRONG[code][0]
    lines = [line(code, crew[0]), line(code, crew[1], **{header: value})]
    job = imported(code, site.project, lines, gc, wanted=Wanted.GOOD)

    assert (job.state, job.imported, job.failed) == (ImportState.PARTLY, 1, 1)


@ALL
def test_somebody_who_is_not_on_the_roster_is_refused_by_his_number(code, site, gc):
    strangers = [people.person(), roster.worker(site.far_team)]
    for stranger in strangers:
        job = previewed(code, site.project, [line(code, stranger)], gc)
        assert problems(job) == [(2, "证件号码", "error")]
        assert "请先登记该工人" in said(job)


@ALL
def test_another_name_raises_a_data_conflict_and_the_row_is_taken(code, site, gc, crew):
    worker = crew[0]
    job = imported(code, site.project, [line(code, worker, 姓名="张三锋")], gc)
    db.session.expire_all()

    assert job.imported == 1
    assert worker.conflicted
    assert (worker.conflict["known"], worker.conflict["given"]) == (worker.name, "张三锋")
    assert "数据冲突" in said(job)


@ALL
def test_a_unit_imports_for_its_own_people_alone(code, site, gc, crew):
    sub = principal_of(site.sub_user)
    mine = roster.worker(site.side_team)
    assert previewed(code, site.project, [line(code, crew[0])], sub).failed == 1
    assert imported(code, site.project, [line(code, mine)], sub).imported == 1


@ALL
def test_an_import_is_taken_back_whole(code, site, gc, crew):
    rows = [values(code, worker) for worker in crew]
    first = taken(code, site.project, rows, gc)
    assert [one.kind for one in first.taken] == [Kind.CREATED] * 3
    second = taken(code, site.project, [{**rows[0], **CHANGED[code]}], gc)
    assert [one.kind for one in second.taken] == [Kind.UPDATED]

    assert second.dependants() == []
    second.undo()
    db.session.expire_all()
    assert first.dependants() == []
    first.undo()
    db.session.expire_all()
    assert counted(Trainee) == counted(Training) == counted(Certificate) == counted(Contract) == 0
    assert not any(worker.has_contract or worker.training_on for worker in crew)


CHANGED = {
    "T6": {"pay_rate": Decimal(400)}, "T11": {"result": TrainingResult.FAILED},
    "T12": {"valid_to": date(2029, 1, 1)},
}  # fmt: skip


def values(code, worker):
    own = {
        "T6": {"contract_no": f"HT-{worker.id}", "contract_signed_on": date(2026, 3, 1),
               "contract_term": "1", "contract_from": date(2026, 3, 1), "pay_method": "daily",
               "pay_rate": Decimal(350)},
        "T11": {"kind": "003002", "trained_on": date(2026, 3, 2), "hours": Decimal(4),
                "result": TrainingResult.PASSED},
        "T12": {"kind": "special", "special_type": "02", "number": "T-1",
                "valid_to": date(2028, 1, 1)},
    }  # fmt: skip
    return {"name": worker.name, "id_number": worker.id_number, **own[code]}


def test_what_was_changed_since_stands_against_taking_back(site, gc, crew):
    contract = taken("T6", site.project, [values("T6", crew[0])], gc)
    services.edit_worker(crew[0], {"pay_rate": Decimal(999)}, actor=gc)

    told = contract.dependants()
    assert len(told) == 1
    assert crew[0].name in told[0]
    assert "已被修改" in told[0]


def test_a_check_since_stands_against_taking_a_certificate_back(site, gc, crew):
    found = taken("T12", site.project, [values("T12", crew[0])], gc)
    with scope.act_as(gc), clock.frozen(clock.now() + timedelta(minutes=5)):
        services.verify_certificate(
            found.taken[0].row, {"verify_state": CertCheck.GENUINE}, actor=gc
        )
    assert len(found.dependants()) == 1


def test_what_a_contract_replaced_is_written_down_and_read_again(site, gc, crew):
    first = taken("T6", site.project, [values("T6", crew[0])], gc)
    second = taken("T6", site.project, [{**values("T6", crew[0]), "contract_no": "HT-X",
                                        "contract_from": date(2026, 4, 1)}], gc)  # fmt: skip
    one: Taken = second.taken[0]
    back: list[Effect] = kept.read(kept.packed({2: one}, clock.now()))
    assert back[0].before == one.before
    template_of("T6").undo(site.project, back, actor=gc)
    assert crew[0].contract_no == first.effects[0].before["after"]["contract_no"]
