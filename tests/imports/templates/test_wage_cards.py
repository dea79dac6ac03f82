"""T3: wage cards that are taken and should be looked at."""

import pytest

from app.imports import services
from tests.imports.steps import taken

CARD = "6222021234567890128"
WHOLE = {"工资卡号": CARD, "工资卡银行": "中国工商银行", "账户类型": "借记卡", "开户支行": "江门"}


def told(job):
    """Give row, column and sentence of the warnings."""
    return [
        (p["row"], p["column"], p["message"]) for p in services.findings_of(job)["problems"]
        if p["level"] == "warning"
    ]  # fmt: skip


def test_a_card_in_two_rows_is_a_warning_beside_both(site, acting, good):
    job = taken(site, [good(**WHOLE), good(**WHOLE), good(**WHOLE | {"工资卡号": ""})], acting)

    found = told(job)
    assert [(row, column) for row, column, _words in found] == [(2, "工资卡号"), (3, "工资卡号")]
    assert all("2行" in words for _row, _column, words in found)
    assert (job.passed, job.failed) == (3, 0)


def test_a_card_without_its_bank_is_a_warning_that_names_what_lacks(site, acting, good):
    job = taken(site, [good(工资卡号=CARD, 账户类型="借记卡")], acting)

    ((row, column, words),) = told(job)
    assert (row, column) == (2, "工资卡号")
    assert "工资卡银行、开户支行" in words


@pytest.mark.parametrize("name", ["2", "<script>alert(1)</script>", "张", "张三3", "测试*"])
def test_what_is_no_name_is_refused_at_its_cell(site, acting, good, name):
    job = taken(site, [good(姓名=name)], acting)

    assert [(p["column"], p["level"]) for p in services.findings_of(job)["problems"]] == [
        ("姓名", "error")
    ]


@pytest.mark.parametrize("name", ["买买提·艾力", "JOHN O'NEIL", "José Álvarez-Núñez", "欧阳𬀩"])
def test_names_of_minorities_and_foreigners_are_taken(site, acting, good, name):
    job = taken(site, [good(姓名=name)], acting)

    assert (job.passed, job.failed) == (1, 0)
