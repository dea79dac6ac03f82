"""Signals between domains: a lower domain tells, or asks, without knowing who hears it.

An event is named in the past tense; a question's receivers answer in the same transaction.
"""

from collections.abc import Callable
from typing import Any


class Event:
    """Something that happened, or a question; receivers run in order of connection."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.receivers: list[Callable[..., Any]] = []

    def connect(self, receiver: Callable[..., Any]) -> Callable[..., Any]:
        """Register a receiver; usable as a decorator."""
        if receiver not in self.receivers:
            self.receivers.append(receiver)
        return receiver

    def send(self, **facts: Any) -> list[Any]:
        """Tell every receiver and give what they answered, without the silent ones."""
        answers = [receiver(**facts) for receiver in self.receivers]
        return [answer for answer in answers if answer is not None]

    def __repr__(self) -> str:
        return f"<Event {self.name}>"
