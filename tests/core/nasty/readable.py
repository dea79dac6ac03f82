"""Workbooks that are read: what stands around their cells is handled, or named in a hint."""

from datetime import datetime

from openpyxl import Workbook

from tests.core.nasty import making
from tests.core.nasty.making import HEADERS, USUAL, book, changed, saved, usual


def _moved(page):
    page.insert_rows(1, 6)
    page.insert_cols(1, 3)
    page["D2"] = "某某项目农民工实名制花名册"


def _two_sheets():
    made = Workbook()
    made.active.title = "说明"
    made.active.append(["请在第二张表填写", "谢谢"])
    second = made.create_sheet("名单")
    for line in (HEADERS, USUAL):
        second.append(line)
    return saved(made)


def _two_lists():
    made = Workbook()
    for name in ("一标段", "二标段"):
        page = made.create_sheet(name)
        for line in (HEADERS, USUAL):
            page.append(line)
    del made["Sheet"]
    return saved(made)


def _hidden_sheet():
    made = Workbook()
    made.active.title = "旧名单"
    for line in (HEADERS, usual(姓名="旧人")):
        made.active.append(line)
    made.active.sheet_state = "hidden"
    page = made.create_sheet("名单")
    for line in (HEADERS, USUAL):
        page.append(line)
    return saved(made)


def _filtered(page):
    page.auto_filter.ref = "A1:H3"
    page.row_dimensions[3].hidden = True


def _styled_to_the_end(page):
    from openpyxl.styles import Font

    for place in ("XFD2", "A1048576", "AMJ9"):
        page[place].font = Font(bold=True)


def _hide_column(page):
    page.column_dimensions["C"].hidden = True


def _group_head(page):
    page.insert_rows(1)
    page["A1"], page["E1"] = "身份", "进场"
    page.merge_cells("A1:D1")
    page.merge_cells("E1:H1")


def _dates_of_1904():
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    for line in (HEADERS, usual(进场日期=datetime(2026, 11, 1))):  # noqa: DTZ001
        made.active.append(line)
    return saved(made)


def _strict():
    return making.part_by_part(
        making.lines_of_xml(), main=f"{making.STRICT}/spreadsheetml/main",
        links=f"{making.STRICT}/officeDocument/relationships",
    )  # fmt: skip


def _rich_text():
    texts = [*HEADERS, *USUAL[1:]]
    table = "".join(f"<si><t>{text}</t></si>" for text in texts)
    table += '<si><r><t xml:space="preserve">张</t></r><r><rPr><b/></rPr><t>三</t></r></si>'
    order = [*range(8), 15, *range(8, 15)]
    cells = [f'<c r="{chr(65 + n % 8)}{1 + n // 8}" t="s"><v>{order[n]}</v></c>' for n in range(16)]
    body = f'<sheetData><row r="1">{"".join(cells[:8])}</row><row r="2">{"".join(cells[8:])}</row>'
    shared = f'<sst xmlns="{making.MAIN}">{table}</sst>'
    return making.part_by_part(f"{body}</sheetData>", shared=shared)


def _unnumbered():
    import re

    return making.part_by_part(re.sub(r' r="[A-Z]*\d+"', "", making.lines_of_xml()))


def _decorated_headers():
    return [
        "★ 姓 名", "*证件号码（18位）", "手机\n号码", "工种【按字典】", "进场日期(必填)",
        "计薪单价〔元〕", "工伤 保险", "☆上班时间：",
    ]  # fmt: skip


# name: (workbook, how many rows it has, words every hint must hold)
READABLE = {
    "a header below a title and to the right": (lambda: book(USUAL, change=_moved), 1, []),
    "a header with stars, blanks, line breaks and brackets": (
        lambda: book(USUAL, headers=_decorated_headers()), 1, [],
    ),
    "a header in full width": (
        lambda: book(USUAL, headers=["姓　名", *HEADERS[1:6], "工伤保险（是／否）", HEADERS[7]]),
        1, [],
    ),
    "group heads merged above the header": (lambda: book(USUAL, change=_group_head), 1, []),
    "columns in another order, an empty one between": (
        lambda: book([*USUAL[::-1][:4], None, *USUAL[::-1][4:]],
                     headers=[*HEADERS[::-1][:4], None, *HEADERS[::-1][4:]]), 1, [],
    ),
    "columns nobody reads": (
        lambda: book([*USUAL, "A型", "x"], headers=[*HEADERS, "血型", "备注二"]), 1,
        [("血型", "备注二")],
    ),
    "a column that stands there twice": (
        lambda: book([*USUAL, "13900139000"], headers=[*HEADERS, "手机号码"]), 1, [("手机号码",)],
    ),
    "empty rows between and many behind": (
        lambda: book(USUAL, [], [None, "  "], usual(姓名="李四"), *([["", " "]] * 400)), 2, [],
    ),
    "rows hidden by a filter": (
        lambda: book(USUAL, usual(姓名="李四"), change=_filtered), 2, [("1 行", "第 3 行")],
    ),
    "a hidden column": (lambda: book(USUAL, change=_hide_column), 1, [("手机号码",)]),
    "cells formatted to the last corner": (
        lambda: book(USUAL, change=_styled_to_the_end), 1, [],
    ),
    "the list on the second sheet": (_two_sheets, 1, []),
    "two sheets with lists": (_two_lists, 1, [("一标段", "二标段")]),
    "an old list on a hidden sheet": (_hidden_sheet, 1, []),
    "dates counted from 1904": (_dates_of_1904, 1, []),
    "texts in their own cells": (
        lambda: making.part_by_part(making.lines_of_xml()), 1, [],
    ),
    "texts as results of formulas": (
        lambda: making.part_by_part(making.lines_of_xml(
            cell=lambda place, text: f'<c r="{place}" t="str"><f>T("x")</f><v>{text}</v></c>'
        )), 1, [],
    ),
    "texts of several pieces": (_rich_text, 1, []),
    "an absolute address of the sheet": (
        lambda: making.part_by_part(making.lines_of_xml(), target="/xl/worksheets/sheet1.xml"),
        1, [],
    ),
    "a sheet kept in another folder": (
        lambda: making.part_by_part(making.lines_of_xml(), target="/wps/one.xml",
                                    part="wps/one.xml"), 1, [],
    ),
    "names with a prefix": (
        lambda: making.part_by_part(making.lines_of_xml(prefix="x"), prefix="x"), 1, [],
    ),
    "Strict Open XML": (_strict, 1, []),
    "cells without addresses": (_unnumbered, 1, []),
    "a dimension that lies": (
        lambda: changed(book(USUAL), making.SHEET_PART, r'<dimension ref="[^"]*"',
                        '<dimension ref="A1"', regular=True), 1, [],
    ),
    "comments, drawings and links beside": (
        lambda: book(USUAL, change=lambda page: setattr(page["A2"], "hyperlink", "http://x")), 1,
        [],
    ),
    "a macro workbook's name without its macros": (
        lambda: changed(book(USUAL), "[Content_Types].xml", "sheet.main+xml", "sheet.main+xml "), 1,
        [],
    ),
}  # fmt: skip
