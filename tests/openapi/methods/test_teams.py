"""Section 9.4 from the outside: Team.Add, Team.Update, Team.Query."""

import base64
import io

from PIL import Image

from tests.factories import people
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import enrol, enter, page, team


def day(**shift):
    return china_now(**shift).strftime("%Y-%m-%d")


def paper(name="进场确认单.jpg"):
    content = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 200, 200)).save(content, "JPEG")
    return {"name": name, "data": base64.b64encode(content.getvalue()).decode()}


def test_a_team_is_changed_and_keeps_what_is_not_said(site):
    number = team(site, remark="一期", entryTime=day(days=-5))
    outcome = site.write("Team.Update", {
        "teamSysNo": number, "teamName": "钢筋二班", "responsiblePersonName": "李四",
        "responsiblePersonIdcardType": "01",
        "responsiblePersonIDNumber": site.encrypt(people.person().id_number),
    })  # fmt: skip
    assert outcome["status"] == 20, outcome
    (row,) = page(site, "Team.Query", teamSysNo=number)["rows"]
    assert (row["teamName"], row["responsiblePersonName"]) == ("钢筋二班", "李四")
    assert (row["remark"], row["entryTime"]) == ("一期", day(days=-5))


def test_a_team_takes_its_papers_and_names_their_addresses(site):
    number = team(site, entryTime=day(days=-5), entryAttachments=[paper()])
    (row,) = page(site, "Team.Query", teamSysNo=number)["rows"]
    ((name, url),) = [(one["name"], one["url"]) for one in row["entryAttachments"]]
    assert name == "进场确认单.jpg"
    assert "/file/" in url


def test_more_than_five_papers_of_a_team_are_too_many(site):
    reply = site.call("Team.Add", {
        **site.head, "teamName": "木工班", "entryAttachments": [paper() for _turn in range(6)],
    })  # fmt: skip
    assert (reply["code"], reply["message"]) == ("-1", "[entryAttachments]数量超过限制5!")


def test_an_update_with_a_day_of_exit_lets_team_and_people_leave(site):
    human, number = people.person(), team(site, entryTime=day(days=-5))
    enrol(site, number, human)
    enter(site, number, human, day=china_now(days=-3))
    outcome = site.write("Team.Update", {
        "teamSysNo": number, "teamName": "钢筋一班", "exitTime": day(),
    })  # fmt: skip
    assert outcome["status"] == 20, outcome
    (row,) = page(site, "Team.Query", teamSysNo=number)["rows"]
    assert row["exitTime"] == day()
    (worker,) = page(site, "ProjectWorker.Query", teamSysNo=number)["rows"]
    assert worker["exitTime"] == day()
    again = site.write("Team.Update", {
        "teamSysNo": number, "teamName": "钢筋一班", "exitTime": day(),
    })  # fmt: skip
    assert again["status"] == 20, "the same said twice is no fault"


def test_a_name_another_team_of_the_company_has_answers_with_that_number(site):
    first, second = team(site, "钢筋一班"), team(site, "钢筋二班")
    outcome = site.write("Team.Update", {"teamSysNo": second, "teamName": "钢筋一班"})
    assert outcome["status"] == 10
    assert outcome["result"] == f"班组已存在,已存在班组编号为:{first}"


def test_an_update_of_a_team_of_another_project_is_out_of_range(site, neighbour):
    reply = site.call("Team.Update", {"teamSysNo": team(neighbour), "teamName": "外来班"})
    assert (reply["code"], reply["message"]) == ("-1", "[teamSysNo]值超出范围或无效!")


def test_a_company_other_than_the_teams_is_refused(site, neighbour):
    data = {"teamSysNo": team(site), "teamName": "班", "corpCode": neighbour.head["corpCode"]}
    reply = site.call("Team.Update", data)
    assert (reply["code"], reply["message"]) == ("-1", "[corpCode]与班组所属企业不一致!")


def test_one_citys_variant_sends_the_name_of_a_team_alone(site):
    outcome = site.write("Team.Add", {"teamName": "抹灰班"})
    assert outcome["status"] == 20, outcome
    (row,) = page(site, "Team.Query", teamName="抹灰班")["rows"]
    assert row["corpCode"] == site.facts.corp_code, "the general contractor's"
