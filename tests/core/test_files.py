"""Uploads wait for their row, become its own, and are served only with it (D9)."""

import hashlib
import io
import random
import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core import files, scope, uploads
from app.core.columns.base import specs
from app.core.files import StoredFile, UnknownFile
from app.core.jobs.runner import run_now
from app.core.unmasking import UnmaskRecord
from app.core.uploads import CleanFile
from app.enterprises.models import EnterpriseChange
from app.enterprises.services.values import put_in_force
from app.extensions import db
from app.identity import services as identity
from app.projects.models import Permit, ProjectUnit
from app.roster.models import ProjectWorker, StaffMember, Team
from tests.factories import enterprises, numbered, projects, roster
from tests.house.test_references import posted

PNG = enterprises.picture()
MEGABYTE = 1024 * 1024


@pytest.fixture
def site(system):
    """A contractor's project with its user, and the user of a rival."""
    with system():
        firm, rival = enterprises.enterprise(), enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        return {
            "user": enterprises.admin(firm), "rival": enterprises.admin(rival),
            "project": project.id, "unit": unit.id, "form": posted(roster.team_values(unit)),
            "post": posted(roster.staff_values(unit, "1")),
        }  # fmt: skip


def browser_of(site, signed_in, user="user"):
    browser = signed_in(site[user])
    with browser.session_transaction() as session:
        session["project_id"] = site["project"]
    return browser


def keep():
    return files.receive(io.BytesIO(PNG), "合同.png", uploads.ATTACHMENT)


def owner_of(number):
    return db.session.execute(
        text("select owner_table, owner_id from stored_file where id = :id"), {"id": number}
    ).one()


def test_a_file_waits_until_its_row_is_written_and_then_belongs_to_it(work):
    firm = enterprises.enterprise()
    number = keep()
    assert owner_of(number) == (None, None)
    firm.licence_file = number
    db.session.flush()

    assert owner_of(number) == ("enterprise", firm.id)


def test_a_scan_that_goes_over_to_another_row_belongs_to_the_column_there(work):
    firm, number = enterprises.enterprise(), keep()
    change = EnterpriseChange(
        enterprise_id=firm.id, district_code=firm.district_code, change_no=numbered("BG"),
        files=[number],
    )  # fmt: skip
    db.session.add(change)
    db.session.flush()
    assert shown(number).owner_column == "files"
    put_in_force(firm, {"licence_file": number}, change_id=change.id)

    assert owner_of(number) == ("enterprise", firm.id)
    assert shown(number).owner_column == "licence_file"


def test_the_file_of_another_row_is_refused(work):
    number = keep()
    enterprises.enterprise(licence_file=number)

    with pytest.raises(DBAPIError, match="belongs to another row"), db.session.begin_nested():
        enterprises.enterprise(licence_file=number)


def test_who_has_not_signed_in_claims_no_file_even_in_the_name_of_another(work):
    number = keep()
    firm = enterprises.enterprise()
    db.session.flush()
    claim = text("select claim_file(:file, 'enterprise', :row, 'licence_file')")
    with scope.login_scope("a test"):
        db.session.execute(text("set local app.actor = '1'"))
        with pytest.raises(DBAPIError, match="permission denied"), db.session.begin_nested():
            db.session.execute(claim, {"file": number, "row": firm.id})
    assert owner_of(number) == (None, None)


def test_an_upload_of_another_user_is_refused(work):
    site = projects.project(enterprises.enterprise())
    with scope.act_as(scope.Principal(scope.Audience.SYSTEM, 4001)):
        number = keep()
    refused = pytest.raises(DBAPIError, match="belongs to another row")
    with scope.act_as(scope.Principal(scope.Audience.SYSTEM, 4002)), refused:
        db.session.add(Permit(project_id=site.id, permit_no="1", permit_images=[number]))
        db.session.flush()


@pytest.mark.parametrize("proof", ["forged", "", "[1,1].xxx"])
def test_a_forged_proof_is_refused(work, proof):
    with pytest.raises(UnknownFile):
        files.number_of(proof)


def test_the_proof_of_another_user_is_refused(work):
    with scope.act_as(scope.Principal(scope.Audience.SYSTEM, 4001)):
        number = keep()
        proof = files.token(number)
        assert files.number_of(proof) == number
    with scope.act_as(scope.Principal(scope.Audience.SYSTEM, 4002)), pytest.raises(UnknownFile):
        files.number_of(proof)


def test_a_file_is_served_to_who_sees_its_row_and_to_nobody_else(site, signed_in, system, client):
    with system() as session:
        number, lonely = keep(), keep()
        session.add(Permit(project_id=site["project"], permit_no="1", permit_images=[number]))
        official = enterprises.official()
        far = enterprises.official(district="440781")
    for user in (site["user"], official):
        answer = signed_in(user).get(f"/file/{number}")
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert signed_in(user).get(f"/file/{lonely}").status_code == 404
    for user in (site["rival"], far):
        assert signed_in(user).get(f"/file/{number}").status_code == 404
    assert client.get(f"/file/{number}").status_code in {302, 404}


