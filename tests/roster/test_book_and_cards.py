"""花名册 and worker cards as a browser gets them, and where the QR code leads (screens.md 8.2)."""

from io import BytesIO

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.exports import Export
from app.core.jobs import runner
from app.extensions import db
from app.roster.models import Team
from app.roster.services import passes
from tests.factories import enterprises, roster
from tests.roster.conftest import build

PAPERS = "/workerview/papers"


@pytest.fixture
def city(system):
    """Give the numbers of a city with two teams, and three workers in them."""
    with system():
        site = build()
        found = {name: getattr(site, name).id for name in ("project", "elsewhere", "main_team")}
        found |= {name: getattr(site, name) for name in ("firm_user", "sub_user", "stranger_user")}
        found["workers"] = [
            roster.worker(site.main_team, name="陈一", mobile="13800138001").id,
            roster.worker(site.main_team, name="陈二").id,
        ]
        found["side"] = roster.worker(site.side_team, name="李三").id
        found["official"] = enterprises.official("inspector")
        found["far_official"] = enterprises.official("inspector", district="440781")
        found["sys"] = enterprises.official("sys_admin")
        return found


def browser_of(signed_in, user, project):
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project
    return browser


@pytest.fixture
def firm(signed_in, city):
    """Give the general contractor's browser on its project."""
    return browser_of(signed_in, city["firm_user"], city["project"])


def words_of(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.data)
    return ["".join(page.get_textpage().get_text_range().split()) for page in pages]


def test_the_roster_book_is_a_numbered_sheet_with_masked_numbers_and_lines_to_sign(firm, city):
    answer = firm.get(f"{PAPERS}?paper=book&order=name")

    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert "花名册" in rows[0][0]
    assert all(word in rows[1][0] for word in ("项目", "施工总承包", "人数：3", "日期"))
    assert rows[2][:4] == ("序号", "姓名", "性别", "年龄")
    assert [row[0] for row in rows[3:6]] == [1, 2, 3]
    numbers = [row[4] for row in rows[3:6]]
    assert all("********" in number for number in numbers)
    assert "138****8001" in {row[8] for row in rows[3:6]}
    assert any(row and row[0] and "劳资专管员（签字）" in str(row[0]) for row in rows[6:])
    assert "导出" in rows[-1][0]


def test_the_printed_book_groups_by_unit_and_team(firm, city):
    text = "".join(words_of(firm.get(f"{PAPERS}?paper=print")))

    assert "（2人）" in text
    assert "（1人）" in text
    assert "********" in text
    assert "单位盖章及日期" in text


def test_the_cards_are_those_of_the_ticked_workers(firm, city):
    first = city["workers"][0]

    sent = firm.post(f"{PAPERS}?paper=cards", data={"rowid": [first]})
    text = "".join(words_of(firm.get(sent.location)))

    assert "陈一" in text
    assert "陈二" not in text
    assert "138" not in text


def test_eleven_cards_take_two_sheets(firm, city, system):
    with system():
        team = db.session.get(Team, city["main_team"])
        for _n in range(8):
            roster.worker(team)

    assert len(words_of(firm.get(f"{PAPERS}?paper=cards"))) == 2


def test_a_paper_keeps_the_filters_of_the_list(firm, city):
    text = "".join(words_of(firm.get(f"{PAPERS}?paper=cards&keyword=李三")))

    assert "李三" in text
    assert "陈一" not in text


def test_papers_of_nobody_and_of_no_project_say_what_to_do(firm, city, signed_in):
    nobody = firm.get(f"{PAPERS}?paper=print&keyword=无此人", follow_redirects=True)
    official = signed_in(city["official"]).get(f"{PAPERS}?paper=print", follow_redirects=True)

    assert "没有可打印的记录" in nobody.text
    assert "请先在页面顶部选择项目" in official.text
    assert firm.get(f"{PAPERS}?paper=other").status_code == 404


def test_a_subcontractor_prints_his_own_people_alone(signed_in, city):
    browser = browser_of(signed_in, city["sub_user"], city["project"])

    text = "".join(
        words_of(
            browser.get(f"{PAPERS}?paper=cards&rowid={city['workers'][0]}&rowid={city['side']}")
        )
    )

    assert "李三" in text
    assert "陈一" not in text


def test_a_long_paper_is_written_by_a_worker_with_the_address_of_this_site(firm, city, system, app):
    with system():
        team = db.session.get(Team, city["main_team"])
        for _n in range(30):
            roster.worker(team)

    sent = firm.get(f"{PAPERS}?paper=cards&keyword=陈")
    assert sent.mimetype == "application/pdf"
    sent = firm.get(f"{PAPERS}?paper=cards")

    with system() as session:
        row = session.scalars(select(Export)).one()
        assert row.url.startswith("http://localhost/workerview/papers?paper=cards")
        run = row.run_id
    runner.perform(app, run)
    assert len(words_of(firm.get(f"{sent.location}/file"))) == 4


def test_the_code_on_a_card_opens_the_worker_for_who_may_see_him(signed_in, city, client):
    mark = passes.mark_of(city["side"])
    opened = {
        who: signed_in(city[who]).get(f"/w/{mark}").status_code
        for who in ("firm_user", "sub_user", "official", "stranger_user", "far_official", "sys")
    }

    assert opened == {
        "firm_user": 302, "sub_user": 302, "official": 302,
        "stranger_user": 404, "far_official": 404, "sys": 404,
    }  # fmt: skip
    led = signed_in(city["firm_user"]).get(f"/w/{mark}")
    assert led.location.endswith(f"/workerview/show/{city['side']}")
    assert "/login" in client.get(f"/w/{mark}").location


def test_a_mark_tells_nothing_and_cannot_be_made_up(city, work, signed_in):
    number = city["side"]
    mark = passes.mark_of(number)

    assert len(mark) == 32
    assert passes.number_of(mark) == number
    assert passes.mark_of(number) == mark
    for forged in ("x", "A" * 32, mark[:-2] + "AA", mark[::-1], "身份证", str(number)):
        assert passes.number_of(forged) is None
