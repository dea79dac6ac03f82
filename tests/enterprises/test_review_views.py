"""企业注册审核, 企业变更审核 and 企业库 over HTTP: officials of two districts, a contractor."""

import io
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, update

from app.core import clock, files, scope, uploads
from app.core.unmasking import UnmaskRecord
from app.enterprises import services
from app.enterprises.choices import ChangeState, EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise, EnterpriseChange
from app.enterprises.services import values
from app.extensions import db
from app.identity.models import Account
from tests.factories import enterprises as make
from tests.factories import projects


@pytest.fixture
def office(system, signed_in):
    """Officials, a contractor and an application in 440703."""
    with system():
        row = make.application()
        firm = make.enterprise()
        numbers = {
            "reviewer": make.official(),
            "far": make.official(district="440781"),
            "city": make.official("city_admin", district=None),
            "contractor": make.admin(firm),
            "stranger": make.admin(make.enterprise()),
        }
        found = SimpleNamespace(
            id=row.id, name=row.name, number=row.application_no, username=row.username,
            firm=firm.id, firm_name=firm.name,
        )  # fmt: skip
    for role, number in numbers.items():
        setattr(found, role, signed_in(number))
    return found


def state_of(system, number, model=Enterprise):
    with system() as session:
        return session.get(model, number).state


def test_the_list_shows_what_waits_with_time_waited_and_left(office):
    page = office.reviewer.get("/registrations/list/").text
    assert office.number in page
    assert office.name in page
    assert office.number not in office.far.get("/registrations/list/").text
    assert office.number in office.city.get("/registrations/list/").text


def test_contractors_have_no_review(office):
    for url in ("list/", f"show/{office.id}", "export/", "lookup/x"):
        assert office.contractor.get(f"/registrations/{url}").status_code in {302, 403, 404}, url
    for verb in ("approve", "return", "reject"):
        answer = office.contractor.post(f"/registrations/{verb}/{office.id}")
        assert answer.status_code in {302, 403}, verb


def test_another_district_gets_404_for_every_route(office, system):
    assert office.far.get(f"/registrations/show/{office.id}").status_code == 404
    for verb in ("approve", "return", "reject"):
        data = {"opinion": "x", "mark": "name", "reason-name": "x"}
        answer = office.far.post(f"/registrations/{verb}/{office.id}", data=data)
        assert answer.status_code == 404, verb
    answer = office.far.post("/registrations/run", data={"action": "approve", "rowid": office.id})
    assert answer.status_code == 404
    assert state_of(system, office.id) is EnterpriseState.SUBMITTED


def test_passing_opens_the_account_and_the_applicant_signs_in(office, system, app):
    page = office.reviewer.get(f"/registrations/show/{office.id}").text
    assert "/registrations/approve/" in page
    office.reviewer.post(f"/registrations/approve/{office.id}")
    assert state_of(system, office.id) is EnterpriseState.APPROVED

    browser = app.test_client()
    answer = browser.post("/login/", data={"username": office.username, "password": make.PASSWORD})
    assert answer.status_code == 302
    assert office.name in browser.get("/enterprise/").text


def test_the_names_of_all_papers_beside_the_form_are_read_at_once(office, system, app):
    with system() as session:
        row = session.get(Enterprise, office.id)
        for name in ("licence_file", "authorisation_file", "safety_licence_file"):
            setattr(row, name, projects.stored_file(name=f"{name}.pdf"))
    asked = []
    note = lambda *given: asked.append(given[2])  # noqa: E731
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        page = office.reviewer.get(f"/registrations/show/{office.id}").text
        event.remove(db.engine, "before_cursor_execute", note)

    for name in ("licence_file", "authorisation_file", "safety_licence_file"):
        assert f"{name}.pdf" in page
    assert len([statement for statement in asked if "FROM stored_file" in statement]) == 1


