"""Lists of the roster as offices read them, over all projects (screens.md 0, 8)."""

from io import BytesIO

import openpyxl
import pytest

from app.core import scope
from app.projects.models import Project, ProjectUnit
from app.roster import services
from app.roster.choices import StaffKind
from app.roster.models import StaffMember, Team
from tests.factories import enterprises, people, roster

LISTS = ("workerview", "teamview", "managerview", "certificates", "trainings", "visitors")


@pytest.fixture
def site(city, made, system):
    """Give the name of a project with a worker on it."""
    made(roster.worker, Team, city.main_team)
    with system() as session:
        return session.get(Project, city.project).name


@pytest.fixture
def everywhere(browse, system):
    """The browser of an official of the district, who has chosen no project."""
    with system():
        number = enterprises.official("inspector")
    return browse(number)


@pytest.mark.parametrize("route", ["workerview", "teamview"])
def test_a_list_over_several_projects_names_the_project_of_each_row(
    browse, city, everywhere, site, route
):  # fmt: skip
    inside = browse(city.firm_user, city.project)
    cell = f">{site}<"

    assert cell in everywhere.get(f"/{route}/list/").text.split("<tbody", 1)[1]
    assert cell not in inside.get(f"/{route}/list/").text.split("<tbody", 1)[1]


@pytest.mark.parametrize("route", LISTS)
def test_the_exports_of_an_office_carry_the_project(everywhere, site, route):
    assert everywhere.get(f"/{route}/list/").status_code == 200
    book = openpyxl.load_workbook(BytesIO(everywhere.get(f"/{route}/export/").data))
    rows = list(book.active.iter_rows(values_only=True))

    assert "Project" in rows[1]
    if route in ("workerview", "teamview"):
        assert site in {cell for row in rows[2:] for cell in row}


def test_a_stale_form_says_so_though_its_masks_are_of_the_former_leader(browse, city, system):
    firm, leader = browse(city.firm_user, city.project), people.person()
    form = {
        "unit_id": city.main, "work_type": "020", "name": "钢筋九班", "leader_name": leader.name,
        "leader_id_type": "01", "leader_id_number": leader.id_number,
        "leader_mobile": leader.mobile, "entry_on": "2026-03-01",
    }  # fmt: skip
    number = firm.post("/teamview/add", data=form).location.rsplit("/", 1)[1]
    with system() as session:
        version = session.get(Team, int(number)).row_version
    other = people.person()
    fresh = {**form, "leader_name": other.name, "leader_id_number": other.id_number}
    masked = f"{leader.id_number[:6]}********{leader.id_number[-4:]}"
    old = {**form, "leader_id_number": masked, "remark": "另一个窗口"}

    saved = firm.post(f"/teamview/edit/{number}", data={**fresh, "row_version": version})
    stale = firm.post(f"/teamview/edit/{number}", data={**old, "row_version": version})

    assert (saved.status_code, stale.status_code) == (302, 200)
    assert "Somebody else has changed this record" in stale.text
    assert "asterisks" not in stale.text
    assert "另一个窗口" in stale.text


def test_people_on_posts_are_filtered_by_what_is_still_due(browse, city, system):
    firm = browse(city.firm_user, city.project)
    with system() as session:
        project, unit = session.get(Project, city.project), session.get(ProjectUnit, city.main)
        for name, address in (("王待补", None), ("李补齐", "建设路1号")):
            values = {**roster.staff_values(unit, "1014"), "name": name, "address": address}
            services.add_staff(project, StaffKind.MANAGER, values, actor=scope.SYSTEM)
        row = session.query(StaffMember).filter_by(name="李补齐").one()
        row.incomplete = False

    found = firm.get("/managerview/list/?incomplete=1").text

    assert "王待补" in found
    assert "李补齐" not in found
