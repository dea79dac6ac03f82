"""Acts on accounts leave a trace like every other change, and no password hash in it (D8)."""

import re
from html import unescape

import pytest
from sqlalchemy import text

from app.core import scope
from app.core.audit import AuditEntry
from app.enterprises.models import Enterprise
from app.identity import services
from app.identity.models import Account
from tests.factories import enterprises as make


@pytest.fixture
def cast(system):
    """An enterprise, its administrator, the city office and a system administrator."""
    with system():
        firm = make.enterprise()
        return {"firm": firm.id, "admin": make.admin(firm), "system": make.system_administrator(),
                "city": make.official("city_admin", district=None),
                "official": make.official()}  # fmt: skip


def entries(system, table, **where):
    with system() as session:
        query = session.query(AuditEntry).filter_by(table_name=table, **where)
        found = query.order_by(AuditEntry.id).all()
        session.expunge_all()
    return found


def test_resetting_an_administrator_names_who_did_it_and_for_whom(cast, signed_in, system):
    signed_in(cast["city"]).post(f"/administrators/{cast['firm']}/reset")
    last = entries(system, "ab_user", row_id=cast["admin"])[-1]

    assert (last.action, last.actor, last.door) == ("update", cast["city"], "manual")
    assert last.after["must_change_password"] is True
    assert last.reason == "a password is reset"
    assert last.request_id


def test_opening_and_disabling_an_account_stand_in_the_audit(cast, signed_in, system):
    signed_in(cast["system"]).post(f"/accountadminview/switch/{cast['official']}/0")
    added, *_between, last = entries(system, "ab_user", row_id=cast["official"])

    assert (added.action, added.after["username"][:8]) == ("insert", "official")
    assert (last.actor, last.before["active"], last.after["active"]) == (
        cast["system"], True, False,
    )  # fmt: skip
    with system() as session:
        row = session.execute(
            text("select count(*) from audit_entry where table_name = 'ab_user_role'"
                 " and (after ->> 'user_id')::int = :number"), {"number": cast["official"]},
        ).scalar()  # fmt: skip
    assert row == 1


def test_no_password_hash_and_no_mere_sign_in_stands_in_the_audit(cast, app, system):
    before = len(entries(system, "ab_user"))
    with system() as session, scope.login_scope("test"):
        name = session.get(Account, cast["admin"]).username
    browser = app.test_client()
    answer = browser.post("/login/", data={"username": name, "password": make.PASSWORD})
    assert answer.status_code == 302
    assert len(entries(system, "ab_user")) == before
    with system():
        services.reset_password(cast["admin"])
    found = entries(system, "ab_user")
    assert len(found) == before + 1
    assert all("password" not in {**(row.before or {}), **(row.after or {})} for row in found)
    with system() as session:
        assert session.execute(
            text("select count(*) from audit_entry where (before::text || after::text)"
                 " like '%pbkdf2:%'")
        ).scalar() == 0  # fmt: skip


def test_the_right_of_a_role_that_changes_stands_in_the_audit(app, system):
    with app.app_context():
        from app.extensions import db

        gone = db.session.execute(
            text("delete from ab_permission_view_role where id ="
                 " (select min(id) from ab_permission_view_role) returning id")
        ).scalar()  # fmt: skip
        db.session.commit()
        db.session.remove()
    assert entries(system, "ab_permission_view_role", row_id=gone)[-1].action == "delete"


def test_the_office_of_the_city_reads_it_and_a_district_reads_nothing_of_it(cast, system):
    with system() as session:
        offices = {
            role: make.principal(cast[role]) for role in ("city", "official")
        }  # fmt: skip
        assert session.get(Enterprise, cast["firm"]) is not None
        for role, expected in (("city", True), ("official", False)):
            with scope.act_as(offices[role]):
                query = session.query(AuditEntry).filter_by(table_name="ab_user",
                                                            row_id=cast["admin"])  # fmt: skip
                assert (query.count() > 0) is expected, role


def test_the_audit_log_shows_acts_on_accounts(cast, signed_in):
    signed_in(cast["system"]).post(f"/accountadminview/switch/{cast['admin']}/0")
    page = signed_in(cast["city"]).get("/auditview/list/?table=ab_user")
    assert page.status_code == 200
    assert "登录账号" in page.text


def test_a_new_account_is_told_by_its_names_and_words_alone(cast, signed_in, system):
    city = signed_in(cast["city"])
    (added,) = entries(system, "ab_user", row_id=cast["official"], action="insert")
    page = unescape(city.get(f"/auditview/show/{added.id}").text)

    assert f"登录账号 {added.after['last_name']}（{added.after['username']}）" in page
    assert "政府账号" in page
    assert "蓬江区" in page
    for raw in ("app_government", "其他信息", "@local"):
        assert raw not in page, raw


def test_the_role_given_to_an_account_is_told_by_both_their_names(cast, signed_in, system):
    city = signed_in(cast["city"])
    link = next(
        row for row in entries(system, "ab_user_role", action="insert")
        if row.after["user_id"] == cast["official"]
    )  # fmt: skip
    page = unescape(city.get(f"/auditview/show/{link.id}").text)

    assert re.search(r"账号角色 \S+（official", page)
    assert "区（县市）级审核员" in page
