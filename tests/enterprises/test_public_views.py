"""企业注册 over HTTP: the wizard, its refusals, progress, correction; nobody is signed in."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest

from app import create_app
from app.core import clock, files, scope
from app.core.checks import mask_mobile
from app.enterprises import captcha, services, tokens
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise
from tests.factories import enterprises as make

FORM = "/register/form/general_contractor"
LABOUR = "/register/form/labour_subcontractor"


@pytest.fixture
def visitor(client):
    """A browser that has seen the captcha and knows its answer."""
    see_captcha(client)
    return client


def test_the_commitment_names_the_version_that_is_kept_with_the_consent(visitor, monkeypatch):
    monkeypatch.setattr(services, "COMMITMENT_VERSION", "2027-03")

    assert "2027-03" in visitor.get(FORM).get_data(as_text=True)


def see_captcha(client):
    client.get("/captcha/picture.png")
    with client.session_transaction() as session, client.application.app_context():
        session[captcha.KEY] = captcha.sealed(make.CAPTCHA)


def stored(system, **where):
    with system() as session:
        return [
            (row.id, row.state, row.application_no, row.agent_mobile, row.username)
            for row in session.query(Enterprise).filter_by(**where)
        ]


def post(client, url, data):
    return client.post(url, data=data, content_type="multipart/form-data")


def applied(client, system, kind=EnterpriseType.GENERAL_CONTRACTOR, url=FORM, **changes):
    see_captcha(client)
    data = make.posted(kind, **changes)
    answer = post(client, url, data)
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]*)', answer.text)
    return stored(system, credit_code=data["credit_code"])[0], answer, data


def test_three_cards_lead_to_the_form(client):
    page = client.get("/register/").text
    for kind in ("general_contractor", "professional_subcontractor", "labour_subcontractor"):
        assert f'value="{kind}"' in page
    assert client.get("/register/?kind=labour_subcontractor&next=1").location.endswith(LABOUR)
    assert client.get("/register/?next=1").status_code == 200


def test_the_form_has_every_field_of_the_columns_and_no_account_is_needed(client):
    page = client.get(FORM).text
    for name in (
        "name", "credit_code", "register_type", "region_code", "address", "established_on",
        "registered_capital", "licence_file", "licence_valid_to", "legal_person",
        "legal_person_id_type", "legal_person_id_number", "legal_person_phone", "agent_name",
        "agent_id_type", "agent_id_number", "agent_mobile", "authorisation_file",
        "office_phone", "email", "postcode", "qualifications-0-kind", "qualifications-0-file",
        "safety_licence_no", "safety_licence_valid_to", "safety_licence_file", "username",
        "password", "again", "captcha", "agreed",
    ):  # fmt: skip
        assert f'name="{name}"' in page, name


def test_an_invitation_link_fills_name_and_code(client):
    page = client.get(f"{LABOUR}?credit_code=91440700MA0000000X&name=某劳务公司").text
    assert 'value="某劳务公司"' in page
    assert 'value="91440700MA0000000X"' in page


def test_a_whole_form_becomes_an_application_and_shows_its_number(visitor, system):
    found, answer, _data = applied(visitor, system)

    assert found[1] is EnterpriseState.SUBMITTED
    assert found[2] in visitor.get(answer.location).text


def test_files_belong_to_the_application_and_strangers_do_not_see_them(visitor, system, signed_in):
    found, _answer, _data = applied(visitor, system)
    with system() as session:
        file = session.get(Enterprise, found[0]).licence_file
        reviewer = make.official(district="440703")
        far = make.official(district="440781")
        other = make.admin(make.enterprise())

    assert signed_in(reviewer).get(f"/file/{file}").status_code == 200
    for stranger in (far, other):
        assert signed_in(stranger).get(f"/file/{file}").status_code == 404
    assert visitor.get(f"/file/{file}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("credit_code", "91440700MA00000001"),
        ("legal_person_id_number", "440781199001011230"),
        ("agent_mobile", "12345"),
        ("established_on", "2999-01-01"),
        ("region_code", "999999"),
        ("name", None),
        ("safety_licence_no", None),
        ("username", "1x"),
        ("password", "weak"),
        ("again", "Another-one-12"),
        ("agreed", None),
        ("captcha", "WRONG"),
        ("captcha", None),
        ("email", "no-mail"),
        ("postcode", "12"),
        ("licence_file", (io.BytesIO(b"<html>not a picture</html>"), "licence.png")),
        ("qualifications-0-certificate_no", None),
    ],
)
def test_a_wrong_field_is_refused_beside_itself_and_nothing_is_written(
    visitor, system, field, value
):
    data = make.posted(**{field: value})
    answer = post(visitor, FORM, data)

    assert answer.status_code == 200
    assert 'class="error-summary"' in answer.text
    assert f'id="{field}-error"' in answer.text or field in {"agreed", "captcha"}
    assert stored(system, username=data["username"]) == []


def test_the_summary_leads_to_captcha_and_agreement_too(client):
    page = post(client, FORM, {}).text
    summary = page.split('id="error-summary"')[1].split("</div>")[0]
    for name in ("agreed", "captcha"):
        assert f'href="#{name}"' in summary
        assert f'id="{name}"' in page


def test_an_empty_password_is_asked_for_and_not_called_weak(client):
    page = post(client, FORM, {}).text
    for name, label in (("password", "登录密码"), ("again", "确认密码")):
        said = re.search(rf'id="{name}-error">([^<]+)<', page)[1]
        assert said == f"请填写{label}"


def test_what_was_typed_and_uploaded_survives_an_error(visitor, system):
    data = make.posted(agent_mobile="123")
    page = post(visitor, FORM, data).text
    assert f'value="{data["name"]}"' in page
    kept = dict(re.findall(r'name="([\w-]+)__kept" value="([^"]+)"', page))
    assert {"licence_file", "qualifications-0-file", "safety_licence_file"} <= set(kept)
    preview = re.search(r'href="(/register/upload/[^"]+)"', page)[1]
    assert visitor.get(preview).mimetype == "image/png"
    small = unescape(re.search(r'src="(/register/upload/[^"]+)"', page)[1])
    assert visitor.get(small).mimetype == "image/jpeg"

    see_captcha(visitor)
    again = make.posted(agent_mobile="13800138000", authorisation_file=None, licence_file=None,
                        safety_licence_file=None, **{"qualifications-0-file": None})  # fmt: skip
    again |= {f"{name}__kept": proof for name, proof in kept.items()}
    answer = post(visitor, FORM, again)
    assert answer.status_code == 302
    assert stored(system, credit_code=again["credit_code"])


def test_a_forged_proof_of_an_upload_is_worth_nothing(visitor):
    data = make.posted(licence_file=None)
    data["licence_file__kept"] = "WzEsbnVsbF0.forged"
    assert 'id="licence_file-error"' in post(visitor, FORM, data).text
    assert visitor.get("/register/upload/WzEsbnVsbF0.forged").status_code == 404


def test_the_proof_of_an_upload_is_good_for_a_day(visitor):
    page = post(visitor, FORM, make.posted(agent_mobile="123")).text
    preview = re.search(r'href="(/register/upload/[^"]+)"', page)[1]
    with clock.frozen(clock.now() + timedelta(hours=23, minutes=59)):
        assert visitor.get(preview).status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        assert visitor.get(preview).status_code == 404


def test_the_public_door_serves_no_file_of_a_row_whatever_proof_is_shown(
    visitor, system, signed_in
):
    found, _answer, _data = applied(visitor, system)
    with system() as session:
        file = session.get(Enterprise, found[0]).licence_file
        reader = make.official()
        token = tokens.issue(found[0])
        proofs = {None: files.token(file)}
        with scope.act_as(make.principal(reader)):
            proofs[reader] = files.token(file)

    for owner, proof in proofs.items():
        browser = signed_in(owner) if owner else visitor
        for more in ("", "?application=forged", f"?application={token}"):
            assert browser.get(f"/register/upload/{proof}{more}").status_code == 404, (owner, more)


def test_an_applicant_sees_the_files_of_his_returned_application_only_with_its_token(
    visitor, system
):
    _number, token, _data = returned(visitor, system, name="名称与执照不符")
    page = visitor.get(f"/register/continue/{token}").text
    previews = re.findall(r'href="(/register/upload/[^"]+)"', page)
    smalls = [unescape(one) for one in re.findall(r'src="(/register/upload/[^"]+)"', page)]
    another = returned(visitor, system, name="名称与执照不符")[1]

    assert len(previews) >= 4
    assert smalls
    assert {visitor.get(one).mimetype for one in smalls} == {"image/jpeg"}
    for preview in previews:
        bare = preview.split("?")[0]
        assert visitor.get(preview).mimetype == "image/png"
        assert visitor.get(bare).status_code == 404
        assert visitor.get(f"{bare}?application={another}").status_code == 404


def test_an_expired_certificate_asks_for_reason_and_notice(visitor):
    page = post(visitor, FORM, make.posted(**{"qualifications-0-valid_to": "2020-01-01"})).text
    assert 'id="qualifications-0-extension_reason-error"' in page
    assert 'id="qualifications-0-extension_file-error"' in page


def test_an_expired_certificate_goes_on_with_reason_and_notice(visitor, system):
    applied(visitor, system, **{
        "qualifications-0-valid_to": "2020-01-01",
        "qualifications-0-extension_reason": "住建部公告统一延期",
        "qualifications-0-extension_file": make.upload("notice.png"),
    })  # fmt: skip


def test_every_error_of_the_form_is_told_at_once(visitor, system):
    with system():
        taken = make.application().username
    page = post(visitor, FORM, make.posted(agent_mobile="123", username=taken, postcode="12")).text

    for field in ("agent_mobile", "username", "postcode"):
        assert f'href="#{field}"' in page, field
    assert "已被使用" in re.search(r'id="username-error">([^<]+)<', page)[1]
    with visitor.session_transaction() as session:
        assert captcha.KEY in session, "the characters are spent on a right form only"


def said(page, field):
    return re.search(rf'id="{field}-error">([^<]+)<', page)[1]


def test_wrong_characters_are_told_beside_the_other_errors(visitor):
    page = post(visitor, FORM, make.posted(agent_mobile="123", captcha="0000")).text

    assert 'href="#agent_mobile"' in page
    assert said(page, "captcha") == said(
        post(visitor, FORM, make.posted(captcha="0000")).text, "captcha"
    )
    with visitor.session_transaction() as session:
        assert captcha.KEY not in session, "one picture is guessed at once"


def test_a_form_that_comes_back_says_what_must_be_typed_again(visitor, system):
    wrong = post(visitor, FORM, make.posted(agent_mobile="123")).text
    see_captcha(visitor)
    with system():
        firm = make.enterprise().credit_code
    refused = post(visitor, FORM, make.posted(credit_code=firm)).text

    for page in (wrong, refused):
        assert said(page, "password").startswith("请再次输入密码")
        assert said(page, "again").startswith("请再次确认密码")
        assert said(page, "captcha").startswith("图片已更换")
    assert 'id="password-error"' not in visitor.get(FORM).text


def test_a_captcha_is_taken_once(visitor, system):
    with visitor.session_transaction() as session:
        spent = session[captcha.KEY]
    assert post(visitor, FORM, make.posted()).status_code == 302
    with visitor.session_transaction() as session:
        assert captcha.KEY not in session
        session[captcha.KEY] = spent  # an old cookie sent again
    data = make.posted()
    assert post(visitor, FORM, data).status_code == 200
    assert stored(system, username=data["username"]) == []


def test_the_answer_of_a_captcha_is_not_readable_in_the_session(client, app):
    app.config["CAPTCHA_ANSWER"] = "QWERT"
    try:
        assert client.get("/captcha/picture.png").mimetype == "image/png"
    finally:
        del app.config["CAPTCHA_ANSWER"]
    with client.session_transaction() as session:
        assert "QWERT" not in str(session[captcha.KEY])
        with app.app_context():
            mark, _until, digest = session[captcha.KEY]
            assert digest == captcha._digest(mark, "QWERT")


def test_a_registered_enterprise_is_sent_to_recover_its_account(visitor, system):
    with system():
        code = make.enterprise().credit_code
    page = post(visitor, FORM, make.posted(credit_code=code)).text
    assert 'id="credit_code-error"' in page


def test_a_sign_in_name_is_checked_while_it_is_typed(client, system):
    with system() as session:
        number = make.admin(make.enterprise())
        with scope.login_scope("test"):
            from app.identity.models import Account

            name = session.get(Account, number).username
    assert client.post("/register/username", data={"value": name}).json["ok"] is False
    assert client.post("/register/username", data={"value": "perfectly_free"}).json["ok"] is True


def test_progress_needs_number_and_mobile_of_the_agent(visitor, system):
    found, _answer, data = applied(visitor, system)
    wrong = visitor.post(
        "/register/progress", data={"application_no": found[2], "agent_mobile": "13900000000"}
    )
    assert found[2] in wrong.text  # what was typed stays
    assert data["name"] not in wrong.text
    right = visitor.post(
        "/register/progress", data={"application_no": found[2], "agent_mobile": found[3]}
    )
    assert data["name"] in visitor.get(right.location).text


@pytest.mark.parametrize(
    ("state", "words"),
    [("SUBMITTED", "审核结束前无需操作"), ("REJECTED", "本次申请已结束")],
)
def test_the_progress_says_what_to_do_next(client, system, state, words):
    with system():
        row = make.application()
        if state == "REJECTED":
            services.reject(row, "资料虚假", actor=scope.SYSTEM)
        number, mobile = row.application_no, row.agent_mobile
    found = post(client, "/register/progress", {"application_no": number, "agent_mobile": mobile})

    assert words in client.get(found.headers["Location"]).text


def test_a_forged_token_opens_no_application(client):
    for url in ("/register/progress/x.y.z", "/register/continue/x.y.z", "/register/done/x.y.z"):
        assert client.get(url).location.endswith("/register/progress")


def returned(client, system, **marks):
    found, _answer, data = applied(client, system)
    with system() as session:
        row = session.get(Enterprise, found[0])
        with scope.act_as(make.principal(make.official())):
            services.return_application(row, marks, actor=scope.current())
    with client.application.app_context():
        return found[0], tokens.issue(found[0]), data


def test_a_returned_application_opens_again_with_the_reviewers_words(visitor, system):
    _number, token, data = returned(visitor, system, name="名称与执照不符", qualifications="补证")
    state = visitor.get(f"/register/progress/{token}").text
    assert "名称与执照不符" in state
    page = visitor.get(f"/register/continue/{token}").text
    assert f'value="{data["name"]}"' in page
    assert page.count("名称与执照不符") == 2  # in the reviewer's box and beside the field
    assert "error-summary" not in page
    assert '<a href="#name">' in page
    assert "补证" in page
    assert data["legal_person_id_number"] not in page
    assert data["agent_id_number"] not in page
    assert 'name="password"' not in page


def corrected(visitor, token, data, **changes):
    return sent(visitor, visitor.get(f"/register/continue/{token}").text, data, **changes)


def sent(visitor, page, data, **changes):
    """Post the form of a page to where it goes."""
    form = {
        n: v for n, v in data.items()
        if isinstance(v, str) and n not in {"password", "again", "captcha", "agreed", "username"}
    }  # fmt: skip
    form |= dict(re.findall(r'name="([\w-]+__kept)" value="([^"]+)"', page))
    form["row_version"] = re.search(r'name="row_version"[^>]*value="(\d+)"', page)[1]
    form |= {"legal_person_id_number": "", "agent_id_number": "", **changes}
    return visitor.post(re.search(r'<form class="form"[^>]* action="([^"]+)"', page)[1], data=form)


def test_a_correction_that_took_hours_is_taken_and_an_error_in_it_loses_nothing(visitor, system):
    number, token, data = returned(visitor, system, address="请写门牌号")
    page = visitor.get(f"/register/continue/{token}").text
    with clock.frozen(clock.now() + timedelta(hours=20)):
        wrong = sent(visitor, page, data, address="建设路1号之二", agent_mobile="123")
        assert wrong.status_code == 200
        assert 'value="建设路1号之二"' in wrong.text
    with clock.frozen(clock.now() + timedelta(hours=40)):
        answer = sent(visitor, wrong.text, data, address="建设路1号之二")
        done = visitor.get(answer.location)
    assert done.status_code == 200
    with system() as session:
        assert session.get(Enterprise, number).address == "建设路1号之二"


def test_a_link_to_a_correction_opens_for_an_hour_and_then_says_why_not(visitor, system):
    _number, token, data = returned(visitor, system, address="请写门牌号")
    page = visitor.get(f"/register/continue/{token}").text
    words = "页面已过期，请重新查询"
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        late = visitor.get(f"/register/continue/{token}", follow_redirects=True)
        assert words in late.text
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert sent(visitor, page, data).location.endswith("/register/progress")
        assert words in visitor.get("/register/progress").text


def test_a_correction_is_a_second_attempt_and_keeps_numbers_on_file(visitor, system):
    number, token, data = returned(visitor, system, address="请写门牌号")
    answer = corrected(visitor, token, data, address="建设路1号之二")
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]*)', answer.text)
    with system() as session:
        row = session.get(Enterprise, number)
        assert row.state is EnterpriseState.SUBMITTED
        assert (row.attempt, row.address) == (2, "建设路1号之二")
        assert row.legal_person_id_number == data["legal_person_id_number"]
        assert row.licence_file is not None


def test_a_correction_that_changes_nothing_is_asked_for_words(visitor, system):
    number, token, data = returned(visitor, system, address="请写门牌号")
    page = corrected(visitor, token, data).text
    assert 'href="#reply"' in page
    assert said(page, "reply").startswith("请先按标出的字段修改")
    assert corrected(visitor, token, data, reply="门牌号就是8号").status_code == 302
    assert stored(system, id=number)[0][1] is EnterpriseState.SUBMITTED


def test_a_telephone_half_typed_over_its_mask_is_refused_and_the_number_on_file_stays(
    visitor, system
):
    number, token, data = returned(visitor, system, address="请写门牌号")
    page = visitor.get(f"/register/continue/{token}").text
    mask = mask_mobile(data["legal_person_phone"])
    assert f'value="{mask}"' in page
    answer = sent(visitor, page, data, legal_person_phone=f"0750{mask[3:]}")

    assert 'id="legal_person_phone-error"' in answer.text
    with system() as session:
        assert session.get(Enterprise, number).legal_person_phone == data["legal_person_phone"]


def test_a_second_tab_with_the_former_attempt_is_refused(visitor, system):
    _number, token, data = returned(visitor, system, address="请写门牌号")
    assert corrected(visitor, token, data, row_version="1").status_code == 200


def test_an_application_under_review_cannot_be_corrected(visitor, system):
    found, _answer, _data = applied(visitor, system)
    with visitor.application.app_context():
        token = tokens.issue(found[0])
    assert visitor.get(f"/register/continue/{token}").status_code == 302
    assert visitor.post(f"/register/continue/{token}", data={}).status_code == 302
    assert stored(system, id=found[0])[0][1] is EnterpriseState.SUBMITTED


def test_public_posts_ask_for_the_csrf_token(app):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        browser = app.test_client()
        for url in (FORM, "/register/progress", "/register/username", "/register/continue/x"):
            assert browser.post(url, data={}).status_code == 400, url
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_with_the_csrf_token_of_the_page_a_form_is_taken(app, system):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        browser = app.test_client()
        page = browser.get(FORM).text
        see_captcha(browser)
        data = make.posted(csrf_token=re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1])
        assert post(browser, FORM, data).status_code == 302
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert stored(system, credit_code=data["credit_code"])


def test_looking_up_progress_is_limited(prepared_app, var):
    limited = create_app(VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=True,
                         WTF_CSRF_ENABLED=False)  # fmt: skip
    browser = limited.test_client()
    codes = [
        browser.post("/register/progress", data={"application_no": "QY1", "agent_mobile": "1"})
        .status_code
        for _n in range(21)
    ]  # fmt: skip
    assert codes[0] == 200
    assert codes[-1] == 429
