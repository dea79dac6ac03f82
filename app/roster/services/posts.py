"""What a post means: how many hold it, its certificate, what its login may write."""

from collections.abc import Iterable

from app.roster.choices import LABOUR_MANAGER, PROJECT_MANAGER

SAFETY_OFFICERS, CHIEF_SUPERVISOR = ("3", "1018"), "1001"
LABOUR_OFFICERS = ("7", "1022", "realname_manager")
EVERYWHERE = ("roster", "attendance", "wages", "alerts", "incidents")
USUAL = {
    LABOUR_MANAGER: EVERYWHERE,
    PROJECT_MANAGER: ("alerts", "incidents"),
    **dict.fromkeys(LABOUR_OFFICERS, ("roster", "attendance")),
}


def single(post: str) -> bool:
    """Tell whether only one person holds the post in a unit at a time."""
    return post in (PROJECT_MANAGER, LABOUR_MANAGER)


def certified(post: str) -> bool:
    """Tell whether the post asks for its certificate (screens.md 8.4)."""
    return post in (PROJECT_MANAGER, CHIEF_SUPERVISOR, *SAFETY_OFFICERS)


def usual_areas(post: str) -> tuple[str, ...]:
    """Give where a login of this post may write unless told otherwise."""
    return USUAL.get(post, ())


def usual_role(post: str, can_write: Iterable[str] | None) -> str:
    """Give the role of a login by its post and where it may write."""
    areas = set(can_write or ())
    if post == LABOUR_MANAGER or areas & {"wages", "incidents"}:
        return "labour_manager"
    return "clerk" if areas & {"roster", "attendance"} else "project_staff"
