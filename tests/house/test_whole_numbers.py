"""No page of any role carries a whole identity number or bank card (PIPL art 51, D9).

Every address that answers GET is opened by everybody who may see the victim's rows; the one way
to a whole number is the dialog that asks for a reason, and that is a POST.
"""

import re
from io import BytesIO

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core import checks, clock
from app.core.columns.base import specs
from app.extensions import db
from app.imports.templates import examples
from app.incidents.models import Incident
from app.openapi import handbook
from app.roster.models import ProjectWorker
from tests.factories import incidents
from tests.house import walk
from tests.house.world import World

CARD = "6222021234567890128"
IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9X](?![0-9A-Za-z])")
# who sees the victim's people; the others see less of the same pages
ROLES = ("gc_admin", "labour_manager", "clerk", "city_admin", "inspector")


@pytest.fixture
def world(app, system, signed_in):
    """The victim with a card, named people and a leader, and everybody who may see him."""
    world = World(app, system, signed_in)
    with system() as session:
        worker = session.get(ProjectWorker, world.row(ProjectWorker))
        worker.bank_card_no = CARD
        incidents.person(session.get(Incident, world.row(Incident)), worker, role="organiser")
        session.add_all([world.victim.project, world.victim.unit])
        world.readers = {role: walk.reader(world, role) for role in ROLES}
    return world


def stored_numbers(system):
    """Every identity number and card in the database, in the clear."""
    found = set()
    with system() as session:
        for mapper in db.Model.registry.mappers:
            for name, spec in specs(mapper.class_).items():
                if spec.kind.hashed:
                    found |= set(session.scalars(select(getattr(mapper.class_, name))))
    return {number for number in found if number}


def words(answer):
    """What an answer says, the cells of a workbook included."""
    if answer.data.startswith(b"PK"):
        sheets = load_workbook(BytesIO(answer.data), read_only=True)
        return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row)
    if answer.data.startswith(b"%PDF"):
        return on_paper(answer.data)
    return "" if answer.content_type.startswith("image/") else answer.get_data(as_text=True)


def on_paper(content):
    """What the pages of a PDF say; an upload that is none but in name, as it was sent."""
    try:
        pages = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return content.decode("latin-1")
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


EXAMPLES = {one["id_number"] for one in (examples.PERSON, examples.MANAGER)} | {handbook.PERSON}


def identities(text):
    """Give what is an identity number by its form and check digit, the published examples aside."""
    for number in set(IDENTITY.findall(text)) - EXAMPLES:
        try:
            checks.identity_number(number, clock.today())
        except checks.Invalid:
            continue
        yield number


def test_no_page_of_any_role_carries_a_whole_number(world, app, system):
    numbers, found = stored_numbers(system), walk.addresses(world, app)
    assert CARD in numbers
    assert len(numbers) >= 8
    wrong, seen = set(), set()
    for role, user in world.readers.items():
        browser = world.signed_in(user)

        def get(url, browser=browser):
            return walk.in_project(browser, world.chosen["owner"]).get(url)

        for url, _name, answer in walk.opened(found, get):
            if answer.status_code == 200:
                text = words(answer)
                told = any(number in text for number in numbers) or any(identities(text))
                seen.add(url)
                wrong |= {(role, url)} if told else set()
    assert sorted(wrong) == []
    assert len([url for url in seen if "/edit/" in url]) >= 5
    assert len([url for url in seen if "tab=" in url]) >= 10
    assert len(seen) > 120
