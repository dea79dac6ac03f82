from markupsafe import Markup

from app.core.views.table import table_body


def drawn(app, *cells, **given):
    row = {"id": 7, "cells": list(cells), "actions": [{"label": "see", "url": "/7"}]}
    with app.test_request_context("/"):
        return table_body([row], **given)


def test_text_of_a_cell_is_escaped_and_drawn_markup_is_not(app):
    page = drawn(
        app,
        {"label": "A", "html": "<b>x</b>"},
        {"label": 'B"', "html": Markup("<i>y</i>")},
    )

    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<i>y</i>" in page
    assert 'data-label="B&#34;"' in page


def test_an_empty_cell_shows_a_dash(app):
    page = drawn(app, *({"label": "A", "html": value} for value in (None, "", "None", 0)))

    assert page.count("—") == 3
    assert ">0<" in page


def test_a_phone_shows_the_marked_cells_or_the_first_three(app):
    plain = [{"label": str(n), "html": n} for n in range(5)]
    marked = [{"label": "A", "html": 1}, {"label": "B", "html": 2, "card": True}]

    assert drawn(app, *plain).count("wide-only") == 2
    assert drawn(app, *marked).count("wide-only") == 1


def test_ticks_and_words_appear_only_where_they_were_asked_for(app):
    cell = {"label": "A", "html": 1, "url": "/x?a=1&b=2"}
    bare = drawn(app, cell)
    full = drawn(app, cell, tick_form="list-bulk", actions=lambda acts: acts[0]["label"])

    assert "checkbox" not in bare
    assert 'class="acts"' not in bare
    assert 'value="7" form="list-bulk"' in full
    assert '<td class="acts">see</td>' in full
    assert 'href="/x?a=1&amp;b=2"' in full
