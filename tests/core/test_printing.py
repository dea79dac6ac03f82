"""Printed sheets: Chinese text, pictures that were given, and nothing from anywhere else."""

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image
from weasyprint.urls import FatalURLFetchingError

from app.core import printing


def text_of(content):
    """Read the words of every page, blanks left out."""
    pages = pypdfium2.PdfDocument(content)
    return ["".join(page.get_textpage().get_text_range().split()) for page in pages]


def colours_of(content):
    page = pypdfium2.PdfDocument(content)[0].render(scale=0.3).to_pil().convert("RGB")
    return {colour for _count, colour in page.getcolors(100_000)}


def red():
    target = BytesIO()
    Image.new("RGB", (8, 8), (255, 0, 0)).save(target, "PNG")
    return target.getvalue()


def test_a_sheet_is_a_pdf_with_its_chinese_words_and_the_number_of_its_pages(work):
    content = printing.pdf("print/base.html", title="花名册", mark="由张三导出")

    assert content.startswith(b"%PDF-")
    assert text_of(content) == ["由张三导出第1页/共1页"]


def test_the_head_of_a_long_table_stands_on_every_page(work):
    lines = "".join(f"<tr><td>工人{n}</td></tr>" for n in range(120))
    content = printing.pdf_of(
        '<link rel="stylesheet" href="css/print.css">'
        f"<table><thead><tr><th>姓名</th></tr></thead>{lines}</table>"
    )

    pages = text_of(content)
    assert len(pages) > 2
    assert all(page.startswith("姓名") for page in pages)
    assert "工人119" in pages[-1]


def test_a_sheet_shows_the_pictures_it_was_given(work):
    content = printing.pdf_of(
        '<img style="width:80mm;height:80mm" src="picture:face">', pictures={"face": red()}
    )

    assert (255, 0, 0) in colours_of(content)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://127.0.0.1:9/x.png", id="another server"),
        pytest.param("file:///etc/hostname", id="a file of the machine"),
        pytest.param("../../config.py", id="a file beside the static ones"),
        pytest.param("http://sheet.invalid/../config.py", id="the same, spelt out"),
        pytest.param("picture:unknown", id="a picture that was not given"),
    ],
)
def test_a_sheet_fetches_nothing(work, address):
    with pytest.raises(FatalURLFetchingError):
        printing.pdf_of(f'<img src="{address}">')
