"""A plugin for a run of its own: every table of ours has one column more than in its models.py.

The line stands here in place of a line in each ``models.py``, before any screen is imported;
the statement stands in place of its migration.
"""

from importlib import import_module
from typing import Any

from app import domains
from app.core.columns import Text, column
from app.core.models import entities
from app.roster.models import ProjectWorker

NAME, LABEL = "added_note", "新增栏"
SECTIONED, SECTION_LABEL = "added_grade", "新增等级"


def add() -> None:
    """Declare the column on every entity; a worker's has its cell and its field as well."""
    from app.roster.models import ENTRY

    for name in domains.CORE:
        import_module(f"app.core.{name}")
    domains.modules("models")
    for model in entities():
        doors: dict[str, Any] = (
            {"sheet": LABEL, "api": "addedNote"} if model is ProjectWorker else {}
        )
        setattr(model, NAME, column(Text(30), label=LABEL, **doors))
    setattr(ProjectWorker, SECTIONED, column(Text(30), label=SECTION_LABEL, section=ENTRY))


def statements() -> list[str]:
    """Give what their migration would say."""
    tables = [(model.__tablename__, NAME) for model in entities()]
    return [
        f"alter table {table} add column {name} varchar(30)"
        for table, name in [*tables, (ProjectWorker.__tablename__, SECTIONED)]
    ]


add()