def tenant(firm, role):
    """An account of an enterprise with the rights of a role and the sight of the whole firm."""
    return identity.open_account(
        username=numbered("reader"), name="读者", audience=scope.Audience.TENANT, role=role,
        enterprise_id=firm,
    )  # fmt: skip


@pytest.fixture
def pictured(system):
    """A worker with pictures of his identity card and of his face, and readers of all kinds."""
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        clerk = tenant(firm.id, "clerk")
        with scope.act_as(scope.Principal(scope.Audience.SYSTEM, clerk)):
            front, face = keep(), keep()
            worker = roster.worker(roster.team(unit), id_front=front, face_photo=face)
        return {
            "worker": worker.id, "front": front, "face": face, "clerk": clerk,
            "admin": enterprises.admin(firm), "inspector": enterprises.official("inspector"),
            "reader": tenant(firm.id, "project_staff"),
            "reviewer": enterprises.official("district_reviewer"),
            "editor": enterprises.official("editor"), "leader": enterprises.official("leader"),
            "powerless": tenant(firm.id, "leader"),
        }  # fmt: skip


def test_an_upload_that_waits_for_its_row_is_shown_to_who_uploaded_it_alone(
    site, signed_in, system
):
    form = {**site["form"], "entry_on": "昨天", "contract_file": (io.BytesIO(PNG), "合同.png")}
    browser = browser_of(site, signed_in)
    page = browser.post("/teamview/add", data=form).get_data(as_text=True)
    number = re.search(r'href="/file/(\d+)"', page)[1]

    shown = browser.get(f"/file/{number}")

    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert signed_in(site["rival"]).get(f"/file/{number}").status_code == 404
    with system():
        colleague = enterprises.official()
    assert signed_in(colleague).get(f"/file/{number}").status_code == 404


def test_a_picture_opens_as_a_picture_and_a_paper_as_a_page_under_their_names(
    site, signed_in, system
):
    paper = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    with system():
        worker = db.session.get(ProjectUnit, site["unit"])
        picture = roster.team(worker, contract_file=keep())
        sha = hashlib.sha256(paper).hexdigest()
        clean = CleanFile(paper, "application/pdf", "pdf", "保单.pdf", sha)
        page = roster.team(worker, contract_file=files.keep(clean))
        shown = {"image": (picture.id, "合同.png"), "file": (page.id, "保单.pdf")}
    browser = browser_of(site, signed_in)
    for kind, (number, name) in shown.items():
        text = browser.get(f"/teamview/show/{number}").get_data(as_text=True)
        assert f'data-view="{kind}" data-name="{name}"' in text


def test_of_several_files_each_is_called_by_its_name(site, system, app):
    with system() as session, app.test_request_context():
        two = [keep(), keep()]
        several = Permit(project_id=site["project"], permit_no="1", permit_images=two)
        single = Permit(project_id=site["project"], permit_no="2", permit_images=[keep()])
        session.add_all([several, single])
        session.flush()
        shown = {row.permit_no: str(specs(Permit)["permit_images"].shown(row))
                 for row in (several, single)}  # fmt: skip

    assert shown["1"].count(">合同.png</a>") == 2
    assert ">View</a>" in shown["2"] or ">查看</a>" in shown["2"]


@pytest.mark.parametrize("who", ["editor", "leader", "powerless"])
def test_a_file_asks_for_the_right_of_its_area(pictured, signed_in, who):
    browser = signed_in(pictured[who])
    for file in ("front", "face"):
        assert browser.get(f"/file/{pictured[file]}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        pytest.param("admin", 200, id="with the right to see whole numbers"),
        pytest.param("inspector", 200, id="with that right at the office"),
        pytest.param("clerk", 200, id="his own upload"),
        pytest.param("reader", 404, id="without the right"),
        pytest.param("reviewer", 404, id="without it at the office"),
    ],
)
def test_a_picture_of_an_identity_card_asks_for_a_right_and_each_look_is_recorded(
    pictured, signed_in, system, who, status
):
    browser = signed_in(pictured[who])

    assert browser.get(f"/file/{pictured['face']}").status_code == 200
    assert browser.get(f"/file/{pictured['front']}").status_code == status
    with system() as session:
        looks = session.query(UnmaskRecord).filter_by(row_id=pictured["worker"]).all()
        seen = [(one.table_name, one.column_name, one.user_id, bool(one.project_id))
                for one in looks]  # fmt: skip
    looked = [("project_worker", "id_front", pictured[who], True)]
    assert seen == (looked if status == 200 else [])


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"id_front": None}, id="another one took its place"),
        pytest.param({"id_front": None, "id_portrait": "front"}, id="another column names it"),
        pytest.param({"id_portrait": "front"}, id="a second column names it"),
    ],
)
def test_a_picture_of_a_card_stays_one_whatever_its_row_says_later(
    pictured, signed_in, system, named
):
    with system() as session:
        row = session.get(ProjectWorker, pictured["worker"])
        for name, value in named.items():
            setattr(row, name, pictured["front"] if value else keep())
    address = f"/file/{pictured['front']}"

    assert signed_in(pictured["reader"]).get(address).status_code == 404
    assert signed_in(pictured["inspector"]).get(address).status_code == 200
    with system() as session:
        [look] = session.query(UnmaskRecord).filter_by(row_id=pictured["worker"])
        assert (look.column_name, look.user_id) == ("id_front", pictured["inspector"])


