"""保存草稿 of a registration: in this browser only, by a token nobody stores (screens.md 2.3)."""

import re
from datetime import timedelta

import pytest
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select, text

from app.core import clock, drafts
from app.core.drafts import FormDraft
from app.core.jobs.runner import run_now
from app.core.views import drafting
from app.enterprises import captcha
from app.enterprises.models import Enterprise
from tests.factories import enterprises as make

FORM = "/register/form/general_contractor"
LABOUR = "/register/form/labour_subcontractor"
HERE = "草稿只能在本浏览器继续填写"


@pytest.fixture
def visitor(client):
    """A browser without an account."""
    return client


def post(browser, url, data):
    return browser.post(url, data=data, content_type="multipart/form-data")


def save_draft(browser, **changes):
    data = make.posted(**changes)
    answer = post(browser, FORM, {**data, "_draft": "1"})
    assert answer.status_code == 302
    assert answer.location.startswith(FORM)
    return data, answer


def kept(system):
    with system() as session:
        return [tuple(row) for row in session.execute(select(
            FormDraft.user_id, FormDraft.browser_hash, FormDraft.place, FormDraft.content,
            FormDraft.files,
        ))]  # fmt: skip


def test_the_form_says_before_where_a_draft_can_be_continued(visitor):
    page = visitor.get(FORM).text
    assert 'name="_draft"' in page
    assert HERE in page
    assert visitor.get_cookie(drafts.COOKIE) is None


def test_a_registration_is_continued_in_the_same_browser_with_its_files(visitor, system):
    data, answer = save_draft(visitor, credit_code="91440000WRONG")
    page = visitor.get(answer.location).text

    assert HERE in page
    assert data["name"] in page
    assert 'value="91440000WRONG"' in page
    assert data["qualifications-0-certificate_no"] in page
    assert page.count("__kept") == 4
    [(user, browser, place, _content, files)] = kept(system)
    assert (user, place, len(files)) == (None, FORM, 4)
    assert browser == drafts.digest(visitor.get_cookie(drafts.COOKIE).value)


def test_the_token_of_a_browser_is_out_of_reach_of_scripts_and_other_sites(visitor):
    _data, answer = save_draft(visitor)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("drafts="))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Max-Age={30 * 86400}" in cookie


def test_behind_https_the_token_is_sent_over_https_only(visitor):
    data = {**make.posted(), "_draft": "1"}
    answer = visitor.post(
        FORM, data=data, content_type="multipart/form-data", base_url="https://localhost"
    )
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("drafts="))
    assert "Secure" in cookie


def test_a_second_browser_sees_nothing(visitor, app):
    data, answer = save_draft(visitor)
    other = app.test_client()

    for page in (other.get(answer.location).text, other.get(FORM).text):
        assert data["name"] not in page
        assert "保存的草稿" not in page
    other.set_cookie(drafts.COOKIE, "guessed")
    assert data["name"] not in other.get(answer.location).text


def test_neither_the_token_nor_a_password_nor_a_number_is_stored(visitor, system):
    data, _answer = save_draft(visitor)
    token = visitor.get_cookie(drafts.COOKIE).value
    [(_user, _browser, _place, content, _files)] = kept(system)
    with system() as session:
        stored = session.scalar(text("select row_to_json(d)::text from form_draft d"))

    for secret in (make.PASSWORD, make.CAPTCHA, "csrf_token"):
        assert secret not in content
    assert data["legal_person_id_number"] in content
    for plain in (token, data["legal_person_id_number"], data["agent_mobile"], data["name"]):
        assert plain not in stored


def test_each_type_of_enterprise_has_a_draft_of_its_own(visitor):
    save_draft(visitor)
    assert "保存的草稿" in visitor.get(FORM).text
    assert "保存的草稿" not in visitor.get(LABOUR).text


def test_a_draft_is_deleted_by_the_browser_it_belongs_to(visitor, app, system):
    save_draft(visitor)
    proof = re.search(r'name="draft_place" value="([^"]+)"', visitor.get(FORM).text)[1]

    app.test_client().post("/drafts/drop", data={"draft_place": proof})
    assert len(kept(system)) == 1
    visitor.post("/drafts/drop", data={"draft_place": proof})
    assert kept(system) == []


def test_a_registration_sent_from_the_draft_takes_its_files_and_removes_it(visitor, system):
    data, answer = save_draft(visitor)
    page = visitor.get(answer.location).text
    visitor.get("/captcha/picture.png")
    with visitor.session_transaction() as session, visitor.application.app_context():
        session[captcha.KEY] = captcha.sealed(make.CAPTCHA)
    proofs = dict(re.findall(r'name="([\w-]+__kept)" value="([^"]+)"', page))
    words = {n: v for n, v in data.items() if isinstance(v, str)}
    sent = post(visitor, answer.location, {**words, **proofs})

    assert sent.status_code == 302, re.findall(r'class="error"[^>]*>([^<]*)', sent.text)
    assert kept(system) == []
    with system() as session:
        row = session.query(Enterprise).filter_by(credit_code=data["credit_code"]).one()
        assert row.licence_file


def test_a_draft_ends_after_thirty_days(visitor, app, system):
    _data, answer = save_draft(visitor)
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=31)):
        assert "保存的草稿" not in visitor.get(answer.location).text
        run_now("core.drafts")
    assert kept(system) == []


def test_a_form_whose_session_is_gone_is_offered_again(app, visitor, system):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        page = visitor.get(FORM).text
        proof = re.search(r'name="draft_place" value="([^"]+)"', page)[1]
        visitor.delete_cookie("realname")
        data = {n: v for n, v in make.posted().items() if isinstance(v, str)}
        answer = post(visitor, FORM, {**data, "draft_place": proof, "csrf_token": "old"})
        assert answer.status_code == 302
        shown = visitor.get(answer.location).text
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert data["name"] in shown
    assert "您填写的内容已保留" in shown
    [(_user, _browser, _place, content, _files)] = kept(system)
    assert make.PASSWORD not in content


def test_one_address_cannot_fill_the_table_with_refused_forms(app, visitor, system, monkeypatch):
    limiter = app.extensions["appbuilder"].sm.limiter
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setattr(limiter, "_limiter", FixedWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(drafting, "SELDOM", RateLimitItemPerHour(2))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        page = visitor.get(FORM).text
        proof = re.search(r'name="draft_place" value="([^"]+)"', page)[1]
        answers = [
            post(app.test_client(), FORM, {"name": "某公司", "draft_place": proof}).status_code
            for _n in range(3)
        ]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answers == [302, 302, 400]
    assert len(kept(system)) == 2


def test_another_site_cannot_put_a_draft_into_a_browser(app, visitor, system):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        proof = re.search(r'name="draft_place" value="([^"]+)"', visitor.get(FORM).text)[1]
        answer = visitor.post(
            FORM, data={"name": "冒名公司", "draft_place": proof},
            content_type="multipart/form-data", headers={"Origin": "https://elsewhere.example"},
        )  # fmt: skip
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 400
    assert kept(system) == []
