"""《Excel导入说明书》 is made from the templates themselves."""

import re

import pypdfium2
import pytest

from app.core.columns.base import spec_of
from app.core.exports import Export
from app.core.jobs import runner
from app.imports import manual
from app.imports.templates import TEMPLATES
from app.roster.models import ProjectWorker
from tests.factories import enterprises


@pytest.fixture
def words(app):
    with app.test_request_context("/"):
        pages = pypdfium2.PdfDocument(manual.document())
        return ["".join(page.get_textpage().get_text_range().split()) for page in pages]


def test_it_has_a_chapter_for_each_template_with_every_column(app, words):
    whole = re.sub(r"[\u2f00-\u2fdf]", "", "".join(words))
    with app.test_request_context("/"):
        for template in TEMPLATES.values():
            assert f"{template.code}{template.title}".replace(" ", "") in whole
            for column in template.sheet(None).columns:
                assert column.header in whole, column.header


def test_it_lists_the_chapters_with_their_pages_and_ends_with_the_common_mistakes(words):
    assert "目录" in words[1]
    assert all(code in words[1] for code in TEMPLATES)
    assert "4.40703E+17" in words[-1]


def test_a_worker_draws_it_once_and_whoever_asks_later_has_it_at_once(
    app, signed_in, system, monkeypatch, tmp_path
):
    monkeypatch.setattr(manual, "FOLDER", str(tmp_path))
    with system():
        user = enterprises.admin(enterprises.enterprise())
    clerk = signed_in(user)
    page = clerk.get("/imports/manual").headers["Location"]
    assert "正在生成" in clerk.get(page).text
    with system() as session:
        run = session.get(Export, int(page.rpartition("/")[2])).run_id
    runner.perform(app, run)
    assert f'href="{page}/file"' in clerk.get(page).text
    first = clerk.get(f"{page}/file")
    second = clerk.get("/imports/manual")

    assert first.data.startswith(b"%PDF-")
    assert second.data == first.data
    assert "Excel%E5%AF%BC%E5%85%A5%E8%AF%B4%E6%98%8E%E4%B9%A6.pdf" in first.headers[
        "Content-Disposition"
    ]  # fmt: skip


def test_it_is_made_anew_when_a_column_changes(app, monkeypatch):
    with app.test_request_context("/"):
        before = manual.document()
        spec = spec_of(ProjectWorker, "name")
        monkeypatch.setitem(spec.__dict__, "sheet_note", "照身份证填写")
        assert manual.document() != before
