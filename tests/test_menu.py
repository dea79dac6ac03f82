"""The menu as each audience sees it."""

import re

import pytest

from app.core import scope
from app.identity import services as identity
from tests.factories import enterprises, numbered

LABEL = re.compile(r'<summary title="([^"]+)"|<a href="[^"]*"[^>]* title="([^"]+)"')


def menu_of(client):
    page = client.get("/").get_data(as_text=True)
    side = page.split('<nav class="menu"')[1].split("</nav>")[0]
    return [group or line for group, line in LABEL.findall(side)]


def system_administrator():
    return identity.open_account(
        username=numbered("sys"), name="系统管理员", audience=scope.Audience.LOGIN,
        role="sys_admin", password_hash=identity.hashed(enterprises.PASSWORD),
    )  # fmt: skip


@pytest.mark.parametrize("role", ["city_admin", "district_reviewer", "inspector"])
def test_officials_are_not_offered_what_only_contractors_have(system, signed_in, role):
    with system():
        user_id = enterprises.official(role, district="440703")

    words = menu_of(signed_in(user_id))

    assert "预警" in "".join(words)
    assert not {"我的邀请", "企业信息", "批量导入模板"} & set(words)


def test_a_contractor_has_them(system, signed_in):
    with system():
        user_id = enterprises.admin(enterprises.enterprise())

    assert {"我的邀请", "企业信息", "批量导入模板"} <= set(menu_of(signed_in(user_id)))


@pytest.mark.parametrize(
    ("maker", "inside"),
    [
        pytest.param(
            lambda: enterprises.official("city_admin", district=None), "字典", id="the city"
        ),
        pytest.param(system_administrator, "账号", id="the system administrator"),
    ],
)
def test_the_administration_stands_last_under_its_chinese_name(system, signed_in, maker, inside):
    with system():
        user_id = maker()

    words = menu_of(signed_in(user_id))

    assert inside in words[words.index("系统管理") :]
    assert not {"项目", "待我审核", "监管", "办事指南"} & set(words[words.index("系统管理") :])
    assert "administration" not in words
