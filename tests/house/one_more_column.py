"""Every page with a column more than its view knows of; ``test_columns`` runs this file."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import create_engine, pool, text, update

from app.core import sheets
from app.core.models import Entity
from app.enterprises.models import EnterpriseChange
from app.imports.templates.workers import worker_sheet
from app.openapi import document
from app.roster.models import ProjectWorker, Team
from tests.factories import people
from tests.house.added_column import LABEL, NAME, SECTION_LABEL, SECTIONED, statements
from tests.house.test_strangers import INSIDERS, model_views, route
from tests.house.world import World

FIELD, CHOICE = f'name="{NAME}"', f'value="{NAME}"'
OPENED = {  # the forms the victim and his office reach with the rows of the house
    "ProjectView.add", "TeamView.add", "TeamView.edit", "WorkerView.add", "WorkerView.edit",
    "SpecialistView.add", "SpecialistView.edit", "ManagerView.add", "ManagerView.edit",
    "IncidentView.add", "ArticleView.add", "ArticleView.edit", "JobView.edit", "UnitView.add",
    "UnitView.edit", "CorrectionView.add",
}  # fmt: skip
VERIFIED = "IncidentView.edit"  # of a verified incident only the ending is still written


@pytest.fixture(scope="session")
def prepared_app(var):
    """The application on a database whose tables have the column."""
    from flask_migrate import upgrade

    from app import create_app
    from app.commands import prepare
    from app.extensions import db, know_migrations

    app = create_app(VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=False)
    owner = create_engine(app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    know_migrations(app)
    with app.app_context():
        upgrade()
        with owner.begin() as connection:
            for statement in statements():
                connection.execute(text(statement))
        prepare()
        db.session.remove()
        db.engine.dispose()
    return app


@pytest.fixture
def world(app, system, signed_in):
    """A row of every model, and browsers of those whose rows they are."""
    return World(app, system, signed_in)


@pytest.fixture
def browsers(world):
    """The browsers of everybody who may see the rows."""
    return [world.browser(name) for name in INSIDERS]


def views(app):
    """Every registered view over an entity."""
    return [view for view in model_views(app) if issubclass(view.model, Entity)]


def opened(browsers, url):
    """The pages the browsers get at an address, as text."""
    answers = [browser.get(url) for browser in browsers if url]
    return [answer.text for answer in answers if answer.status_code == 200]


def test_it_stands_on_the_detail_page_of_every_view(world, app, browsers):
    for view in views(app):
        if "show" not in view.exclude_route_methods:
            url = route(app, view, "show", pk=world.row(view.model, view))
            assert any(LABEL in page for page in opened(browsers, url)), url


def test_it_stands_in_the_forms_of_every_view(world, app, browsers):
    project, reached = world.chosen["owner"], set()
    asked = {
        "UnitView": {"project": project, "role": "001"}, "PermitView": {"project": project},
        "DictionaryEntryView": {"table": "work_type"},
    }  # fmt: skip
    for view in views(app):
        name, row = type(view).__name__, world.row(view.model, view)
        for verb, given in (("add", asked.get(name, {})), ("edit", {"pk": row})):
            pages = opened(browsers, route(app, view, verb, **given))
            reached |= {f"{name}.{verb}"} if pages else set()
            assert all(FIELD in page for page in pages) or f"{name}.{verb}" == VERIFIED
    assert reached >= OPENED


def test_every_list_offers_it_unchosen_among_its_columns_and_filters(world, app, browsers):
    for view in views(app):
        for page in opened(browsers, route(app, view, "list")):
            assert CHOICE in page, view
            assert f"{CHOICE} checked" not in page, view
            assert FIELD in page, view


def test_a_subcontractor_is_not_told_of_it_about_the_whole_project(world, app):
    browser, project = world.browser("other_unit"), world.chosen["owner"]
    for url in (f"/projects/show/{project}", "/projects/list/", "/sites/list/"):
        page = browser.get(url)
        assert page.status_code == 200
        assert LABEL not in page.text, url


def test_an_enterprise_states_it_registers_with_it_and_changes_it(world, client, system):
    browser = world.browser("owner")
    with system() as session:  # while a change waits, the form is of the direct fields alone
        session.execute(update(EnterpriseChange).values(is_deleted=True))

    assert LABEL in browser.get("/enterprise/").text
    assert FIELD in browser.get("/enterprise/change").text
    assert FIELD in client.get("/register/form/labour_subcontractor").text


def test_it_stands_in_the_rows_beneath_a_form(world, client):
    browser, row = world.browser("owner"), f'-{NAME}"'

    assert row in browser.get("/workerview/add").text
    assert row in browser.get("/incidentview/add").text
    assert row in client.get("/register/form/general_contractor").text


def test_a_column_of_a_section_stands_in_its_section(world):
    page = world.browser("owner").get("/workerview/add").text

    assert page.index('name="card_no"') < page.index(f'name="{SECTIONED}"')
    assert page.index(f'name="{SECTIONED}"') < page.index('name="bank_code"')
    assert page.index(f'name="{SECTIONED}"') < page.index(FIELD)


def test_it_goes_with_a_worker_from_the_form_to_list_filter_and_export(world, system):
    browser = world.browser("owner")
    with system() as session:
        team = session.get(Team, world.row(Team))
        posted = {"unit_id": team.unit_id, "team_id": team.id, NAME: "甲", SECTIONED: "乙"}
    human, other = people.person(), world.rows[ProjectWorker][1]
    saved = browser.post("/workerview/add", data={
        **posted, "id_type": "01", "id_number": human.id_number, "name": human.name,
        "mobile": human.mobile, "entry_on": "2026-11-22", "is_team_leader": "0",
    })  # fmt: skip
    shown = browser.get(saved.location).text
    browser.post("/workerview/columns", data={"columns": ["name", NAME]})
    listed = browser.get(f"/workerview/list/?{NAME}=甲").text
    book = browser.get(f"/workerview/export/?{NAME}=甲").data

    assert all(word in shown for word in (LABEL, "甲", SECTION_LABEL, "乙"))
    assert human.name in listed
    assert other not in listed
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(book)).active]
    assert rows[1:-1] == [["姓名", LABEL], [human.name, "甲"]]


def test_it_stands_in_the_worker_sheet_and_in_the_document_of_the_interface(work):
    sheet = worker_sheet()
    content = sheets.template(sheet, [{LABEL: "甲"}])
    heads = [cell.value for cell in load_workbook(BytesIO(content)).worksheets[0][1]]
    values, _findings = sheets.check_row(sheet, sheets.read(sheet, content, most=1).rows[0])

    assert heads[-1] == LABEL
    assert values[NAME] == "甲"
    methods = document.markdown("/open.api").split("### ")
    told = {method.split()[1] for method in methods if "addedNote" in method}
    assert told == {f"ProjectWorker.{verb}" for verb in ("Add", "Update", "Query")}
