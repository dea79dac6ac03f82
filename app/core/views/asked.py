"""What an address asks for: numbers in it, and the same address with something changed."""

from typing import Any

from flask import request, url_for


def integer(raw: str | None, default: int) -> int:
    """Read a whole number of an address; the default for anything else."""
    text = (raw or "").removeprefix("-")
    return int(raw or default) if text.isdecimal() and len(text) < 10 else default


def with_changes(**changes: Any) -> str:
    """Give the present address with parameters changed; None takes one out."""
    args: dict[str, Any] = request.args.to_dict(flat=False)
    for name, value in changes.items():
        if value is None:
            args.pop(name, None)
        else:
            args[name] = [str(value)]
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **args})
