"""上报上级平台 on the screen: settings, counterparts, log, reporting again, and for whom."""

from datetime import date
from types import SimpleNamespace

import pytest

from app.upstream import queries
from app.upstream.choices import Standing, Subject
from app.upstream.models import UpstreamCode, UpstreamLink, UpstreamReport, UpstreamSite
from tests.factories import enterprises, projects

SECRET = "0123456789abcdef0123456789ABCDEF"
FORM = {
    "enabled": "1", "subjects": ["TEAM", "WORKER"], "from_on": "2026-03-01",
    "address": "https://province.example.cn/open.api", "app_id": "440700", "app_secret": SECRET,
    "corp_key": "",
}  # fmt: skip


@pytest.fixture
def city(system, signed_in):
    """Give the browsers of the city office and of others, and a project."""
    with system():
        project = projects.project(enterprises.enterprise())
        found = SimpleNamespace(project=project.id, code=project.project_no)
        users = [
            enterprises.official("city_admin", district=None), enterprises.system_administrator(),
            enterprises.official("district_reviewer"), enterprises.admin(enterprises.enterprise()),
        ]  # fmt: skip
    found.office, found.system, found.district, found.firm = map(signed_in, users)
    return found


def page_of(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def report(session, city, subject=Subject.TEAM, **values):
    row = UpstreamReport(**{
        "subject": subject, "subject_id": 1, "site_id": city.project, "title": "钢筋一班",
        "site_name": "试验项目", "happened_on": date(2026, 3, 1),
        "standing": Standing.UNREPORTED, "message": "[teamName]不能为空!", **values,
    })  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def switch_on(city):
    page_of(city.office.post("/upstream/settings", data=FORM, follow_redirects=True))


@pytest.mark.parametrize("who", ["office", "system"])
def test_the_city_and_its_administrators_set_reporting_up_and_read_no_secret_back(
    city, system, who
):
    browser = getattr(city, who)
    assert "上报未开启" in page_of(browser.get("/upstream/reports/list/"))
    text = page_of(browser.post("/upstream/settings", data=FORM, follow_redirects=True))
    assert "已保存" in text
    with system():
        row = queries.link()
        assert (row.enabled, row.app_secret, row.subjects) == (True, SECRET, ["TEAM", "WORKER"])
    assert SECRET not in page_of(browser.get("/upstream/settings"))
    again = {**FORM, "app_secret": "", "app_id": "440701"}
    page_of(browser.post("/upstream/settings", data=again, follow_redirects=True))
    with system():
        row = queries.link()
        assert (row.app_id, row.app_secret) == ("440701", SECRET)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("address", "http://province.example.cn/open.api", "https://"),
        ("address", "https://10.1.2.3/open.api", "网址不得指向内网地址"),
        ("app_secret", "short", "须为32位英文字符"),
        ("app_id", "", "缺少此项不能开启上报"),
        ("subjects", [], "缺少此项不能开启上报"),
    ],
)
def test_reporting_is_not_switched_on_with_what_is_wrong_or_missing(
    city, system, field, value, word
):
    text = page_of(city.office.post("/upstream/settings", data={**FORM, field: value}))
    assert word in text
    with system() as session:
        assert session.query(UpstreamLink).filter_by(enabled=True).count() == 0


@pytest.mark.parametrize(
    "path",
    ["/upstream/settings", "/upstream/span", "/upstream/reports/list/", "/upstream/codes/list/",
     "/upstream/sites/list/"],
)  # fmt: skip
def test_districts_and_contractors_have_no_part_in_it(city, path):
    for browser in (city.district, city.firm):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code in {403, 405}


def test_a_code_is_given_its_counterpart_once(city, system):
    form = {"table_name": "education", "code": "02", "upper_code": "99"}
    page_of(city.office.post("/upstream/codes/add", data=form, follow_redirects=True))
    assert "该代码已有对照" in page_of(city.office.post("/upstream/codes/add", data=form))
    wrong = {**form, "code": "7777"}
    assert "所选字典没有这个代码" in page_of(city.office.post("/upstream/codes/add", data=wrong))
    with system() as session:
        row = session.query(UpstreamCode).one()
        assert (row.table_name, row.code, row.upper_code) == ("education", "02", "99")


def test_a_project_is_given_its_number_above_and_a_key_whole_or_not_at_all(city, system):
    form = {"project_no": city.code, "upper_no": "440703202690001", "app_id": "", "app_secret": ""}
    half = page_of(city.office.post("/upstream/sites/add", data={**form, "app_id": "1"}))
    assert "须同时填写" in half
    page_of(city.office.post("/upstream/sites/add", data=form, follow_redirects=True))
    assert "该项目已有对照" in page_of(city.office.post("/upstream/sites/add", data=form))
    unknown = {**form, "project_no": "1"}
    assert "没有这个编号的项目" in page_of(city.office.post("/upstream/sites/add", data=unknown))
    with system() as session:
        assert session.query(UpstreamSite).one().upper_no == "440703202690001"


def test_the_log_is_filtered_and_a_failed_record_is_queued_again(city, system):
    switch_on(city)
    with system() as session:
        number = report(session, city)
        report(session, city, subject_id=2, title="木工班", standing=Standing.ARRIVED, message=None)
    listed = page_of(city.office.get("/upstream/reports/list/?standing=UNREPORTED"))
    assert "钢筋一班" in listed
    assert "木工班" not in listed
    shown = page_of(city.office.get(f"/upstream/reports/show/{number}"))
    assert "[teamName]不能为空!" in shown
    assert "重新上报" in shown
    text = page_of(city.office.post(f"/upstream/reports/again/{number}", follow_redirects=True))
    assert "已重新排队" in text
    with system() as session:
        row = session.get_one(UpstreamReport, number)
        assert (row.standing, row.message) == (Standing.QUEUED, None)


def test_nothing_is_queued_again_while_reporting_is_off(city, system):
    with system() as session:
        number = report(session, city)
    text = page_of(city.office.post(f"/upstream/reports/again/{number}", follow_redirects=True))
    assert "上报未开启" in text
    with system() as session:
        assert session.get_one(UpstreamReport, number).standing is Standing.UNREPORTED


def test_a_span_is_reported_again_and_says_what_stays(city, system):
    switch_on(city)
    with system() as session:
        report(session, city)
        report(session, city, Subject.MOVEMENT, standing=Standing.ARRIVED)
        report(session, city, subject_id=3, happened_on=date(2026, 5, 1))
    span = {"first": "2026-03-01", "last": "2026-03-31"}
    text = page_of(city.office.post("/upstream/span", data=span, follow_redirects=True))
    assert "1条记录重新上报" in text
    assert "1条记录已送达且只接收一次" in text
    back = {"first": "2026-03-31", "last": "2026-03-01"}
    assert "结束日期早于开始日期" in page_of(city.office.post("/upstream/span", data=back))
