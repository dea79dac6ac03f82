"""Section 9.5 from the outside: ProjectWorker.Add in both shapes, .Update, .Query."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.core import scope
from app.core.columns.base import specs
from app.extensions import db
from app.roster import services
from app.roster.models import ProjectWorker, StaffMember
from tests.factories import openapi, people
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import enrol, enter, page, page_of_worker, team


def day(**shift):
    return china_now(**shift).strftime("%Y-%m-%d")


def change(site, human, **values):
    return {"idCardType": "01", "idCardNumber": site.encrypt(human.id_number), **values}


def only(site, **more):
    (row,) = page(site, "ProjectWorker.Query", **more)["rows"]
    return row


OWED: dict[str, str] = {}


def in_list(values):
    return {"workerList": [values]}


@pytest.mark.parametrize("shape", [dict, in_list], ids=["flat", "list"])
def test_a_worker_is_changed_in_either_shape(site, shape):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    values = change(site, human, workerName=human.name, cellPhone="13911112222",
                    address="新城路9号", workDate="2015-03-01", Specialty="焊接")  # fmt: skip
    outcome = site.write(
        "ProjectWorker.Update", {**site.head, "teamSysNo": number, **shape(values)}
    )
    assert outcome["status"] == 20, outcome
    row = only(site)
    assert (row["cellPhone"], row["address"]) == ("13911112222", "新城路9号")
    assert (row["workDate"], row["nation"]) == ("2015-03-01", "汉"), "what is not said stays"


def test_a_wrong_field_is_named_by_its_path_in_either_shape(site):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    wrong = change(site, human, cellPhone="12")
    flat = site.call("ProjectWorker.Update", {**site.head, **wrong})
    listed = site.call("ProjectWorker.Update", {**site.head, "workerList": [wrong]})
    assert flat["message"].startswith("[cellPhone]格式不正确!")
    assert listed["message"].startswith("[workerList][0][cellPhone]格式不正确!")


def test_another_name_is_no_change_but_a_data_conflict(site, system):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    outcome = site.write("ProjectWorker.Update", {
        **site.head, **change(site, human, workerName="张三锋", cellPhone="13911112222"),
    })  # fmt: skip
    assert outcome["status"] == 20
    assert human.name in outcome["result"]
    assert (only(site)["workerName"], only(site)["cellPhone"]) == (human.name, "13911112222")
    with system():
        stay = db.session.scalars(
            select(ProjectWorker).where(ProjectWorker.project_id == site.facts.project_id)
        ).one()
        assert stay.conflicted
        assert stay.conflict == {"known": human.name, "given": "张三锋"}


def edited(site, system, human, **values):
    with system():
        stay = db.session.query(ProjectWorker).filter_by(
            project_id=site.facts.project_id, name=human.name
        ).one()  # fmt: skip
        by_hand = replace(scope.SYSTEM, door=scope.Door.FORM)
        number = stay.id
    with system(by_hand):
        stay = db.session.get(ProjectWorker, number)
        whole = {name: getattr(stay, name) for name in specs(ProjectWorker)}
        services.edit_worker(stay, {**whole, **values}, actor=by_hand)
    return number


def test_what_was_corrected_by_hand_stays_and_a_later_upload_is_a_data_conflict(
    site, system, signed_in
):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    enter(site, number, human)
    stay_id = edited(site, system, human, mobile="13911112222", **OWED)
    outcome = site.write("ProjectWorker.Update", {
        **site.head, **change(site, human, cellPhone="13833334444", Specialty="焊接"),
    })  # fmt: skip
    assert outcome["status"] == 20, outcome
    assert "手机号码已手工更正" in outcome["result"]
    row = only(site)
    assert (row["cellPhone"], row["Specialty"]) == ("13911112222", "焊接")
    with system():
        stay = db.session.get(ProjectWorker, stay_id)
        assert stay.conflicted
        assert stay.conflict == {"fields": {"mobile": "138****4444"}}
    told = page_of_worker(site, system, signed_in, human)
    assert "接口上传的手机号码“138****4444”与手工填写的不一致" in told
    edited(site, system, human, mobile="13833334444", **OWED)
    with system():
        assert not db.session.get(ProjectWorker, stay_id).conflicted, "looked at and saved"


def test_what_the_interface_sent_itself_it_corrects(site, system):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    for phone in ("13833334444", "13855556666"):
        site.write("ProjectWorker.Update", {**site.head, **change(site, human, cellPhone=phone)})
    assert only(site)["cellPhone"] == "13855556666"
    with system():
        assert not db.session.query(ProjectWorker).filter_by(
            project_id=site.facts.project_id, conflicted=True
        ).count()  # fmt: skip


def test_a_stranger_names_the_step_before(site):
    stranger = people.person()
    outcome = site.write("ProjectWorker.Update", {
        **site.head, **in_list(change(site, stranger, address="某路1号")),
    })  # fmt: skip
    masked = f"{stranger.id_number[:6]}********{stranger.id_number[-4:]}"
    assert outcome["status"] == 10
    assert outcome["result"] == (
        f"[workerList][0][idCardNumber]没有找到证件号码为{masked}的工人信息,请先上传项目工人信息!"
    )


def test_one_stranger_in_a_list_leaves_all_as_they_were(site):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    before = only(site)
    outcome = site.write("ProjectWorker.Update", {**site.head, "workerList": [
        change(site, human, address="新城路9号"), change(site, people.person(), address="某路1号"),
    ]})  # fmt: skip
    assert outcome["status"] == 10
    assert only(site) == before


def test_another_team_moves_the_worker(site):
    human, first = people.person(), team(site)
    second = team(site, "木工班")
    enrol(site, first, human)
    enter(site, first, human, day=china_now(days=-3))
    outcome = site.write("ProjectWorker.Update", {
        **site.head, "teamSysNo": second, **change(site, human),
    })  # fmt: skip
    assert outcome["status"] == 20, outcome
    assert only(site)["teamSysNo"] == second


def test_a_team_takes_its_trade_and_leader_from_its_workers(site):
    human, number = people.person(), team(site)
    (before,) = page(site, "Team.Query", teamSysNo=number)["rows"]
    assert "teamLeaderName" not in before
    enrol(site, number, human, isTeamLeader=1)
    (row,) = page(site, "Team.Query", teamSysNo=number)["rows"]
    assert row["teamLeaderName"] == human.name
    assert site.decrypt(row["teamLeaderIDNumber"]) == human.id_number


def test_one_citys_variant_needs_no_head_and_brings_entry_and_exit(site):
    first, second = team(site, "钢筋一班"), team(site, "木工班")
    here, gone = people.person(), people.person()
    items = [
        {**openapi.worker_item(site, here), "teamSysNo": first, "gender": "0",
         "headImageSuffix": "jpg", "cardDate": "2017年08月22日-2037年08月22日",
         "inDate": day(days=-9)},
        {**openapi.worker_item(site, gone), "teamSysNo": second, "cardDate": "2017.08.22-长期",
         "inDate": day(days=-9), "outDate": day(days=-1)},
    ]  # fmt: skip
    outcome = site.write("ProjectWorker.Add", {"workerList": items})
    assert outcome["status"] == 20, outcome
    rows = {row["workerName"]: row for row in page(site, "ProjectWorker.Query")["rows"]}
    assert rows[here.name]["teamSysNo"] == first
    assert rows[here.name]["entryTime"] == day(days=-9)
    assert (rows[here.name]["startDate"], rows[here.name]["expiryDate"]) == (
        "2017-08-22", "2037-08-22",
    )  # fmt: skip
    assert rows[gone.name]["teamSysNo"] == second
    assert rows[gone.name]["exitTime"] == day(days=-1)
    assert "expiryDate" not in rows[gone.name]


def test_a_team_that_neither_head_nor_item_names_is_missing(site):
    reply = site.call("ProjectWorker.Add", {"workerList": [openapi.worker_item(site)]})
    assert (reply["code"], reply["message"]) == ("-1", "[teamSysNo]不能为空!")


def test_a_wrong_team_in_an_item_is_named_by_its_path(site):
    item = {**openapi.worker_item(site), "teamSysNo": 1_999_999_999}
    reply = site.call("ProjectWorker.Add", {"workerList": [item]})
    assert reply["message"] == "[workerList][0][teamSysNo]值超出范围或无效!"


@pytest.mark.parametrize(("sent", "post"), [("1018", "1018"), ("3", "3"), ("甲", "1099")])
def test_a_manager_stands_on_the_post_that_is_sent_where_the_list_has_it(site, system, sent, post):
    human, number = people.person(), team(site, "管理组")
    enrol(site, number, human, workRole=10, workType="900", manageType=sent)
    with system():
        member = db.session.scalars(
            select(StaffMember).where(StaffMember.project_id == site.facts.project_id)
        ).one()
        assert member.post == post


def test_what_a_query_asks_for_narrows_it(site, neighbour):
    humans, number = [people.person(), people.person()], team(site)
    enrol(site, number, *humans)
    number_of_second = site.encrypt(humans[1].id_number)
    assert only(site, idCardNumber=number_of_second)["workerName"] == humans[1].name
    assert page(site, "ProjectWorker.Query", teamSysNo=number)["totalCount"] == 2
    nobody = page(site, "ProjectWorker.Query", corpName="某某公司")
    assert (nobody["totalCount"], nobody["rows"]) == (0, [])
    assert page(neighbour, "ProjectWorker.Query")["totalCount"] == 0
    second = page(site, "ProjectWorker.Query", pageIndex=1, pageSize="1")
    assert [row["workerName"] for row in second["rows"]] == [humans[1].name]
    assert (second["pageCount"], second["totalCount"], second["pageSize"]) == (2, 2, 1)
