"""What rows may have can be searched for: every filter offers the retired codes too, marked."""

from app.core import dictionaries
from app.core.columns import Code
from app.core.columns.base import specs
from app.extensions import db
from app.reference.models import DictionaryEntry
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
