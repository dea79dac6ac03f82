"""The stays messages name by document, for the papers that are sent about them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.openapi.methods.base import Task, masked, person_key
from app.roster.choices import StayState
from app.roster.models import ProjectWorker

ORDER = {StayState.ON_SITE: 0, StayState.EXPECTED: 1, StayState.DRAFT: 2, StayState.EXITED: 3}
Key = tuple[str, str]


def key_of(item: Mapping[str, Any]) -> Key:
    """Give what identifies the person an item names."""
    return item["idCardType"], person_key(item["idCardNumber"])


def stays(task: Task, items: Iterable[Mapping[str, Any]]) -> dict[Key, ProjectWorker]:
    """Give the stay each item is about: the live one of its person, else the latest."""
    found: dict[Key, ProjectWorker] = {}
    listed = db.session.scalars(
        select(ProjectWorker)
        .where(
            ProjectWorker.project_id == task.caller.project_id,
            ProjectWorker.id_number_hash.in_({number for _kind, number in map(key_of, items)}),
            ProjectWorker.is_deleted.is_(False),
        )
        .order_by(ProjectWorker.id.desc())
    )
    for stay in sorted(listed, key=lambda row: ORDER[row.state]):
        found.setdefault((stay.id_type, stay.id_number_hash), stay)
    return found


def unknown(number: str) -> str:
    """Tell that nobody of this number works on the project, and what to send first."""
    return f"没有找到证件号码为{masked(number)}的工人信息,请先上传项目工人信息!"
