"""The domains in order; importing them registers their tables, rules, jobs and receivers."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

DOMAINS = (
    "core", "reference", "enterprises", "projects", "identity", "roster", "attendance", "wages",
    "alerts", "incidents", "guides", "approvals", "openapi", "upstream",
    "imports", "dashboards", "demo",
)  # fmt: skip
CORE = (
    "preferences", "unmasking", "files", "drafts", "settings", "states", "audit", "jobs.upkeep",
    "exports",
)  # fmt: skip
PARTS = ("models", "states", "rules", "receivers", "jobs", "commands")


def load() -> None:
    """Import what registers itself on import, lower domains first."""
    for name in CORE:
        import_module(f"app.core.{name}")
    for part in PARTS:
        modules(part)


def modules(part: str) -> list[ModuleType]:
    """Import one file of every domain that has it, lower domains first."""
    return [
        import_module(f"app.{domain}.{part}")
        for domain in DOMAINS[1:]
        if find_spec(f"app.{domain}") and find_spec(f"app.{domain}.{part}")
    ]
