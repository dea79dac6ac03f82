"""The bank of a wage card: only banks are offered, what has come otherwise stays (8.2)."""

from types import SimpleNamespace

from app.core.columns.base import specs
from app.core.forms import BaseForm, extend
from app.roster.choices import NOT_FOR_WAGES
from app.roster.models import ProjectWorker

ACQUIRER, BANK = "001", "102"


def banks(app, row=None):
    with app.test_request_context():
        form = extend(BaseForm, {"bank_code": specs(ProjectWorker)["bank_code"]}, title="Card")
        return [code for code, _label in form(obj=row)["bank_code"].options()]


def test_a_wage_card_is_offered_banks_only(app):
    found = banks(app)

    assert BANK in found
    assert not set(found) & set(NOT_FOR_WAGES)


def test_a_name_that_is_not_offered_is_still_taken_and_kept(app):
    kind = specs(ProjectWorker)["bank_code"].kind
    with app.test_request_context():
        assert kind.clean(ACQUIRER) == ACQUIRER

    assert banks(app, SimpleNamespace(bank_code=ACQUIRER))[-1] == ACQUIRER


def test_a_code_nobody_knows_is_not_offered_back(app):
    assert "zz" not in banks(app, SimpleNamespace(bank_code="zz"))
