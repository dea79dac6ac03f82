"""首页 of every role: it opens, counts the rows of its reader, and links what he may open."""

import html

import pytest

from app.core import scope
from app.enterprises.choices import EnterpriseType
from app.identity import services as identity
from app.permissions import ROLES
from app.projects.choices import ProjectState
from app.roster.choices import StayState
from tests.factories import alerts, enterprises, guides, numbered, projects, roster, states
from tests.test_menu import system_administrator


def site_login(unit, role, *, whole=False):
    user_id, _password = identity.open_site_login(
        project_id=unit.project_id, unit_id=unit.id, whole_project=whole,
        username=numbered("site"), name="赵工", mobile="13800138000", role=role, can_write=None,
        actor=scope.SYSTEM,
    )  # fmt: skip
    identity.set_password(user_id, enterprises.PASSWORD)
    return user_id


def home(client):
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True).split("<main")[1]


def card(page, label):
    """Give number and tag of a card."""
    block = page.split(f'<span class="number-label">{label}</span>')
    number = block[1].split('<span class="number">')[1].split("</span>")[0]
    return number.strip(), block[0].rsplit("<", 1)[1].split()[0]


@pytest.fixture
def site(system):
    """A general contractor's live project with one worker of a subcontractor."""
    with system():
        firm = enterprises.enterprise()
        project = projects.project(firm, labour_manager_name="钱工")
        own = projects.general_contractor_unit(project)
        sub = projects.unit(project, enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR))
        roster.worker(roster.team(sub))
        return {
            "firm": firm.id, "sub": sub.enterprise_id, "project": project.id,
            "unit": own.id, "subunit": sub.id,
        }  # fmt: skip


def test_a_contractor_sees_his_sites_and_what_waits_for_him(system, signed_in, site):
    from app.enterprises.models import Enterprise

    with system() as session:
        user_id = enterprises.admin(session.get(Enterprise, site["firm"]))

    page = home(signed_in(user_id))

    assert card(page, "在场工人") == ("1", "a")
    assert card(page, "待接受邀请") == ("0", "a")


def test_a_number_leads_to_a_list_of_as_many_rows(system, signed_in, site):
    from app.enterprises.models import Enterprise
    from app.projects.models import ProjectUnit

    with system() as session:
        team = roster.team(session.get(ProjectUnit, site["subunit"]))
        roster.worker(team, incomplete=True)
        roster.worker(team, incomplete=True, state=StayState.DRAFT)
        roster.worker(team, state=StayState.EXITED)
        user_id = enterprises.admin(session.get(Enterprise, site["firm"]))
    client = signed_in(user_id)
    with client.session_transaction() as session:
        session["project_id"] = site["project"]
    page = home(client)

    for label in ("在场工人", "待补齐"):
        number, _tag = card(page, label)
        before = page.split(f'<span class="number-label">{label}</span>')[0]
        address = html.unescape(before.rsplit('href="', 1)[1].split('"')[0])
        assert number == "2"
        assert f"共 {number} 条" in client.get(address).text, label


def test_a_subcontractor_sees_only_his_own_numbers(system, signed_in, site):
    with system():
        other = enterprises.enterprise(EnterpriseType.PROFESSIONAL_SUBCONTRACTOR)
        user_id = enterprises.admin(other)

    assert card(home(signed_in(user_id)), "在场工人") == ("0", "a")


@pytest.mark.parametrize("role", ["labour_manager", "clerk", "project_staff"])
def test_a_login_of_one_site_opens_its_home(system, signed_in, site, role):
    from app.projects.models import ProjectUnit

    with system() as session:
        user_id = site_login(session.get(ProjectUnit, site["unit"]), role, whole=True)

    page = home(signed_in(user_id))

    assert card(page, "在场工人") == ("1", "a")
    assert "待接受邀请" not in page


def test_next_steps_are_offered_to_who_may_take_them(system, signed_in):
    from app.projects.models import Project

    with system():
        firm = enterprises.enterprise()
        project = projects.project(firm)
        states.put(Project, project, ProjectState.APPROVED)
        unit = projects.general_contractor_unit(project)
        reader, admin = (
            site_login(unit, "project_staff", whole=True),
            enterprises.admin(firm),
        )
        name = project.name

    assert name in home(signed_in(admin))
    assert name not in home(signed_in(reader))


@pytest.mark.parametrize("role", [r for r, areas in ROLES.items() if "registrations" in areas])
def test_a_reviewer_sees_what_waits(system, signed_in, role):
    with system():
        user_id = enterprises.official(role, district=None if role == "city_admin" else "440703")
        enterprises.application()

    assert card(home(signed_in(user_id)), "待审核企业注册") == ("1", "a")


def test_the_leader_sees_numbers_without_doors_to_lists_he_may_not_open(system, signed_in, site):
    with system():
        user_id = enterprises.official("leader", district=None)

    page = home(signed_in(user_id))

    assert card(page, "在场工人") == ("1", "div")
    assert card(page, "未关闭预警")[1] == "div"
    assert "/alertview/" not in page


def test_an_inspector_and_an_editor_open_their_home(system, signed_in, site):
    with system():
        inspector, editor = (
            enterprises.official("inspector"),
            enterprises.official("editor", district=None),
        )
        title = guides.article().title

    assert card(home(signed_in(inspector)), "在场工人") == ("1", "a")
    page = home(signed_in(editor))
    assert "number-card" not in page
    assert title in page


def test_the_system_administrator_sees_no_data(system, signed_in, site):
    with system():
        user_id = system_administrator()

    page = home(signed_in(user_id))

    assert "number-card" not in page
    assert "技术管理" in page


def test_a_must_read_article_stands_first_until_it_is_confirmed(system, signed_in, site):
    with system():
        user_id = enterprises.admin(enterprises.enterprise())
        article = guides.article(must_read=True)
        title, number = article.title, article.id
    browser = signed_in(user_id)
    before = home(browser)

    browser.get(f"/guides/{number}")
    confirmed = browser.post(f"/guides/{number}/confirm")

    assert title in before.split("number-cards")[0]
    assert confirmed.status_code == 302
    assert title not in home(browser).split("number-cards")[0]


def test_a_stranger_signs_in(client):
    assert client.get("/").headers["Location"].startswith("/login/")


def test_who_has_begun_on_another_project_is_to_be_let_go_and_the_old_site_is_told(
    system, signed_in, site
):
    from app.enterprises.models import Enterprise
    from app.projects.models import ProjectUnit
    from app.roster.services.releases import ask_releases

    with system() as session:
        old = roster.worker(roster.team(session.get(ProjectUnit, site["subunit"])), name="何先走")
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        new = alerts.again(old, roster.team(unit))
        ask_releases([new])
        numbers = old.id, new.id
        users = {
            "own": enterprises.admin(session.get(Enterprise, site["firm"])),
            "unit": enterprises.admin(session.get(Enterprise, site["sub"])),
            "new": enterprises.admin(firm),
        }
    told = "何先走已到其他项目进场"
    for role in ("own", "unit"):
        browser = signed_in(users[role])
        assert f'href="/workerview/show/{numbers[0]}">{told}' in home(browser)
        assert "办理本项目退场" in browser.get(f"/workerview/show/{numbers[0]}").text
    assert told not in home(signed_in(users["new"]))
    assert (
        "办理本项目退场" not in signed_in(users["new"]).get(f"/workerview/show/{numbers[1]}").text
    )
