"""Papers made of the filtered rows of a list: at once while they are few, else by a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core import printing, sheets

MIMES = {"xlsx": sheets.MIME, "pdf": printing.MIME}


@dataclass(frozen=True)
class Paper:
    """A paper: ``write(keys, title)`` gives its bytes from the keys of the rows.

    More rows than ``at_once`` are written by a worker; it never holds more than ``most``.
    """

    title: Any
    suffix: str
    write: Callable[[list[Any], str], bytes]
    at_once: int
    most: int

    @property
    def mime(self) -> str:
        """Give the type browsers know the file by."""
        return MIMES[self.suffix]
