"""Counts, amounts and hours are written with their thousands apart, wherever they stand."""

from decimal import Decimal
from io import BytesIO

import pytest
from flask import get_template_attribute
from markupsafe import Markup
from openpyxl import load_workbook

from app.core import sheets
from app.core.columns import Amount, Integer, Money, Number
from app.core.figures import figure
from app.core.views.table import table_body


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3176, "3,176"),
        (999, "999"),
        (-1234567, "-1,234,567"),
        (Decimal("30418.5"), "30,418.5"),
        (Decimal("30418.50"), "30,418.50"),
        (Decimal("1E+6"), "1,000,000"),
        (0, "0"),
    ],
)
def test_a_number_keeps_its_places_and_has_its_thousands_apart(value, written):
    assert figure(value) == written


@pytest.mark.parametrize("value", ["20261122", "440703202607", Markup("<b>1</b>"), None, True])
def test_what_is_no_number_stays_as_it_is(value):
    assert figure(value) is value


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Integer(), 3176, "3,176"),
        (Money(), Decimal("30418.5"), "30,418.50"),
        (Number(8, 2), Decimal("30418.50"), "30,418.5"),
        (Number(8, 0), Decimal("1E+4"), "10,000"),
        (Amount(), Decimal("123456.7800"), "123,456.78"),
    ],
)
def test_a_column_shows_its_number_so(kind, value, shown):
    assert kind.show(value) == shown


def test_a_cell_of_numbers_is_written_so_and_one_that_names_a_record_is_not(app):
    cells = [
        {"label": "工时", "html": Decimal("30418.5"), "numeric": True},
        {"label": "记录编号", "html": 3176},
    ]
    with app.test_request_context("/"):
        page = table_body([{"id": 1, "cells": cells}])

    assert ">30,418.5<" in page
    assert ">3176<" in page


def test_cards_tabs_and_the_numbers_of_a_head_are_written_so(app):
    def drawn(file, macro, *given, **more):
        return get_template_attribute(file, macro)(*given, **more)

    with app.test_request_context("/"):
        app.preprocess_request()
        assert ">30,418.5<" in drawn("ui/base.html", "card", Decimal("30418.5"), "总工时")
        tab = {"label": "待处理", "url": "/", "count": 3176}
        assert ">3,176<" in drawn("ui/base.html", "tabs", [tab])
        head = {"title": "甲", "numbers": [{"label": "在场", "value": 3176}]}
        assert ">3,176<" in drawn("ui/detail.html", "head_card", head)


@pytest.mark.parametrize(
    ("value", "written"),
    [("30418.50", "#,##0.00"), ("30418.5", "#,##0.0"), ("1.2345", "#,##0.00##")],
)
def test_a_workbook_keeps_the_bare_number_and_sets_its_thousands_apart(work, value, written):
    content = sheets.workbook("清单", ["金额"], [[Decimal(value)]])

    cell = load_workbook(BytesIO(content)).worksheets[0]["A3"]
    assert (cell.value, cell.number_format) == (float(value), written)
