"""设置接口: what the general contractor sees and does, and nobody else (screens.md 7.1, 7.3)."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.core import clock
from app.enterprises.choices import EnterpriseType
from app.extensions import db
from app.openapi import cipher, passes
from app.openapi.choices import ClientState, Outcome
from app.openapi.models import ApiCall, ApiClient
from tests.factories import enterprises, openapi, projects
from tests.openapi.site_system import SiteSystem, china_now

FORM = {
    "vendor_name": "江门某某科技", "vendor_contact": "技术员", "vendor_mobile": "13800000000",
    "software": "实名制终端", "software_version": "3.1", "enabled": "1",
    "environment": "LIVE", "scopes": ["TEAM", "WORKER"],
}  # fmt: skip
SECRET = re.compile(r'id="app-secret">([0-9a-f]{32})<')


@pytest.fixture
def here(system, signed_in):
    """Give a project, its contractor's browser, a subcontractor's and a stranger's."""
    with system():
        firm, other = enterprises.enterprise(), enterprises.enterprise()
        labour = enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR)
        project = projects.project(firm)
        projects.unit(project, labour)
        passes.record(FORM["vendor_name"], FORM["software"])
        client = openapi.client(project, vendor_name="原有厂商").client
        ids = SimpleNamespace(project=project.id, client=client.id, code=project.project_no)
        admins = [enterprises.admin(one) for one in (firm, other, labour)]
        office = enterprises.official()
    browsers = [signed_in(one) for one in (*admins, office)]
    ids.contractor, ids.stranger, ids.labour, ids.office = browsers
    return ids


def page_of(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_secret_and_number_are_shown_once(here, system):
    answer = here.contractor.post(f"/interface/{here.project}/add", data=FORM)
    text = page_of(answer)
    (secret,) = SECRET.findall(text)
    assert answer.headers["Cache-Control"] == "no-store"
    settings = page_of(here.contractor.get(f"/interface/{here.project}/"))
    assert "江门某某科技" in settings
    assert secret not in settings
    with system():
        row = db.session.query(ApiClient).filter_by(vendor_name="江门某某科技").one()
        assert (row.app_secret, row.scopes) == (secret, ["TEAM", "WORKER"])
        assert row.app_id in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vendor_name", ""),
        ("scopes", []),
        ("callback_url", "http://vendor.example.com/"),
        ("callback_url", "https://192.168.1.1/"),
        ("ip_allow", "not an address"),
        ("vendor_credit_code", "91440700MA4UKJ1E00"),
        ("corp_key", "short"),
    ],
)
def test_wrong_settings_are_named_beside_their_field(here, system, field, value):
    answer = here.contractor.post(f"/interface/{here.project}/add", data={**FORM, field: value})
    text = page_of(answer)
    assert SECRET.search(text) is None
    assert f'href="#{field}"' in text
    with system():
        assert db.session.query(ApiClient).count() == 1


def test_a_last_day_that_is_over_is_told_with_everything_else(here, system):
    over = {"valid_to": (clock.today() - timedelta(days=1)).isoformat()}
    address = f"/interface/{here.project}/add"
    for other in ({"vendor_contact": ""}, {"vendor_name": "原有厂商"}):
        text = page_of(here.contractor.post(address, data={**FORM, **over, **other}))
        assert 'href="#valid_to"' in text
    text = page_of(here.contractor.post(address, data={**FORM, **over, "vendor_contact": ""}))
    assert 'href="#vendor_contact"' in text
    with system():
        assert db.session.query(ApiClient).count() == 1
        row = db.session.get(ApiClient, here.client)
        row.valid_to = clock.today() - timedelta(days=1)
        version = row.row_version
    kept = {**FORM, **over, "vendor_name": "原有厂商", "row_version": version}
    answer = here.contractor.post(f"/interface/client/{here.client}/edit", data=kept)
    assert answer.status_code == 302


def test_a_secret_is_replaced_against_password_and_reason(here, system):
    address = f"/interface/client/{here.client}/secret"
    for data in ({"password": "wrong", "reason": "遗失"}, {"password": enterprises.PASSWORD}):
        assert SECRET.search(page_of(here.contractor.post(address, data=data))) is None
    data = {"password": enterprises.PASSWORD, "reason": "遗失"}
    (secret,) = SECRET.findall(page_of(here.contractor.post(address, data=data)))
    with system():
        assert db.session.get(ApiClient, here.client).app_secret == secret


def test_guesses_at_the_password_are_counted_and_end_after_five(here, system):
    address = f"/interface/client/{here.client}/secret"
    for _turn in range(5):
        here.contractor.post(address, data={"password": "wrong", "reason": "遗失"})
    data = {"password": enterprises.PASSWORD, "reason": "遗失"}
    text = page_of(here.contractor.post(address, data=data))

    assert SECRET.search(text) is None
    assert "15分钟" in text


