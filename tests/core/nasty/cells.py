"""Single cells: what is read, or what the sentence beside the cell says."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tests.core.nasty import making
from tests.core.nasty.making import NUMBER, book, typed, usual

DAY = date(2026, 11, 1)


def cell(header, value):
    return lambda: book(usual(**{header: value}))


def text(place, value):
    return lambda: book(usual(), change=lambda page: typed(page[place], value))


def raw(place, xml):
    """Give a fine line one cell of which is written by hand."""

    def one(at, words):
        return xml if at == place else making.inline(at, words)

    return lambda: making.part_by_part(making.lines_of_xml(cell=one))


# name: (workbook, column, value that is read)
READ = {
    "a mobile number as a number": (cell("手机号码", 13800138000), "mobile", "13800138000"),
    "a mobile number with bidi marks of a contact book": (
        cell("手机号码", "\u202d138 0013 8000\u202c"), "mobile", "13800138000"),
    "a mobile number with blanks that do not break": (
        cell("手机号码", "138\u00a00013\u00a08000"), "mobile", "13800138000"),
    "a number behind an apostrophe": (text("B2", f"'{NUMBER}"), "id_number", NUMBER),
    "a number behind a Chinese quotation mark": (text("B2", f"‘{NUMBER}"), "id_number", NUMBER),
    "an identity number in full width": (
        cell("证件号码", "４４０７０３１９８５０４１２０００２"), "id_number", NUMBER),
    "an identity number with line breaks": (
        cell("证件号码", "440703\n19850412\r\n0002"), "id_number", NUMBER),
    "an identity number with invisible characters": (
        cell("证件号码", f"\ufeff{NUMBER[:6]}\u200b{NUMBER[6:]}\u00ad"), "id_number", NUMBER),
    "a name with a line break behind": (cell("姓名", "张三\n"), "name", "张三"),
    "a name between blanks of all kinds": (cell("姓名", "\u3000张三\u00a0"), "name", "张三"),
    "a word of a dictionary between blanks": (cell("工种", " 钢筋工\t"), "work_type", "020"),
    "yes as a truth of the spreadsheet": (cell("工伤保险", True), "insured", True),
    "an amount with thousands": (cell("计薪单价", "1,350.50"), "pay_rate", Decimal("1350.50")),
    "an amount in full width": (cell("计薪单价", "３５０．５"), "pay_rate", Decimal("350.50")),
    "an amount of binary fractions": (cell("计薪单价", 0.1 + 0.2), "pay_rate", Decimal("0.30")),
    "a date of the spreadsheet": (cell("进场日期", datetime(2026, 11, 1)), "entry_on", DAY),  # noqa: DTZ001
    "a date with a time of day": (cell("进场日期", datetime(2026, 11, 1, 8, 30)), "entry_on", DAY),  # noqa: DTZ001
    "a date as a bare number of days": (cell("进场日期", 46327), "entry_on", DAY),
    "a date of eight digits": (cell("进场日期", "20261101"), "entry_on", DAY),
    "a date of eight digits as a number": (cell("进场日期", 20261101), "entry_on", DAY),
    "a date in Chinese": (cell("进场日期", "2026年11月1日"), "entry_on", DAY),
    "a date in Chinese with blanks": (cell("进场日期", "2026 年 11 月 1 日"), "entry_on", DAY),
    "a date in spoken Chinese": (cell("进场日期", "2026年11月1号"), "entry_on", DAY),
    "a date with dots": (cell("进场日期", "2026.11.1"), "entry_on", DAY),
    "a date with slashes": (cell("进场日期", "2026/11/1"), "entry_on", DAY),
    "a date in full width": (cell("进场日期", "２０２６－１１－０１"), "entry_on", DAY),
    "a date between blanks": (cell("进场日期", "2026 11 1"), "entry_on", DAY),
    "a date with blanks around its strokes": (cell("进场日期", "2026 - 11 - 1"), "entry_on", DAY),
    "a date with Chinese commas": (cell("进场日期", "2026、11、1"), "entry_on", DAY),
    "a number of days as a text": (cell("进场日期", "46327"), "entry_on", DAY),
    "a date of text with a time": (cell("进场日期", "2026-11-01 08:30:00"), "entry_on", DAY),
    "a date of another program": (cell("进场日期", "2026-11-01T00:00:00"), "entry_on", DAY),
    "a date of text with dots and a time": (cell("进场日期", "2026.11.1 8:30"), "entry_on", DAY),
    "an ISO date of the spreadsheet": (
        raw("E2", '<c r="E2" t="d"><v>2026-11-01T00:00:00</v></c>'), "entry_on", DAY),
    "a time of the spreadsheet": (cell("上班时间", time(7, 30)), "start_at", time(7, 30)),
    "a time as a share of the day": (cell("上班时间", 0.3125), "start_at", time(7, 30)),
    "a time as a span": (cell("上班时间", timedelta(hours=7, minutes=30)), "start_at", time(7, 30)),
    "a time with a Chinese colon": (cell("上班时间", "7：30"), "start_at", time(7, 30)),
    "an hour in Chinese": (cell("上班时间", "7点30分"), "start_at", time(7, 30)),
    "a half hour in Chinese": (cell("上班时间", "7点半"), "start_at", time(7, 30)),
    "a full hour in Chinese": (cell("上班时间", "18点"), "start_at", time(18, 0)),
    "an hour after noon": (cell("上班时间", "7:00PM"), "start_at", time(19, 0)),
    "an hour after noon in Chinese": (cell("上班时间", "下午7：30"), "start_at", time(19, 30)),
    "midnight by twelve hours": (cell("上班时间", "12:00 am"), "start_at", time(0, 0)),
    "a formula by its value": (
        raw("A2", '<c r="A2" t="str"><f>"张"&amp;"三"</f><v>张三</v></c>'), "name", "张三"),
    "a formula whose result is nothing": (
        raw("C2", '<c r="C2" t="str"><f>""</f><v></v></c>'), "mobile", None),
}  # fmt: skip

# name: (workbook, header, words of the sentence beside the cell)
NAMED = {
    "an identity number as a number": (cell("证件号码", 440703198504120002), "证件号码", "15"),
    "an identity number as the spreadsheet shows it": (
        text("B2", "4.40703E+17"), "证件号码", "15"),
    "an identity number as a formula of a number": (
        raw("B2", '<c r="B2"><f>B1*1</f><v>4.40703198504120E+17</v></c>'), "证件号码", "15"),
    "a wrong check digit": (cell("证件号码", "440703198504120003"), "证件号码", "逐位核对"),
    "a cell of an error": (
        raw("C2", '<c r="C2" t="e"><v>#N/A</v></c>'), "手机号码", "#N/A"),
    "an error as a text": (text("C2", "#REF!"), "手机号码", "#N/A"),
    "a formula never computed": (
        raw("C2", '<c r="C2"><f>VLOOKUP(A2,X!A:B,2,0)</f></c>'), "手机号码", "公式"),
    "a formula written by a program that does not compute": (
        raw("A2", '<c r="A2"><f>"张"&amp;"三"</f><v></v></c>'), "姓名", "公式"),
    "a formula of an optional cell that was never computed": (
        raw("F2", '<c r="F2" s="1"><f>A2&amp;B2</f><v /></c>'), "计薪单价", "公式"),
    "a formula in another's steps, never computed": (
        raw("C2", '<c r="C2"><f t="shared" si="0"/></c>'), "手机号码", "公式"),
    "a merged cell": (
        lambda: book(usual(姓名=None), usual(),
                     change=lambda page: page.merge_cells("C2:C3")), "手机号码", "合并"),
    "a year of two digits": (cell("进场日期", "26-11-1"), "进场日期", "四位"),
    "a year of two digits in Chinese": (cell("进场日期", "26年11月1日"), "进场日期", "四位"),
    "a date with the day or the month in front": (
        cell("进场日期", "11/01/2026"), "进场日期", "2026-11-22"),
    "a date that is none": (cell("进场日期", "2026-02-30"), "进场日期", "2026-11-22"),
    "a month where a day is meant": (cell("进场日期", "2026-11"), "进场日期", "2026-11-22"),
    "a truth where a day is meant": (cell("进场日期", True), "进场日期", "2026-11-22"),
    "an amount with its unit": (cell("计薪单价", "350元/天"), "计薪单价", "金额"),
    "an amount of three decimals": (cell("计薪单价", 350.505), "计薪单价", "小数"),
    "a number of a billion digits": (text("F2", "1E+999999999"), "计薪单价", "金额"),
    "a word beside the dictionary": (cell("工种", "钢筋"), "工种", "钢筋工"),
    "a masked number": (cell("手机号码", "138****8000"), "手机号码", "星号"),
    "a required cell of blanks": (cell("姓名", " \u3000"), "姓名", "姓名"),
    "an hour that is none": (cell("上班时间", "25:00"), "上班时间", "07:30"),
    "an hour before noon that is after it": (
        cell("上班时间", "上午15:00"), "上班时间", "07:30"),
}  # fmt: skip
