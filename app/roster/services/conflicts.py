"""数据冲突 beside names: what an upload says otherwise than people have put in (screens.md 7.4)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.core.columns.base import specs
from app.core.notices import Notice
from app.roster.models import ProjectWorker

FIELDS = "fields"


def raise_fields(worker: ProjectWorker, sent: Mapping[str, Any]) -> Notice:
    """Keep what was sent beside values put in by hand, masked as lists are; they stay."""
    columns = specs(ProjectWorker)
    told = {name: str(columns[name].kind.mask(value)) for name, value in sent.items()}
    present = dict(worker.conflict or {})
    present[FIELDS] = {**present.get(FIELDS, {}), **told}
    worker.conflicted, worker.conflict = True, present
    labels = "、".join(str(columns[name].label) for name in sent)
    words = gettext("%(fields)s of %(name)s was corrected by hand and stays: marked as a data"
                    " conflict", fields=labels, name=worker.name)  # fmt: skip
    return Notice(words, next(iter(sent)))


def of_names(worker: ProjectWorker) -> bool:
    """Tell whether the city knows the person by another name than was entered."""
    return bool(worker.conflicted) and (not worker.conflict or "known" in worker.conflict)


def settle_names(worker: ProjectWorker) -> None:
    """Let a conflict of names be over; one of other fields stays."""
    fields = (worker.conflict or {}).get(FIELDS)
    worker.conflicted, worker.conflict = bool(fields), {FIELDS: fields} if fields else None


def settle_fields(worker: ProjectWorker) -> None:
    """Take what was sent otherwise as looked at: somebody has saved the worker's form since."""
    if not worker.conflict or FIELDS not in worker.conflict:
        return
    rest = {name: value for name, value in worker.conflict.items() if name != FIELDS}
    worker.conflicted, worker.conflict = bool(rest), rest or None