def test_an_access_past_its_last_day_is_shown_as_ended_before_anybody_calls(here, system):
    with system():
        row = db.session.get(ApiClient, here.client)
        row.valid_to = clock.today() - timedelta(days=1)
        assert row.state is ClientState.LIVE
    text = page_of(here.contractor.get(f"/interface/{here.project}/"))

    assert "已过期" in text
    assert f"/interface/client/{here.client}/disable" not in text


def test_settings_change_without_touching_number_or_secret(here, system):
    with system():
        row = db.session.get(ApiClient, here.client)
        before = (row.app_id, row.app_secret)
        row.corp_key = "f" * cipher.SECRET_LENGTH
    answer = here.contractor.post(
        f"/interface/client/{here.client}/edit", data={**FORM, "ip_allow": "10.0.0.0/8"}
    )
    assert answer.status_code == 302
    with here.contractor.session_transaction() as session:
        assert any(category == "success" for category, _words in session.get("_flashes", []))
    assert "f" * 32 not in page_of(here.contractor.get(f"/interface/client/{here.client}/edit"))
    with system():
        row = db.session.get(ApiClient, here.client)
        assert (row.app_id, row.app_secret) == before
        assert (row.ip_allow, row.vendor_name) == ("10.0.0.0/8", "江门某某科技")
        assert row.corp_key == "f" * 32


def test_an_access_is_closed_and_opened_by_button(here, system):
    for verb, state in (("disable", ClientState.DISABLED), ("enable", ClientState.LIVE)):
        here.contractor.post(f"/interface/client/{here.client}/{verb}")
        with system():
            assert db.session.get(ApiClient, here.client).state is state


def test_an_access_switched_off_in_the_form_is_shown_as_such(here, system):
    page = f"/interface/{here.project}/"
    assert '<span class="badge green">' in page_of(here.contractor.get(page))
    here.contractor.post(f"/interface/client/{here.client}/edit", data={**FORM, "enabled": "0"})
    text = page_of(here.contractor.get(page))
    assert "停用" in text.split("<h1>")[-1].split("</h1>")[0]
    assert "正式" not in text.split("<h1>")[-1].split("</h1>")[0]
    assert f"/interface/client/{here.client}/enable" in text
    assert f"/interface/client/{here.client}/disable" not in text


def test_the_project_page_has_the_settings_as_a_tab(here):
    text = page_of(here.contractor.get(f"/projects/show/{here.project}?tab=interface"))
    assert "原有厂商" in text
    assert f"/interface/{here.project}/add" in text


@pytest.mark.parametrize("who", ["stranger", "labour"])
def test_others_find_no_interface(here, system, who):
    browser = getattr(here, who)
    posts = [
        f"/interface/{here.project}/add", f"/interface/client/{here.client}/edit",
        f"/interface/client/{here.client}/secret", f"/interface/client/{here.client}/disable",
    ]  # fmt: skip
    for address in [f"/interface/{here.project}/", f"/interface/{here.project}/debug"]:
        assert browser.get(address).status_code in {302, 403, 404}
    for address in posts:
        answer = browser.post(address, data={**FORM, "password": enterprises.PASSWORD})
        assert answer.status_code in {302, 403, 404}
    with system():
        row = db.session.query(ApiClient).one()
        assert (row.vendor_name, row.state) == ("原有厂商", ClientState.LIVE)


def test_the_office_reads_and_does_not_write(here):
    text = page_of(here.office.get(f"/interface/{here.project}/"))
    assert "原有厂商" in text
    assert f"/interface/{here.project}/add" not in text
    answer = here.office.post(f"/interface/{here.project}/add", data=FORM)
    assert answer.status_code in {302, 403}


def test_the_call_log_of_a_project_is_its_contractors(here, system):
    with system():
        db.session.add(ApiCall(
            project_id=here.project, client_id=here.client, app_id=here.code, code="-1",
            path="Team.Add", outcome=Outcome.REFUSED, called_at=china_now(), items=1, accepted=0,
            rejected=1, request_id="r1", sample="[teamName]不能为空!",
        ))  # fmt: skip
    address = f"/interface/calls/list/?project={here.project}"
    text = page_of(here.contractor.get(address))
    assert "[teamName]不能为空!" in text
    assert "[teamName]" not in page_of(here.contractor.get(f"{address}&path=Worker"))
    assert "[teamName]" not in page_of(here.stranger.get(address))


