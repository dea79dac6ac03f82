"""Filters of every list: they offer what rows may have, and make no address too long."""

import re
from urllib.parse import quote, urlencode

from flask import g, request

from app.core import dictionaries, scope
from app.core.columns import Code
from app.core.columns.base import specs
from app.extensions import db
from app.reference.models import DictionaryEntry
from tests.factories import enterprises
from tests.house.test_strangers import model_views

MARK = "（已停用）"


def retire_one_of_each():
    """Retire the first code of every list and give table → code."""
    last = {}
    for row in db.session.query(DictionaryEntry).order_by(DictionaryEntry.position.desc()):
        last[row.table_name] = row
    for row in last.values():
        row.offered = False
    db.session.flush()
    dictionaries.forget()
    return {table: row.code for table, row in last.items()}


def offered_by(app, view, name, code):
    """Give what a filter offers: in its list, or to whoever types the code."""
    found = view._filter(name, primary=False)
    if "url" not in found:
        return dict(found["choices"])
    answer = app.test_client().get(f"{found['url']}&q={code}")
    return {row["id"]: row["text"] for row in answer.get_json()["results"]}


def test_every_filter_by_a_code_offers_the_retired_ones_marked(app, work):
    retired = retire_one_of_each()
    offered = {}  # of a list and a column: two screens may share the codes between them
    with app.test_request_context("/"):
        for view in model_views(app):
            for name in view.search_columns:
                kind = specs(view.model)[name].kind
                code = retired.get(getattr(kind, "table", ""))
                if isinstance(kind, Code) and (not kind.only or code in kind.only):
                    assert code not in dict(kind.choices()), (view.endpoint, name)
                    words = offered_by(app, view, name, code).get(code)
                    place = (view.model.__name__, name)
                    offered[place] = offered.get(place) or words

    assert len(offered) > 10
    assert [place for place, words in offered.items() if not str(words).endswith(MARK)] == []


LONGEST = {"text": "测" * 100, "remote": "9" * 18, "codes": "9" * 18, "number": "9" * 18}
MOST_BYTES = 8190  # gunicorn.conf.py, limit_request_line


def longest(field):
    """Give the longest a browser sends of a filter."""
    name, kind = field["name"], field["kind"]
    if kind == "daterange":
        return {f"{name}__from": "2026-11-22", f"{name}__to": "2026-11-22"}
    if kind == "select":
        return {name: max((str(value) for value, _label in field["choices"]), key=len, default="")}
    return {name: LONGEST.get(kind, "2026-11-22")}


def test_no_filter_of_ours_makes_an_address_the_server_refuses(app, work):
    """Not even for somebody signed out in between, who is led back by a quoted ``next``."""
    for view in model_views(app):
        with app.test_request_context(f"{view.route_base}/list/"):
            g.principal = scope.SYSTEM
            sent = {k: v for field in view._filter_bar() for k, v in longest(field).items()}
            address = f"/login/?next={quote(f'{request.path}?{urlencode(sent)}')}"
            assert len(address) < MOST_BYTES, view.endpoint


def test_every_text_box_of_a_filter_has_its_end(app, system, signed_in):
    with system():
        browser = signed_in(enterprises.official("city_admin", district=None))
    boxes = 0
    for view in model_views(app):
        page = browser.get(f"{view.route_base}/list/")
        for box in re.findall(r'<input [^>]*type="search"[^>]*>', page.text):
            assert 'maxlength="100"' in box, (view.endpoint, box)
            boxes += 1
    assert boxes > 10
