"""Files that are refused as a whole, and the words their sentence must hold."""

import zipfile
from io import BytesIO

from openpyxl import Workbook

from app.core.sheets import template
from tests.core.nasty import making
from tests.core.nasty.making import HEADERS, USUAL, added, book, saved

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _laughs():
    entities = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 30)
    )
    return making.part_by_part(
        making.lines_of_xml([HEADERS, ["&l29;", *USUAL[1:]]]),
        before=f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>',
    )


def _outside():
    return making.part_by_part(
        making.lines_of_xml([HEADERS, ["&file;", *USUAL[1:]]]),
        before='<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    )


def _bomb():
    target = BytesIO(book(USUAL))
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made,
        made.open("xl/media/image1.emf", "w", force_zip64=True) as part,
    ):
        for _n in range(300):
            part.write(b"\0" * (1 << 20))
    return target.getvalue()


def _many_parts():
    target = BytesIO(book(USUAL))
    with zipfile.ZipFile(target, "a") as made:
        for n in range(6000):
            made.writestr(f"xl/media/{n}", b"")
    return target.getvalue()


def _stray(place):
    return lambda: book(USUAL, change=lambda page: page.__setitem__(place, "x"))


def _protected():
    """Give the shape of a workbook with a password: a compound file that holds an encrypted one."""
    name = "EncryptedPackage".encode("utf-16-le")
    directory = name.ljust(128, b"\0") + b"\0" * 384
    header = OLE + b"\0" * 40 + (0).to_bytes(4, "little")
    return header.ljust(512, b"\0") + directory + b"\0" * 512


def _word():
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<w:document/>")
    return target.getvalue()


def _open_document():
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<office:document-content/>")
    return target.getvalue()


def _chart_only():
    made = Workbook()
    made.create_chartsheet("图")
    del made["Sheet"]
    return saved(made)


HTML = (
    "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr>"
    + "".join(f"<td>{text}</td>" for text in HEADERS) + "</tr></table></html>"
).encode("gbk")  # fmt: skip
XML_2003 = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'

# name: (file, words of the sentence)
REFUSED = {
    "nothing": (lambda: b"", "空"),
    "a program under the name of a workbook": (lambda: b"MZ\x90\0" + b"\0" * 512, "程序"),
    "a page of the web saved as .xls": (lambda: HTML, "网页"),
    "such a page with a mark before it": (lambda: b"\xef\xbb\xbf\r\n " + HTML, "网页"),
    "XML of Excel 2003": (lambda: XML_2003, "XML"),
    "text with commas saved as .xlsx": (
        lambda: ",".join(HEADERS).encode("gbk") + b"\r\n1,2,3\r\n", "文本",
    ),
    "text in UTF-16": (lambda: "\t".join(HEADERS).encode("utf-16"), "文本"),
    "a table of LibreOffice": (_open_document, "ODS"),
    "a document of Word": (_word, "Word"),
    "a PDF": (lambda: b"%PDF-1.7\n%%EOF", "PDF"),
    "a picture": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 64, "图片"),
    "an archive with a workbook in it": (
        lambda: _zipped("花名册.xlsx", book(USUAL)), "压缩包",
    ),
    "an archive of WinRAR": (lambda: b"Rar!\x1a\x07\x01\0" + b"\0" * 64, "压缩包"),
    "a workbook with macros": (
        lambda: added(book(USUAL), "xl/vbaProject.bin", b"macro"), "vbaProject",
    ),
    "a workbook with a password": (_protected, "密码"),
    "a workbook that grows without end": (_bomb, "解压后过大"),
    "a workbook of thousands of parts": (_many_parts, "损坏"),
    "entities that laugh a billion times": (_laughs, "DOCTYPE"),
    "an entity that reads a file of the server": (_outside, "DOCTYPE"),
    "a workbook cut off in the middle": (lambda: book(USUAL)[:-600], "损坏"),
    "a stray word in the last corner": (_stray("XFD1048576"), "1,048,576"),
    "a stray word far below": (_stray("A900000"), "900,000"),
    "a stray word far to the right": (_stray("XFD20000"), "XFD"),
    "a workbook of charts only": (_chart_only, "表头"),
    "a sheet of something else": (lambda: book(["a", 1], headers=["物料", "数量"]), "表头"),
    "a header without a required column": (
        lambda: book(USUAL[:1] + USUAL[2:], headers=HEADERS[:1] + HEADERS[2:]), "证件号码",
    ),
    "a header and no row": (book, "没有"),
    "a sheet without a cell": (lambda: saved(Workbook()), "表头"),
    "the template of another import": (
        lambda: template(_other()), "T9 别的表",
    ),
}  # fmt: skip


def _other():
    from app.core import sheets
    from app.core.columns import Text, column
    from app.core.forms import loose

    return sheets.SheetSpec("T9", "别的表", tuple(
        sheets.SheetColumn(loose(name, column(Text(50), label=name, sheet=name)))
        for name in ("姓名", "证件号码", "培训类型")
    ))  # fmt: skip


def _zipped(name, content):
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(name, content)
    return target.getvalue()
