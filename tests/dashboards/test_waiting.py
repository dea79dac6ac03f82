"""下一步 of the first page, when everything that can wait does."""

import re

from tests.house.crowd import everything_waits
from tests.house.victim import Victim

# in the order of the page: what is said of each, and where its line leads
LINES = [
    ("接受或拒绝邀请", "/invitations/show/"),
    ("企业变更被退回", "/enterprise"),
    ("已拒绝邀请", "/units/show/"),
    ("未能开通", "/managerview/edit/"),
    ("退回", "/alertview/show/"),
    ("已到其他项目进场", "/workerview/show/"),
    ("补全资料并提交审核", "/projects/show/"),
]


def test_every_kind_of_next_step_has_its_line_with_its_page(system, signed_in):
    with system() as session:
        victim = Victim()
        everything_waits(session, victim)
        user = victim.admin
    page = signed_in(user).get("/").text

    lines = page.split('id="to-do"')[1].split("</section>")[0].split("<li>")[1:]
    found = []
    for line in lines:
        words = re.sub(r"<[^>]+>", " ", line)
        address = re.search(r'href="([^"]*)"', line)[1]
        found += [at for at, (say, where) in enumerate(LINES) if say in words and where in address]
    assert found == sorted(found)
    assert set(found) == set(range(len(LINES))), lines
