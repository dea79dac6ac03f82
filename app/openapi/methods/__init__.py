"""The methods of the interface: a schema over the columns and a call of the same service."""

from typing import Any

from app.openapi.methods import (
    accounts,
    attendance,
    checks,
    companies,
    contracts,
    devices,
    movements,
    payrolls,
    persons,
    project_changes,
    projects,
    reference,
    teams,
    trainings,
    units,
    warnings,
    workers,
)
from app.openapi.methods.base import Caller, Done, Method, Task

PARTS: tuple[Any, ...] = (
    checks,
    companies,
    projects,
    project_changes,
    units,
    teams,
    workers,
    movements,
    contracts,
    attendance,
    trainings,
    payrolls,
    accounts,
    persons,
    reference,
    warnings,
    devices,
)
METHODS: dict[str, Method] = {method.name: method for part in PARTS for method in part.METHODS}

__all__ = ["METHODS", "Caller", "Done", "Method", "Task"]
