"""The screens of the project domain, driven as a browser would."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.core import clock, scope
from app.enterprises.choices import EnterpriseType
from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects.choices import ProjectState, UnitState
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.services.snapshots import snapshot
from tests.factories import enterprises, numbered, people, states
from tests.factories import projects as make

PNG_SIZE = (40, 40)


def picture():
    """A small picture as a browser uploads it."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", PNG_SIZE, "white").save(stream, "PNG")
    stream.seek(0)
    return stream, "permit.png"


def posted(values):
    """Write form values as a browser posts them."""
    found = {}
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, bool):
            found[name] = "1" if value else "0"
        elif hasattr(value, "name"):
            found[name] = value.name
        elif name in ("contract_pages", "agency_agreement", "contract_file"):
            found[name] = picture()
        else:
            found[name] = str(value)
    return found


@pytest.fixture
def world(system):
    """Two general contractors, a subcontractor, a reviewer and one of the far district."""
    with system():
        builder, rival = enterprises.enterprise(), enterprises.enterprise()
        crew = enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR)
        return {
            "builder": builder.id, "rival": rival.id, "crew": crew.id,
            "crew_code": crew.credit_code, "crew_name": crew.name,
            "gc": enterprises.admin(builder), "rival_gc": enterprises.admin(rival),
            "sub": enterprises.admin(crew), "reviewer": enterprises.official(),
            "far": enterprises.official(district="440781"),
        }  # fmt: skip


@pytest.fixture
def form(system):
    """A complete application as posted."""
    with system():
        return posted(make.application())


def version_in(page):
    return re.search(r'name="row_version"[^>]*value="(\d+)"', page.text)[1]


def only(system, model, **filters):
    with system():
        return db.session.query(model.id, model.state).filter_by(**filters).one()


