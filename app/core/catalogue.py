"""The catalogue of words a request reads, looked up once and not with every word.

The library asks for the language and its catalogue with each ``gettext``; a page says hundreds
of words, an export tens of thousands.
"""

from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_babel, get_locale


class QuickDomain(Domain):
    """Remembers the catalogue of a request as long as its language stays the same."""

    def get_translations(self) -> Any:
        """Give the catalogue of the reader's language."""
        context = getattr(g, "_flask_babel", None) if g else None
        locale = getattr(context, "babel_locale", None)
        known = getattr(context, "catalogue", None)
        if known is not None and locale is not None and known[0] is locale:
            return known[1]
        found = super().get_translations()
        if context is not None:
            context.catalogue = (get_locale(), found)
        return found


def install(app: Flask) -> None:
    """Have the words of this application read through the quick catalogue."""
    library = get_babel(app).instance
    library.domain_instance = QuickDomain(domain=library.domain)
