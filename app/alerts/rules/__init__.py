"""Rules over rosters and hours; each domain above keeps its own beside its tables."""

from app.alerts.rules import hours, information

__all__ = ["hours", "information"]
