"""Section 9.2 from the outside: Project.Add, .Update, .PartUpdate, .Query."""

import json

import pytest

from app.extensions import db
from app.projects.models import Project
from tests.openapi.test_journey import page


def whole(site, **changes):
    (row,) = page(site, "Project.Query")["rows"]
    return {
        "contractorCorpCode": row["contractorCorpCode"],
        "contractorCorpName": row["contractorCorpName"], "name": row["name"],
        "category": row["category"], "areaCode": row["areaCode"], "prjStatus": "003",
        "builderLicenses": [
            {"prjName": row["name"], "builderLicenseNum": site.encrypt("440703202601010101")}
        ], **changes,
    }  # fmt: skip


def test_adding_the_project_of_the_key_answers_with_its_number(site):
    outcome = site.write("Project.Add", whole(site, description="住宅", invest="12000.5"))
    assert outcome["status"] == 20, outcome
    assert json.loads(outcome["result"]) == {"projectCode": site.facts.code}
    (row,) = page(site, "Project.Query")["rows"]
    assert (row["description"], row["invest"]) == ("住宅", 12000.5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": "另一个项目"}, "[name]"),
     ({"contractorCorpCode": "914407000000000000"}, "[contractorCorpCode]")],
)  # fmt: skip
def test_another_project_than_that_of_the_key_is_told_what_to_do(site, changes, field):
    outcome = site.write("Project.Add", whole(site, **changes))
    assert outcome["status"] == 10
    assert outcome["result"].startswith(field)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"name": ""}, "[name]不能为空!", id="name"),
        pytest.param({"category": "77"}, "[category]参数值不正确,请参见项目分类字典表!",
                     id="category"),
        pytest.param({"areaCode": "1"}, "[areaCode]参数值不正确,请参见行政区划字典表!", id="area"),
        pytest.param({"prjStatus": None}, "[prjStatus]不能为空!", id="state"),
        pytest.param({"builderLicenses": None}, "[builderLicenses]不能为空!", id="permits"),
        pytest.param({"builderLicenses": [{"prjName": "一期"}]},
                     "[builderLicenses][0][builderLicenseNum]不能为空!", id="number"),
    ],
)  # fmt: skip
def test_a_wrong_project_is_refused_at_once(site, changes, message):
    reply = site.call("Project.Update", {"projectCode": site.facts.code, **whole(site, **changes)})
    assert (reply["code"], reply["message"]) == ("-1", message)


def test_permits_are_taken_as_text_too(site):
    outcome = site.write("Project.Update", whole(site, builderLicenses="440703202601010101"))
    assert outcome["status"] == 20, outcome


def test_particulars_come_into_force_and_reviewed_fields_stay(site, system):
    sent = {
        "prjStatus": "003", "buildingArea": "8000.5", "approvalNum": "粤发改1号",
        "buildPlanNum": site.encrypt("地字1号"), "thirdPartyProjectCode": "V-77",
        "address": "别处9号", "linkman": "新联系人", "nationNum": 156, "lat": 22.5, "lng": 113.1,
    }  # fmt: skip
    outcome = site.write("Project.PartUpdate", sent)
    assert outcome["status"] == 20, outcome
    assert outcome["result"] == (
        "[address]与登记内容不一致,未直接生效,请在项目变更中提交!;"
        "[linkMan]与登记内容不一致,未直接生效,请在项目变更中提交!"
    )
    (row,) = page(site, "Project.Query")["rows"]
    assert (row["buildingArea"], row["approvalNum"]) == (8000.5, "粤发改1号")
    assert site.decrypt(row["buildPlanNum"]) == "地字1号"
    assert row["thirdPartyProjectCode"] == "V-77"
    assert row["address"] != "别处9号"
    with system():
        assert db.session.get(Project, site.facts.project_id).address == row["address"]


def test_a_state_other_than_ours_is_told_and_changes_nothing(site):
    outcome = site.write("Project.PartUpdate", {"prjStatus": "005"})
    assert outcome["result"].startswith("[prjStatus]")
    assert page(site, "Project.Query")["rows"][0]["prjStatus"] == "003"


def test_the_project_of_another_key_is_not_reached(site, neighbour):
    reply = site.call("Project.PartUpdate", {
        "projectCode": neighbour.head["projectCode"], "prjStatus": "003",
    })  # fmt: skip
    assert reply["code"] == "-3"
    assert page(site, "Project.Query", contractorCorpName="某公司")["rows"] == []