def test_a_card_given_for_two_columns_at_once_is_a_card(pictured, signed_in, system):
    with system() as session:
        row = session.get(ProjectWorker, pictured["worker"])
        row.bank_card_image = row.id_portrait = card = keep()

    assert signed_in(pictured["reader"]).get(f"/file/{card}").status_code == 404


def test_a_page_shows_no_picture_of_a_card_by_itself(pictured, signed_in):
    address = f"/file/{pictured['front']}"
    for who, offered in (("admin", True), ("reader", False)):
        page = signed_in(pictured[who]).get(f"/workerview/show/{pictured['worker']}")
        text_of = page.get_data(as_text=True)
        assert page.status_code == 200
        assert f'<img src="{address}' not in text_of
        assert (f'href="{address}"' in text_of) is offered
        assert f'<img src="/file/{pictured["face"]}?small=1' in text_of


def large(size):
    return io.BytesIO(b"%PDF-1.4\n" + random.Random(1).randbytes(size * MEGABYTE)), "合同.pdf"


def nothing_is_written(site, system):
    with system() as session:
        teams = session.query(Team).filter_by(name=site["form"]["name"]).count()
        kept = session.query(StoredFile).filter_by(original_name="合同.pdf").count()
    return (teams, kept) == (0, 0)


def test_a_file_above_its_limit_is_refused_beside_the_field(site, signed_in, system):
    data = {**site["form"], "contract_file": large(22)}
    answer = browser_of(site, signed_in).post("/teamview/add", data=data)

    assert answer.status_code == 200
    assert 'href="#contract_file"' in answer.get_data(as_text=True)
    assert nothing_is_written(site, system)


def test_thirty_megabytes_are_refused_with_a_sentence_and_the_form_stays(site, signed_in, system):
    data = {**site["form"], "contract_file": large(30)}
    headers = {"Accept-Language": "zh"}
    answer = browser_of(site, signed_in).post("/teamview/add", data=data, headers=headers)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert re.search(r'href="#contract_file">[^<]+：[^<]*30.1 MB[^<]*20 MB[^<]*重新上传', page)
    for name in ("name", "leader_name", "leader_id_number", "leader_mobile"):
        assert f'value="{site["form"][name]}"' in page
    assert nothing_is_written(site, system)


def test_two_files_as_large_as_their_fields_allow_fit_into_one_form(site, signed_in, system):
    content = PNG + bytes(20 * MEGABYTE - len(PNG))
    scans = {
        name: (io.BytesIO(content), f"{name}.png") for name in ("contract_file", "social_file")
    }
    answer = browser_of(site, signed_in).post("/specialistview/add", data={**site["post"], **scans})

    assert answer.status_code == 302, answer.get_data(as_text=True)
    with system() as session:
        [row] = session.query(StaffMember).filter_by(name=site["post"]["name"])
        kept = session.query(StoredFile).filter_by(owner_table="staff_member", owner_id=row.id)
        assert {one.original_name for one in kept} == {"contract_file.png", "social_file.png"}


def test_a_whole_request_above_its_limit_is_told_how_to_be_sent(app, site, signed_in, system):
    browser, before = browser_of(site, signed_in), app.config["MAX_CONTENT_LENGTH"]
    data = {**site["form"], "contract_file": large(3)}
    app.config["MAX_CONTENT_LENGTH"] = 2 * MEGABYTE
    try:
        headers = {"Accept-Language": "zh"}
        answer = browser.post("/teamview/add", data=data, headers=headers)
    finally:
        app.config["MAX_CONTENT_LENGTH"] = before

    assert answer.status_code == 413
    assert "不超过 2 MB" in answer.get_data(as_text=True)
    assert "返回上一页" in answer.get_data(as_text=True)
    assert nothing_is_written(site, system)


