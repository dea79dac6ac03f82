"""The system administrator's list of accounts."""

import re
from datetime import datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from app.core import scope
from app.identity import services as identity
from app.identity.models import Account
from tests.factories import enterprises, numbered


def test_the_last_sign_in_is_shown_to_the_minute_and_none_as_a_dash(system, signed_in):
    with system():
        name = numbered("sys")
        user = identity.open_account(
            username=name, name="系统管理员", audience=scope.Audience.LOGIN, role="sys_admin",
            password_hash=identity.hashed(enterprises.PASSWORD),
        )  # fmt: skip
        other = enterprises.official()
        with scope.login_scope("the account has signed in") as connection:
            at = datetime(2026, 11, 22, 9, 30, 15, 123456)  # noqa: DTZ001 - as the framework keeps it
            connection.execute(update(Account).where(Account.id == user).values(last_login=at))
    browser = signed_in(user)
    for page in (browser.get("/accountadminview/list/"),
                 browser.get(f"/accountadminview/show/{user}")):  # fmt: skip
        assert page.status_code == 200
        assert "2026-11-22 09:30" in page.text
        assert "09:30:15" not in page.text
    shown = browser.get(f"/accountadminview/show/{other}").text
    assert "None" not in shown


# --- opening, disabling, resetting ----------------------------------------------------------


@pytest.fixture
def desk(system, signed_in):
    """A system administrator at the screen, an official and an enterprise's administrator."""
    with system():
        found = SimpleNamespace(
            number=enterprises.system_administrator(), official=enterprises.official(),
            firm=enterprises.admin(enterprises.enterprise()),
        )  # fmt: skip
    found.browser = signed_in(found.number)
    return found


def posted(**changes):
    return {"username": numbered("guan_"), "name": "陈审核", "role": "DISTRICT_REVIEWER",
            "district_code": "440703", **changes}  # fmt: skip


def known(system, **where):
    with system() as session, scope.login_scope("test"):
        row = session.query(Account).filter_by(**where).one_or_none()
        session.expunge_all()
    return row


def test_an_official_gets_an_account_whose_first_password_he_must_change(desk, system, app):
    data = posted()
    page = desk.browser.post("/accountadminview/add", data=data)
    password = re.search(r"<code>([^<]+)</code>", page.text)[1]
    assert page.headers["Cache-Control"] == "no-store"
    row = known(system, username=data["username"])
    assert (row.audience, row.district_code, row.last_name) == (
        "app_government",
        "440703",
        "陈审核",
    )
    browser = app.test_client()
    browser.post("/login/", data={"username": data["username"], "password": password})
    assert browser.get("/").location == "/password/change"
    shown = desk.browser.get(f"/accountadminview/show/{row.id}").text
    assert password not in shown
    assert "区（县市）级审核员" in shown
    assert "蓬江区" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "1x"), ("name", ""), ("role", "CLERK"), ("district_code", "999999"),
        ("district_code", ""),
    ],
)  # fmt: skip
def test_the_form_of_an_official_refuses_what_is_wrong(desk, system, field, value):
    data = posted(**{field: value})
    page = desk.browser.post("/accountadminview/add", data=data)
    assert f'id="{field}-error"' in page.text
    assert known(system, username=data["username"]) is None


def test_the_command_opens_accounts_by_the_same_rules(app, system):
    command = ["open-account", "--username", "guan_cli", "--name", "陈", "--role"]
    runner = app.test_cli_runner()
    assert runner.invoke(args=[*command, "district_reviewer"]).exit_code == 1
    assert known(system, username="guan_cli") is None
    done = runner.invoke(args=[*command, "district_reviewer", "--district", "440703"])
    assert done.output.startswith("guan_cli ")
    assert known(system, username="guan_cli").must_change_password


def test_disabling_ends_the_session_at_once_and_enabling_opens_again(desk, signed_in):
    official = signed_in(desk.official)
    assert official.get("/").status_code == 200
    desk.browser.post(f"/accountadminview/switch/{desk.official}/0")
    assert official.get("/").location.startswith("/login/")
    assert "停用" in desk.browser.get(f"/accountadminview/show/{desk.official}").text
    desk.browser.post(f"/accountadminview/switch/{desk.official}/1")
    assert signed_in(desk.official).get("/").status_code == 200


def test_an_officials_password_is_reset_and_an_enterprises_is_not(desk, signed_in, system):
    page = desk.browser.post(f"/accountadminview/reset/{desk.official}").text
    assert re.search(r"<code>([^<]+)</code>", page)
    assert known(system, id=desk.official).must_change_password
    answer = desk.browser.post(f"/accountadminview/reset/{desk.firm}")
    assert "<code>" not in answer.text
    assert not known(system, id=desk.firm).must_change_password


def test_nobody_locks_himself_out(desk, system):
    desk.browser.post(f"/accountadminview/switch/{desk.number}/0")
    desk.browser.post(f"/accountadminview/reset/{desk.number}")
    row = known(system, id=desk.number)
    assert row.active
    assert not row.must_change_password


@pytest.mark.parametrize(
    "query",
    [
        "page=abc", "size=abc", "size=100000", "order=nosuch", "order=password",
        "page_AccountAdminView=abc", "psize_AccountAdminView=abc", "_oc_AccountAdminView=password",
        "role=nosuch", "kind=nosuch", "state=2", "keyword=%25",
    ],
)  # fmt: skip
def test_an_odd_address_of_the_list_is_harmless(desk, query):
    assert desk.browser.get(f"/accountadminview/list/?{query}").status_code == 200


def test_the_list_counts_filters_and_masks(desk, system):
    with system() as session, scope.login_scope("test") as connection:
        total = session.query(Account).count()
        connection.execute(
            update(Account).where(Account.id == desk.firm).values(mobile="13812345678")
        )
    page = desk.browser.get("/accountadminview/list/?size=100").text
    assert f"{total:,}" in re.search(r"共\s*([\d,]+)\s*条", page)[0]
    assert "13812345678" not in page
    assert "138****5678" in page
    officials = desk.browser.get("/accountadminview/list/?role=district_reviewer&size=100").text
    assert f"/show/{desk.official}" in officials
    assert f"/show/{desk.firm}" not in officials


def test_a_role_is_read_in_chinese_with_its_rights(desk, system):
    page = desk.browser.get("/roleadminview/list/").text
    assert "区（县市）级审核员" in page
    assert "district_reviewer" not in page
    number = re.search(r'/roleadminview/show/(\d+)"[^>]*>\s*区（县市）级审核员', page)[1]
    shown = desk.browser.get(f"/roleadminview/show/{number}").text
    assert "district_reviewer" not in shown
    assert "新增和修改" not in shown
    assert "查看、通过" in shown
