"""What each state of a project is open to: buttons and routes say the same (screens.md 4.4)."""

import pytest

from app.enterprises.models import Enterprise
from app.extensions import db
from app.openapi.choices import ClientState
from app.openapi.models import ApiClient
from app.projects.choices import OTHER_ROLES, ProjectState, UnitState
from app.projects.models import Permit, Project, ProjectUnit
from tests.factories import enterprises
from tests.factories import projects as make

P = ProjectState
EDITED, RUNNING = {P.DRAFT, P.RETURNED}, {P.APPROVED, P.ACTIVE, P.SUSPENDED}
# act: the button's address, the states it is open in
ACTS = {
    "edit": ("/projects/edit/{site}", EDITED),
    "confirm": ("/projects/confirm/{site}", set()),  # never ready here: the checklist is empty
    "withdraw": ("/projects/withdraw/{site}", {P.SUBMITTED}),
    "start": ("/projects/begin/{site}", {P.APPROVED}),
    "invite a specialist": ("/units/add?project={site}&role=001", EDITED | RUNNING),
    "invite labour": ("/units/add?project={site}&role=006", EDITED | RUNNING),
    "add another unit": ("/units/add?project={site}&role=other", EDITED | RUNNING),
    "edit a unit": ("/units/edit/{unit}", EDITED | RUNNING),
    "withdraw an invitation": ("/units/withdraw/{unit}", EDITED | RUNNING),
    "invite again": ("/units/again/{declined}", EDITED | RUNNING),
    "let a unit leave": ("/units/leave/{unit}", EDITED | RUNNING | {P.COMPLETED}),
    "add a permit": ("/permits/add?project={site}", EDITED),
    "edit a permit": ("/permits/edit/{permit}", EDITED),
    "remove a permit": ("/permits/remove/{permit}", EDITED),
    "set up the interface": ("/interface/{site}/", EDITED | RUNNING | {P.COMPLETED}),
    "open an access": ("/interface/{site}/add", EDITED | RUNNING | {P.COMPLETED}),
    "edit an access": ("/interface/client/{client}/edit", EDITED | RUNNING | {P.COMPLETED}),
    "close an access": ("/interface/client/{client}/disable", set(P)),
}  # fmt: skip
PAGES = (
    "/projects/show/{site}", "/projects/show/{site}?tab=units", "/projects/show/{site}?tab=permits",
    "/units/show/{unit}", "/units/show/{declined}", "/permits/show/{permit}", "/interface/{site}/",
)  # fmt: skip
READ = {"set up the interface"}  # the page itself may be read in every state
POSTED = {"confirm", "withdraw", "withdraw an invitation", "invite again", "remove a permit"}


@pytest.fixture
def seat(system, signed_in):
    """Give a project of a state, with an invitation, a refusal, a permit and an access."""

    def make_one(state):
        with system():
            firm = enterprises.enterprise()
            site = make.project(firm, state=state, contract_pages=None)
            waiting = make.unit(site, enterprises.enterprise(), state=UnitState.INVITED)
            declined = make.unit(site, enterprises.enterprise(), state=UnitState.DECLINED)
            permit = Permit(project_id=site.id, permit_no="甲", permit_name="乙", issuer="丙")
            client = ApiClient(
                project_id=site.id, app_id=f"{site.id:032x}", app_secret="x" * 32,
                vendor_name="厂商", scopes=["TEAM"], state=ClientState.LIVE,
            )  # fmt: skip
            db.session.add_all([permit, client])
            db.session.flush()
            numbers = {"site": site.id, "unit": waiting.id, "declined": declined.id,
                       "permit": permit.id, "client": client.id}  # fmt: skip
            user = enterprises.admin(firm)
        return signed_in(user), numbers

    return make_one


def shown(browser, numbers):
    pages = [browser.get(path.format(**numbers)) for path in PAGES]
    assert {page.status_code for page in pages} == {200}
    return "".join(page.text for page in pages).replace("&amp;", "&")


@pytest.mark.parametrize("state", list(P), ids=lambda state: state.name)
def test_the_buttons_of_a_state_are_the_routes_of_that_state(seat, state):
    browser, numbers = seat(state)
    page = shown(browser, numbers)
    for act, (path, states) in ACTS.items():
        url = path.format(**numbers)
        button = f'"{url}"' in page
        if act in READ:
            assert ("Set up the interface" in page) is (state in states), act
            continue
        assert button is (state in states), f"{act} in {state.name}"
        if act in POSTED or act == "close an access" or button:
            continue
        answer = browser.get(url)
        assert answer.status_code == 409, f"{act} in {state.name}: {answer.status_code}"
        assert str(state.label) in answer.text, act
        assert browser.post(url, data={}).status_code == 409, act


@pytest.mark.parametrize("state", list(P), ids=lambda state: state.name)
@pytest.mark.parametrize("act", sorted(POSTED))
def test_a_refused_press_changes_nothing_and_says_why(seat, system, state, act):
    path, states = ACTS[act]
    browser, numbers = seat(state)
    if state in states:
        return
    before = rows(system, numbers)
    answer = browser.post(path.format(**numbers), follow_redirects=True)

    assert rows(system, numbers) == before
    assert 'class="flash red"' in answer.text


def rows(system, numbers):
    with system():
        site = db.session.get(Project, numbers["site"])
        units = [db.session.get(ProjectUnit, numbers[n]).state for n in ("unit", "declined")]
        return site.state, *units, db.session.get(Permit, numbers["permit"]).is_deleted


@pytest.mark.parametrize("state", list(P), ids=lambda state: state.name)
def test_an_invitation_is_accepted_while_the_project_lives(system, signed_in, state):
    with system():
        site = make.project(enterprises.enterprise(), state=state)
        crew = enterprises.enterprise()
        unit, user = make.unit(site, crew, state=UnitState.INVITED).id, enterprises.admin(crew)
    signed_in(user).post(f"/invitations/accept/{unit}")

    lives = state in EDITED | RUNNING | {P.SUBMITTED}
    with system():
        assert (db.session.get(ProjectUnit, unit).state is UnitState.ACCEPTED) is lives


def test_a_registered_unit_under_review_is_left_alone(seat, system, signed_in):
    browser, numbers = seat(P.SUBMITTED)
    with system():
        site = db.session.get(Project, numbers["site"])
        other = make.unit(site, None, role=OTHER_ROLES[0], state=UnitState.REGISTERED).id
    assert browser.get(f"/units/edit/{other}").status_code == 409
    assert f"/units/edit/{other}" not in browser.get(f"/units/show/{other}").text


def test_a_guest_is_not_offered_the_interface_of_his_host(system, signed_in):
    with system():
        host, guest = enterprises.enterprise(), enterprises.enterprise()
        site = make.project(host)
        make.unit(site, guest, role="001")
        number, user = site.id, enterprises.admin(guest)
        assert db.session.get(Enterprise, guest.id)
    browser = signed_in(user)

    assert f"/interface/{number}/" not in browser.get(f"/projects/show/{number}").text
    assert browser.get(f"/interface/{number}/").status_code == 404
