"""What the wage domain answers the project domain."""

from typing import Any

from flask_babel import gettext

from app.core import clock, scope
from app.core.columns import Money
from app.core.money import FEN
from app.permissions import Area
from app.projects.events import site_facts_asked, unit_exit_asked
from app.projects.queries.facts import ExitLine
from app.roster.events import unpaid_asked
from app.roster.owed import Owed
from app.wages import queries


@site_facts_asked.connect
def tell_wages(*, project_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Give what is payable this month and what of it is paid, by project (screens.md 4.3)."""
    sums = queries.due_this_month(project_ids, clock.today())
    return {
        number: {"payable": payable.quantize(FEN), "paid": paid.quantize(FEN)}
        for number, (payable, paid) in sums.items()
    }


@unpaid_asked.connect
def tell_owed(*, worker_ids: list[int]) -> dict[int, Owed] | None:
    """Give what workers are still owed when they want to leave, to who may see wages."""
    if not scope.current().can("read", Area.WAGES):
        return None
    unpaid, unsettled = queries.unpaid_of(worker_ids), queries.unsettled_of(worker_ids)
    return {
        number: Owed(tuple(unpaid.get(number, ())), tuple(unsettled.get(number, ())))
        for number in {*unpaid, *unsettled}
    }


@unit_exit_asked.connect
def tell_unpaid(*, unit: Any) -> list[ExitLine]:
    """Give the wages a unit still owes when it wants to leave (screens.md 5.4)."""
    owed = queries.unpaid(unit.project_id, unit.id)
    return [ExitLine(gettext("Unpaid wages"), str(Money().show(owed)), unpaid=owed > 0)]
