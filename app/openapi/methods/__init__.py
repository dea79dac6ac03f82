"""The methods of the interface: a schema over the columns and a call of the same service."""

from app.openapi.methods import attendance, checks, movements, projects, teams, workers
from app.openapi.methods.base import Caller, Done, Method, Task

METHODS: dict[str, Method] = {
    method.name: method
    for part in (checks, projects, teams, workers, movements, attendance)
    for method in part.METHODS
}

__all__ = ["METHODS", "Caller", "Done", "Method", "Task"]
