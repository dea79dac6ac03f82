"""Rows under the number of somebody who was merged are led on to the kept person (8.5, 14)."""

import pytest

from app.core import clock, scope
from app.roster import services
from app.roster.choices import CorrectionBasis, KeptPerson
from tests.factories import enterprises, roster
from tests.imports.templates.runs import imported, previewed, said
from tests.roster.conftest import NOON, build, principal_of

CELLS = {
    "T5": {"班组名称": "", "类型": "退场", "日期": "2026-11-20", "原因": "完工"},
    "T6": {"合同编号": "HT-9", "签订日期": "2026-03-01", "期限类型": "固定期限合同",
           "开始日期": "2026-03-01", "结束日期": "2026-12-31", "计薪方式": "日薪", "计薪单价": 350},
    "T7": {"日期": "2026-11-20", "上班时间": "07:00", "下班时间": "18:00", "补录原因": "漏打卡"},
    "T11": {"培训类型": "入场教育", "培训日期": "2026-03-02", "学时": 4, "结果": "合格"},
    "T12": {"证书类型": "特种作业操作资格证", "特种作业类别": "建筑架子工", "证书编号": "T-1",
            "有效期至": "2028-04-30"},
}  # fmt: skip
EACH = pytest.mark.parametrize("code", list(CELLS))


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield NOON


@pytest.fixture
def site(work):
    """Somebody registered with a slip in his number, merged into the person of his card."""
    found = build()
    found.worker = roster.worker(found.main_team, name="张三丰")
    found.slip = found.worker.id_number
    found.number = roster.worker(found.far_team, name="张三丰").id_number
    gc = principal_of(found.firm_user)
    with scope.act_as(gc):
        row = services.ask_correction(
            found.worker,
            {"fields": ["ID_NUMBER"], "new_id_number": found.number, "to_district": True,
             "basis": CorrectionBasis.CHIP, "reader_no": "1"},
            actor=gc,
        )  # fmt: skip
    office = principal_of(enterprises.official(district=found.project.district_code))
    with scope.act_as(office):
        services.merge_persons(
            row, {"keep": KeptPerson.OWNER, "reason": "公安已核实为同一人"}, actor=office
        )
    return found


def line(site, code):
    cells = {**CELLS[code], "姓名": "张三丰", "证件号码": site.slip}
    return cells | ({"班组名称": site.main_team.name} if code == "T5" else {})


@EACH
def test_a_row_under_the_merged_number_is_taken_for_the_kept_person_and_says_so(site, code):
    job = imported(code, site.project, [line(site, code)], principal_of(site.firm_user))

    assert (job.imported, job.failed, job.warned) == (1, 0, 1)
    assert f"已由区里并入{site.number[:6]}********{site.number[-4:]}" in said(job)


@EACH
def test_who_does_not_keep_the_stay_hears_nothing_of_the_merger(site, code):
    job = previewed(code, site.project, [line(site, code)], principal_of(site.sub_user))

    assert (job.passed, job.failed) == (0, 1)
    assert site.number[-4:] not in said(job)
