"""What the web server refuses before the program hears of it is told on our own page."""

import socket
import time

import pytest

from app.core import hardening

START_SECONDS, MOST = 60, 8190


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ask(port, address, headers=""):
    """Send one request as it stands and give everything that is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as door:
        door.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        door.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: door.recv(65536), b"")).decode()


@pytest.fixture
def port(place):
    number = free_port()
    place.serve(number, 2)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            ask(number, "/healthz")
        except OSError:
            time.sleep(0.2)
        else:
            return number
    raise AssertionError("the web server does not answer")


def test_an_address_or_headers_too_long_are_answered_with_our_page(port):
    longest = MOST - len("GET /healthz?q= HTTP/1.1")
    assert ask(port, f"/healthz?q={'a' * longest}").startswith("HTTP/1.1 200 ")

    for asked, status, words in [
        ((f"/healthz?q={'a' * (longest + 1)}",), "414 URI Too Long", "地址过长"),
        ((f"/healthz?q={'a' * 500_000}",), "414 URI Too Long", "地址过长"),
        (("/healthz", f"X-A: {'b' * 9000}\r\n"), "431 Request", "清除本网站的 Cookie"),
    ]:
        answer = ask(port, *asked)
        head, page = answer.split("\r\n\r\n", 1)
        assert head.startswith(f"HTTP/1.1 {status}")
        assert words in page
        assert page.rstrip().endswith("</html>")
        assert f"Content-Security-Policy: {hardening.CSP}" in head
        assert "Set-Cookie" not in head  # whoever is signed in stays so


def test_what_is_malformed_and_not_too_long_is_answered_as_the_server_does(port):
    assert ask(port, "/healthz", "no colon\r\n").startswith("HTTP/1.1 400 ")
