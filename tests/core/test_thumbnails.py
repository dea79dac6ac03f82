"""Small copies of pictures: what pages show beside words (screens.md 0, architecture D9, D10)."""

import hashlib
import html
import io
import os
import re

import pytest
from PIL import Image

from app.core import files, scope, uploads
from app.core.unmasking import UnmaskRecord
from tests.factories import enterprises, projects, roster

SIDE, WEIGHT = 400, 60 * 1024


def photo(form="JPEG", size=(1600, 1200)):
    """A picture as heavy as a camera's: nothing in it repeats."""
    noise = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3))
    out = io.BytesIO()
    noise.save(out, form, quality=60)
    return out.getvalue()


def keep(content):
    return files.receive(io.BytesIO(content), "照片.jpg", uploads.DOCUMENT)


@pytest.fixture
def pictured(system):
    """A worker with photos of his face and of his card, the firm's user, a rival, an inspector."""
    with system():
        firm, rival = enterprises.enterprise(), enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        face, front = keep(photo()), keep(photo())
        worker = roster.worker(roster.team(unit), face_photo=face, id_front=front)
        return {
            "worker": worker.id, "face": face, "front": front, "user": enterprises.admin(firm),
            "rival": enterprises.admin(rival), "inspector": enterprises.official("inspector"),
        }  # fmt: skip


def shown_by(browser, worker):
    """Give the address a worker's page shows his face by."""
    page = browser.get(f"/workerview/show/{worker}").get_data(as_text=True)
    return html.unescape(re.search(r'class="file-thumb".*?<img src="([^"]+)"', page, re.DOTALL)[1])


def may_be_kept(answer):
    return "max-age=604800" in answer.headers["Cache-Control"]


def test_a_page_loads_a_small_copy_that_the_browser_keeps_and_the_link_the_original(
    pictured, signed_in
):
    browser = signed_in(pictured["user"])
    address = shown_by(browser, pictured["worker"])

    small, whole = browser.get(address), browser.get(f"/file/{pictured['face']}")

    assert small.mimetype == "image/jpeg"
    assert max(Image.open(io.BytesIO(small.data)).size) == SIDE
    assert len(small.data) <= WEIGHT < len(whole.data)
    assert may_be_kept(small)
    assert small.headers["Cache-Control"].startswith("private")
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert browser.get(address).data == small.data


def test_a_small_copy_is_for_whoever_may_see_the_file_and_kept_for_him_alone(pictured, signed_in):
    address = shown_by(signed_in(pictured["user"]), pictured["worker"])

    assert signed_in(pictured["rival"]).get(address).status_code == 404
    colleague = signed_in(pictured["inspector"])
    assert shown_by(colleague, pictured["worker"]) != address
    assert colleague.get(address).status_code == 200
    assert not may_be_kept(colleague.get(address))


def test_a_picture_of_a_whole_number_has_no_small_copy_and_each_look_is_recorded(
    pictured, signed_in, system
):
    answer = signed_in(pictured["inspector"]).get(f"/file/{pictured['front']}?small=1")

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(answer.data) > WEIGHT
    with system() as session:
        assert session.query(UnmaskRecord).filter_by(row_id=pictured["worker"]).count() == 1


def test_a_paper_has_no_small_copy(signed_in, system):
    paper = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    with system():
        firm = enterprises.enterprise()
        user = enterprises.admin(firm)
        with scope.act_as(scope.Principal(scope.Audience.SYSTEM, user)):
            sha = hashlib.sha256(paper).hexdigest()
            clean = uploads.CleanFile(paper, "application/pdf", "pdf", "保单.pdf", sha)
            number = files.keep(clean)

    answer = signed_in(user).get(f"/file/{number}?small=1")

    assert (answer.mimetype, answer.data) == ("application/pdf", paper)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_copy_is_drawn_once_lies_beside_its_file_and_goes_with_it(work, tmp_path, form):
    store = uploads.FileStore.beside(tmp_path)
    clean = uploads.inspect(io.BytesIO(photo(form, (900, 500))), "a", uploads.DOCUMENT)
    key, drawn = store.put(clean.content, clean.sha256), []

    def draw(content):
        drawn.append(1)
        return uploads.small_copy(content)

    first, second = (store.open_small(key, draw).read() for _time in range(2))

    assert first == second
    assert len(drawn) == 1
    assert Image.open(io.BytesIO(first)).size == (SIDE, 222)
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 2
    store.delete(key)
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_picture_that_cannot_be_drawn_is_shown_as_it_is(pictured, signed_in, system, var):
    browser = signed_in(pictured["user"])
    address = shown_by(browser, pictured["worker"])
    with system() as session:
        key = session.get(files.StoredFile, pictured["face"]).key
    (var / "files" / key).write_bytes(b"torn")

    answer = browser.get(address)

    assert (answer.status_code, answer.data) == (200, b"torn")
    assert not may_be_kept(answer)
