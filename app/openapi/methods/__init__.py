"""The methods of the interface: a schema over the columns and a call of the same service."""

from typing import Any

from app.openapi.methods import (
    attendance,
    checks,
    contracts,
    movements,
    persons,
    projects,
    reference,
    teams,
    trainings,
    warnings,
    workers,
)
from app.openapi.methods.base import Caller, Done, Method, Task

PARTS: tuple[Any, ...] = (
    checks,
    projects,
    teams,
    workers,
    movements,
    contracts,
    attendance,
    trainings,
    persons,
    reference,
    warnings,
)
METHODS: dict[str, Method] = {method.name: method for part in PARTS for method in part.METHODS}

__all__ = ["METHODS", "Caller", "Done", "Method", "Task"]
