"""How nasty workbooks are made: with a library, by changing its parts, or part by part."""

import re
import zipfile
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING

NUMBER = "440703198504120002"
HEADERS = ["姓名", "证件号码", "手机号码", "工种", "进场日期", "计薪单价", "工伤保险", "上班时间"]
USUAL = ["张三", NUMBER, "13800138000", "钢筋工", "2026-11-01", "350.50", "是", "07:30"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_PART = "xl/worksheets/sheet1.xml"


def saved(made):
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def book(*lines, headers=HEADERS, top=(), title="Sheet", change=None):
    """Write lines below a header with openpyxl; ``change(page)`` makes it nasty."""
    made = Workbook()
    made.active.title = title
    for line in (*top, headers, *lines):
        made.active.append(list(line))
    if change:
        change(made.active)
    return saved(made)


def usual(**cells):
    """Give a fine line with some cells replaced."""
    return [cells.get(header, value) for header, value in zip(HEADERS, USUAL, strict=True)]


def typed(cell, text):
    """Store a text as a text, whatever it looks like."""
    cell.value = text
    cell.data_type = TYPE_STRING


def changed(content, part, old, new, *, regular=False):
    """Change one part of a workbook; the old text must be there."""
    source, target = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                before = text
                if regular:
                    text = re.sub(old.encode(), new.encode(), text)
                else:
                    text = text.replace(old.encode(), new.encode())
                assert text != before, (part, old)
            made.writestr(name, text)
    return target.getvalue()


def added(content, name, part):
    target = BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, part)
    return target.getvalue()


def lines_of_xml(lines=(HEADERS, USUAL), prefix="", cell=None):
    """Write rows the way small programs do: every text in its own cell."""
    cell = cell or inline
    body = ""
    for row, line in enumerate(lines, start=1):
        cells = "".join(
            cell(f"{chr(64 + place)}{row}", text) for place, text in enumerate(line, start=1)
        )
        body += f'<row r="{row}">{cells}</row>'
    body = f"<sheetData>{body}</sheetData>"
    return re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}:", body) if prefix else body


def inline(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def part_by_part(
    body, *, main=MAIN, links=LINKS, prefix="", target="worksheets/sheet1.xml",
    part=SHEET_PART, before="", head="", encoding="utf-8", shared=None,
):  # fmt: skip
    """Write a workbook of one sheet without a library: only what a reader cannot do without."""
    p, x = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    parts = {
        "[Content_Types].xml":
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
            ' ContentType="application/xml"/></Types>',
        "_rels/.rels":
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml":
            f'<{p}workbook xmlns{x}="{main}" xmlns:r="{links}"><{p}sheets>'
            f'<{p}sheet name="花名册" sheetId="1" r:id="rId1"/></{p}sheets></{p}workbook>',
        "xl/_rels/workbook.xml.rels":
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{links}/worksheet" Target="{target}"/>'
            + (f'<Relationship Id="rId2" Type="{links}/sharedStrings" Target="sharedStrings.xml"/>'
               if shared else "")
            + "</Relationships>",
        part: f'{before}<{p}worksheet xmlns{x}="{main}">{head}{body}</{p}worksheet>',
    }  # fmt: skip
    if shared:
        parts["xl/sharedStrings.xml"] = shared
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text.encode(encoding if name == part else "utf-8"))
    return made.getvalue()
