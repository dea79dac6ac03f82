"""Factories: rows as tests need them, made as the system. All people are invented."""

import itertools

from app.demo.people import PeopleGenerator

people = PeopleGenerator("tests")
counter = itertools.count(1)


def numbered(text: str) -> str:
    """Give a text no other row of this run has."""
    return f"{text}{next(counter)}"