def test_returning_without_a_mark_changes_nothing(office, system):
    office.reviewer.post(f"/registrations/return/{office.id}", data={"opinion": "请修改"})
    office.reviewer.post(f"/registrations/return/{office.id}", data={"mark": "name"})
    assert state_of(system, office.id) is EnterpriseState.SUBMITTED
    office.reviewer.post(
        f"/registrations/return/{office.id}", data={"mark": "name", "reason-name": "不一致"}
    )
    assert state_of(system, office.id) is EnterpriseState.RETURNED
    page = office.reviewer.get(f"/registrations/show/{office.id}").text
    assert "不一致" in page
    assert "/registrations/approve/" not in page


def test_a_refused_return_keeps_ticks_reasons_and_opinion(office, system):
    typed = {"mark": ["name", "address"], "reason-name": "与执照不一致", "opinion": "请尽快修改"}

    page = office.reviewer.post(f"/registrations/return/{office.id}", data=typed).text

    assert state_of(system, office.id) is EnterpriseState.SUBMITTED
    assert '<a href="#reason-address">企业营业地址：请填写该项的退回原因' in page
    assert 'href="#reason-name"' not in page
    assert page.count('aria-describedby="reason-address-error"') == 1
    assert 'value="name" checked' in page
    assert 'value="address" checked' in page
    assert 'value="credit_code" checked' not in page
    assert 'value="与执照不一致"' in page
    assert ">请尽快修改</textarea>" in page


def test_a_refused_refusal_keeps_what_was_marked(office, system):
    typed = {"mark": "name", "reason-name": "与执照不一致", "opinion": " "}

    page = office.reviewer.post(f"/registrations/reject/{office.id}", data=typed).text

    assert state_of(system, office.id) is EnterpriseState.SUBMITTED
    assert 'value="与执照不一致"' in page
    assert '<a href="#opinion">审核意见：请在此说明不予通过的原因' in page
    assert page.count('aria-describedby="opinion-error"') == 1


def test_refusing_needs_words(office, system):
    office.reviewer.post(f"/registrations/reject/{office.id}", data={"opinion": ""})
    assert state_of(system, office.id) is EnterpriseState.SUBMITTED
    office.reviewer.post(f"/registrations/reject/{office.id}", data={"opinion": "资料虚假"})
    assert state_of(system, office.id) is EnterpriseState.REJECTED


def test_the_second_attempt_stands_beside_the_first(office, system):
    with system() as session:
        row = session.get(Enterprise, office.id)
        services.return_application(row, {"address": "请写全"}, actor=scope.SYSTEM)
        values = {
            n: getattr(row, n)
            for n in ("name", "credit_code", "region_code", "legal_person",
                      "legal_person_id_type", "legal_person_id_number", "legal_person_phone",
                      "agent_name", "agent_id_type", "agent_id_number", "agent_mobile")
        }  # fmt: skip
        was = row.address
        services.resubmit(
            row.id, {**values, "address": "新昌路99号", "qualifications": []}, actor=scope.NOBODY
        )
    page = office.reviewer.get(f"/registrations/show/{office.id}").text
    assert f"<del>{was}</del>" in page
    assert "<ins>新昌路99号</ins>" in page
    course = page[page.rindex('<ol class="timeline">') :]
    assert "申请单位" in course
    assert "企业营业地址：请写全" in course


def test_several_pass_together_unless_one_has_a_hint(office, system):
    with system() as session:
        twin = make.application(agent_mobile=session.get(Enterprise, office.firm).agent_mobile).id
        plain = make.application().id
    office.reviewer.post("/registrations/run",
                         data={"action": "approve", "rowid": [plain, twin]})  # fmt: skip
    assert state_of(system, plain) is EnterpriseState.SUBMITTED
    office.reviewer.post("/registrations/run",
                         data={"action": "approve", "rowid": [plain, office.id]})  # fmt: skip
    assert state_of(system, plain) is EnterpriseState.APPROVED
    assert state_of(system, twin) is EnterpriseState.SUBMITTED


def test_identity_numbers_are_masked_on_the_review(office, system):
    with system() as session:
        number = session.get(Enterprise, office.id).legal_person_id_number
    page = office.reviewer.get(f"/registrations/show/{office.id}").text
    assert number not in page
    assert number[-4:] in page


