"""What the wage domain answers the project domain."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import clock, dictionaries, scope
from app.core.columns import Money, specs
from app.core.money import FEN
from app.core.views import Tab
from app.core.views.table import plain_rows
from app.permissions import Area
from app.projects.events import site_facts_asked, unit_exit_asked
from app.projects.queries.facts import ExitLine
from app.roster.events import unpaid_asked, worker_tabs_asked
from app.roster.owed import Owed
from app.wages import queries
from app.wages.models import Payroll, PayrollLine

MOST_IN_A_TAB = 50
SHOWN = ("days", "payable", "paid", "pay_state", "paid_on")


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


@worker_tabs_asked.connect
def worker_tab(*, worker: Any) -> Tab:  # noqa: ARG001 - the tab is drawn from its own row
    """Give the tab 工资: what the wage sheets hold of the stay (screens.md 8.2)."""
    return Tab("wages", _("Wages"), _wages_of, ("read", str(Area.WAGES)))


def _wages_of(worker: Any) -> dict[str, Any]:
    said = specs(PayrollLine)
    heads = [specs(Payroll)["wage_month"].label, specs(Payroll)["batch_kind"].label,
             *(said[name].label for name in SHOWN)]  # fmt: skip
    rows = queries.lines_of(worker, MOST_IN_A_TAB)
    return {
        "rows": plain_rows(heads, (
            (None, [month, dictionaries.label("batch_kind", kind),
                    *(said[name].masked(line) for name in SHOWN)])
            for line, month, kind in rows
        )),
        "empty": {
            "title": gettext("No wages on record"),
            "text": gettext("The worker stands on no wage sheet of this project yet."),
        },
    }  # fmt: skip


@unit_exit_asked.connect
def tell_unpaid(*, unit: Any) -> list[ExitLine]:
    """Give the wages a unit still owes when it wants to leave (screens.md 5.4)."""
    owed = queries.unpaid(unit.project_id, unit.id)
    return [ExitLine(gettext("Unpaid wages"), str(Money().show(owed)), unpaid=owed > 0)]
