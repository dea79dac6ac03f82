"""Whole numbers are seen with a right and a reason, and each look is recorded (D9)."""

import pytest

from app.core import scope, unmasking
from app.core.errors import NotAllowed
from app.core.unmasking import ReasonMissing, UnmaskRecord
from app.extensions import db
from tests.factories import enterprises, projects, roster

MAY = scope.Principal(scope.Audience.SYSTEM, 71, permissions=frozenset({("unmask", "roster")}))


@pytest.fixture
def worker(work):
    site = projects.project(enterprises.enterprise())
    return roster.worker(roster.team(projects.general_contractor_unit(site)))


def reveal(worker, name="id_number", reason="核对工资卡", actor=MAY):
    return unmasking.reveal(worker, name, area="roster", reason=reason, actor=actor)


def records(worker):
    return db.session.query(UnmaskRecord).filter_by(row_id=worker.id).all()


def test_a_right_and_a_reason_show_the_number_and_are_recorded(worker):
    assert reveal(worker) == worker.id_number

    [record] = records(worker)
    assert (record.table_name, record.column_name) == ("project_worker", "id_number")
    assert (record.reason, record.user_id) == ("核对工资卡", 71)
    assert (record.project_id, record.district_code) == (worker.project_id, "440703")


def test_without_the_right_nothing_is_shown(worker):
    with pytest.raises(NotAllowed):
        reveal(worker, actor=scope.Principal(scope.Audience.SYSTEM, 72))
    assert records(worker) == []


@pytest.mark.parametrize("reason", ["", "   ", "看看 "])
def test_without_a_reason_in_words_nothing_is_shown(worker, reason):
    with pytest.raises(ReasonMissing):
        reveal(worker, reason=reason)
    assert records(worker) == []


def test_a_column_that_is_not_masked_is_not_unmasked(worker):
    with pytest.raises(NotAllowed):
        reveal(worker, "name")


def test_the_page_shows_a_mask_and_the_number_only_against_a_reason(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        worker = roster.worker(roster.team(unit))
        number, secret, user = worker.id, worker.id_number, enterprises.admin(firm)
    browser = signed_in(user)
    page = browser.get(f"/workerview/show/{number}").get_data(as_text=True)
    assert secret not in page
    assert secret[-4:] in page

    url = f"/workerview/unmask/{number}/id_number"
    refused, shown = browser.post(url, data={}), browser.post(url, data={"reason": "核对工资卡"})

    assert (refused.status_code, refused.json["ok"]) == (400, False)
    assert shown.json == {"ok": True, "value": secret}
    assert shown.headers["Cache-Control"].startswith(("private", "no-"))
    with system() as session:
        assert session.query(UnmaskRecord).filter_by(row_id=number, user_id=user).count() == 1


def test_a_mobile_is_seen_whole_the_same_way(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        worker = roster.worker(roster.team(unit))
        number, secret, user = worker.id, worker.mobile, enterprises.admin(firm)
    browser = signed_in(user)
    url = f"/workerview/unmask/{number}/mobile"
    page = browser.get(f"/workerview/show/{number}").get_data(as_text=True)
    assert secret not in page
    assert url in page

    assert browser.post(url, data={"reason": "通知返岗"}).json == {"ok": True, "value": secret}


def test_a_reviewer_without_the_right_sees_no_whole_number(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        worker = roster.worker(roster.team(unit))
        number, user = worker.id, enterprises.official("district_reviewer")
    answer = signed_in(user).post(
        f"/workerview/unmask/{number}/id_number", data={"reason": "只是看看而已"}
    )
    assert answer.status_code == 403
    assert answer.json == {"ok": False, "message": "您没有此操作的权限"}
