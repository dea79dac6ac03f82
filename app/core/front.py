"""The door of the web server: what it refuses before the program hears of it, in our own words.

The server reads the first line and the headers of a request itself. What is too long there never
becomes a request, so no error handler of the program sees it.
"""

import socket
import time
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

from app.core import hardening

REFUSED = {
    LimitRequestLine: (414, "URI Too Long"),
    LimitRequestHeaders: (431, "Request Header Fields Too Large"),
}
PATIENCE_SECONDS, CHUNK, MOST_DRAINED = 3.0, 64 * 1024, 1024 * 1024


class Worker(ThreadWorker):  # type: ignore[misc]
    """A process with threads that answers an address or headers too long with our page."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Answer what could not be read; what is no matter of length, as the server does."""
        code, reason = REFUSED.get(type(exc), (0, ""))
        if not code:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("refused before the program: %s %s", code, reason)
        try:
            _send(client, code, reason, hardening.page_without_request(self.wsgi, code))
        except OSError:
            self.log.debug("the sender left before it was answered")


def _send(client: socket.socket, code: int, reason: str, page: bytes) -> None:
    headers = {
        **hardening.HEADERS, "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)), "Cache-Control": "no-store", "Connection": "close",
    }  # fmt: skip
    lines = [f"HTTP/1.1 {code} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    client.settimeout(PATIENCE_SECONDS)
    client.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + page)
    client.shutdown(socket.SHUT_WR)
    _read_off(client)


def _read_off(client: socket.socket) -> None:
    """Take in what is still being sent: a sender that is cut off never sees the answer."""
    end, taken = time.monotonic() + PATIENCE_SECONDS, 0
    while taken < MOST_DRAINED and time.monotonic() < end:
        found = client.recv(CHUNK)
        if not found:
            return
        taken += len(found)