def test_telephones_of_persons_are_masked_on_every_page_of_an_enterprise(office, system):
    with system() as session:
        waits, firm = session.get(Enterprise, office.id), session.get(Enterprise, office.firm)
        applied = [waits.legal_person_phone, waits.agent_mobile]
        registered = [firm.legal_person_phone, firm.agent_mobile]
    pages = {
        office.reviewer.get(f"/registrations/show/{office.id}").text: applied,
        office.reviewer.get(f"/enterprises/show/{office.firm}").text: registered,
        office.contractor.get("/enterprise/").text: registered,
    }
    for page, numbers in pages.items():
        for number in numbers:
            assert number not in page
            assert f"{number[:3]}****{number[-4:]}" in page


def test_a_reviewer_sees_a_number_whole_for_a_reason_that_is_kept(office, system):
    with system() as session:
        row = session.get(Enterprise, office.id)
        whole = {n: getattr(row, n) for n in ("legal_person_phone", "legal_person_id_number")}
    page = office.reviewer.get(f"/registrations/show/{office.id}").text
    for name, value in whole.items():
        url = f"/registrations/unmask/{office.id}/{name}"
        assert url in page
        assert office.reviewer.post(url, data={"reason": ""}).status_code == 400
        assert office.reviewer.post(url, data={"reason": "核对执照"}).json["value"] == value
        assert office.contractor.post(url, data={"reason": "核对执照"}).status_code == 403
    with system() as session:
        kept = session.query(UnmaskRecord.column_name).filter_by(row_id=office.id)
        assert {name for (name,) in kept} == set(whole)


# --- 企业变更 -------------------------------------------------------------------------------


def open_change(browser, url="/enterprise/change", **changes):
    """Post the change form as the browser shows it, with some fields changed."""
    page = browser.get(url).text
    form = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    form |= {m[1]: m[0] for m in re.findall(r'value="([^"]*)"[^>]*name="([\w-]+)"', page)}
    for name, body in re.findall(
        r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(
            r'<option[^>]*(?:selected[^>]*value="([^"]*)"|value="([^"]*)"[^>]*selected)', body
        )
        form[name] = (chosen[1] or chosen[2] or "") if chosen else ""
    if changes.pop("rows", None) is None:
        form = {n: v for n, v in form.items() if not n.startswith("qualifications-")}
    form |= changes
    return browser.post(url, data=form, content_type="multipart/form-data")


@pytest.fixture
def labour(system, signed_in):
    """A labour subcontractor with its administrator."""
    with system():
        firm = make.enterprise(
            EnterpriseType.LABOUR_SUBCONTRACTOR, licence_file=None,
            legal_person_id_type="01", agent_id_type="01",
        )  # fmt: skip
        number = make.admin(firm)
        found = SimpleNamespace(id=firm.id, name=firm.name)
    found.browser = signed_in(number)
    return found


def changes_of(system, number):
    with system() as session:
        return [
            (c.id, c.state, sorted(c.changed_fields))
            for c in session.query(EnterpriseChange).filter_by(enterprise_id=number)
            .order_by(EnterpriseChange.id)
        ]  # fmt: skip


SCANS = ("licence_file", "authorisation_file")


def with_scans(**values):
    return {**{name: make.upload(f"{name}.png") for name in SCANS}, **values}


def test_a_direct_field_is_in_force_at_once_and_a_reviewed_one_waits(labour, office, system):
    answer = open_change(
        labour.browser,
        **with_scans(office_phone="0750-3500000", address="新地址8号", reason="搬迁"),
    )
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]*)', answer.text)
    with system() as session:
        row = session.get(Enterprise, labour.id)
        assert row.office_phone == "0750-3500000"
        assert row.address != "新地址8号"
    made = changes_of(system, labour.id)
    assert [c[1] for c in made] == [ChangeState.IN_FORCE, ChangeState.SUBMITTED]
    assert made[1][2] == ["address", "licence_file"]

    pending = made[1][0]
    assert "新地址8号" in labour.browser.get("/enterprise/").text
    assert "新地址8号" in office.reviewer.get(f"/enterprise-changes/show/{pending}").text
    assert office.far.get(f"/enterprise-changes/show/{pending}").status_code == 404
    assert office.stranger.get(f"/enterprise/request/{pending}").status_code == 404
    assert office.stranger.post(f"/enterprise/request/{pending}/withdraw").status_code == 404

    office.reviewer.post(f"/enterprise-changes/move/approve/{pending}", data={"remark": "同意"})
    with system() as session:
        row = session.get(Enterprise, labour.id)
        assert row.address == "新地址8号"
        scan = row.licence_file
    assert labour.browser.get(f"/file/{scan}").status_code == 200
    assert office.reviewer.get(f"/file/{scan}").status_code == 200
    assert office.far.get(f"/file/{scan}").status_code == 404
    assert office.stranger.get(f"/file/{scan}").status_code == 404


