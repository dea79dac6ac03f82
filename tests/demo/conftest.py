"""Tests here may ask for a place of their own."""

from tests.places import place

__all__ = ["place"]
