"""Ages held against the limits of PERS-004 and PERS-005; the alerts decide later.

Under 16 is child labour and forbidden (劳动法 第十五条; 禁止使用童工规定 第二条). The row is kept
all the same, because the alert, the locked gate and the recorded exit hang on it (alert-rules.md
PERS-004 a): who saves it is told at once, and the row is marked.
"""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from app.core import checks, clock, dictionaries
from app.core.notices import Notice
from app.roster.choices import StayState

LEAST_AGE, ADULT_AGE = 16, 18  # PERS-004
GENERAL_LIMITS = {"0": 60, "1": 55}  # PERS-005, by sex: 0 male, 1 female
HIGH_RISK_LIMITS = {"0": 55, "1": 45}

Line = dict[str, str]


def full_years(birth_on: date | None) -> int | None:
    """Give the full years of age today; None when the birth is unknown or still to come."""
    today = clock.today()
    return None if birth_on is None or birth_on > today else checks.age_on(birth_on, today)


def born_by(age: int, day: date) -> date:
    """Give the last date of birth of those who are so old on a day (checks.age_on)."""
    try:
        reached = day.replace(year=day.year - age)
    except ValueError:  # the 29th of February where the year of birth has none
        reached = date(day.year - age, 3, 1)
    return reached - timedelta(days=1)  # an age is reached the day after the birthday


def lines(age: int, sex: str, work_type: str) -> list[Line]:
    """Answer an age while it is typed: {level, text}."""
    if age < LEAST_AGE:
        return [{"level": "error", "text": gettext("Under 16: employment is forbidden by law")}]
    if age < ADULT_AGE:
        return [{"level": "warn", "text": gettext("Under 18: no hazardous or special trades")}]
    risky = work_type in dictionaries.codes("high_risk_trades")
    limit = (HIGH_RISK_LIMITS if risky else GENERAL_LIMITS).get(sex, GENERAL_LIMITS["0"])
    if age >= limit:
        return [{"level": "warn",
                 "text": gettext("%(limit)s or older: a warning is raised for this work",
                                 limit=limit)}]  # fmt: skip
    return []


def warning(name: str, birth_on: date | None) -> str:
    """Say at saving that somebody is a child or a juvenile; empty for an adult (PERS-004)."""
    age = full_years(birth_on)
    if age is None or age >= ADULT_AGE:
        return ""
    if age < LEAST_AGE:
        return gettext(
            "“%(name)s” is %(age)s years old: under 16 employment is forbidden by law. He is"
            " recorded and marked; keep him off the site and record his exit",
            name=name, age=age,
        )  # fmt: skip
    return gettext(
        "“%(name)s” is %(age)s years old: under 18 no hazardous or special trades",
        name=name, age=age,
    )  # fmt: skip


def warnings(worker: Any) -> tuple[str, ...]:
    """Give what must be said of the age of somebody who has not left."""
    if worker.state is StayState.EXITED:
        return ()
    said = warning(worker.name, worker.birth_on)
    return (Notice(said, "id_number"),) if said else ()
