"""Rights of a login on its sites: those of its role there, in the areas ticked there (8.4).

One login may be a labour manager on one site and enter attendance only on another. A request
works in one site, and its rights are those of that site; without a chosen one they are what
every site allows. What changes rows sees only sites where the same rights hold, so that a row
of another site is never reached with rights that are not held there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.permissions import ROLES, SITE_AREAS

Rights = frozenset[tuple[str, str]]
READ_ONLY = frozenset({"read"})


@dataclass(frozen=True)
class Site:
    """One unit of one project a login may enter, and what it may do there."""

    project_id: int
    unit_id: int
    whole_project: bool
    rights: Rights


def rights_on(role: str | None, can_write: Iterable[str] | None, account: Rights) -> Rights:
    """Give the rights on a site: of the role there, else of the account, in the ticked areas.

    Outside the ticked areas only reading is left; no list at all sets no limit.
    """
    whole = account
    if role in ROLES:
        whole = frozenset((v, str(area)) for area, verbs in ROLES[role].items() for v in verbs)
    if can_write is None:
        return whole
    ticked = set(can_write)
    return frozenset(
        (verb, area) for verb, area in whole
        if verb in READ_ONLY or SITE_AREAS.get(area, "") in {"", *ticked}
    )  # fmt: skip


def rights_of_request(sites: list[Site], chosen: int | None, account: Rights) -> Rights:
    """Give the rights of a request that works in a project, or in none."""
    here = [site.rights for site in sites if site.project_id == chosen]
    held = here or [site.rights for site in sites]
    if not held:  # no site, no row: nothing to change anywhere
        return frozenset(pair for pair in account if pair[0] in READ_ONLY)
    return frozenset.intersection(*held)


def reachable(sites: list[Site], rights: Rights, *, changing: bool) -> list[Site]:
    """Give the sites a request may see: to change rows, only where all its rights hold."""
    return [site for site in sites if not changing or rights <= site.rights]
