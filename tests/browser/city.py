"""The city the journey walks through: who sits at which browser, and what they have made."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from app.demo.people import PeopleGenerator
from tests.browser import hands
from tests.browser.seats import Person

PASSWORD = "Jianshe-2026-Jm"


@dataclass
class Firm:
    """A contractor of the journey."""

    kind: str
    name: str
    code: str
    username: str
    mobile: str
    number: str = ""


@dataclass
class City:
    """An empty city at first."""

    server: Any
    seat: Callable[..., Person]
    shots: Path
    people: PeopleGenerator = field(default_factory=lambda: PeopleGenerator("journey"))
    seated: dict[str, Person] = field(default_factory=dict)
    firms: dict[str, Firm] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def at(self, who: str, password: str = PASSWORD) -> Person:
        """Give the browser of somebody, signed in."""
        if who not in self.seated:
            self.seated[who] = self.seat()
            self.seated[who].sign_in(who, password)
        return self.seated[who]

    def scan(self, words: str) -> dict[str, Any]:
        """Give a picture to upload."""
        return hands.scan(words)

    def shoot(self, page: Page, name: str) -> None:
        """Keep a picture of the screen for the manual, where one is asked for."""
        if os.environ.get("MANUAL_IMAGES"):
            page.screenshot(path=self.shots / f"{name}.png")
