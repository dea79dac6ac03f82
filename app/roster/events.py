"""What the roster tells the domains above it, and what it asks them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class Joined:
    """What is told of a stay that has just begun: a long list of whole rows would be large."""

    id: int
    project_id: int
    district_code: str
    unit_id: int
    team_id: int
    id_number_hash: str
    work_role: str
    state: Any
    entry_on: date | None

    @classmethod
    def of(cls, worker: Any) -> Self:
        """Tell it of a stay."""
        return cls(*[getattr(worker, name) for name in cls.__slots__])


# told within the request that writes the rows, once a list: workers= (as `Joined`), actor=
workers_joined = Event("roster.workers_joined")
# told within the request that ends stays, once a list: workers=, actor=
workers_left = Event("roster.workers_left")
# told within the request that changes what is written of stays, once a list: workers=, actor=
workers_changed = Event("roster.workers_changed")
# told within the request that gives stays on site another team, once a list: workers=,
# before= {stay: the team it was in}, from_on=, actor=
workers_reassigned = Event("roster.workers_reassigned")
# asked before workers leave: worker_ids=; the answer is {stay: owed.Owed}, None where the reader
# may not see wages
unpaid_asked = Event("roster.unpaid_asked")
# asked while a person is added: project=, id_type=, id_number=, actor=; each receiver answers
# with a list of {level, text}: class and date of an incident, no story (screens.md 8.2)
joining = Event("roster.joining")
# asked while a worker's page is drawn: worker=; each receiver answers with a Tab of its own
worker_tabs_asked = Event("roster.worker_tabs_asked")
# asked while the page of a row that came by interface is drawn: row=; answers the vendor's name
sender_asked = Event("roster.sender_asked")
# asked once a page of the list: workers=; answers {stay: (open alerts, tone of the gravest)}
open_alerts_asked = Event("roster.open_alerts_asked")
# told within the request that puts another document of a person into force (8.5), in system
# scope: person=, before= and after= as (type, hash of the number)
person_renumbered = Event("roster.person_renumbered")
# told within the request that merges two persons (8.5), in system scope, once their stays have
# changed hands: person= that is kept, gone_id=, before= and after= as (type, hash of the number)
persons_merged = Event("roster.persons_merged")
