"""Every menu entry of every role in the demonstration city: whole, Chinese, and on this site."""

import re
from typing import Any

import pytest

PASSWORD = "Jiangmen-2026"
ROLES = ("gc", "prof", "labour", "manager", "district", "city", "sysadmin")
# words that are Latin in Chinese texts too; one letter (A to G of a long form) says nothing
LATIN = {
    "EN", "IP", "PDF", "Excel", "appid", "xlsx", "xls", "MB", "CIDR", "https", "JPG", "PNG",
    "open", "api", "CSV", "ID",
}  # fmt: skip
# what stands there is written in English: English names of the lists, what the system did and why
ENGLISH = ("/dictionaries/list/", "/auditview/list/")
CODE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b|\b(?:SUBMITTED|DRAFT|APPROVED|ACTIVE|OPEN|None)\b")
WORDS = re.compile(r"[A-Za-z]{2,}(?:[ '][A-Za-z]{2,})*")
IDENTIFIERS = re.compile(r"[A-Za-z]+[-_.:/@\w]*\d[-_.:/@\w]*|\w+[._@]\w[\w._@]*")


def foreign(text: str) -> list[str]:
    """Give the Latin words a Chinese reader should not meet."""
    found = [word for run in WORDS.findall(IDENTIFIERS.sub(" ", text)) for word in run.split()]
    return [word for word in found if word not in LATIN and word not in ROLES]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_whole_and_chinese(role: str, person: Any, demo: Any) -> None:
    someone = person()
    someone.server = demo
    page = someone.sign_in(role, PASSWORD)
    page.wait_for_load_state()
    links = page.locator(".menu a").evaluate_all("all => all.map(one => one.pathname)")
    assert links
    chosen = page.goto(demo.address + "/sites/list/")
    entry = page.get_by_role("link", name="进入项目")
    if chosen is not None and chosen.ok and entry.count():
        entry.first.click()
    for path in ["/", *links]:
        answer = page.goto(demo.address + path)
        assert answer is not None
        assert answer.status == 200, path
        text = page.locator("body").inner_text()
        assert CODE.findall(text) == [], path
        if path not in ENGLISH:
            assert foreign(text) == [], path
    someone.check()
