"""The menu as each audience sees it."""

import re

import pytest
from sqlalchemy import update

from app.core import scope
from app.enterprises.choices import EnterpriseType
from app.identity import services as identity
from app.identity.models import Account
from app.permissions import ROLES
from tests.factories import enterprises, numbered, people, projects

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


def firm(kind):
    return lambda: enterprises.admin(enterprises.enterprise(kind))


def limited(role):
    """Make a login of a limited role on one site, as its enterprise would."""

    def make():
        unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        human = people.person()
        number = identity.open_site_login(
            project_id=unit.project_id, unit_id=unit.id, whole_project=True,
            username=numbered(role), name=human.name, mobile=human.mobile, role=role,
            can_write=None, actor=scope.SYSTEM,
        )[0]  # fmt: skip
        with scope.login_scope("the first password has been changed") as connection:
            connection.execute(
                update(Account).where(Account.id == number).values(must_change_password=False)
            )
        return number

    return make


def official(role):
    return lambda: enterprises.official(role)


MAKERS = {
    "gc_admin": firm(EnterpriseType.GENERAL_CONTRACTOR),
    "prof_sub_admin": firm(EnterpriseType.PROFESSIONAL_SUBCONTRACTOR),
    "labour_sub_admin": firm(EnterpriseType.LABOUR_SUBCONTRACTOR),
    **{role: limited(role) for role in ("labour_manager", "clerk", "project_staff")},
    "city_admin": lambda: enterprises.official("city_admin", district=None),
    **{role: official(role) for role in ("district_reviewer", "inspector", "leader", "editor")},
    "sys_admin": system_administrator,
}


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


SITE = ("项目", "项目列表", "班组", "工人", "现场专业人员", "管理技术人员", "考勤管理", "考勤明细",
        "工资分账", "预警信息")  # fmt: skip
FIRM = ("首页", "工程信息", "我的邀请", *SITE, "事件记录", "企业信息", "办事指南", "批量导入模板")
ON_SITE = ("首页", "工程信息", *SITE, "事件记录", "办事指南")
OFFICE = ("企业库", "工程信息", *SITE, "事件记录", "办事指南", "系统管理")
REVIEW = (
    "待我审核",
    "企业注册",
    "企业变更",
    "项目审核",
    "岗位更换审核",
    "人员信息争议",
    "工资专户审核",
)
# the order of the manual and of screens.md 1; what a role cannot use is not offered
MENUS = {
    "gc_admin": FIRM, "prof_sub_admin": FIRM, "labour_sub_admin": FIRM,
    "labour_manager": (*ON_SITE, "批量导入模板"),
    "clerk": ("首页", "工程信息", *SITE, "办事指南", "批量导入模板"),
    "project_staff": ON_SITE,
    "city_admin": ("首页", *REVIEW, *OFFICE, "内容管理", "字典", "审计日志", "上报上级平台",
                   "定时任务"),
    "district_reviewer": ("首页", *REVIEW, *OFFICE, "审计日志"),
    "inspector": ("首页", *OFFICE, "审计日志"),
    "leader": ("首页", "办事指南"),
    "editor": ("首页", "办事指南", "系统管理", "内容管理"),
    "sys_admin": ("首页", "系统管理", "字典", "上报上级平台", "定时任务", "账号", "角色"),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_of_a_role(system, signed_in, role):
    with system():
        user = MAKERS[role]()

    assert menu_of(signed_in(user)) == list(MENUS[role])


@pytest.mark.parametrize("role", [role for role in ROLES if role != "sys_admin"])
def test_every_line_of_a_menu_opens(system, signed_in, role):
    with system():
        user = MAKERS[role]()
    browser = signed_in(user)
    side = browser.get("/").text.split('<nav class="menu"')[1].split("</nav>")[0]
    for url in re.findall(r'<a href="([^"]+)"', side):
        assert browser.get(url, follow_redirects=True).status_code == 200, url
