"""Every page of every role in the demonstration city, wide and on a telephone: whole and Chinese.

From each line of the menu the first row is opened, and of that the tabs (on a telephone the lines
alone). What a reader should not meet fails here: English, codes, None, structures, fractions of
seconds, half-width marks, empty headings, empty lists without advice, pages wider than the screen.
"""

import re
from typing import Any

import pytest

from tests.browser.seats import PHONE, WIDE

PASSWORD = "Jiangmen-2026"
ROLES = ("gc", "prof", "labour", "manager", "district", "city", "sysadmin")
# words that are Latin in Chinese texts too; one letter (A to G of a long form) says nothing
LATIN = {
    "EN", "IP", "PDF", "Excel", "appid", "xlsx", "xls", "MB", "KB", "CIDR", "https", "JPG", "PNG",
    "open", "api", "CSV", "ID", "JZ", "JSON", "AES", "SHA", "YJ", "zip",
    "waihai", "kaiping",  # sign-in names of the demonstration
}  # fmt: skip
# the codes of the dictionaries are what these pages are about
CODES_ARE_MEANT = "/dictionaries/"
RAW = {
    "a code": re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b|\b(?:SUBMITTED|DRAFT|APPROVED|ACTIVE|OPEN)\b"),
    "a name of the program": re.compile(r"\b[a-z]+(?:_[a-z]+)+\b"),
    "nothing, told in English": re.compile(
        r"\b(?:None|none|null|NaN|undefined|True|False|true|false)\b"
    ),
    "a structure": re.compile(r"\{[^}]*\}|\[['\"]|%\(\w+\)"),
    "a raw time": re.compile(r"\d\d:\d\d:\d\d\.\d+|\dT\d\d:\d\d|[+]0[08]:00\b|\d+\.\d{5,}"),
    "half-width marks": re.compile(r"(?<=[\u4e00-\u9fff])[,:;?!]|[,:;?!](?=[\u4e00-\u9fff])"),
}
WORDS = re.compile(r"[A-Za-z]{2,}(?:[ '][A-Za-z]{2,})*")
IDENTIFIERS = re.compile(r"[A-Za-z]+[-_.:/@\w]*\d[-_.:/@\w]*|\w+[._@]\w[\w._@]*")
# what stands in attributes is read too; a bar's links tell which pages come next
HINTS = """() => [...document.querySelectorAll("[placeholder], [title]")].flatMap(
  one => [one.getAttribute("placeholder"), one.getAttribute("title")]
).filter(text => text && text !== "English").join("\\n")"""
BARE = """() => [
  ...[...document.querySelectorAll("h1, h2, h3, legend, dt, main th:not(.tick)")].filter(
    one => one.getBoundingClientRect().width > 1 && !one.innerText.trim()),
  ...[...document.querySelectorAll("main .empty")].filter(
    one => !one.querySelector("p")?.innerText.trim()),
].map(one => one.outerHTML.slice(0, 120))"""


def foreign(text: str) -> list[str]:
    """Give the Latin words a Chinese reader should not meet."""
    found = [word for run in WORDS.findall(IDENTIFIERS.sub(" ", text)) for word in run.split()]
    return [word for word in found if word not in LATIN and word not in ROLES]


def faults(page: Any, path: str) -> list[str]:
    """Give what is wrong with the open page, a line each."""
    text = page.locator("body").inner_text() + "\n" + page.evaluate(HINTS)
    found = [f"empty: {one}" for one in page.evaluate(BARE)]
    if page.evaluate("document.scrollingElement.scrollWidth") > page.viewport_size["width"]:
        found.append("wider than the screen")
    if not path.startswith(CODES_ARE_MEANT):
        found += [f"English: {word}" for word in dict.fromkeys(foreign(text))]
        found += [
            f"{name}: {text[max(hit.start() - 10, 0) : hit.end() + 10]!r}"
            for name, pattern in RAW.items()
            for hit in pattern.finditer(text)
        ]
    return [f"{path}: {line}" for line in found]


def addresses(page: Any, selector: str) -> list[str]:
    """Give path and query of the links a selector finds."""
    found = page.locator(selector).evaluate_all("all => all.map(one => one.pathname + one.search)")
    return list(dict.fromkeys(found))


def walk(page: Any, address: str, *, rows: bool) -> list[str]:
    """Open each line of the menu, its first row and the row's tabs; give the faults of all."""
    wrong: list[str] = []

    def visit(path: str) -> None:
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200, path
        wrong.extend(faults(page, path))

    for path in ["/", *addresses(page, ".menu a")]:
        visit(path)
        for row in addresses(page, "main tbody td.primary a")[: 1 if rows else 0]:
            visit(row)
            for tab in addresses(page, "main .tabs a")[1:]:
                visit(tab)
    return wrong


@pytest.mark.parametrize(
    ("role", "size"),
    [*((role, WIDE) for role in ROLES), ("gc", PHONE), ("district", PHONE)],
    ids=[*ROLES, "gc on a telephone", "district on a telephone"],
)
def test_every_page_of_a_role_is_whole_and_chinese(
    role: str, size: dict[str, int], person: Any, demo: Any
) -> None:
    someone = person(size, touch=size is PHONE)
    someone.server = demo
    page = someone.sign_in(role, PASSWORD)
    page.wait_for_load_state()
    assert addresses(page, ".menu a")
    chosen = page.goto(demo.address + "/sites/list/")
    entry = page.get_by_role("button", name="进入项目")
    if chosen is not None and chosen.ok and entry.count():
        entry.first.click()

    assert walk(page, demo.address, rows=size is WIDE) == []
    someone.check()


def test_the_browser_s_own_words_are_chinese(person: Any, demo: Any) -> None:
    someone = person()
    someone.server = demo
    page = someone.go("/login/")

    said = page.evaluate(
        "() => { const one = document.createElement('input'); one.required = true;"
        " document.body.append(one); return one.validationMessage; }"
    )

    assert re.search(r"[\u4e00-\u9fff]", said), said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("核验来源：none", "nothing, told in English"), ("状态 IN_FORCE", "a code"),
        ("对象 project_worker 12", "a name of the program"), ("{'a': 1}", "a structure"),
        ("12:13:31.000123", "a raw time"), ("可选,不填", "half-width marks"),
    ],
)  # fmt: skip
def test_what_no_reader_should_meet_is_found(text: str, kind: str) -> None:
    assert [name for name, pattern in RAW.items() if pattern.search(text)] == [kind]
