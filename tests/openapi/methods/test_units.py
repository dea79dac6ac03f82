"""Section 9.3 from the outside: ProjectSubContractor.Add, .Update, .Query."""

import pytest

from app.core import scope
from app.extensions import db
from app.projects import services
from app.projects.choices import UnitState
from app.projects.models import ProjectUnit
from tests.factories import enterprises, people
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import enrol, page


def day(**shift):
    return china_now(**shift).strftime("%Y-%m-%d")


def unit(code=None, **changes):
    return {"corpCode": code or people.credit_code("440703"), "corpName": "江门某劳务有限公司",
            "corpType": "006", **changes}  # fmt: skip


def stored(site, code):
    return db.session.query(ProjectUnit).filter_by(
        project_id=site.facts.project_id, credit_code=code
    ).one()  # fmt: skip


def told(site, code):
    (row,) = page(site, "ProjectSubContractor.Query", corpCode=code)["rows"]
    return row


def test_an_unknown_unit_waits_for_its_registration_and_is_usable_at_once(site, system):
    manager = people.person()
    sent = unit(
        entryTime="2026-03-01 08:00:00", pmName=manager.name, pmIdcardNumber=site.encrypt(
            manager.id_number), pmPhone="13800001111", bankInfos=[
            {"bankCode": "102", "bankName": "江门支行", "bankNumber": site.encrypt("20120190"),
             "bankLinkNumber": "102"}],
    )  # fmt: skip
    assert site.write("ProjectSubContractor.Add", sent)["status"] == 20
    row = told(site, sent["corpCode"])
    assert (row["corpType"], row["entryTime"]) == ("006", "2026-03-01 00:00:00")
    assert site.decrypt(row["pmIDCardNumber"]) == manager.id_number
    assert site.decrypt(row["bankInfos"][0]["bankNumber"]) == "20120190"
    with system():
        made = stored(site, sent["corpCode"])
        assert (made.state, made.incomplete) == (UnitState.WAITING_REGISTRATION, True)
    head = {"corpCode": sent["corpCode"], "corpName": sent["corpName"]}
    outcome = site.write("Team.Add", {**site.head, **head, "teamName": "木工班"})
    assert outcome["status"] == 20, outcome
    number = page(site, "Team.Query", **head)["rows"][0]["teamSysNo"]
    site.head |= head
    assert enrol(site, number, people.person())["status"] == 20


def test_a_registered_enterprise_is_invited(site, system):
    with system():
        firm = enterprises.enterprise()
        code, name = firm.credit_code, firm.name
    assert site.write("ProjectSubContractor.Add", unit(code, corpName=name))["status"] == 20
    with system():
        assert stored(site, code).state is UnitState.INVITED


@pytest.mark.parametrize("role", ["002", "005", "012", "014"])
def test_suppliers_are_registered_at_once(site, system, role):
    sent = unit(corpType=role, entryTime="2026-03-01")
    assert site.write("ProjectSubContractor.Add", sent)["status"] == 20
    with system():
        assert stored(site, sent["corpCode"]).state is UnitState.REGISTERED


def test_a_unit_added_twice_is_told_so_in_the_known_words(site):
    sent = unit()
    assert site.write("ProjectSubContractor.Add", sent)["status"] == 20
    again = site.write("ProjectSubContractor.Add", {**sent, "pmName": "又一人"})
    assert again["status"] == 10
    assert "参建单位已存在" in again["result"]
    general = site.write("ProjectSubContractor.Add", unit(site.head["corpCode"], corpType="009"))
    assert "参建单位已存在" in general["result"]


def test_an_owner_the_project_does_not_name_is_refused_with_the_way_out(site):
    outcome = site.write("ProjectSubContractor.Add", unit(corpType="008"))
    assert outcome["status"] == 10
    assert outcome["result"].startswith("[corpType]")


def test_a_unit_is_mended_until_it_is_accepted_and_then_kept(site, system):
    with system():
        firm = enterprises.enterprise()
        sent = unit(firm.credit_code, corpName=firm.name, pmName="王一")
    site.write("ProjectSubContractor.Add", sent)
    head = {name: sent[name] for name in ("corpCode", "corpName")}
    outcome = site.write("ProjectSubContractor.Update", {**head, "pmName": "王二"})
    assert outcome["status"] == 20, outcome
    assert told(site, sent["corpCode"])["pmName"] == "王二"
    with system():
        services.accept_invitation(stored(site, sent["corpCode"]), actor=scope.SYSTEM)
    kept = site.write("ProjectSubContractor.Update", {**head, "pmName": "王三"})
    assert kept["status"] == 20
    assert kept["result"].startswith("[pmName]与登记内容不一致,未覆盖")
    assert told(site, sent["corpCode"])["pmName"] == "王二"


def test_a_unit_leaves_on_the_day_that_is_sent(site, system):
    sent = unit(entryTime=day(days=-9))
    site.write("ProjectSubContractor.Add", sent)
    outcome = site.write("ProjectSubContractor.Update", {
        "corpCode": sent["corpCode"], "corpName": sent["corpName"], "exitTime": day(),
    })  # fmt: skip
    assert outcome["status"] == 20, outcome
    assert told(site, sent["corpCode"])["exitTime"] == f"{day()} 00:00:00"


def test_an_organisation_code_stands_where_there_is_no_unified_one(site):
    sent = unit("12345678-X")
    assert site.write("ProjectSubContractor.Add", sent)["status"] == 20
    assert told(site, "12345678X")["corpName"] == sent["corpName"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"corpType": "099"}, "[corpType]参数值不正确,请参见参建单位类型字典表!",
                     id="role"),
        pytest.param({"corpName": ""}, "[corpName]不能为空!", id="name"),
        pytest.param({"entryTime": "2026-02-30"}, "[entryTime]格式不正确!", id="no day"),
        pytest.param({"exitTime": "2026-01-01", "entryTime": "2026-02-01"},
                     "[exitTime]不能小于历史进退场时间!", id="left before it came"),
        pytest.param({"bankInfos": [{"bankCode": "102"}]},
                     "[bankInfos][0][bankName]不能为空!;[bankInfos][0][bankNumber]不能为空!",
                     id="bank"),
    ],
)  # fmt: skip
def test_a_wrong_unit_is_refused_at_once(site, changes, message):
    reply = site.call("ProjectSubContractor.Add", unit(**changes))
    assert (reply["code"], reply["message"]) == ("-1", message)


def test_a_company_that_takes_no_part_cannot_be_updated(site):
    reply = site.call("ProjectSubContractor.Update", unit())
    assert (reply["code"], reply["message"]) == (
        "-1", "[corpCode]不是该项目的参建单位,请先上传参建单位信息!",
    )  # fmt: skip
