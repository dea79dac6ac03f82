"""The contract amount is told to those who see the whole project, on every page."""

import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from app.enterprises.choices import EnterpriseType
from tests.factories import enterprises
from tests.factories import projects as make


@pytest.fixture
def world(system):
    """A firm with a project of its own and a unit on another's."""
    with system():
        firm, other = enterprises.enterprise(), enterprises.enterprise()
        crew = enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR)
        own = make.project(firm, contract_amount=Decimal("6543.21"))
        part = make.project(other, contract_amount=Decimal("1234.56"), labour_cost=Decimal(10))
        small = make.project(other, contract_amount=Decimal("17.89"), labour_cost=Decimal(10))
        for site in (part, small):
            make.unit(site, firm)
        make.unit(part, crew)
        return {
            "firm": enterprises.admin(firm), "whole": enterprises.admin(other),
            "crew": enterprises.admin(crew), "office": enterprises.official(),
            "own": own.id, "part": part.id, "small": small.id,
        }  # fmt: skip


def exported(browser):
    book = load_workbook(io.BytesIO(browser.get("/projects/export/?size=100").data))
    return " ".join(str(c.value) for row in book.active.iter_rows() for c in row)


def order_of(browser, order):
    page = browser.get(f"/projects/list/?size=100&order={order}").text
    return list(dict.fromkeys(int(n) for n in re.findall(r'href="/projects/show/(\d+)"', page)))


def test_a_subcontractor_reads_no_amount_in_list_detail_or_export(world, signed_in):
    crew = signed_in(world["crew"])
    pages = [crew.get("/projects/list/").text, crew.get(f"/projects/show/{world['part']}").text,
             exported(crew)]  # fmt: skip
    for page in pages:
        assert "1,234.56" not in page
        assert "1234.56" not in page


def test_who_sees_one_project_whole_and_one_in_part_reads_the_amount_of_the_one(world, signed_in):
    firm = signed_in(world["firm"])
    page = firm.get("/projects/list/").text
    assert "6,543.21" in page
    assert "1,234.56" not in page
    book = exported(firm)
    assert "6543.21" in book
    assert "1234.56" not in book


def test_a_list_with_withheld_amounts_is_not_ordered_by_them(world, signed_in):
    firm = signed_in(world["firm"])
    up, down = order_of(firm, "contract_amount"), order_of(firm, "-contract_amount")
    assert {world["part"], world["small"]} <= set(up)
    assert up == down
    assert "order=contract_amount" not in firm.get("/projects/list/").text
    assert "order=-contract_amount" not in firm.get("/projects/list/").text


@pytest.mark.parametrize("reader", ["whole", "office"])
def test_who_sees_every_project_whole_reads_and_orders_by_the_amount(world, signed_in, reader):
    browser = signed_in(world[reader])
    page = browser.get("/projects/list/?size=100").text
    assert "1,234.56" in page
    assert "contract_amount" in page
    assert "1234.56" in exported(browser)
    up = order_of(browser, "contract_amount")
    assert up.index(world["small"]) < up.index(world["part"])
