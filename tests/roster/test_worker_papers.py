"""工资卡, 保险 and photos of a worker (screens.md 0, 8.2; PERS-007)."""

import io

import pytest
from PIL import Image

from app.core import files, scope, uploads
from app.core.columns import Picture
from app.core.columns.base import specs
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.roster import services
from app.roster.models import ProjectWorker
from tests.factories import enterprises, projects, roster
from tests.roster.conftest import build

CARD, OTHER = "6222021001116245702", "6222021001116245710"
SHEET, API = scope.Door.SHEET, scope.Door.API


def enrol(site, actor, **values):
    row = roster.worker_values(site.main_team, **values)
    return services.enrol_workers(site.project, [row], actor=actor)[0]


def refusals(call, *given, **named):
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    problems = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {problem.field: str(problem) for problem in problems}


# --- wage card --------------------------------------------------------------------------------


@pytest.mark.parametrize("door", [SHEET, API])
def test_a_card_of_two_persons_is_taken_with_a_notice(site, gc, at, door):
    enrol(site, gc, bank_card_no=CARD)
    second = enrol(site, at(gc, door), bank_card_no=CARD, work_type="020")

    assert second.bank_card_no == CARD
    assert any("已登记在他人名下" in line for line in second.notices)
    own = enrol(site, at(gc, door), bank_card_no="6222021001116245728", work_type="020")
    assert not any("他人名下" in line for line in own.notices)


def test_a_card_that_fails_its_check_digit_is_a_warning_at_every_saving(site, gc):
    worker = enrol(site, gc, bank_card_no="6222021001116245703")
    assert any("校验" in line for line in worker.notices)

    services.edit_worker(worker, {"bank_card_no": OTHER[:-1] + "1"}, actor=gc)
    assert any("校验" in line for line in worker.notices)
    services.edit_worker(worker, {"bank_card_no": CARD}, actor=gc)
    assert not any("校验" in line for line in worker.notices)


@pytest.mark.parametrize(("name", "holder"), [
    ("张三", "张三"), ("阿卜杜拉·买买提", "阿卜杜拉•买买提"), ("张　三", "张三"), ("陈堃", "陈堃 "),
])  # fmt: skip
def test_the_account_is_in_the_worker_s_name_as_names_are_compared(site, gc, name, holder):
    worker = enrol(site, gc, name=name, bank_card_no=CARD, bank_account_name=holder)

    assert worker.bank_account_name == holder


def test_another_holder_goes_on_with_the_bank_s_proof(site, gc):
    with scope.act_as(gc):
        worker = enrol(site, gc, bank_card_no=CARD)
        told = refusals(services.edit_worker, worker, {"bank_account_name": "李四"}, actor=gc)
        assert list(told) == ["bank_account_name"]
        proof = projects.stored_file(site.firm_user)
        services.edit_worker(
            worker, {"bank_account_name": "李四", "account_name_proof": proof}, actor=gc
        )
    assert worker.bank_account_name == "李四"


@pytest.fixture
def seat(system, seats):
    with system():
        city = build()
        human = roster.worker(city.main_team, bank_card_no=CARD)
        found = {"worker": human.id, "user": city.firm_user, "project": city.project.id,
                 "sub": city.sub_user}  # fmt: skip

    return seats(found), found


def test_a_changed_card_leaves_the_former_one_masked_in_the_history(seat, system, signed_in):
    from tests.roster.conftest import principal_of

    sit, found = seat
    with system() as session:
        actor = principal_of(found["user"])
    with system(actor) as session:
        services.edit_worker(
            session.get(ProjectWorker, found["worker"]), {"bank_card_no": OTHER}, actor=actor
        )
    page = sit().get(f"/workerview/show/{found['worker']}?tab=changes").text

    assert f"****{CARD[-4:]}" in page
    assert f"****{OTHER[-4:]}" in page
    assert CARD not in page
    assert OTHER not in page


# --- insurance --------------------------------------------------------------------------------


