"""What the pages of the demonstration city weigh, asked for by a browser that has nothing yet.

Rows of 100 where a list has so many; the limit is design.md section 5 and architecture D10.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.test_pages import PASSWORD, addresses

LIMIT = 300_000
TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
SMALLEST_COMPRESSED = 500
FOREVER = "public, max-age=31536000, immutable"


class Scales:
    """Everything a page loads, as it came through the wire."""

    def __init__(self, page: Any) -> None:
        self.line = page.context.new_cdp_session(page)
        self.answers: dict[str, dict[str, Any]] = {}
        self.bytes: dict[str, int] = {}
        self.line.on("Network.responseReceived", self._answered)
        self.line.on("Network.loadingFinished", self._finished)
        self.line.send("Network.enable")
        self.line.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def weigh(self, page: Any, url: str) -> int:
        """Open a page and give the bytes of its answers, headers with them."""
        self.answers.clear()
        self.bytes.clear()
        page.goto(url, wait_until="networkidle")
        return sum(self.bytes.values())

    def _answered(self, told: dict[str, Any]) -> None:
        if told["response"]["url"].startswith("http"):
            self.answers[told["requestId"]] = told["response"]

    def _finished(self, told: dict[str, Any]) -> None:
        if told["requestId"] in self.answers:
            self.bytes[told["requestId"]] = int(told["encodedDataLength"])

    def faults(self) -> Iterator[str]:
        """Tell which answers came uncompressed, or would be asked for again."""
        for answer in self.answers.values():
            headers = {name.lower(): value for name, value in answer["headers"].items()}
            url = answer["url"]
            if (
                answer["mimeType"].startswith(TEXTS)
                and int(headers.get("content-length", SMALLEST_COMPRESSED)) >= SMALLEST_COMPRESSED
                and headers.get("content-encoding") not in {"gzip", "br"}
            ):
                yield f"{url} is not compressed"
            if "/static/" in url and headers.get("cache-control") != FOREVER:
                yield f"{url} is kept {headers.get('cache-control')}"


@pytest.mark.parametrize("role", ["gc", "city"])
def test_the_widest_pages_of_a_role_stay_under_the_limit_with_all_they_load(
    role: str, person: Any, demo: Any
) -> None:
    someone = person()
    someone.server = demo
    someone.sign_in(role, PASSWORD)
    someone.page.locator(".menu a").first.wait_for()
    paths = addresses(someone.page, ".menu a")
    assert "/workerview/list/" in paths
    someone.go("/sites/list/").get_by_role("button", name="进入项目").first.click()
    scales, rows, wrong = Scales(someone.page), set(), []

    for path in paths:
        url = f"{demo.address}{path}{'&' if '?' in path else '?'}size=100"
        weight = scales.weigh(someone.page, url)
        rows.add(someone.page.locator("main tbody tr").count())
        wrong += [f"{path}: {fault}" for fault in scales.faults()]
        if not 0 < weight < LIMIT:
            wrong.append(f"{path} weighs {weight} bytes")
        assert any("/static/css/app.css" in one["url"] for one in scales.answers.values())

    assert wrong == []
    assert max(rows) >= 100
