"""The columns of 考勤报表 (screens.md 9.1)."""

import re

from tests.factories import roster
from tests.roster.conftest import build


def test_number_team_and_trade_stand_in_columns_of_their_own(system, signed_in):
    with system():
        city = build()
        worker = roster.worker(city.main_team, work_type="020")
        expected = [worker.worker_no, city.main_team.name]
        user, project = city.firm_user, city.project.id
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project
    page = browser.get("/attendance/").text

    assert re.findall(r'<th class="fact">(.*?)</th>', page) == ["工号", "班组", "工种"]
    assert re.findall(r'<td class="fact">(.*?)</td>', page)[:2] == expected
