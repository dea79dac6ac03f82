"""Who looked at whole numbers, told to the office of its scope and on the worker's page (D9)."""

import pytest

from tests.factories import enterprises, projects, roster

LIST = "/lookview/list/"


@pytest.fixture
def site(system):
    """Give a worker of a project in 440703, his firm's account and officials."""
    with system():
        firm = enterprises.enterprise()
        site = projects.project(firm)
        row = roster.worker(roster.team(projects.general_contractor_unit(site)), name="何被看")
        return {
            "worker": row.id,
            "secret": row.id_number,
            "firm": enterprises.admin(firm),
            "near": enterprises.official(),
            "far": enterprises.official(district="440781"),
            "leader": enterprises.official("leader"),
        }


@pytest.fixture
def seen(site, signed_in):
    """Let the firm look at the worker's number, giving its reason."""
    answer = signed_in(site["firm"]).post(
        f"/workerview/unmask/{site['worker']}/id_number", data={"reason": "核对<b>劳动合同"}
    )
    assert answer.json["value"] == site["secret"]
    return site


def test_the_office_of_the_district_reads_who_looked_at_what_and_why(seen, signed_in):
    official = signed_in(seen["near"])
    page = official.get(LIST).text

    assert "何被看" in page
    assert "核对&lt;b&gt;劳动合同" in page
    assert seen["secret"] not in page
    assert f'href="{LIST}"' in official.get("/auditview/list/").text
    found = official.get(f"{LIST}?table=project_worker&row={seen['worker']}").text
    assert "何被看" in found
    assert "何被看" not in official.get(f"{LIST}?table=staff_member").text
    assert "何被看" not in official.get(f"{LIST}?who=nobody-of-this-name").text


def test_another_district_reads_nothing_and_contractors_and_leaders_have_no_list(seen, signed_in):
    assert "何被看" not in signed_in(seen["far"]).get(LIST).text
    for role in ("firm", "leader"):
        assert signed_in(seen[role]).get(LIST).status_code in (302, 403)


def test_the_workers_changes_tell_the_look_to_whoever_may_see_it(seen, signed_in):
    for role in ("firm", "near"):
        tab = signed_in(seen[role]).get(f"/workerview/show/{seen['worker']}?tab=changes").text
        assert "核对&lt;b&gt;劳动合同" in tab
        assert seen["secret"] not in tab
