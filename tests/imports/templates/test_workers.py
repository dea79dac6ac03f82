"""T3 is read from the columns of the model and has the headers of screens.md 14."""

import pytest

from app.imports.errors import NoSuchTemplate
from app.imports.templates import template_of
from app.imports.templates.workers import worker_sheet

LISTED = [
    "所属单位统一社会信用代码", "班组名称", "姓名", "证件类型", "证件号码", "手机号码",
    "进场日期", "国籍/地区", "性别", "出生日期", "民族", "住址", "签发机关", "证件有效期起",
    "证件有效期止", "就业许可编号", "就业许可有效期至", "文化程度", "政治面貌", "婚姻状况",
    "是否班组长", "工种", "特种作业岗位", "有无重大病史", "健康证明日期", "紧急联系人",
    "紧急联系电话", "工资卡银行", "账户类型", "开户支行", "工资卡号", "用工形式", "合同编号",
    "签订日期", "合同期限类型", "合同开始日期", "合同结束日期", "计薪方式", "计薪单价",
    "计量单位", "约定发薪日", "工伤保险", "意外险", "备注",
]  # fmt: skip


def test_the_worker_template_has_the_listed_columns_in_their_order():
    assert [column.header for column in worker_sheet().columns] == LISTED


def test_seven_columns_are_required_but_for_the_document_type():
    starred = [column.header for column in worker_sheet().columns if column.starred]

    assert starred == [
        "所属单位统一社会信用代码", "班组名称", "姓名", "证件号码", "手机号码", "进场日期",
    ]  # fmt: skip


def test_sex_and_birth_are_required_for_other_documents_only():
    assert [c.header for c in worker_sheet().columns if c.conditional] == ["性别", "出生日期"]


def test_an_unknown_template_is_refused():
    with pytest.raises(NoSuchTemplate):
        template_of("T99")
