"""《Excel导入说明书》: one document for all templates, made from their columns (screens.md 14)."""

import hashlib
import os
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import printing, settings, sheets
from app.core.figures import figure
from app.core.sheets import SheetColumn, SheetSpec
from app.imports.services import MOST_MEGABYTES, MOST_ROWS
from app.imports.templates import TEMPLATES

MOST_WORDS = 16  # of a drop-down list that are written out
FOLDER = "printed"

STEPS = (
    _("Choose the project at the top of the page, open 批量导入模板 and download the template."),
    _("Fill in the first sheet, one row for each record; leave the header as it is."),
    _("Upload the workbook on the card of its template: every cell is checked, nothing is written"
      " yet."),
    _("Read the preview: what will be created and changed, and which cells are wrong and why."),
    _("Import only if all rows pass, or the rows that pass; download your workbook with the wrong"
      " cells coloured, mend them and upload it again: only the mended rows are taken."),
    _("An import can be taken back as long as nothing depends on what it wrote."),
)  # fmt: skip
MISTAKES = (
    (_("A document or card number shows as 4.40703E+17"),
     _("Excel keeps only 15 digits of a number, the others are lost. Format the column as text"
       " (the template is) and type the whole number again.")),
    (_("A date is not understood"),
     _("Write 2026-11-01; 2026/11/1, 2026.11.1, 2026年11月1日 and 20261101 are read too. A year of"
       " two digits (26-11-1) or the day in front (1/11/2026) may mean several days and is"
       " refused.")),
    (_("A word is not in the list"),
     _("Choose it from the drop-down list. When you paste, paste values only: pasting over a cell"
       " removes its list.")),
    (_("Merged cells"), _("Undo every merge and fill in each row; a merged cell belongs to its"
                          " first row alone.")),
    (_("Formulas"), _("They are read by the value they show. One that shows #N/A, or was never"
                      " calculated, is named: type the value.")),
    (_("Hidden or filtered rows"), _("They are read like all others, the preview names them:"
                                     " delete what is not meant.")),
    (_("Columns were moved, renamed or added"),
     _("Moved columns and a title above the header do no harm. A renamed column is not read; an"
       " additional one is named and left alone.")),
    (_("The template is out of date"),
     _("The preview names the columns that came and went. Download the present template and copy"
       " the rows into it.")),
    (_("The file is refused"),
     _("Only workbooks .xlsx and .xls are taken: no web page or CSV renamed to .xls, no .ods, no"
       " macros, no password. Open it in Excel or WPS and save it as .xlsx.")),
    (_("The same workbook was uploaded twice"),
     _("Rows are known by their document number, never by the name: what is there already stays as"
       " it is and counts as unchanged.")),
    (_("A name differs from the one on record"),
     _("The row is taken and marked 数据冲突; it is settled by 人员信息更正.")),
)  # fmt: skip


def title() -> str:
    """Give the title of the document."""
    return gettext("Import manual")


def document() -> bytes:
    """Give the document as a PDF; it is made anew when a column, list or word of it has changed.

    The made document is kept in the state folder, since drawing it takes seconds.
    """
    html = _html()
    place = _place(html)
    if not place.exists():
        content = printing.pdf_of(html)
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_suffix(f".{os.getpid()}")
        half.write_bytes(content)
        half.replace(place)
    return place.read_bytes()


def drawn() -> bytes | None:
    """Give the document where it is drawn already; None where it has to be drawn first."""
    place = _place(_html())
    return place.read_bytes() if place.exists() else None


def _html() -> str:
    return current_app.jinja_env.get_template("imports/manual.html").render(
        title=title(), chapters=[_chapter(one) for one in TEMPLATES.values()], steps=STEPS,
        mistakes=MISTAKES, rows=figure(settings.get(MOST_ROWS)),
        megabytes=settings.get(MOST_MEGABYTES),
    )  # fmt: skip


def _place(html: str) -> Path:
    style = Path(current_app.static_folder or "") / "css" / "print_manual.css"
    digest = hashlib.sha256(html.encode() + style.read_bytes()).hexdigest()[:16]
    return Path(current_app.config["VAR"]) / FOLDER / f"import-manual-{digest}.pdf"


def _chapter(template: Any) -> dict[str, Any]:
    sheet = template.sheet(None)
    return {
        "code": template.code, "title": template.title, "purpose": template.purpose,
        "lines": [_line(column, sheet) for column in sheet.columns],
        "required": [column.header for column in sheet.columns if column.starred],
        "pictures": list(template.pictures),
    }  # fmt: skip


def _line(column: SheetColumn, sheet: SheetSpec) -> dict[str, Any]:
    words = list(dict.fromkeys(str(label) for _code, label in column.kind.choices()))
    shown = "、".join(words[:MOST_WORDS])
    if len(words) > MOST_WORDS:
        shown = gettext("%(words)s and others, %(n)s in all: see the drop-down list", words=shown,
                        n=figure(len(words)))  # fmt: skip
    return {
        "header": column.header, "starred": column.starred,
        "required": sheets.required_word(column),
        "note": sheets.note_of(column, sheet, listed=False), "words": shown,
        "example": sheets.example_of(column, sheet),
    }  # fmt: skip
