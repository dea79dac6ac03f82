"""Pages about the person behind a stay: corrections, conflicts, releases (8.2, 8.5)."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from app.core import clock
from app.roster import services
from app.roster.choices import PersonCorrectionState, ReleaseState, StayState
from app.roster.models import PersonCorrection, ProjectWorker, StayRelease, Team
from tests.factories import alerts, enterprises, roster
from tests.roster.conftest import NOON


def picture(name="证件.png"):
    data = BytesIO()
    Image.new("RGB", (400, 300), "#8aa4bd").save(data, "PNG")
    data.seek(0)
    return data, name


def rename(name="张三丰", **values):
    """Give the form of a correction as posted."""
    return {"fields": ["NAME"], "new_name": name, "basis": "PICTURES", "proof": [picture()],
            **values}  # fmt: skip


@pytest.fixture
def firm(city, browse):
    """The general contractor's browser."""
    return browse(city.firm_user, city.project)


@pytest.fixture
def other(city, browse):
    """The browser of the enterprise of the other project."""
    return browse(city.stranger_user, city.elsewhere)


@pytest.fixture
def office(system, browse, city):
    """A reviewer of the district."""
    with system():
        number = enterprises.official(district="440703")
    return browse(number, city.project)


@pytest.fixture
def both(system, city):
    """One person on site at both projects: the stay here, the stay there."""
    with system() as session:
        here = roster.worker(session.get(Team, city.main_team), name="张三锋")
        there = alerts.again(here, session.get(Team, city.far_team))
        session.commit()
        return here.id, there.id


@pytest.fixture
def alone(system, city):
    """A worker of the general contractor alone."""
    with system() as session:
        return roster.worker(session.get(Team, city.main_team), name="张三锋").id


def read(system, column, **where):
    with system() as session:
        return session.query(column).filter_by(**where).scalar()


def ask(browser, worker, **values):
    return browser.post(
        f"/personcorrectionview/ask/{worker}", data=rename(**values),
        content_type="multipart/form-data",
    )  # fmt: skip


def test_a_correction_is_asked_from_the_workers_page_and_holds_at_once(firm, alone, system):
    page = firm.get(f"/workerview/show/{alone}").text
    assert f"/personcorrectionview/ask/{alone}" in page

    done = ask(firm, alone)
    assert done.status_code == 302
    assert read(system, ProjectWorker.name, id=alone) == "张三丰"
    shown = firm.get(done.location).text
    assert "张三锋" in shown
    assert "张三丰" in shown
    listed = firm.get("/workerview/list/?keyword=张三锋").text
    assert f"/workerview/show/{alone}" in listed  # found by the former name


def test_a_wrong_form_keeps_what_was_typed_and_names_the_field(firm, alone, system):
    page = ask(firm, alone, basis="", new_name="李四")

    assert page.status_code == 200
    assert "李四" in page.text
    assert "error-summary" in page.text
    assert read(system, ProjectWorker.name, id=alone) == "张三锋"


def test_the_other_site_objects_and_the_district_decides(firm, other, office, both, system):
    here, there = both
    assert ask(firm, here).status_code == 302
    number = read(system, PersonCorrection.id, worker_id=here)
    notice = other.get("/").text
    assert f"/personcorrectionview/show/{number}" in notice
    assert f"/personcorrectionview/show/{number}" in other.get(f"/workerview/show/{there}").text
    shown = other.get(f"/personcorrectionview/show/{number}").text
    assert "张三丰" in shown
    assert "/files/" not in shown  # the proof is for who decides

    data = {"dispute_reason": "我方证件为张三锋", "dispute_proof": [picture()]}
    done = other.post(f"/personcorrectionview/dispute/{number}", data=data,
                      content_type="multipart/form-data")  # fmt: skip
    assert done.status_code == 302
    assert f"/person-disputes/show/{number}" in office.get("/").text
    assert f"/person-disputes/show/{number}" in office.get("/person-disputes/list/").text
    decide = office.get(f"/person-disputes/show/{number}").text
    assert decide.count('data-view="image"') >= 2  # both proofs
    assert office.post(f"/person-disputes/move/approve/{number}").status_code == 302
    assert read(system, ProjectWorker.name, id=there) == "张三丰"
    assert f"/person-disputes/show/{number}" not in office.get("/person-disputes/list/").text