class Sent:
    """A body that says how much of it was read."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        given = min(self.left, size if size >= 0 else self.left)
        self.left -= given
        return bytes(given)


def sent(body):
    return {"wsgi.input": body, "CONTENT_LENGTH": str(body.left)}


def test_an_oversize_request_is_read_to_its_end_so_that_its_answer_is_seen(app, site, signed_in):
    size = app.config["MAX_CONTENT_LENGTH"] + MEGABYTE
    body = Sent(size)
    answer = browser_of(site, signed_in).post(
        "/teamview/add",
        content_type="multipart/form-data; boundary=x",
        environ_overrides=sent(body),
    )

    assert answer.status_code == 413
    assert body.left == 0


def test_the_interface_takes_no_more_than_before(app, client):
    size = app.config["OPEN_API_MAX_LENGTH"] + 1
    answer = client.post(
        app.config["OPEN_API_PATH"], content_type="application/x-www-form-urlencoded",
        environ_overrides=sent(Sent(size)),
    )  # fmt: skip

    assert (answer.status_code, size) == (200, 25 * MEGABYTE + 1)
    assert "请求内容超过大小限制" in answer.get_json()["message"]


def test_a_picture_that_is_none_is_refused_beside_the_field(site, signed_in, system):
    data = {**site["form"], "contract_file": (io.BytesIO(b"MZ no picture at all"), "合同.png")}
    answer = browser_of(site, signed_in).post("/teamview/add", data=data)

    assert answer.status_code == 200
    assert 'href="#contract_file"' in answer.get_data(as_text=True)
    with system() as session:
        assert session.query(Team).filter_by(name=site["form"]["name"]).count() == 0


def test_files_without_a_row_are_forgotten_and_others_stay(work):
    lonely, kept = keep(), keep()
    enterprises.enterprise(licence_file=kept)
    db.session.execute(text("update stored_file set created_at = now() - interval '2 days'"))

    assert len(files.forget_unclaimed()) >= 1
    found = {row[0] for row in db.session.execute(text("select id from stored_file"))}
    assert kept in found
    assert lonely not in found


def blob(content, name):
    clean = CleanFile(content, "application/pdf", "pdf", name, hashlib.sha256(content).hexdigest())
    return files.keep(clean), f"{clean.sha256[:2]}/{clean.sha256[2:4]}/{clean.sha256}"


def content_of(key):
    try:
        with files.store().open(key) as content:
            return content.read()
    except FileNotFoundError:
        return None


def test_the_content_of_forgotten_files_goes_and_what_others_name_stays(work):
    _lonely, gone = blob(b"%PDF-1.4 nobody's", "无主.pdf")
    _twin, shared = blob(b"%PDF-1.4 everybody's", "副本.pdf")
    kept, same = blob(b"%PDF-1.4 everybody's", "正本.pdf")
    assert shared == same
    enterprises.enterprise(licence_file=kept)
    db.session.execute(text("update stored_file set created_at = now() - interval '2 days'"))
    db.session.flush()

    assert run_now("core.files") >= 2
    assert content_of(gone) is None
    assert content_of(shared) == b"%PDF-1.4 everybody's"
    assert run_now("core.files") == 0


def shown(number):
    return db.session.get(StoredFile, number, populate_existing=True)


def test_a_face_photo_is_kept_as_a_small_copy_for_exchange_too(work):
    face = files.receive(io.BytesIO(PNG), "人脸.png", uploads.FACE)
    other = files.receive(io.BytesIO(PNG), "卡.png", uploads.PICTURE)

    copy = files.store().open(shown(face).exchange_key).read()
    assert copy.startswith(b"\xff\xd8\xff")
    assert len(copy) <= 50 * 1024
    assert shown(face).exchange_key != shown(face).key
    assert shown(other).exchange_key is None


def test_the_copy_of_a_face_goes_with_it_and_stays_while_another_file_names_it(work):
    faces = [enterprises.picture(colour) for colour in ("green", "blue", "blue")]
    gone, _twin, kept = (files.receive(io.BytesIO(one), "人脸.png", uploads.FACE) for one in faces)
    lost, same = shown(gone).exchange_key, shown(kept).exchange_key
    worker = roster.worker(
        roster.team(projects.general_contractor_unit(projects.project(enterprises.enterprise()))),
        face_photo=kept,
    )
    db.session.execute(text("update stored_file set created_at = now() - interval '2 days'"))

    run_now("core.files")
    assert worker.face_photo == kept
    assert content_of(lost) is None
    assert content_of(same)


def test_content_is_dropped_only_after_its_rows_are(work):
    number, key = blob(b"%PDF-1.4 one's own", "自己.pdf")
    enterprises.enterprise(licence_file=number)

    assert files.drop_content([key]) == 0
    assert content_of(key) == b"%PDF-1.4 one's own"
