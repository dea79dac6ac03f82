"""What a stay's number and account say about themselves, kept where SQL can read it."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapper

from app.core import checks, clock, names
from app.roster.models.workers import ProjectWorker


@event.listens_for(ProjectWorker, "before_insert")
@event.listens_for(ProjectWorker, "before_update")
def _read_number(_mapper: Mapper[Any], _connection: Any, worker: ProjectWorker) -> None:
    """Keep what number and account say about themselves; other documents say nothing."""
    worker.number_fault = worker.number_permit = False
    worker.number_birth_on = worker.number_sex = None
    holder = worker.bank_account_name
    worker.account_name_differs = bool(holder) and not names.same_name(holder, worker.name or "")
    if worker.id_type not in (None, "01"):
        return
    try:
        read = checks.identity_number(worker.id_number or "", clock.today())
    except checks.Invalid:
        worker.number_fault = True
        return
    worker.number_birth_on, worker.number_sex = read.birth_on, read.sex
    worker.number_permit = read.is_residence_permit