def test_strangers_meet_nothing(browse, city, both, firm, system):
    here, there = both
    ask(firm, here)
    number = read(system, PersonCorrection.id, worker_id=here)
    sub = browse(city.sub_user, city.project)

    for url in (f"/personcorrectionview/show/{number}", f"/personcorrectionview/ask/{there}",
                f"/personcorrectionview/dispute/{number}",
                f"/workerview/still_here/{there}"):  # fmt: skip
        assert sub.get(url).status_code == 404, url
    assert firm.get(f"/personcorrectionview/ask/{there}").status_code == 404
    assert firm.get(f"/personcorrectionview/dispute/{number}").status_code == 404
    for move in ("withdraw", "dispute"):
        assert sub.post(f"/personcorrectionview/move/{move}/{number}",
                        data={"remark": "不该"}).status_code == 404  # fmt: skip
    assert read(system, PersonCorrection.state, id=number) is PersonCorrectionState.PENDING


def test_another_site_cannot_take_back_what_it_did_not_ask(firm, other, both, system):
    here, _there = both
    ask(firm, here)
    number = read(system, PersonCorrection.id, worker_id=here)
    answer = other.post(f"/personcorrectionview/move/withdraw/{number}")

    assert answer.status_code in (302, 404)
    assert read(system, PersonCorrection.state, id=number) is PersonCorrectionState.PENDING
    assert firm.post(f"/personcorrectionview/move/withdraw/{number}").status_code == 302
    assert read(system, PersonCorrection.state, id=number) is PersonCorrectionState.WITHDRAWN


def test_a_conflict_is_settled_by_the_name_the_city_knows(firm, alone, system):
    with system() as session:
        row = session.get(ProjectWorker, alone)
        row.conflicted, row.conflict = True, {"known": "张三锋", "given": "张三风"}
        row.name = "张三风"
    page = firm.get(f"/workerview/show/{alone}").text
    assert "张三锋" in page
    assert f"/workerview/take_name/{alone}" in page
    form = firm.get(f"/personcorrectionview/ask/{alone}").text
    assert re.search(r'name="new_name"[^>]*value="张三风"|value="张三风"[^>]*name="new_name"', form)

    assert firm.post(f"/workerview/take_name/{alone}").status_code == 302
    assert read(system, ProjectWorker.name, id=alone) == "张三锋"
    assert f"/workerview/take_name/{alone}" not in firm.get(f"/workerview/show/{alone}").text


def test_a_release_is_asked_answered_and_told_on_both_pages(firm, other, both, system):
    here, there = both
    assert f"/workerview/release/{here}" in firm.get(f"/workerview/show/{here}").text
    assert firm.post(f"/workerview/release/{here}").status_code == 302
    assert read(system, StayRelease.state, worker_id=there) is ReleaseState.PENDING

    assert f"/workerview/show/{there}" in other.get("/").text
    asked = other.get(f"/workerview/show/{there}").text
    assert "2026-11-25" in asked  # 24:00 of the third day
    assert f"/workerview/still_here/{there}" in asked
    assert other.post(f"/workerview/still_here/{there}", data={"answer": ""}).status_code == 200
    done = other.post(f"/workerview/still_here/{there}", data={"answer": "人仍在本项目"})
    assert done.status_code == 302
    assert "人仍在本项目" in firm.get(f"/workerview/show/{here}").text

    with clock.frozen(NOON + timedelta(days=4)), system():
        assert services.close_due_releases(clock.now()) == 1
    assert read(system, ProjectWorker.state, id=there) is StayState.EXITED
    for browser, stay in ((firm, here), (other, there)):
        assert "2026-11-21" in browser.get(f"/workerview/show/{stay}").text or (
            "2026-03-01" in browser.get(f"/workerview/show/{stay}").text
        )


def test_the_panel_while_typing_offers_to_ask_for_the_release(firm, city, system):
    with system() as session:
        far = roster.worker(session.get(Team, city.far_team))
        number = far.id_number
    answer = firm.post("/workerview/answer", data={"value": number, "id_type": "01"}).json

    offered = [line for line in answer["lines"] if "submit" in line]
    assert len(offered) == 1
    assert answer["ok"] is True
