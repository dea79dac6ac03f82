"""No view, however new, shows or changes a row of somebody else.

Every registered view over a model is visited by four strangers: an administrator of another
general contractor, the administrator of another unit of the same project, an official of
another district, and nobody at all. A view whose model has no row in ``tests/house/world.py``
fails here, so that no view escapes.
"""

import re

import pytest
from openpyxl import load_workbook

from app.core.columns.base import specs
from app.core.views.base import BaseModelView
from tests.house.world import MAY_OPEN, MAY_SEE, STRANGERS, World

REFUSED = {302, 401, 403, 404, 405, 409}
POSTED = {"wanted": "GOOD", "remark": "不该如此", "reason": "没有理由", "on": "0"}
INSIDERS = ("owner", "own_office", "guest", "system_office")
CLOSED = {401, 403, 404, 405}


def model_views(app):
    """Every registered view over a model of ours."""
    return [v for v in app.extensions["appbuilder"].baseviews if isinstance(v, BaseModelView)]


def route(app, view, name, **values):
    """The address of a route of a view, None where it has none."""
    endpoint = f"{view.endpoint}.{name}"
    if endpoint not in app.view_functions:
        return None
    with app.test_request_context():
        from flask import url_for

        return url_for(endpoint, **values)


@pytest.fixture
def world(app, system, signed_in):
    """A victim with a row of every model, and four strangers."""
    return World(app, system, signed_in)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_foreign_row_does_not_exist(world, app, stranger):
    browser = world.browser(stranger)
    for view in model_views(app):
        row = world.row(view.model, view)
        before = world.fingerprint(view.model, row)
        for method, url, data in attempts(app, view, row):
            answer = browser.open(url, method=method, data=data)
            seen = (stranger, view.model) in MAY_SEE
            if seen and "/show/" in url and answer.status_code == 200:
                continue
            assert answer.status_code in CLOSED or (
                stranger == "nobody" and answer.status_code == 302
            ), f"{stranger}: {method} {url} answered {answer.status_code}"
            page = answer.get_data(as_text=True)
            assert seen or world.secret(view.model, view) not in page, url
        assert world.fingerprint(view.model, row) == before, f"{stranger} changed {view}"


def attempts(app, view, row):
    """Every way to reach one row of a view by its number."""
    found = [("GET", route(app, view, "show", pk=row), None)]
    found += [(m, route(app, view, "edit", pk=row), {"row_version": "1"}) for m in ("GET", "POST")]
    found.append(("POST", route(app, view, "delete", pk=row), None))
    for move in view.flow.transitions if view.flow else ():
        url = route(app, view, "move", pk=row, verb=move.verb)
        found += [("GET", url, None), ("POST", url, {"remark": "不该如此"})]
    for name, spec in specs(view.model).items():
        if spec.kind.sensitive:
            url = route(app, view, "unmask", pk=row, column=name)
            found.append(("POST", url, {"reason": "没有理由"}))
    for name in view.actions:
        data = {"action": name, "rowid": [str(row)]}
        found.append(("POST", route(app, view, "run_action"), data))
    return [(method, url, data) for method, url, data in found if url]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_foreign_row_stands_on_no_list_no_export_and_in_no_picker(world, app, stranger):
    browser = world.browser(stranger)
    for view in model_views(app):
        row, secret = world.row(view.model, view), world.secret(view.model, view)
        for name in ("list", "export"):
            url = route(app, view, name)
            answer = browser.get(url) if url and (stranger, view.model) not in MAY_SEE else None
            if answer is None or answer.status_code in REFUSED:
                continue
            assert answer.status_code == 200, url
            text = sheet_text(answer) if name == "export" else answer.get_data(as_text=True)
            assert secret not in text, f"{stranger} sees {view} at {url}"
            assert not re.search(rf'/show/{row}["?]', text), f"{stranger} sees {view} at {url}"
        for column in specs(view.model):
            url = route(app, view, "lookup", column=column)
            answer = browser.get(url) if url else None
            if answer is not None and answer.status_code == 200:
                assert world.everything().isdisjoint(texts(answer)), url


def sheet_text(answer):
    """The cells of an exported workbook as one text."""
    from io import BytesIO

    sheet = load_workbook(BytesIO(answer.data), read_only=True).active
    return "\n".join(str(value) for row in sheet.values for value in row)


def texts(answer):
    """The words a picker offers."""
    return {choice["text"] for choice in answer.get_json()["results"]}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_foreign_file_does_not_exist(world, stranger):
    browser = world.browser(stranger)
    answer = browser.get(f"/file/{world.file}")
    assert answer.status_code in {302, 404}
    assert b"%PDF" not in answer.data


@pytest.mark.parametrize("stranger", [name for name in STRANGERS if name != "nobody"])
def test_pages_with_a_number_in_their_address_refuse_foreign_numbers(world, app, stranger):
    browser, before = world.browser(stranger), world.fingerprints()
    for rule in app.url_map.iter_rules():
        if not rule.arguments or rule.endpoint.endswith("static"):
            continue
        values = world.arguments(rule)
        if values is None or (stranger, rule.endpoint) in MAY_OPEN:
            continue
        url = rule.build(values)[1]
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = browser.open(url, method=method, data=POSTED if method == "POST" else None)
            found = f"{stranger}: {method} {url} answered {answer.status_code}"
            assert answer.status_code in REFUSED, found
    assert world.fingerprints() == before, f"{stranger} changed a row"


def test_what_is_hidden_from_strangers_is_shown_to_its_owner_or_his_office(world, app):
    browsers = [world.browser(name) for name in INSIDERS]
    for view in model_views(app):
        url = route(app, view, "show", pk=world.row(view.model, view)) or route(app, view, "list")
        pages = [browser.get(url).get_data(as_text=True) for browser in browsers]
        assert any(world.secret(view.model, view) in page for page in pages), url


def test_every_view_over_a_model_is_tried(world, app):
    views = model_views(app)
    assert len(views) >= 12
    assert all(world.row(view.model, view) for view in views)
