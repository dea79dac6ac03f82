"""The facts of the four rules in words: nothing raw, nothing in English."""

import re

import pytest
from flask_babel import force_locale
from markupsafe import Markup

from app.alerts import facts, words
from app.alerts.choices import AlertState
from app.alerts.models import Alert
from app.core import rules, scope

FINDINGS = {
    "ATT-001": {"name": "张三", "day": "2026-10-20", "seconds": 44011, "own": 28800,
                "limit": 11.0, "dates": 3},
    "a team's day": {"team": "钢筋一班", "count": 12, "day": "2026-10-20", "seconds": 44011,
                     "limit": 11.0},
    "PERS-001": {"name": "张三", "checks": ["b", "g"], "missing": ["mobile", "ethnicity"]},
    "WAGE-001": {"name": "江门某劳务公司", "heads": 6, "amount": 123456.5, "single": False,
                 "group": True, "criminal": True, "doubtful": False, "provisional": False,
                 "months": [{"month": "2026-08", "due": "2026-09-15", "net": 36000, "paid": 0},
                            {"month": "2026-09", "due": "2026-10-15", "net": None,
                             "paid": None}]},
    "EVT-001": {"name": "张三", "confirmed": 1, "together": 0, "watched": False,
                "incidents": [{"kind": "disturbance", "day": "2025-01-18"}]},
}  # fmt: skip
RAW = re.compile(r"[A-Za-z]{3,}|[{}\[\]]|None")


@pytest.mark.parametrize("rule", FINDINGS)
def test_every_fact_of_a_rule_stands_in_chinese_under_a_label(work, app, rule):
    with app.test_request_context(), force_locale("zh"):
        found = facts.pairs(FINDINGS[rule])
        text = Markup("|").join(part for pair in found for part in pair[:2]).replace("<br>", "|")

    assert len(found) == len(FINDINGS[rule])
    assert RAW.findall(str(text)) == []


def test_hours_and_money_are_told_as_people_read_them(app):
    with app.test_request_context(), force_locale("zh"):
        assert facts.value("seconds", 44011) == "12.2小时"
        assert facts.value("amount", 123456.5) == "123,456.50"
        assert "应发36,000.00元" in facts.value("months", FINDINGS["WAGE-001"]["months"])


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("verify_source", "none", "未配置"), ("unconfirmed", "off", "不预警"),
        ("consecutive", False, "否"), ("max_hours", 11.0, "11"), ("face_min", 0.8, "0.8"),
        ("types", ["disturbance"], "闹事"), ("roles", ["organiser"], "组织者"),
    ],
)  # fmt: skip
def test_thresholds_are_told_in_words(work, app, name, value, text):
    with app.test_request_context(), force_locale("zh"):
        assert words.parameter_value(name, value) == text


def test_without_any_payroll_the_amount_is_unknown_and_not_nought(app):
    months = [{"month": "2026-09", "due": "2026-10-15", "net": None, "paid": None}]
    found = {**FINDINGS["WAGE-001"], "amount": 0, "months": months}
    with app.test_request_context(), force_locale("zh"):
        told = dict(pair[:2] for pair in facts.pairs(found))
        sentence = rules.get("WAGE-001").sentence(found)

    assert told["已知金额（元）"] == "未知（未登记工资单）"
    assert "金额未知" in sentence
    assert "0.00" not in sentence


def test_months_lead_to_their_payrolls_and_the_mending_too(work, app):
    row = Alert(
        rule_code="WAGE-001", state=AlertState.OPEN,
        evidence=[{"kind": "wage_month", "id": 1, "label": "2026-09"}],
    )  # fmt: skip
    with app.test_request_context(), force_locale("zh"):
        evidence = words.evidence_of(row)
        with scope.act_as(scope.Principal(scope.Audience.TENANT, 1)):
            mending = words.mending_of(row)

    assert "/payrolls/list/?month=2026-09" in evidence
    assert "/payrolls/list/" in mending
