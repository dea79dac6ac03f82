"""No page of any role carries a whole identity number or bank card (PIPL art 51, D9).

Every address that answers GET is opened by everybody who may see the victim's rows; the one way
to a whole number is the dialog that asks for a reason, and that is a POST.
"""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core import checks, clock, scope
from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.views.base import BaseModelView
from app.extensions import db
from app.identity import services as identity
from app.incidents.models import Incident
from app.projects.models import ProjectUnit
from app.roster.models import ProjectWorker
from tests.factories import enterprises, incidents, numbered
from tests.house.world import NO_ROW, World

CARD = "6222021234567890128"
IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9X](?![0-9A-Za-z])")
SITE_ROLES = ("labour_manager", "clerk")
OFFICES = ("city_admin", "inspector")


@pytest.fixture
def world(app, system, signed_in):
    """The victim with a card, named people and a leader, and everybody who may see him."""
    world = World(app, system, signed_in)
    with system() as session:
        worker = session.get(ProjectWorker, world.row(ProjectWorker))
        worker.bank_card_no = CARD
        incidents.person(session.get(Incident, world.row(Incident)), worker, role="organiser")
        world.readers = {"owner": world.users["owner"]}
        for role in SITE_ROLES:
            world.readers[role] = on_site(session.get(ProjectUnit, worker.unit_id), role)
        for role in OFFICES:
            world.readers[role] = enterprises.official(role, district=None)
    return world


def on_site(unit, role):
    """Give a login of a role that sees the whole project."""
    number, _password = identity.open_site_login(
        project_id=unit.project_id, unit_id=unit.id, whole_project=True,
        username=numbered("reader_"), name="查看员", mobile="13800138000", role=role,
        can_write=["roster", "attendance", "wages", "alerts", "incidents"], actor=scope.SYSTEM,
    )  # fmt: skip
    identity.set_password(number, enterprises.PASSWORD)
    return number


def stored_numbers(system):
    """Every identity number and card in the database, in the clear."""
    found = set()
    with system() as session:
        for mapper in db.Model.registry.mappers:
            for name, spec in specs(mapper.class_).items():
                if spec.kind.hashed:
                    found |= set(session.scalars(select(getattr(mapper.class_, name))))
    return {number for number in found if number}


def addresses(world, app):
    """Every address that answers GET, with the victim's numbers in it."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint.endswith(("static", "logout")):
            continue
        view = views.get(rule.endpoint.split(".")[0])
        if not rule.arguments:
            yield rule.build({})[1]
        elif rule.endpoint in world.numbers:
            yield rule.build(world.numbers[rule.endpoint])[1]
        elif isinstance(view, BaseModelView) and rule.endpoint not in NO_ROW:
            number = world.row(view.model, view)
            for more in choices(view, rule.arguments - {"pk"}):
                yield rule.build({"pk": number, **more} if "pk" in rule.arguments else more)[1]


def choices(view, names):
    """Every value of the rest of an address."""
    if not names:
        return [{}]
    if names == {"column"}:
        return [
            {"column": n} for n, spec in specs(view.model).items() if isinstance(spec.kind, Ref)
        ]
    if names == {"verb"}:
        return [{"verb": move.verb} for move in view.flow.transitions]
    return []


def words(answer):
    """What an answer says, the cells of a workbook included."""
    if answer.data.startswith(b"PK"):
        sheets = load_workbook(BytesIO(answer.data), read_only=True)
        return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row)
    return "" if answer.content_type.startswith("image/") else answer.get_data(as_text=True)


def identities(text):
    """Give what is an identity number by its form and check digit."""
    for number in set(IDENTITY.findall(text)):
        try:
            checks.identity_number(number, clock.today())
        except checks.Invalid:
            continue
        yield number


def test_no_page_of_any_role_carries_a_whole_number(world, app, system):
    numbers, urls = stored_numbers(system), sorted(set(addresses(world, app)))
    assert CARD in numbers
    assert len(numbers) >= 8
    wrong, opened = set(), set()
    for role, user in world.readers.items():
        browser = world.signed_in(user)
        for url in urls:
            with browser.session_transaction() as session:
                session["project_id"] = world.chosen["owner"]
            answer = browser.get(url)
            if answer.status_code == 200:
                text = words(answer)
                found = any(number in text for number in numbers) or any(identities(text))
                opened.add(url)
                wrong |= {(role, url)} if found else set()
    assert sorted(wrong) == []
    assert len([url for url in opened if "/edit/" in url]) >= 5
    assert len(opened) > 100
