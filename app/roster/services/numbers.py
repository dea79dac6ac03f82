"""Numbers people read, drawn from counters that no two transactions share."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.projects.models import Sequence

FIRST_TEAM_NO = 1_500_000_001  # ten digits in the whole city (screens.md 8.1)
TEAMS = "team_no"


def draw(name: str, count: int, *, first: int = 1) -> list[int]:
    """Draw the next numbers of a counter; the row lock keeps others waiting. System scope."""
    statement = insert(Sequence).values(name=name, last=first - 1 + count, step=1)
    last: Any = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Sequence.name], set_={"last": Sequence.last + count}
        ).returning(Sequence.last)
    ).scalar_one()
    return list(range(last - count + 1, last + 1))


def team_numbers(count: int) -> list[int]:
    """Draw team numbers, unique in the city."""
    return draw(TEAMS, count, first=FIRST_TEAM_NO)


def worker_numbers(project_id: int, count: int) -> list[str]:
    """Draw worker numbers, unique on the project."""
    return [f"{number:06d}" for number in draw(f"worker_no:{project_id}", count)]
