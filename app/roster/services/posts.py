"""What a post means: how many hold it, who reviews it, what its login may write."""

from collections.abc import Iterable

from app.roster.choices import LABOUR_MANAGER, PROJECT_MANAGER, REVIEWED_POSTS, SINGLE_POSTS

LABOUR_OFFICERS = ("7", "1022", "realname_manager")
EVERYWHERE = ("roster", "attendance", "wages", "alerts", "incidents")
USUAL = {
    LABOUR_MANAGER: EVERYWHERE,
    PROJECT_MANAGER: ("alerts", "incidents"),
    **dict.fromkeys(LABOUR_OFFICERS, ("roster", "attendance")),
}


def single(post: str) -> bool:
    """Tell whether only one person holds the post in a unit at a time."""
    return post in SINGLE_POSTS


def reviewed(post: str) -> bool:
    """Tell whether the government reviews who takes the post over."""
    return post in REVIEWED_POSTS


def usual_areas(post: str) -> tuple[str, ...]:
    """Give where a login of this post may write unless told otherwise."""
    return USUAL.get(post, ())


def usual_role(post: str, can_write: Iterable[str] | None) -> str:
    """Give the role of a login by its post and where it may write."""
    areas = set(can_write or ())
    if post == LABOUR_MANAGER or areas & {"wages", "incidents"}:
        return "labour_manager"
    return "clerk" if areas & {"roster", "attendance"} else "project_staff"
