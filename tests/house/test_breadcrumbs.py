"""Every page inside says where it stands: from the home page over group and list to the row."""

import re
from html import unescape

import pytest

from app.core.views.base import BaseModelView
from app.enterprises.choices import EnterpriseType
from tests.factories import enterprises, projects, roster
from tests.house.test_strangers import INSIDERS
from tests.house.world import NO_ROW, World
from tests.test_menu import MAKERS

CRUMBS = re.compile(r'<nav class="crumbs".*?</nav>', re.DOTALL)
CRUMB = re.compile(r'<a href="([^"]*)">([^<]*)</a>|<span>([^<]*)</span>')
TITLE = re.compile(r'<strong class="top-title">([^<]+)</strong>')
OTHERS = {"LocaleView", "SignInView"}  # the language and the session are left as they are


def crumbs(page):
    """Give (word, address) of each crumb; a word without an address leads nowhere."""
    found = CRUMBS.search(page)
    lines = CRUMB.findall(found[0]) if found else []
    return [(unescape(link or word), url or None) for url, link, word in lines]


def addresses(app, world):
    """Give every address inside that GET may open, with the rows of the victim."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    for rule in app.url_map.iter_rules():
        name, _dot, method = rule.endpoint.partition(".")
        view = views.get(name)
        if view is None or "GET" not in rule.methods or rule.endpoint in NO_ROW or name in OTHERS:
            continue
        values = world.numbers.get(rule.endpoint)
        if values is None and isinstance(view, BaseModelView):
            number = world.row(view.model, view)
            values = {"pk": number, "verb": "return", "column": "name"}
        if rule.arguments <= set(values or ()) and method != "static":
            yield rule.build(values or {})[1]


@pytest.mark.parametrize("insider", INSIDERS)
def test_every_page_inside_says_where_it_stands(app, system, signed_in, insider):
    world = World(app, system, signed_in)
    browser = world.browser(insider)
    seen = 0
    for url in addresses(app, world):
        answer = browser.get(url)
        page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if '<nav class="menu"' not in page or url == "/":
            continue
        seen += 1
        assert crumbs(page)[:1] == [("首页", "/")], url
        assert TITLE.search(page), url
    assert seen > 12


@pytest.mark.parametrize("role", MAKERS)
def test_every_line_of_a_menu_shows_its_group_above_its_title(system, signed_in, role):
    with system():
        user = MAKERS[role]()
    browser = signed_in(user)
    side = browser.get("/").text.split('<nav class="menu"')[1].split("</nav>")[0]
    group, seen = "", 0
    for part in re.findall(r'<summary title="[^"]+"|<a href="[^"]+"|</details>', side):
        if part.startswith("<a"):
            url = part.split('"')[1]
            page = browser.get(url, follow_redirects=True).text
            wanted = [("首页", "/"), *([(group, None)] if group else [])]
            assert url == "/" or crumbs(page)[: len(wanted)] == wanted, url
            seen += 1
        else:
            group = part.split('"')[1] if part.startswith("<summary") else ""
    assert seen > 1


@pytest.fixture
def on_site(system, signed_in):
    """Give a contractor's browser in its project, and a worker's number and name."""
    with system():
        firm = enterprises.enterprise(EnterpriseType.GENERAL_CONTRACTOR)
        site = projects.project(firm)
        worker = roster.worker(roster.team(projects.general_contractor_unit(site)))
        number, name, user, chosen = worker.id, str(worker), enterprises.admin(firm), site.id
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = chosen
    return browser, number, name


def test_a_row_leads_back_to_its_list_and_a_form_to_its_row(on_site):
    browser, number, name = on_site
    above = [("首页", "/"), ("项目", None), ("工人", "/workerview/list/")]

    assert crumbs(browser.get(f"/workerview/show/{number}").text) == above
    assert crumbs(browser.get(f"/workerview/edit/{number}").text) == [
        *above, (name, f"/workerview/show/{number}"),
    ]  # fmt: skip
    assert crumbs(browser.get("/workerview/list/").text) == above[:-1]


def test_a_page_without_a_line_leads_to_the_page_above_and_marks_its_line(on_site):
    browser = on_site[0]
    page = browser.get("/sub-accounts/list/").text

    assert crumbs(page) == [("首页", "/"), ("企业信息", "/enterprise/")]
    assert re.search(r'<a href="/enterprise/" aria-current="page"', page)
    assert not re.search(r'<div class="list-tools">\s*</div>', page), "no empty strip above"


def test_an_error_page_leads_to_the_list_it_was_asked_for(on_site):
    answer = on_site[0].get("/workerview/show/999999")

    assert answer.status_code == 404
    assert crumbs(answer.text)[-1] == ("工人", "/workerview/list/")