def test_applying_confirming_reviewing_and_starting(world, form, signed_in, system):
    gc, reviewer = signed_in(world["gc"]), signed_in(world["reviewer"])
    assert "Apply for a project" in gc.get("/projects/list/").text

    answer = gc.post("/projects/add", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    number = only(system, Project, name=form["name"]).id
    page = gc.get(f"/projects/show/{number}").text
    assert "Still missing: Construction permit with both pictures" in page
    assert "/projects/confirm/" not in page

    gc.post(f"/projects/confirm/{number}")
    assert only(system, Project, id=number).state is ProjectState.DRAFT
    permit = {"permit_no": "440703202601050101", "permit_name": "一期", "issuer": "住建局",
              "issued_on": "2026-01-05"}  # fmt: skip
    files = {"permit_images": picture(), "contract_images": picture()}
    answer = gc.post(f"/permits/add?project={number}", data={**permit, **files})
    assert answer.status_code == 302, answer.text
    assert "440703202601050101" in gc.get(f"/projects/show/{number}?tab=permits").text

    gc.post(f"/projects/confirm/{number}")
    assert only(system, Project, id=number).state is ProjectState.SUBMITTED
    assert gc.get(f"/projects/edit/{number}").status_code == 409
    assert form["name"] in reviewer.get("/project-reviews/list/").text
    assert reviewer.get(f"/project-reviews/show/{number}").status_code == 200
    with system():
        db.session.get(Project, number).submitted_at = clock.now() - timedelta(days=40)
    assert "40 days" in reviewer.get(f"/project-reviews/show/{number}").text
    reviewer.post(f"/project-reviews/approve/{number}")
    assert only(system, Project, id=number).state is ProjectState.APPROVED
    assert "40 days" not in reviewer.get(f"/project-reviews/show/{number}").text

    answer = gc.post(f"/projects/begin/{number}", data={"actual_start": "2026-02-01"})
    assert "attach the start report" in answer.text
    gc.post(
        f"/projects/begin/{number}",
        data={"actual_start": "2026-02-01", "start_report": picture()},
    )
    assert only(system, Project, id=number).state is ProjectState.ACTIVE


def test_a_form_with_errors_keeps_what_was_typed_and_names_the_fields(world, form, signed_in):
    gc = signed_in(world["gc"])
    wrong = {**form, "labour_cost": "9000", "owner_credit_code": "91440700MA4UQ0000X",
             "contract_signed_on": "2199-01-01", "labour_manager_username": "9"}  # fmt: skip

    page = gc.post("/projects/add", data=wrong, content_type="multipart/form-data").text

    assert "error-summary" in page
    assert "91440700MA4UQ0000X" in page
    assert "The date lies in the future" in page
    assert "The labour cost cannot exceed the contract amount" in page
    assert "A username begins with a letter" in page
    assert 'href="#owner_credit_code"' in page


def test_an_empty_form_asks_for_every_required_field_and_a_draft_for_two(world, signed_in, system):
    gc = signed_in(world["gc"])
    assert "Contract amount is required" in gc.post("/projects/add", data={}).text
    assert "A draft needs this" in gc.post("/projects/add", data={"_draft": "1"}).text

    answer = gc.post(
        "/projects/add", data={"_draft": "1", "name": "先存草稿", "district_code": "440703"}
    )

    assert answer.status_code == 302
    assert only(system, Project, name="先存草稿").state is ProjectState.DRAFT


def test_only_general_contractors_have_button_and_route(world, form, signed_in):
    for user in ("sub", "reviewer"):
        browser = signed_in(world[user])
        form = {name: value for name, value in form.items() if isinstance(value, str)}
        assert "/projects/add" not in browser.get("/projects/list/").text
        assert browser.get("/projects/add").status_code == 403
        assert browser.post("/projects/add", data=form).status_code == 403


def test_a_stale_form_is_refused_and_nothing_is_written(world, signed_in, system):
    gc = signed_in(world["gc"])
    data = {"_draft": "1", "name": "两个标签页", "district_code": "440703"}
    gc.post("/projects/add", data=data)
    number = only(system, Project, name="两个标签页").id
    version = version_in(gc.get(f"/projects/edit/{number}"))
    again = {**data, "row_version": version}
    first = gc.post(f"/projects/edit/{number}", data={**again, "owner_name": "甲"})
    assert first.status_code == 302, first.text

    second = gc.post(f"/projects/edit/{number}", data={**again, "owner_name": "乙"})

    assert "Somebody else has changed this record" in second.text
    with system():
        names = db.session.query(ProjectUnit.name).filter_by(project_id=number, unit_role="008")
        assert names.all() == [("甲",)]


@pytest.fixture
def waiting(world, system):
    """An application that waits for review."""
    with system():
        from app.enterprises.models import Enterprise

        row = make.project(
            db.session.get(Enterprise, world["builder"]), state=ProjectState.SUBMITTED
        )
        make.unit(row, None, role="008", name="蓬江城投", leader_name="赵一")
        return row.id


def test_the_review_shows_mark_value_and_reason_of_each_field_in_one_row(
    world, waiting, signed_in, system
):
    with system():
        address = db.session.get(Project, waiting).address
    page = signed_in(world["reviewer"]).get(f"/project-reviews/show/{waiting}").text
    row = re.search(
        r'<tr>\s*<td><input type="checkbox" id="mark-address".*?</tr>', page, re.DOTALL
    )[0]
    assert address in row
    assert 'name="reason-address"' in row
    assert 'value="owner_name"' in page
    assert "蓬江城投" in page
    assert 'value="permits"' in page
    assert f'formaction="/project-reviews/approve/{waiting}"' in page


def test_a_refused_return_keeps_what_the_reviewer_typed(world, waiting, signed_in, system):
    reviewer = signed_in(world["reviewer"])
    url = f"/project-reviews/return/{waiting}"
    empty = reviewer.post(url, data={"remark": "请核对"})
    assert "Mark at least one field" in empty.text
    assert "请核对</textarea>" in empty.text

    half = reviewer.post(
        url, data={"mark": ["address", "name"], "reason-address": "门牌号不全"}
    ).text

    assert 'value="门牌号不全"' in half
    assert 'name="mark" value="name" checked' in half
    assert only(system, Project, id=waiting).state is ProjectState.SUBMITTED
    assert 'href="#reason-name"' in half
    assert 'href="#reason-address"' not in half
    assert half.count('aria-describedby="reason-name-error"') == 1
    refused = reviewer.post(f"/project-reviews/reject/{waiting}").text
    assert 'href="#remark">Opinion of the review：' in refused
    assert 'aria-describedby="remark-error"' in refused
    assert 'href="#remark"' not in reviewer.get(f"/project-reviews/show/{waiting}").text


def test_a_returned_application_names_its_fields_to_the_contractor(
    world, waiting, signed_in, system
):
    gc = signed_in(world["gc"])
    signed_in(world["reviewer"]).post(
        f"/project-reviews/return/{waiting}",
        data={"mark": "address", "reason-address": "门牌号不全", "remark": "两处须改",
              "reason-owner_name": "与备案不符", "reason-permits": "缺一期许可证"},
    )  # fmt: skip
    assert only(system, Project, id=waiting).state is ProjectState.RETURNED

    detail = gc.get(f"/projects/show/{waiting}").text
    assert f'<a href="/projects/edit/{waiting}#owner_name">' in detail
    assert f'<a href="/projects/show/{waiting}?tab=permits">' in detail
    assert "两处须改" in detail
    record = gc.get(f"/projects/show/{waiting}?tab=review").text
    assert "Address：门牌号不全" in record
    edit = gc.get(f"/projects/edit/{waiting}").text
    assert "Returned: 门牌号不全" in edit
    assert '<a href="#owner_name">' in edit
    assert "error-summary" not in edit


def test_a_returned_application_that_was_not_touched_is_asked_for_words(
    world, waiting, signed_in, system
):
    with system():
        row = db.session.get(Project, waiting)
        row.previous = {"before": None, "last": snapshot(row)}
    data = {"mark": "address", "reason-address": "门牌号不全"}
    signed_in(world["reviewer"]).post(f"/project-reviews/return/{waiting}", data=data)
    gc = signed_in(world["gc"])
    asked = gc.post(f"/projects/confirm/{waiting}").text

    assert f'action="/projects/confirm/{waiting}"' in asked
    assert '<textarea class="input" id="remark"' in asked
    assert "Change the marked fields first" in asked
    told = gc.post(f"/projects/confirm/{waiting}", data={"remark": "原址"}, follow_redirects=True)
    assert "Change the marked fields first" not in told.text


@pytest.fixture
def site(world, system):
    """A live project of the general contractor with an invitation to the subcontractor."""
    from app.enterprises.models import Enterprise

    with system():
        row = make.project(db.session.get(Enterprise, world["builder"]))
        return row.id


@pytest.fixture
def invitation(world, site, system, signed_in):
    """The form of an invitation, posted by the general contractor."""
    with system():
        form = posted(make.subcontract(world["crew_code"]))
    gc = signed_in(world["gc"])
    answer = gc.post(f"/units/add?project={site}&role=006", data=form)
    assert answer.status_code == 302, answer.text
    return only(system, ProjectUnit, project_id=site, unit_role="006").id


def test_inviting_and_accepting(world, site, invitation, signed_in, system):
    gc, sub = signed_in(world["gc"]), signed_in(world["sub"])
    assert world["crew_name"] in gc.get(f"/projects/show/{site}?tab=units").text
    assert sub.get(f"/projects/show/{site}").status_code == 404
    listed = sub.get("/invitations/list/").text
    assert f"/invitations/show/{invitation}" in listed
    detail = sub.get(f"/invitations/show/{invitation}").text
    assert "钢筋劳务" in detail

    answer = sub.post(f"/invitations/accept/{invitation}")

    assert answer.status_code == 302
    assert only(system, ProjectUnit, id=invitation).state is UnitState.ACCEPTED
    page = sub.get(f"/projects/show/{site}").text
    assert "Contract amount" not in page
    assert f"/projects/show/{site}" in sub.get("/projects/list/").text


def test_an_enterprise_that_is_not_registered_gets_a_link_to_register(
    world, site, signed_in, system, app
):
    code = people.credit_code("440703")
    with system():
        form = posted(make.subcontract(code, name="未注册劳务公司"))
    gc = signed_in(world["gc"])
    page = gc.post(f"/units/add?project={site}&role=006", data=form, follow_redirects=True).text

    link = re.search(r'id="registration-link"[^>]*value="([^"]+)"', page)[1]
    stranger = app.test_client()
    chosen = stranger.get(link, follow_redirects=True).text
    assert f'name="credit_code" value="{code}"' in chosen
    assert 'name="name" value="未注册劳务公司"' in chosen
    assert 'value="labour_subcontractor" checked' in chosen
    assert 'value="general_contractor" checked' not in chosen
    forged = stranger.get(link[:-2], follow_redirects=True)
    assert code not in forged.text
    number = only(system, ProjectUnit, credit_code=code).id
    assert link in gc.get(f"/units/show/{number}").text
    assert "registration-link" not in signed_in(world["reviewer"]).get(f"/units/show/{number}").text


def test_who_accepts_before_the_review_is_told_when_the_project_opens(
    world, invitation, site, signed_in, system
):
    with system() as session:
        states.put(Project, session.get(Project, site), ProjectState.SUBMITTED)
    sub = signed_in(world["sub"])
    assert "once its review has passed. Accept?" in sub.get(f"/invitations/show/{invitation}").text

    page = sub.post(f"/invitations/accept/{invitation}", follow_redirects=True).text

    assert "you enter the project once its review has passed" in page
    assert only(system, ProjectUnit, id=invitation).state is UnitState.ACCEPTED


def test_nobody_on_site_reads_the_invitations(world, site, signed_in, system):
    from app.identity import services as identity

    with system():
        unit = make.general_contractor_unit(db.session.get(Project, site))
        number, _password = identity.open_site_login(
            project_id=site, unit_id=unit.id, whole_project=True, username=numbered("clerk"),
            name="钱多", mobile="13800138000", role="project_staff", can_write=None,
            actor=scope.SYSTEM,
        )  # fmt: skip
        identity.set_password(number, "Jiangmen-2026")  # it need not be changed first
    assert signed_in(number).get("/invitations/list/").status_code == 403
    assert signed_in(world["gc"]).get("/invitations/list/").status_code == 200


def test_the_completeness_is_one_figure_for_every_reader(world, invitation, signed_in):
    shares = set()
    signed_in(world["sub"]).post(f"/invitations/accept/{invitation}")
    for user in ("gc", "sub", "reviewer"):
        page = signed_in(world[user]).get("/projects/list/").text
        shares |= set(re.findall(r"(\d+)%", page))
    assert len(shares) == 1


def test_declining_asks_for_words(world, invitation, signed_in, system):
    sub = signed_in(world["sub"])
    assert sub.get(f"/invitations/decline/{invitation}").status_code == 200
    assert sub.post(f"/invitations/decline/{invitation}", data={}).status_code == 200
    assert only(system, ProjectUnit, id=invitation).state is UnitState.INVITED

    sub.post(f"/invitations/decline/{invitation}", data={"remark": "工期冲突"})

    assert only(system, ProjectUnit, id=invitation).state is UnitState.DECLINED
    gc = signed_in(world["gc"])
    assert "工期冲突" in gc.get(f"/units/show/{invitation}").text
    gc.post(f"/units/again/{invitation}")
    assert only(system, ProjectUnit, id=invitation).state is UnitState.INVITED


def test_the_name_is_filled_while_typing(world, site, signed_in):
    gc = signed_in(world["gc"])
    found = gc.post("/units/name-of/006", data={"value": world["crew_code"]}).json
    assert found["fill"] == {"name": world["crew_name"]}
    assert [line["level"] for line in found["lines"]] == ["ok", "warn"]

    unknown = gc.post("/units/name-of/006", data={"value": people.credit_code("440703")}).json
    assert unknown["fill"] == {}
    wrong = gc.post("/units/name-of/006", data={"value": "123"}).json
    assert wrong["lines"][0]["level"] == "error"
    assert signed_in(world["reviewer"]).post("/units/name-of/006").status_code == 403


def test_the_buttons_of_5_1_are_the_general_contractors(world, site, invitation, signed_in):
    page = signed_in(world["gc"]).get(f"/projects/show/{site}").text
    for label in ("professional subcontractor", "labour subcontractor", "another unit"):
        assert label in page
    sub = signed_in(world["sub"])
    sub.post(f"/invitations/accept/{invitation}")
    assert "/units/add" not in sub.get(f"/projects/show/{site}").text
    assert sub.get(f"/units/add?project={site}&role=006").status_code == 403


FOREIGN = [
    ("get", "/projects/show/{site}"), ("get", "/projects/edit/{site}"),
    ("post", "/projects/edit/{site}"), ("post", "/projects/confirm/{site}"),
    ("post", "/projects/withdraw/{site}"), ("post", "/projects/begin/{site}"),
    ("get", "/units/add?project={site}&role=006"), ("post", "/units/add?project={site}&role=006"),
    ("get", "/permits/add?project={site}"), ("post", "/permits/add?project={site}"),
    ("get", "/units/show/{unit}"), ("get", "/units/edit/{unit}"), ("post", "/units/edit/{unit}"),
    ("post", "/units/withdraw/{unit}"), ("post", "/units/again/{unit}"),
    ("post", "/units/leave/{unit}"), ("get", "/invitations/show/{unit}"),
    ("post", "/invitations/accept/{unit}"), ("post", "/invitations/decline/{unit}"),
    ("get", "/permits/show/{permit}"), ("post", "/permits/edit/{permit}"),
    ("post", "/permits/remove/{permit}"), ("post", "/sites/enter/{site}"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), FOREIGN)
def test_a_foreign_row_does_not_exist(  # noqa: PLR0917 - fixtures and parameters
    world, site, invitation, signed_in, system, method, path
):
    with system():
        permit = Permit(project_id=site, permit_no="甲", permit_name="乙", issuer="丙")
        db.session.add(permit)
        db.session.flush()
        number = permit.id
    rival = signed_in(world["rival_gc"])
    address = path.format(site=site, unit=invitation, permit=number)

    assert getattr(rival, method)(address).status_code == 404


def test_a_foreign_district_reviews_nothing(world, system, signed_in):
    from app.enterprises.models import Enterprise

    with system():
        builder = db.session.get(Enterprise, world["builder"])
        number = make.project(builder, state=ProjectState.SUBMITTED).id
    far = signed_in(world["far"])
    for verb in ("approve", "return", "reject"):
        assert far.post(f"/project-reviews/{verb}/{number}").status_code == 404
    assert far.get(f"/project-reviews/show/{number}").status_code == 404
    assert only(system, Project, id=number).state is ProjectState.SUBMITTED
    assert signed_in(world["gc"]).get("/project-reviews/list/").status_code == 403


def test_lists_pickers_and_exports_hold_no_foreign_rows(world, site, invitation, signed_in, system):
    with system():
        name = db.session.get(Project, site).name
    rival = signed_in(world["rival_gc"])
    for path in (
        "/projects/list/", "/sites/list/", "/sites/options", "/invitations/list/", "/units/list/",
        f"/units/lookup/parent_id?project={site}",
    ):  # fmt: skip
        page = rival.get(path)
        assert page.status_code == 200, path
        assert name not in page.text
        assert world["crew_name"] not in page.text
    assert rival.get("/projects/export/").status_code == 200
    assert rival.get(f"/units/lookup/parent_id?project={site}").json["results"] == []


def test_a_posted_foreign_parent_is_refused_at_its_field(world, site, signed_in, system):
    from app.enterprises.models import Enterprise

    with system():
        foreign = make.project(db.session.get(Enterprise, world["rival"]))
        parent = make.general_contractor_unit(foreign).id
        form = posted(make.subcontract(world["crew_code"], parent_id=parent))
    gc = signed_in(world["gc"])

    page = gc.post(f"/units/add?project={site}&role=006", data=form)

    assert page.status_code == 200
    assert "Choose the parent unit from the list" in page.text
    with system():
        assert db.session.query(ProjectUnit).filter_by(credit_code=world["crew_code"]).count() == 0


def test_another_role_than_the_buttons_is_refused(world, site, signed_in, system):
    with system():
        form = posted(make.subcontract(world["crew_code"], unit_role="009"))
    gc = signed_in(world["gc"])
    page = gc.post(f"/units/add?project={site}&role=006", data=form)
    assert page.status_code == 200
    assert 'href="#unit_role"' in page.text


def test_a_permit_whose_picture_is_none_is_refused(world, system, signed_in):
    from app.enterprises.models import Enterprise

    with system():
        builder = db.session.get(Enterprise, world["builder"])
        number = make.project(builder, state=ProjectState.DRAFT).id
    gc = signed_in(world["gc"])
    data = {"permit_no": "1", "permit_name": "乙", "issuer": "丙", "issued_on": "2026-01-05",
            "permit_images": (io.BytesIO(b"<script>alert(1)</script>"), "permit.png"),
            "contract_images": picture()}  # fmt: skip

    page = gc.post(f"/permits/add?project={number}", data=data)

    assert page.status_code == 200
    assert 'href="#permit_images"' in page.text
    with system():
        assert db.session.query(Permit).filter_by(project_id=number).count() == 0


def test_choosing_a_site_fixes_the_project(world, site, signed_in, system):
    gc = signed_in(world["gc"])
    with system():
        name = db.session.get(Project, site).name
    found = gc.get("/sites/options", query_string={"q": name}).json
    assert [row["id"] for row in found["results"]] == [site]
    assert found["pagination"] == {"more": False}

    assert gc.get(f"/sites/enter/{site}").status_code == 405
    with gc.session_transaction() as session:
        assert not session.get("project_id")
    page = gc.get("/sites/list/").get_data(as_text=True)
    assert page.count(f'form="row-action" formaction="/sites/enter/{site}"') == 2
    assert gc.post(f"/sites/enter/{site}").status_code == 302
    with gc.session_transaction() as session:
        assert session["project_id"] == site
    gc.post("/sites/switch", data={"project_id": "", "next": "/sites/list/"})
    with gc.session_transaction() as session:
        assert session["project_id"] is None
    rival = signed_in(world["rival_gc"])
    assert rival.post("/sites/switch", data={"project_id": site}).status_code == 404


def test_drafts_are_no_sites(world, signed_in, system):
    from app.enterprises.models import Enterprise

    with system():
        builder = db.session.get(Enterprise, world["builder"])
        number = make.project(builder, state=ProjectState.DRAFT).id
    gc = signed_in(world["gc"])
    assert gc.post(f"/sites/enter/{number}").status_code == 404
    assert gc.get("/sites/options").json["results"] == []


def test_telephones_on_a_unit_are_masked_and_seen_whole_for_a_reason(
    world, invitation, site, signed_in, system
):
    with system():
        row = db.session.get(ProjectUnit, invitation)
        numbers = {n: getattr(row, n) for n in ("contact_mobile", "leader_mobile")}
        manager = db.session.get(Project, site).manager_mobile
    gc, sub = signed_in(world["gc"]), signed_in(world["sub"])
    pages = (gc.get(f"/units/show/{invitation}").text,
             sub.get(f"/invitations/show/{invitation}").text)  # fmt: skip
    for name, number in numbers.items():
        assert all(number not in page for page in pages)
        url = f"/units/unmask/{invitation}/{name}"
        assert url in pages[0]
        assert gc.post(url, data={"reason": "通知进场"}).json["value"] == number
    shown = gc.post(f"/projects/unmask/{site}/manager_mobile", data={"reason": "通知开会"})
    assert shown.json["value"] == manager
    hidden = signed_in(world["reviewer"]).post(
        f"/projects/unmask/{site}/manager_mobile", data={"reason": "看看而已"}
    )
    assert hidden.status_code == 403


def test_the_tab_of_units_repeats_no_button(world, site, signed_in):
    page = signed_in(world["gc"]).get(f"/projects/show/{site}?tab=units").text
    for role in ("001", "006", "other"):
        assert page.count(f"/units/add?project={site}&amp;role={role}") == 1


def test_the_tab_of_many_units_shows_the_first_fifty_and_leads_to_the_rest(
    world, site, signed_in, system
):
    with system():
        row = db.session.get(Project, site)
        for _number in range(50):
            make.unit(row, None)
        total = db.session.query(ProjectUnit).filter_by(project_id=site, is_deleted=False).count()
    page = signed_in(world["gc"]).get(f"/projects/show/{site}?tab=units").text
    assert total > 50
    assert f"{total} units" in page
    assert len(set(re.findall(r'href="(/units/show/\d+)', page))) == 50
    buttons = page.split('class="list-buttons"')[1]
    assert re.search(r'href="/units/list/"[^>]*>\s*Participating units', buttons)


def test_the_kind_of_a_document_is_not_shown_without_its_number(world, site, signed_in, system):
    with system():
        row = db.session.get(Project, site)
        make.unit(row, None, role="008", leader_id_type="01", leader_name="赵一")
    page = signed_in(world["gc"]).get(f"/projects/show/{site}").text
    assert "赵一" in page
    assert "Document type of the leader" not in page


def test_amounts_of_units_name_their_unit(world, site, signed_in):
    page = signed_in(world["gc"]).get(f"/projects/show/{site}?tab=units").text
    assert "Subcontract amount(万元)" in page


def test_a_fresh_subcontractor_is_led_to_his_invitations(world, signed_in):
    empty = signed_in(world["sub"]).get("/projects/list/").text.split('class="empty"')[1]
    assert 'href="/invitations/list/">My invitations' in empty
    assert "has accepted an invitation" in empty

    own = signed_in(world["gc"]).get("/projects/list/").text.split('class="empty"')[1]
    assert 'href="/projects/add"' in own


def test_a_list_of_invitations_reads_the_states_of_their_projects_once(world, signed_in, system):
    sub = signed_in(world["sub"])

    def invited(state):
        with system():
            builder = db.session.get(Enterprise, world["builder"])
            site = make.project(builder, state=state)
            crew = db.session.get(Enterprise, world["crew"])
            make.unit(site, crew, state=UnitState.INVITED)

    def statements():
        with sub.application.app_context():
            connection = db.engine
        asked = []

        def note(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            page = sub.get("/invitations/list/").text
        finally:
            event.remove(connection, "before_cursor_execute", note)
        return len(asked), page

    invited(ProjectState.ACTIVE)
    statements()  # the first page fills what is kept between requests
    few, _page = statements()
    for state in (ProjectState.SUBMITTED, *[ProjectState.ACTIVE] * 4):
        invited(state)
    many, page = statements()

    assert many == few
    assert page.count("The project opens to you with this unit. Accept?") == 5
    assert page.count("once its review has passed. Accept?") == 1
