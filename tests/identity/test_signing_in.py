"""登录: captcha, lock, applicants, sessions, first passwords, closed side doors."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import create_app
from app.core import clock, scope
from app.enterprises import captcha, services
from app.enterprises.models import Enterprise
from app.identity import lockout
from app.identity.models import Account
from tests.factories import enterprises as make

WRONG = "Wrong-password-1"
NEW = "Brand-new-horse-34"
INVALID = ("用户名或密码", "User name or password is wrong")
LOCKED = ("账号已锁定，请15分钟后再试", "The account is locked. Try again in 15 minutes")


def says(page, sentences):
    return any(sentence in page for sentence in sentences)


@pytest.fixture
def firm(system):
    """An enterprise with its administrator."""
    with system() as session:
        row = make.enterprise()
        number = make.admin(row)
        with scope.login_scope("test"):
            name = session.get(Account, number).username
        return SimpleNamespace(id=row.id, user=number, username=name)


def try_in(browser, username, password, **more):
    return browser.post("/login/", data={"username": username, "password": password, **more})


def solve(browser):
    with browser.session_transaction() as session, browser.application.app_context():
        session[captcha.KEY] = captcha.sealed(make.CAPTCHA)
    return make.CAPTCHA


def test_a_right_password_signs_in_and_the_session_begins_anew(client, firm):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    assert try_in(client, firm.username, make.PASSWORD).status_code == 302
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] == str(firm.user)


@pytest.mark.parametrize("password", ["", WRONG, "\x00", make.PASSWORD + " "])
def test_a_wrong_password_does_not(client, firm, password):
    assert try_in(client, firm.username, password).status_code in {400, 401}
    assert client.get("/enterprise/").status_code == 302


def test_a_captcha_is_asked_after_two_failures_of_the_browser_or_the_name(client, app, firm):
    for _n in range(2):
        page = try_in(client, firm.username, WRONG).text
    assert 'name="captcha"' in page
    assert try_in(client, firm.username, make.PASSWORD).status_code == 401
    fresh = app.test_client()  # another browser, same name
    assert try_in(fresh, firm.username, make.PASSWORD).status_code == 401
    answer = try_in(fresh, firm.username, make.PASSWORD, captcha=solve(fresh))
    assert answer.status_code == 302


def fail(browser, username, times):
    for _n in range(times):
        answer = try_in(browser, username, WRONG, captcha=solve(browser))
    return answer


def test_five_failures_lock_the_name_for_fifteen_minutes(client, app, firm):
    page = fail(client, firm.username, 5).text
    assert says(page, LOCKED)
    locked = try_in(client, firm.username, make.PASSWORD, captcha=solve(client))
    assert locked.status_code == 401
    assert says(locked.text, LOCKED)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        later = app.test_client()
        assert try_in(later, firm.username, make.PASSWORD, captcha=solve(later)).status_code == 302


def test_an_unknown_name_locks_like_a_known_one(client):
    first = try_in(client, "nobody_at_all", WRONG).text
    assert says(first, INVALID)
    assert says(fail(client, "nobody_at_all", 4).text, LOCKED)


def test_four_failures_and_a_right_password_start_the_count_again(client, app, firm):
    fail(client, firm.username, 4)
    assert try_in(client, firm.username, make.PASSWORD, captcha=solve(client)).status_code == 302
    other = app.test_client()
    assert not says(fail(other, firm.username, 1).text, LOCKED)


def test_old_failures_do_not_count(work):
    now = clock.now()
    with clock.frozen(now):
        for _n in range(4):
            lockout.count("somebody")
    with clock.frozen(now + timedelta(minutes=20)):
        lockout.count("Somebody ")
        assert lockout.failures("somebody") == 1
        assert not lockout.is_locked("somebody")


@pytest.mark.parametrize("verdict", ["pending", "returned", "refused"])
def test_an_applicant_gets_to_his_application_and_nothing_else(client, system, verdict):
    with system():
        row = make.application()
        name, title, number = row.username, row.name, row.application_no
        if verdict == "returned":
            services.return_application(row, {"name": "不符"}, actor=scope.SYSTEM)
        if verdict == "refused":
            services.reject(row, "虚假", actor=scope.SYSTEM)
    answer = try_in(client, name, make.PASSWORD)
    assert "/register/progress/" in answer.location
    page = client.get(answer.location).text
    assert title in page
    assert number in page
    for url in ("/", "/enterprise/", "/registrations/list/", "/password/change"):
        assert client.get(url).location.startswith("/login/"), url
    with client.session_transaction() as session:
        assert "_user_id" not in session


def test_a_wrong_password_of_an_application_shows_nothing(client, system):
    with system():
        name = make.application().username
    answer = try_in(client, name, WRONG)
    assert answer.status_code == 401
    assert says(answer.text, INVALID)


def test_a_first_password_is_changed_before_anything_else(client, system, firm):
    from app.identity import services as identity

    with system():
        first = identity.reset_password(firm.user)
    assert try_in(client, firm.username, first).status_code == 302
    assert client.get("/enterprise/").location == "/password/change"
    page = client.get("/password/change").text
    assert 'name="again"' in page
    for new, again in (("short", "short"), (NEW, NEW + "x"), (first, first)):
        client.post("/password/change", data={"old": first, "new": new, "again": again})
        assert client.get("/enterprise/").location == "/password/change"
    wrong = client.post("/password/change", data={"old": WRONG, "new": NEW, "again": NEW})
    assert 'id="old-error"' in wrong.text
    client.post("/password/change", data={"old": first, "new": NEW, "again": NEW})
    assert client.get("/enterprise/").status_code == 200


def test_changing_the_password_ends_the_other_sessions(client, app, firm):
    other = app.test_client()
    for browser in (client, other):
        assert try_in(browser, firm.username, make.PASSWORD).status_code == 302
    client.post("/password/change", data={"old": make.PASSWORD, "new": NEW, "again": NEW})
    assert client.get("/enterprise/").status_code == 200
    assert other.get("/enterprise/").status_code == 302


def test_an_idle_session_ends_and_a_long_one_too(client, app, firm):
    try_in(client, firm.username, make.PASSWORD)
    minutes, hours = app.config["SESSION_IDLE_MINUTES"], app.config["SESSION_HOURS"]
    with clock.frozen(clock.now() + timedelta(minutes=minutes - 5)):
        assert client.get("/enterprise/").status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=2 * minutes)):
        assert client.get("/enterprise/").status_code == 302
    try_in(client, firm.username, make.PASSWORD)
    with client.session_transaction() as session:
        session["began"] -= hours * 3600 + 1
    assert client.get("/enterprise/").status_code == 302


def test_an_old_password_is_changed_at_the_next_sign_in(client, system, firm):
    with system() as session, scope.login_scope("test"):
        account = session.get(Account, firm.user)
        account.password_changed_at = clock.now() - timedelta(days=181)
    try_in(client, firm.username, make.PASSWORD)
    assert client.get("/enterprise/").location == "/password/change"


def test_signing_out_ends_the_session_for_a_copied_cookie_too(client, app, firm):
    try_in(client, firm.username, make.PASSWORD)
    name = app.config["SESSION_COOKIE_NAME"]
    copy, cookie = app.test_client(), client.get_cookie(name).value
    copy.set_cookie(name, cookie)
    assert copy.get("/enterprise/").status_code == 200
    assert client.post("/logout/").location == "/login/"

    copy.set_cookie(name, cookie)
    for browser in (client, copy):
        assert browser.get("/enterprise/").location.startswith("/login/")


def test_no_link_of_another_site_signs_anybody_out(client, app, firm):
    try_in(client, firm.username, make.PASSWORD)
    assert client.get("/logout/").status_code == 405
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post("/logout/").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    page = client.get("/enterprise/")
    assert page.status_code == 200
    assert '<form method="post" action="/logout/">' in page.text


def test_signing_in_without_a_target_leads_home_in_silence(client, firm, caplog):
    answer = try_in(client, firm.username, make.PASSWORD)

    assert answer.headers["Location"] == "/"
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == []


def test_signing_in_leads_to_no_foreign_site(client, firm):
    answer = client.post(
        "/login/?next=https://evil.example/",
        data={"username": firm.username, "password": make.PASSWORD},
    )
    assert "evil" not in answer.location


def test_a_forgotten_password_page_says_whom_to_ask(client):
    assert 'href="/forgotten/"' in client.get("/login/").text
    assert client.get("/forgotten/").status_code == 200


SIDE_DOORS = (
    "/api/v1/security/login", "/api/v1/security/refresh", "/api/v1/security/csrf_token/",
    "/api/v1/security/users/", "/api/v1/security/roles/", "/api/v1/security/permissions/",
    "/api/v1/_openapi", "/swagger/v1", "/resetpassword/form",
    "/resetmypassword/form", "/resetpassword/form?pk=1", "/userinfoeditview/form", "/users/list/",
    "/users/add", "/users/show/1", "/users/userinfo/", "/users/action/resetmypassword/1",
    "/registeruser/list/", "/registeruser/form", "/register/form", "/roles/list/", "/roles/add",
    "/permissions/list/", "/viewmenus/list/", "/permissionviews/list/",
    "/userstatschartview/chart/",
    "/groups/list/", "/apikeys/list/",
)  # fmt: skip


@pytest.mark.parametrize("url", SIDE_DOORS)
def test_no_side_door_of_the_framework_is_open(client, signed_in, system, firm, url):
    with system():
        official = make.official("city_admin", district=None)
    for browser in (client, signed_in(firm.user), signed_in(official)):
        for method in ("get", "post"):
            code = getattr(browser, method)(url).status_code
            shut = {302, 403, 404, 405} if url.endswith(("list/", "add", "show/1")) else {404, 405}
            assert code in shut, (method, url, code)


def test_accounts_are_listed_for_the_system_administrator_alone(signed_in, system, firm):
    from app.identity import services as identity

    with system():
        number = identity.open_account(
            username="root_of_tests", name="系统管理员", audience=scope.Audience.LOGIN,
            role="sys_admin", password_hash=identity.hashed(make.PASSWORD),
        )  # fmt: skip
        official = make.official("city_admin", district=None)
    from flask import url_for

    browser = signed_in(number)
    with browser.application.test_request_context():
        urls = [url_for("AccountAdminView.list"), url_for("RoleAdminView.list")]
    for url in urls:
        assert browser.get(url).status_code == 200, url
        for other in (firm.user, official):
            assert signed_in(other).get(url).status_code in {302, 403}, url


def test_every_answer_carries_the_security_headers(client):
    answer = client.get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers
    secure = client.get("/login/", base_url="https://localhost")
    assert "max-age" in secure.headers["Strict-Transport-Security"]


def test_cookies_are_closed_to_scripts_and_to_other_sites(client, firm):
    cookie = try_in(client, firm.username, make.PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_cookies_travel_over_tls_only_where_the_site_is_served_so(prepared_app, var):
    secure = create_app(VAR=var, TESTING=True, DEMO=False, SECURE_COOKIES=True)
    answer = secure.test_client().get("/captcha/picture.png", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_every_post_but_the_interface_asks_for_the_csrf_token(app, signed_in, firm):
    browser = signed_in(firm.user)
    app.config["WTF_CSRF_ENABLED"] = True
    values = {"int": 1}
    missing = []
    try:
        for rule in app.url_map.iter_rules():
            if "POST" not in rule.methods or rule.endpoint == "OpenApiView.call":
                continue
            url = re.sub(r"<(?:(int):)?\w+>", lambda m: str(values.get(m[1], "1")), rule.rule)
            url = re.sub(r"<[^>]+>", "x", re.sub(r"<any\((\w+)[^>]*>", r"\1", url))
            if browser.post(url).status_code != 400:
                missing.append(rule.rule)
        assert missing == []
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_signing_in_is_braked_by_address(prepared_app, var):
    limited = create_app(VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=True,
                         WTF_CSRF_ENABLED=False, AUTH_RATE_LIMIT="3 per minute")  # fmt: skip
    browser = limited.test_client()
    codes = [browser.post("/login/", data={}).status_code for _n in range(4)]
    assert codes[-1] == 429


def test_a_disabled_enterprise_does_not_sign_in(client, system, firm):
    with system() as session:
        services.disable(session.get(Enterprise, firm.id), "欠薪", actor=scope.SYSTEM)
    assert try_in(client, firm.username, make.PASSWORD).status_code == 401


def test_a_stranger_is_asked_to_sign_in_and_not_told_he_lacks_a_right(client):
    asked = client.get("/workerview/list/", follow_redirects=True)
    assert says(asked.text, ("请先登录", "Sign in first"))
    assert not says(asked.text, ("没有权限访问此页面", "Access is Denied"))
    assert not says(client.get("/login/").text, ("请先登录", "Sign in first"))


def test_whose_session_has_ended_is_told_so(client, firm):
    try_in(client, firm.username, make.PASSWORD)
    with client.session_transaction() as session:
        session["seen"] = session["began"] = 0
    page = client.get("/workerview/list/", follow_redirects=True).text

    assert says(page, ("登录已过期，请重新登录", "You were signed out because the session ended"))
    assert not says(page, ("没有权限访问此页面", "Access is Denied"))


def test_five_wrong_present_passwords_lock_the_change_and_the_sign_in(client, signed_in, firm):
    browser = signed_in(firm.user)
    form = {"old": WRONG, "new": NEW, "again": NEW}
    pages = [browser.post("/password/change", data=form).text for _try in range(5)]
    told = ("当前密码已连续输错5次", "The present password was wrong 5 times")

    assert [says(page, told) for page in pages] == [False] * 4 + [True]
    right = browser.post("/password/change", data={**form, "old": make.PASSWORD})
    assert says(right.text, told)
    with client.application.app_context():
        assert lockout.is_locked(firm.username)