def test_signing_on_the_page_gives_what_the_interface_accepts(here, system, server):
    with system():
        row = db.session.get(ApiClient, here.client)
        app_id, secret = row.app_id, row.app_secret
    data = {"app_id": app_id, "method": "Team.Query", "data": '{"pageSize":5}', "secret": secret,
            "plain": "11010519491231002X"}  # fmt: skip
    answer = here.contractor.post(f"/interface/{here.project}/debug", data=data)
    text = page_of(answer)
    assert secret not in text
    assert answer.headers["Cache-Control"] == "no-store"
    talker = SiteSystem(server, app_id, secret)
    assert talker.encrypt("11010519491231002X") in text.replace("&#43;", "+").replace("&#61;", "=")
    body = re.search(r"<code>(appid=[^<]+sign=[0-9a-f]{64})</code>", text)[1].replace("&amp;", "&")
    reply = talker.post(body.encode(), "application/x-www-form-urlencoded")
    assert (reply["code"], reply["data"]["pageSize"]) == ("0", 5)


def test_signing_on_the_page_names_what_is_wrong_with_the_data(here):
    data = {"method": "Team.Add", "data": "{}", "secret": "x" * 32}
    text = page_of(here.contractor.post(f"/interface/{here.project}/debug", data=data))
    assert "[teamName]不能为空!" in text
    short = page_of(here.contractor.post(f"/interface/{here.project}/debug", data={"secret": "1"}))
    assert 'id="signed"' in short
    assert "POST" not in short.split('id="signed"')[1].split("</section>")[0]


def test_a_site_without_interface_is_told_that_the_secret_alone_is_shown_once(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        project, user = projects.project(firm).id, enterprises.admin(firm)

    text = page_of(signed_in(user).get(f"/interface/{project}/"))

    assert "接入密钥只显示一次" in text
    assert "接入编号与密钥只显示一次" not in text


def test_a_new_access_starts_in_the_trial_environment(here):
    form = here.contractor.get(f"/interface/{here.project}/add").text
    choice = form.split('name="environment"')[1].split("</select>")[0]

    assert re.findall(r"<option([^>]*)>([^<]*)</option>", choice)[1:] == [
        (' value="TRIAL" selected', "联调"), (' value="LIVE"', "正式"),
    ]  # fmt: skip


def test_what_a_client_may_exchange_is_named_by_its_data(here):
    form = page_of(here.contractor.get(f"/interface/{here.project}/add"))
    offered = re.search(r'name="scopes".*?</select>', form, re.DOTALL)[0]

    assert ">考勤<" in re.sub(r"\s+", "", offered)
    assert "考勤管理" not in offered


def test_an_access_of_new_software_begins_in_the_trial_environment(here, system):
    fresh = {**FORM, "software": "新软件"}
    text = page_of(here.contractor.post(f"/interface/{here.project}/add", data=fresh))
    assert SECRET.search(text) is None
    assert 'href="#environment"' in text
    assert "尚未通过联调自测" in text
    trial = {**fresh, "environment": "TRIAL"}
    text = page_of(here.contractor.post(f"/interface/{here.project}/add", data=trial))
    assert SECRET.search(text)
    with system():
        row = db.session.query(ApiClient).filter_by(software="新软件").one()
        assert (row.state, row.sandbox_id is None) == (ClientState.TRIAL, False)
        number, other = row.id, row.app_id
    assert other != here.code
    page = page_of(here.contractor.get(f"/interface/selftest/{number}"))
    assert all(word in page for word in ("联调自测", "440799", other, "上传班组", "必测", "未测"))
    assert here.contractor.post(f"/interface/selftest/{number}/begin").status_code == 302
    assert "结束并保存报告" in page_of(here.contractor.get(f"/interface/selftest/{number}"))
    here.contractor.post(f"/interface/selftest/{number}/finish")
    assert "未完成" in page_of(here.contractor.get(f"/interface/selftest/{number}"))
    assert here.contractor.post(f"/interface/client/{number}/live").status_code == 302
    with system():
        assert db.session.get(ApiClient, number).state is ClientState.TRIAL
        passes.record(FORM["vendor_name"], "新软件")
    here.contractor.post(f"/interface/client/{number}/live")
    with system():
        row = db.session.get(ApiClient, number)
        assert row.state is ClientState.LIVE
        assert re.fullmatch("[0-9a-f]{32}", row.app_id)
        assert row.app_id != other


@pytest.mark.parametrize("who", ["stranger", "labour"])
def test_others_find_no_self_test(here, who):
    browser = getattr(here, who)
    assert browser.get(f"/interface/selftest/{here.client}").status_code in {302, 403, 404}
    for verb in ("begin", "finish"):
        answer = browser.post(f"/interface/selftest/{here.client}/{verb}")
        assert answer.status_code in {302, 403, 404}
