"""Sections 9.1 and 9.11 from the outside: Corp.Upload, Corp.Query, qualifications and records."""

import pytest

from app.core import scope
from app.enterprises import services
from app.enterprises.choices import ChangeState
from app.enterprises.models import Enterprise, EnterpriseChange, Qualification
from app.extensions import db
from tests.factories import enterprises, people
from tests.openapi.test_journey import page


def company(code=None, **changes):
    return {
        "corpCode": code or people.credit_code("440106"), "corpName": "广州外来建筑有限公司",
        "areaCode": "440106", **changes,
    }  # fmt: skip


def test_a_company_nobody_registered_is_kept_and_told_again(site):
    human = people.person()
    sent = company(
        corpType="120", legalMan=human.name, legalManIDCardType="01",
        legalManIDCardNumber=site.encrypt(human.id_number), regCapital="5000.5",
        capitalCurrencyType="156", registerDate="2010-05-01", licenseNum="L1",
        legalManProTitle="高级工程师", linkMan="联系人", website="www.example.com",
    )  # fmt: skip
    for _turn in range(2):
        assert site.write("Corp.Upload", sent)["status"] == 20
    answered = page(site, "Corp.Query", corpCode=sent["corpCode"])
    (row,) = answered["rows"]
    assert (row["corpName"], row["areaCode"]) == ("广州外来建筑有限公司", "440106")
    assert site.decrypt(row["legalManIDCardNumber"]) == human.id_number
    assert (row["registerDate"], row["legaManProTitle"]) == ("2010-05-01", "高级工程师")
    assert float(row["regCapital"]) == 5000.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"corpCode": ""}, "[corpCode]不能为空!", id="code"),
        pytest.param({"areaCode": ""}, "[areaCode]不能为空!", id="area"),
        pytest.param({"areaCode": "999999"}, "[areaCode]参数值不正确,请参见行政区划字典表!",
                     id="no area"),
    ],
)  # fmt: skip
def test_a_wrong_company_is_refused_at_once(site, changes, message):
    reply = site.call("Corp.Upload", company(**changes))
    assert (reply["code"], reply["message"]) == ("-1", message)


def test_a_website_that_is_none_is_refused_in_the_known_words(site):
    reply = site.call("Corp.Upload", company(webSite="no site"))
    assert reply["code"] == "-1"
    assert reply["message"].startswith("[webSite]格式不正确!")


def test_a_registered_enterprise_is_not_overwritten_and_its_change_waits(site, system):
    with system():
        firm = db.session.get(Enterprise, site.facts.firm_id)
        code, name, before = firm.credit_code, firm.name, firm.address
    sent = company(
        code, corpName=name, areaCode="440703", address="新址8号", officePhone="07501234"
    )
    outcome = site.write("Corp.Upload", sent)
    assert outcome["status"] == 20
    assert "企业变更申请" in outcome["result"]
    assert site.write("Corp.Upload", {**sent, "remark": "again"})["status"] == 20
    with system():
        firm = db.session.get(Enterprise, site.facts.firm_id)
        assert firm.address == before, "in force once approved"
        (change,) = db.session.query(EnterpriseChange).filter_by(enterprise_id=firm.id)
        assert change.state is ChangeState.SUBMITTED
        assert set(change.changed_fields) == {"address", "office_phone"}
        services.approve_change(change, actor=scope.SYSTEM)
        assert db.session.get(Enterprise, firm.id).address == "新址8号"


def test_a_company_that_takes_no_part_is_compared_only(site, system):
    with system():
        firm = enterprises.enterprise()
        sent = company(firm.credit_code, corpName=firm.name, areaCode="440703", address="别处1号")
        number = firm.id
    outcome = site.write("Corp.Upload", sent)
    assert (outcome["status"], "未覆盖" in outcome["result"]) == (20, True)
    with system():
        assert not db.session.query(EnterpriseChange).filter_by(enterprise_id=number).count()
    assert page(site, "Corp.Query", corpCode=sent["corpCode"])["totalCount"] == 0


def test_a_query_asks_for_code_or_name(site):
    reply = site.call("Corp.Query", {"pageIndex": 0, "pageSize": 50})
    assert (reply["code"], reply["message"]) == ("-1", "[corpCode]不能为空!")
    (row,) = page(site, "Corp.Query", corpName=site.head["corpName"])["rows"]
    assert row["corpCode"] == site.head["corpCode"]


def test_qualifications_of_who_takes_part_are_told(site, neighbour, system):
    with system():
        held = db.session.query(Qualification).filter_by(enterprise_id=site.facts.firm_id).count()
        firm = db.session.get(Enterprise, site.facts.firm_id)
        db.session.add(Qualification(
            enterprise_id=firm.id, district_code=firm.district_code, kind="3",
            name="建筑工程施工总承包", certificate_no="D244", level="1",
        ))  # fmt: skip
    rows = page(site, "CorpCredential.Query", corpCode=site.head["corpCode"])["rows"]
    assert len(rows) == held + 1
    assert rows[-1]["certificateNo"] == "D244"
    assert page(neighbour, "CorpCredential.Query", corpCode=site.head["corpCode"])["rows"] == []


@pytest.mark.parametrize(
    "method", ["CorpBadRecord.Query", "CorpGoodRecord.Query", "CorpBlackList.Query"]
)
def test_records_of_companies_are_kept_by_nobody(site, method):
    answered = page(site, method, corpCode=site.head["corpCode"], creditType="1")
    assert (answered["totalCount"], answered["rows"]) == (0, [])