def test_while_a_change_waits_only_direct_fields_are_offered_and_the_page_says_so(labour, system):
    open_change(labour.browser, **with_scans(address="新地址8号", reason="搬迁"))
    ((number, _state, _fields),) = changes_of(system, labour.id)[-1:]

    page = labour.browser.get("/enterprise/change").text
    assert f'href="/enterprise/request/{number}"' in page
    assert "正在等待审核" in page
    for name in ("name", "address", "qualifications", "reason", "proof"):
        assert not re.search(rf'name="{name}["-]', page), name
    answer = open_change(labour.browser, **with_scans(office_phone="0750-3500001"))
    assert answer.status_code == 302
    with system() as session:
        assert session.get(Enterprise, labour.id).office_phone == "0750-3500001"
        assert session.get(Enterprise, labour.id).address != "新地址8号"


def test_the_state_of_a_change_stands_in_its_list_as_a_badge(labour):
    open_change(labour.browser, **with_scans(address="新地址8号", reason="搬迁"))

    page = labour.browser.get("/enterprise/?tab=changes").text
    assert re.search(r'<span class="badge [a-z]+">待审核</span>', page)


def test_an_enterprise_that_moves_takes_certificates_requests_and_scans_along(
    labour, office, system
):
    def receive():
        return files.receive(io.BytesIO(make.picture()), "scan.png", uploads.DOCUMENT)

    def ask(**changed):
        with system():
            made = services.request_change(
                labour.id, changed, actor=scope.SYSTEM, reason="迁址", proof=[receive()]
            )
            return made[0].id

    with system() as session:
        row, scan = session.get(Enterprise, labour.id), receive()
        values.replace_qualifications(row, [make.certificate(file=scan)])
    with system():
        licence = receive()
    first = ask(address="旧区路1号", licence_file=licence)
    office.reviewer.post(f"/enterprise-changes/move/approve/{first}", data={"remark": "同意"})
    second = ask(region_code="440781")
    with system() as session:
        proof = session.get(EnterpriseChange, first).proof[0]
    scans = (scan, licence, proof)
    assert {office.reviewer.get(f"/file/{one}").status_code for one in scans} == {200}
    gone = office.reviewer.post(
        f"/enterprise-changes/move/approve/{second}", data={"remark": "同意"}
    )

    assert gone.location == "/enterprise-changes/list/"
    for number in scans:
        assert office.far.get(f"/file/{number}").status_code == 200
        assert office.reviewer.get(f"/file/{number}").status_code == 404
    for number in (first, second):
        assert office.far.get(f"/enterprise-changes/show/{number}").status_code == 200
        assert office.reviewer.get(f"/enterprise-changes/show/{number}").status_code == 404


def test_name_and_legal_person_ask_for_reason_and_proof(labour, system):
    page = open_change(labour.browser, **with_scans(name="新名称建筑劳务有限公司")).text
    assert 'id="reason-error"' in page
    assert 'id="proof-error"' in page
    assert changes_of(system, labour.id) == []


