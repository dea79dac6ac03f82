"""Pictures in a zip: matched by number, checked like a form's, hung to their workers, undone."""

import zipfile
from io import BytesIO

import pytest
from PIL import Image

from app.core import scope
from app.core.files import StoredFile
from app.core.sheets import SheetUnreadable
from app.extensions import db
from app.imports import services
from app.imports.choices import ImportState, Wanted
from app.imports.errors import Depended, NotAllPass
from app.imports.models import ImportJob
from tests.factories import enterprises, projects, roster
from tests.imports.steps import imported, principal

WHY = "照片拍错了"


def picture(width=400, height=500, colour="navy", form="JPEG"):
    target = BytesIO()
    Image.new("RGB", (width, height), colour).save(target, form)
    return target.getvalue()


def zipped(named, **options):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", **options) as archive:
        for name, content in named.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def worker(acting, team):
    with scope.act_as(scope.SYSTEM):
        return roster.worker(team)


def sent(site, content, actor, name="照片.zip"):
    if isinstance(content, dict):
        content = zipped(content)
    job = services.start_pictures("T3", site, BytesIO(content), name, actor=actor)
    return services.check_import(job, actor=actor)


def remarks(job):
    return [(p["value"], p["message"]) for p in services.findings_of(job)["problems"]]


def test_each_picture_is_named_in_the_preview_and_nothing_is_hung(acting, site, worker):
    number = worker.id_number
    job = sent(
        site, {f"{number}_头像.jpg": picture(), f"{number}_人脸.png": picture(form="PNG")}, acting
    )

    plan = services.findings_of(job)["plan"]
    assert [kind for _n, kind, _name in plan] == ["CREATED", "CREATED"]
    assert worker.name in plan[0][2]
    assert "身份证头像" in plan[0][2]
    assert (job.state, job.total, job.passed, job.failed) == (ImportState.PREVIEWED, 2, 2, 0)
    assert worker.id_portrait is None


