"""A file that is too large is told by the browser at once; nothing is sent, nothing is lost."""

import os
from pathlib import Path

import pytest
from PIL import Image

from app.roster.models import Team
from tests.chromium import HOME, launched, serve
from tests.factories import enterprises, projects, roster

MEGABYTE = 1024 * 1024


@pytest.fixture
def page():
    with launched() as browser:
        yield browser.new_page(locale="zh-CN")


@pytest.fixture
def form(system, signed_in, page):
    """Open the form of a new team in a browser, and count what it posts."""
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        roster.team(unit)
        user, project = enterprises.admin(firm), unit.project_id
    client, posted = signed_in(user), []
    with client.session_transaction() as session:
        session["project_id"] = project
    serve(page, client)
    page.on("request", lambda request: posted.append(request.url) if is_post(request) else None)
    page.goto(f"{HOME}/teamview/add")
    page.fill("[name=name]", "混凝土班")
    return page, posted


def is_post(request):
    return request.method == "POST" and request.url.endswith("/teamview/add")


def of_size(folder: Path, megabytes: int, name: str = "合同.pdf") -> Path:
    path = folder / name
    with path.open("wb") as file:
        file.truncate(megabytes * MEGABYTE)
    return path


def test_thirty_megabytes_are_told_beside_the_field_and_the_form_stays(form, tmp_path, system):
    page, posted = form
    field = page.locator("[name=contract_file]")
    field.set_input_files(of_size(tmp_path, 30))
    told = page.locator("#contract_file-size")
    sentence = told.inner_text()
    assert all(word in sentence for word in ("合同.pdf", "30 MB", "20 MB", "重新选择"))
    assert field.get_attribute("aria-invalid") == "true"

    page.click("form[data-form] button.primary")
    assert told.is_visible()
    assert page.input_value("[name=name]") == "混凝土班"
    assert posted == []
    with system() as session:
        assert session.query(Team).filter_by(name="混凝土班").count() == 0

    told.get_by_role("button").click()
    assert page.locator("#contract_file-size").count() == 0
    assert field.evaluate("one => one.files.length") == 0


def test_files_that_are_too_large_only_together_are_told_too(form, tmp_path):
    page, posted = form
    page.evaluate("document.getElementById('contract_file').dataset.maxBytes = 1e12")
    page.locator("[name=contract_file]").set_input_files(of_size(tmp_path, 300))
    page.click("form[data-form] button.primary")

    assert "300 MB" in page.locator("#contract_file-size").inner_text()
    assert posted == []


def test_a_file_within_its_limit_is_sent(form, tmp_path):
    page, posted = form
    page.locator("[name=contract_file]").set_input_files(of_size(tmp_path, 1))
    page.click("form[data-form] button.primary")
    page.wait_for_load_state()

    assert len(posted) == 1


def photo(path: Path, *, turned: bool = False) -> Path:
    """A camera's photo above five megabytes, its upper left red; turned says a quarter by EXIF."""
    picture = Image.frombytes("RGB", (3000, 2000), os.urandom(3000 * 2000 * 3))
    picture.paste("red", (0, 0, 600, 600))
    notes = Image.Exif()
    if turned:
        notes[0x0112] = 6  # the upper left of the sensor stands at the upper right
    picture.save(path, quality=95, exif=notes)
    return path


HELD = """async field => {
  const file = field.files[0], picture = await createImageBitmap(file);
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const paper = canvas.getContext("2d");
  paper.drawImage(picture, picture.width - 100, 100, 1, 1, 0, 0, 1, 1);
  const [red, green, blue] = paper.getImageData(0, 0, 1, 1).data;
  return {size: file.size, name: file.name, red, green, blue,
          width: picture.width, height: picture.height};
}"""


def test_a_photo_is_made_smaller_before_it_is_sent_and_stands_upright(form, tmp_path):
    page, _posted = form
    file = photo(tmp_path / "IMG_1.jpeg", turned=True)
    field = page.locator("[name=contract_file]")
    field.set_input_files(file)
    page.locator(".file-preview img").wait_for()

    held = field.evaluate(HELD)

    assert file.stat().st_size > 5 * MEGABYTE
    assert held["size"] < file.stat().st_size
    assert (held["name"], held["width"], held["height"]) == ("IMG_1.jpg", 1707, 2560)
    assert held["red"] > 200
    assert max(held["green"], held["blue"]) < 100


def test_a_small_photo_and_a_paper_are_sent_as_they_are(form, tmp_path):
    page, _posted = form
    small = tmp_path / "小.png"
    Image.new("RGBA", (30, 20)).save(small)
    field = page.locator("[name=contract_file]")
    for file in (small, of_size(tmp_path, 3)):
        field.set_input_files(file)
        assert field.evaluate("one => one.files[0].name") == file.name
        assert field.evaluate("one => one.files[0].size") == file.stat().st_size


def test_a_form_sent_while_its_photo_is_made_smaller_goes_once_it_is_ready(form, tmp_path):
    page, posted = form
    page.evaluate("""() => document.addEventListener("submit", event => {
      if (!event.defaultPrevented) sessionStorage.sent = event.target.contract_file.files[0].size;
    })""")
    file = photo(tmp_path / "IMG_2.jpg")
    page.locator("[name=contract_file]").set_input_files(file)
    with page.expect_navigation():
        page.click("form[data-form] button.primary", no_wait_after=True)

    assert len(posted) == 1
    assert int(page.evaluate("sessionStorage.sent")) < file.stat().st_size