def test_insurance_is_the_project_s_unless_the_row_says_otherwise(site, gc, at):
    site.project.injury_insured, site.project.accident_insured = True, False
    db.session.flush()
    for door in (scope.Door.FORM, SHEET, API):
        worker = enrol(site, at(gc, door), work_type="020")
        assert (worker.injury_insured, worker.accident_insured) == (True, False)
    own = enrol(site, gc, injury_insured=False, accident_insured=True)
    assert (own.injury_insured, own.accident_insured) == (False, True)


def test_the_form_offers_the_project_s_insurance_and_keeps_the_policy(seat, system):
    sit, found = seat
    page = sit().get("/workerview/add").text
    assert 'name="injury_insured"' in page
    with system() as session:
        session.get(ProjectWorker, found["worker"]).insurance_file = projects.stored_file()
    assert "保单" in sit().get(f"/workerview/show/{found['worker']}").text


# --- photos -----------------------------------------------------------------------------------


def noisy(size):
    image = Image.effect_noise(size, 90).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return io.BytesIO(out.getvalue())


def test_every_picture_the_interface_exchanges_has_its_small_copy(work):
    exchanged = {
        name: spec.kind for name, spec in specs(ProjectWorker).items()
        if isinstance(spec.kind, Picture) and spec.api
    }  # fmt: skip
    assert set(exchanged) == {"id_portrait", "id_front", "id_back", "face_photo"}
    for name, kind in exchanged.items():
        number = files.receive(noisy((900, 1200)), f"{name}.jpg", kind.rule)
        row = db.session.get(files.StoredFile, number, populate_existing=True)
        assert row.size > 50 * 1024
        assert len(files.store().open(row.exchange_key).read()) <= 50 * 1024


@pytest.mark.parametrize(("size", "fine"), [
    ((160, 210), True), ((159, 210), False), ((160, 209), False),
])  # fmt: skip
def test_a_face_photo_is_large_enough(work, size, fine):
    rule = specs(ProjectWorker)["face_photo"].kind.rule
    if fine:
        assert files.receive(noisy(size), "人脸.jpg", rule)
        return
    with pytest.raises(uploads.UploadError) as caught:
        files.receive(noisy(size), "人脸.jpg", rule)
    assert "160" in str(caught.value)


def test_the_copy_is_served_to_who_may_see_the_picture_alone(seat, system, signed_in):
    sit, found = seat
    with system() as session:
        worker = session.get(ProjectWorker, found["worker"])
        worker.face_photo = files.receive(noisy((900, 1200)), "人脸.jpg", uploads.FACE)
        worker.id_front = files.receive(noisy((900, 600)), "正面.jpg", uploads.EXCHANGED)
        worker.bank_card_image = files.receive(noisy((900, 600)), "卡.jpg", uploads.PICTURE)
        session.flush()
        face, card, bank = worker.face_photo, worker.id_front, worker.bank_card_image
    browser = sit()
    for number in (face, card):
        whole = browser.get(f"/file/{number}").data
        answer = browser.get(f"/file/{number}?copy=exchange")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert len(answer.data) <= 50 * 1024 < len(whole)
    assert browser.get(f"/file/{bank}?copy=exchange").status_code == 404
    assert sit("sub").get(f"/file/{face}?copy=exchange").status_code == 404
    with system():
        clerk = enterprises.official("district_reviewer")
    assert signed_in(clerk).get(f"/file/{card}?copy=exchange").status_code == 404


def test_the_face_stands_small_in_the_head_of_the_page(seat, system):
    sit, found = seat
    assert "head-picture" not in sit().get(f"/workerview/show/{found['worker']}").text
    with system() as session:
        worker = session.get(ProjectWorker, found["worker"])
        worker.face_photo = files.receive(noisy((300, 400)), "人脸.jpg", uploads.FACE)
        session.flush()
        number = worker.face_photo
    page = sit().get(f"/workerview/show/{found['worker']}").text
    head = page[page.index("head-line") : page.index("head-words")]
    assert f'href="/file/{number}"' in head
    assert f"/file/{number}?small=1" in head