def test_confirmed_pictures_hang_at_their_worker(acting, site, worker):
    number = worker.id_number
    job = imported(
        sent(site, {f"一班/{number}_正面.jpg": picture(), f"{number}_人脸.jpg": picture(),
                    "__MACOSX/._x.jpg": b"junk", "Thumbs.db": b"junk"}, acting),
        acting,
    )  # fmt: skip

    assert (job.state, job.imported, job.total) == (ImportState.DONE, 2, 2)
    kept = db.session.get(StoredFile, worker.face_photo)
    assert (kept.owner_table, kept.owner_id, kept.owner_column) == (
        "project_worker", worker.id, "face_photo",
    )  # fmt: skip
    assert kept.exchange_key
    assert worker.id_front


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("440703198504120002_头像.jpg", picture(), "没有证件号码", id="nobody"),
        pytest.param("头像.jpg", picture(), "文件名应为", id="no number"),
        pytest.param("赵伟兰_人脸.jpg", picture(), "文件名应为", id="a name"),
        pytest.param("{number}_全家福.jpg", picture(), "文件名应为", id="no such picture"),
        pytest.param("{number}_人脸.jpg", picture(100, 100), "太小", id="small"),
        pytest.param("{number}_头像.jpg", b"MZ\x90 no picture", "格式", id="no picture"),
        pytest.param("{number}_头像.zip", zipped({"x.jpg": b"x"}), "压缩包", id="nested"),
        pytest.param("{number}_头像.jpg", b"", "0 字节", id="empty"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(acting, site, worker, name, content, said):  # noqa: PLR0917 - cases and fixtures
    number = worker.id_number
    files = {name.format(number=number): content, f"{number}_反面.jpg": picture()}
    job = sent(site, files, acting)

    assert (job.passed, job.failed) == (1, 1)
    assert said in remarks(job)[0][1]
    with pytest.raises(NotAllPass):
        services.confirm_import(job, Wanted.ALL, actor=acting)
    imported(job, acting, Wanted.GOOD)
    assert (job.state, job.imported) == (ImportState.PARTLY, 1)
    assert worker.id_back


def test_the_same_picture_twice_is_told(acting, site, worker):
    number = worker.id_number
    job = sent(site, {f"a/{number}_头像.jpg": picture(), f"b/{number}_头像.png": picture()}, acting)

    assert (job.passed, job.failed) == (1, 1)
    assert "去掉一个" in remarks(job)[0][1]


def test_a_picture_replaces_the_former_one_and_undo_gives_it_back(acting, site, worker):
    name = f"{worker.id_number}_头像.jpg"
    imported(sent(site, {name: picture()}, acting), acting)
    former = worker.id_portrait
    same = sent(site, {name: picture()}, acting)
    assert (same.unchanged, services.findings_of(same)["plan"][0][1]) == (1, "UNCHANGED")
    other = sent(site, {name: picture(colour="red")}, acting)
    assert services.findings_of(other)["updated"] == 1
    imported(other, acting)
    assert worker.id_portrait != former
    services.undo_import(other, WHY, actor=acting)

    assert worker.id_portrait == former
    assert other.state is ImportState.UNDONE


def test_undo_of_a_first_picture_leaves_none(acting, site, worker):
    job = imported(sent(site, {f"{worker.id_number}_头像.jpg": picture()}, acting), acting)
    services.undo_import(job, WHY, actor=acting)
    assert worker.id_portrait is None


def test_a_picture_replaced_since_holds_the_undo_back(acting, site, worker):
    name = f"{worker.id_number}_头像.jpg"
    first = imported(sent(site, {name: picture()}, acting), acting)
    imported(sent(site, {name: picture(colour="red")}, acting), acting)
    with pytest.raises(Depended):
        services.undo_import(first, WHY, actor=acting)
    assert first.state is ImportState.DONE


def test_names_as_windows_writes_them_in_china_are_read(acting, site, worker):
    raw = f"{worker.id_number}_头像.jpg".encode("gbk")
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("#" * len(raw), picture())
    content = target.getvalue().replace(b"#" * len(raw), raw)
    job = sent(site, content, acting)

    assert (job.passed, job.failed) == (1, 0)


def locked(content):
    """Mark every file of a zip as encrypted."""
    found = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(mark)
        while at >= 0:
            found[at + place] |= 1
            at = found.find(mark, at + 4)
    return bytes(found)


ONE = {"440703198504120002_头像.jpg": picture()}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "0 字节", id="empty file"),
        pytest.param(b"Rar!\x1a\x07\x00 much", "不是zip", id="rar"),
        pytest.param(b"MZ\x90 program", "不是zip", id="program"),
        pytest.param(zipped({}), "没有文件", id="empty zip"),
        pytest.param(locked(zipped(ONE)), "密码", id="password"),
        pytest.param(zipped({"../../etc/x_头像.jpg": b"x"}), "越出目录", id="path trick"),
        pytest.param(
            zipped({"bomb.jpg": b"\0" * 60_000_000}, compression=zipfile.ZIP_DEFLATED), "解压后",
            id="bomb",
        ),
        pytest.param(zipped(ONE)[:-30], "zip", id="torn"),
        pytest.param(zipped({"[Content_Types].xml": b"x", "xl/x": b"x"}), "不是zip", id="workbook"),
    ],
)  # fmt: skip
def test_a_zip_that_is_none_or_harms_is_refused_and_leaves_no_import(acting, site, content, said):
    with pytest.raises(SheetUnreadable, match=said):
        sent(site, content, acting)
    assert db.session.query(ImportJob).count() == 0


def test_too_many_files_are_refused(acting, site, monkeypatch):
    monkeypatch.setattr("app.imports.services.pictures.MOST_FILES", 1)
    with pytest.raises(SheetUnreadable, match="拆分"):
        sent(site, {"a_头像.jpg": b"x", "b_头像.jpg": b"x"}, acting)


def test_pictures_of_another_units_workers_find_nobody(site, unit, team, worker):
    with scope.act_as(scope.SYSTEM):
        sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
        projects.unit(site, sub)
        stranger = principal(enterprises.admin(sub))
    with scope.act_as(stranger):
        job = sent(site, {f"{worker.id_number}_头像.jpg": picture()}, stranger)

        assert (job.passed, job.failed) == (0, 1)
        assert "没有证件号码" in remarks(job)[0][1]


def test_who_left_meanwhile_gets_no_picture(acting, site, worker, work):
    job = sent(site, {f"{worker.id_number}_头像.jpg": picture()}, acting)
    worker.is_deleted = True
    work.flush()
    imported(job, acting)

    assert (job.state, job.imported) == (ImportState.FAILED, 0)
    assert "已不在本项目名册" in remarks(job)[0][1]
