"""A file that is too large is told by the browser at once; nothing is sent, nothing is lost."""

from pathlib import Path

import pytest

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