def test_a_waiting_change_is_withdrawn_by_its_enterprise(labour, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    number = changes_of(system, labour.id)[-1][0]
    labour.browser.post(f"/enterprise/request/{number}/withdraw")
    assert state_of(system, number, EnterpriseChange) is ChangeState.WITHDRAWN


def test_the_change_form_shows_identity_numbers_masked_and_keeps_them(labour, system):
    with system() as session:
        number = session.get(Enterprise, labour.id).agent_id_number
    page = labour.browser.get("/enterprise/change").text
    assert number not in page
    assert number[-4:] in page
    open_change(labour.browser, **with_scans(office_phone="0750-1", reason="补传"))
    with system() as session:
        assert session.get(Enterprise, labour.id).agent_id_number == number


def test_a_second_reviewed_change_waits_for_the_first(labour, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    before = len(changes_of(system, labour.id))
    answer = open_change(labour.browser, address="乙路2号", reason="搬迁",
                         licence_file=make.upload("x.png"))  # fmt: skip
    assert answer.status_code == 200
    assert len(changes_of(system, labour.id)) == before


def test_a_stale_change_form_is_refused(labour, system):
    answer = open_change(labour.browser, **with_scans(office_phone="1", row_version="0"))
    assert answer.status_code == 200
    assert changes_of(system, labour.id) == []


def test_returning_a_change_keeps_the_old_values(labour, office, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    number = changes_of(system, labour.id)[-1][0]
    office.reviewer.post(f"/enterprise-changes/move/return/{number}", data={"remark": ""})
    assert state_of(system, number, EnterpriseChange) is ChangeState.SUBMITTED
    office.reviewer.post(f"/enterprise-changes/move/return/{number}", data={"remark": "缺证明"})
    assert state_of(system, number, EnterpriseChange) is ChangeState.RETURNED
    with system() as session:
        assert session.get(Enterprise, labour.id).address != "甲路1号"


def test_the_list_of_changes_tells_how_long_each_waits_and_how_long_is_left(labour, office, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    with system() as session:
        number = changes_of(system, labour.id)[-1][0]
        session.execute(
            update(EnterpriseChange)
            .where(EnterpriseChange.id == number)
            .values(created_at=clock.now() - timedelta(days=40))
        )
    page = office.reviewer.get("/enterprise-changes/list/").text
    assert "40天" in page
    assert re.search(r"逾期\d+天", page)


def test_what_is_decided_waits_no_longer(labour, office, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    change = changes_of(system, labour.id)[-1][0]
    past = {"created_at": clock.now() - timedelta(days=40)}
    with system() as session:
        session.execute(update(EnterpriseChange).where(EnterpriseChange.id == change).values(past))
        session.execute(
            update(Enterprise).where(Enterprise.id == office.id)
            .values(submitted_at=clock.now() - timedelta(days=40))
        )  # fmt: skip
    pages = {
        f"/registrations/show/{office.id}": f"/registrations/reject/{office.id}",
        "/enterprise-changes/list/?state=RETURNED": f"/enterprise-changes/move/return/{change}",
    }
    assert "40天" in office.reviewer.get("/enterprise-changes/list/").text
    for page, decision in pages.items():
        assert ("40天" in office.reviewer.get(page).text) is page.startswith("/registrations")
        office.reviewer.post(decision, data={"opinion": "资料虚假", "remark": "缺证明"})
        assert "40天" not in office.reviewer.get(page).text
    assert state_of(system, office.id) is EnterpriseState.REJECTED
    assert state_of(system, change, EnterpriseChange) is ChangeState.RETURNED


def test_contractors_do_not_review_changes(labour, office, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    number = changes_of(system, labour.id)[-1][0]
    for browser in (labour.browser, office.stranger):
        answer = browser.post(f"/enterprise-changes/move/approve/{number}", data={"remark": "x"})
        assert answer.status_code in {302, 403, 404}
    assert state_of(system, number, EnterpriseChange) is ChangeState.SUBMITTED


# --- 企业库 ---------------------------------------------------------------------------------


def test_the_directory_lists_registered_enterprises_of_the_scope(office):
    assert office.firm_name in office.reviewer.get("/enterprises/list/?size=100").text
    assert office.name not in office.reviewer.get("/enterprises/list/?size=100").text
    assert office.firm_name not in office.far.get("/enterprises/list/?size=100").text
    assert office.contractor.get("/enterprises/list/").status_code == 403
    assert office.contractor.get(f"/enterprises/show/{office.firm}").status_code == 403
    for tab in ("", "?tab=licences", "?tab=projects", "?tab=changes"):
        assert office.reviewer.get(f"/enterprises/show/{office.firm}{tab}").status_code == 200
    assert office.far.get(f"/enterprises/show/{office.firm}").status_code == 404


def test_the_city_disables_with_a_reason_and_sessions_end(office, system):
    assert office.contractor.get("/enterprise/").status_code == 200
    office.reviewer.post(f"/enterprises/move/disable/{office.firm}", data={"remark": "欠薪"})
    assert state_of(system, office.firm) is EnterpriseState.APPROVED
    office.city.post(f"/enterprises/move/disable/{office.firm}", data={"remark": "欠薪"})
    assert state_of(system, office.firm) is EnterpriseState.DISABLED
    assert office.contractor.get("/enterprise/").status_code == 302


def test_only_the_city_corrects_code_and_type_and_the_role_follows(office, system):
    url = f"/enterprises/correct/{office.firm}"
    with system() as session:
        code = session.get(Enterprise, office.firm).credit_code
    data = {"credit_code": code, "enterprise_type": "LABOUR_SUBCONTRACTOR", "reason": "登记有误"}
    assert office.reviewer.post(url, data=data).status_code in {302, 403}
    with system() as session:
        kind = session.get(Enterprise, office.firm).enterprise_type
        assert kind is EnterpriseType.GENERAL_CONTRACTOR
    data |= {"row_version": version_in(office.city.get(url).text)}
    assert office.city.post(url, data={**data, "reason": ""}).status_code == 200
    assert office.city.post(url, data=data).status_code == 302
    with system() as session:
        row = session.get(Enterprise, office.firm)
        assert row.enterprise_type is EnterpriseType.LABOUR_SUBCONTRACTOR
        with scope.login_scope("test"):
            number = session.query(Account.id).filter_by(enterprise_id=office.firm).scalar()
            assert make.principal(number).roles == {"labour_sub_admin"}


def version_in(page):
    return re.search(r'name="row_version"[^>]*value="(\d+)"', page)[1]


def test_a_correction_opened_before_somebody_elses_change_is_refused(office, system):
    url = f"/enterprises/correct/{office.firm}"
    version = version_in(office.city.get(url).text)
    with system() as session:
        row = session.get(Enterprise, office.firm)
        code, row.office_phone = row.credit_code, "0750-3500000"
    data = {"credit_code": code, "enterprise_type": "LABOUR_SUBCONTRACTOR", "reason": "登记有误"}
    answer = office.city.post(url, data={**data, "row_version": version})

    assert answer.status_code == 200
    assert "数据已被他人修改，请刷新后重试" in answer.text
    with system() as session:
        kind = session.get(Enterprise, office.firm).enterprise_type
        assert kind is EnterpriseType.GENERAL_CONTRACTOR


def test_every_tab_of_the_own_page_opens_and_officials_have_none(office):
    for tab in ("", "?tab=licences", "?tab=projects", "?tab=changes"):
        assert office.contractor.get(f"/enterprise/{tab}").status_code == 200
    assert office.reviewer.get("/enterprise/").status_code == 403
    menu = office.reviewer.get("/enterprises/list/").text
    assert 'href="/enterprise/"' not in menu
    assert 'href="/enterprises/list/"' not in office.contractor.get("/enterprise/").text


def test_the_tabs_of_the_own_page_stand_in_the_order_of_section_3(office):
    page = office.contractor.get("/enterprise/").text
    line = re.search(r'<nav class="tabs".*?</nav>', page, re.DOTALL)[0]

    assert re.findall(r'href="/([^"]+)"', line) == [
        "enterprise/", "enterprise/?tab=licences", "sub-accounts/list/", "enterprise/?tab=projects",
        "enterprise/?tab=changes",
    ]  # fmt: skip


def test_reason_and_proof_are_asked_for_together_with_other_errors(labour, system):
    page = open_change(
        labour.browser, **with_scans(name="新名称建筑有限公司", office_phone="1" * 40)
    ).text

    for field in ("reason", "proof", "office_phone"):
        assert f'href="#{field}"' in page, field
    assert changes_of(system, labour.id) == []


def test_the_website_stands_on_both_pages_of_the_enterprise(labour, office, system):
    refused = open_change(labour.browser, **with_scans(website="javascript:alert(1)")).text
    assert 'href="#website"' in refused

    open_change(labour.browser, **with_scans(website="https://www.example.com", reason="补录"))

    assert "https://www.example.com" in labour.browser.get("/enterprise/").text
    assert "https://www.example.com" in office.reviewer.get(f"/enterprises/show/{labour.id}").text


def test_a_returned_change_is_a_next_step_until_it_is_submitted_again(labour, office, system):
    open_change(labour.browser, **with_scans(address="甲路1号", reason="搬迁"))
    number = changes_of(system, labour.id)[-1][0]
    step = "企业变更被退回"
    assert step not in labour.browser.get("/").text
    with system() as session:
        services.return_change(
            session.get(EnterpriseChange, number), "请写全门牌", actor=scope.SYSTEM
        )

    page = labour.browser.get("/").text
    assert step in page
    assert f"/enterprise/request/{number}" in page

    open_change(labour.browser, **with_scans(address="甲路1号之二", reason="搬迁"))
    assert step not in labour.browser.get("/").text


@pytest.fixture
def returned(labour, office, system):
    """A request with a telephone, scans and proof, returned by the reviewer."""
    asked = {"legal_person_phone": "13900008888", "address": "甲路1号", "reason": "更换法人电话"}
    open_change(labour.browser, **with_scans(**asked, proof=make.upload("proof.png")))
    number = changes_of(system, labour.id)[-1][0]
    office.reviewer.post(f"/enterprise-changes/move/return/{number}", data={"remark": "请写全门牌"})
    return f"/enterprise/change?again={number}", number


def test_a_returned_change_is_corrected_from_what_it_asked_for(labour, returned, system):
    url, number = returned

    assert f'href="{url}"' in labour.browser.get(f"/enterprise/request/{number}").text
    assert f'href="{url}"' in labour.browser.get("/enterprise/").text
    page = labour.browser.get(url).text
    assert "请写全门牌" in page
    assert 'value="甲路1号"' in page
    assert 'value="更换法人电话"' in page
    assert "13900008888" not in page

    open_change(labour.browser, url, address="甲路1号之二")
    with system() as session:
        again = session.query(EnterpriseChange).filter_by(
            enterprise_id=labour.id, state=ChangeState.SUBMITTED
        ).one()  # fmt: skip
        former = session.get(EnterpriseChange, number)
        phone = values.unpack(
            Enterprise,
            {n: one["new"] for n, one in again.changed_fields.items() if n != "qualifications"},
        )["legal_person_phone"]
        held = (again.reason, again.files, again.proof)

        assert (again.changed_fields["address"]["new"], phone) == ("甲路1号之二", "13900008888")
        assert held == (former.reason, former.files, former.proof)
    assert f'href="{url}"' not in labour.browser.get(f"/enterprise/request/{number}").text
    for file in (*held[1], *held[2]):
        assert labour.browser.get(f"/file/{file}").status_code == 200


def test_only_ones_own_returned_change_is_taken_up_again(labour, office, returned, system):
    url, number = returned

    assert office.contractor.get(url).status_code == 404
    open_change(labour.browser, url)
    pending = changes_of(system, labour.id)[-1][0]
    assert pending != number
    assert labour.browser.get(f"/enterprise/change?again={pending}").status_code == 404
