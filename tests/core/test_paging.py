"""The bounds of a list: rows of a page, counted rows, orders, pages reached by number."""

import re
from datetime import date

import pytest

from app.core.views import keeping, lists, paging
from app.roster.choices import StayState
from app.roster.models import Team
from tests.factories import enterprises, projects, roster

ROWS = 7


@pytest.fixture
def browser(signed_in, system):
    """A contractor in his project of seven workers, who stand on the roster in no order of name."""
    with system() as session:
        firm = enterprises.enterprise()
        user = enterprises.admin(firm)
        unit = projects.general_contractor_unit(projects.project(firm))
        team = session.get(Team, roster.team(unit).id)
        for day, name in enumerate("丙甲丁乙己戊庚", 1):
            roster.worker(
                team, name=name * 2, state=StayState.EXPECTED, entry_on=date(2026, 3, day)
            )
        project = unit.project_id
    client = signed_in(user)
    with client.session_transaction() as session:
        session["project_id"] = project
    return client


def page(browser, query=""):
    answer = browser.get(f"/workerview/list/?{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def numbers_on(text):
    return re.findall(r'name="rowid" value="(\d+)"', text)


def test_no_address_asks_for_more_rows_than_the_largest_page_offered(browser, monkeypatch):
    monkeypatch.setattr(keeping, "PAGE_SIZES", (2, 3, 5))

    assert len(numbers_on(page(browser, "size=100000"))) == 5


def test_counting_stops_at_its_bound_and_says_so(browser, monkeypatch):
    assert "共 7 条" in page(browser)
    for room in (lists, paging):
        monkeypatch.setattr(room, "COUNT_CAP", 3)

    assert "3+ 条" in page(browser)


@pytest.mark.parametrize("order", ["created_at", "-id_number_hash", "password", "name;drop"])
def test_an_order_that_is_not_offered_is_the_usual_order(browser, order):
    usual = numbers_on(page(browser))

    assert numbers_on(page(browser, f"order={order}")) == usual
    assert numbers_on(page(browser, "order=name")) != usual


def test_beyond_the_last_page_by_number_pages_go_by_key(browser, monkeypatch):
    for room in (lists, paging):
        monkeypatch.setattr(room, "LAST_OFFSET_PAGE", 2)
    everybody = numbers_on(page(browser))

    second = page(browser, "size=2&page=1")
    following = re.search(r'<a href="([^"]+)" rel="next"', second).group(1)

    assert "after=" in following
    assert numbers_on(page(browser, "size=2&page=900")) == everybody[4:6]
    assert numbers_on(second) == everybody[2:4]
    assert (
        numbers_on(page(browser, following.replace("&amp;", "&").split("?")[1])) == (everybody[4:6])
    )
