"""The system administrator's list of accounts."""

from datetime import datetime

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
