"""In a real browser nothing of an article runs, even where the cleaning had been passed by."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from app.guides.choices import ArticleState
from tests.factories import enterprises
from tests.factories.guides import article

STATIC = Path(__file__).resolve().parents[2] / "app"
HOME = "http://guides.test"
NASTY = (
    "<p>前</p><script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    "<svg onload='window.ran = 3'></svg><p onclick='window.ran = 4' id=trap>陷阱</p>"
    "<a id=link href='javascript:window.ran = 5'>链接</a>"
    "<iframe srcdoc='<script>parent.ran = 6</script>'></iframe>"
    "<img src='http://evil.test/pixel.png'><p style='background:url(http://evil.test/x)'>后</p>"
)


# whatever waited to run has run once two frames are drawn and the tasks behind them are done
SETTLED = """() => new Promise((done) => requestAnimationFrame(
    () => requestAnimationFrame(() => setTimeout(done))))"""


def settled(page):
    page.wait_for_load_state("load")
    page.evaluate(SETTLED)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def seen(chromium):
    """Give a function that shows an answer of the program in the browser, with its headers."""
    page = chromium.new_page()
    asked = []

    def show(client, address):
        def serve(route):
            url = route.request.url
            asked.append(url)
            if not url.startswith(HOME):
                route.abort()
                return
            path = url.removeprefix(HOME)
            if path.startswith("/static/"):
                route.fulfill(path=STATIC / path.split("?")[0].lstrip("/"))
                return
            answer = client.get(path)
            route.fulfill(status=answer.status_code, body=answer.data, headers=dict(answer.headers))

        page.route("**/*", serve)
        page.goto(HOME + address)
        settled(page)
        return page

    yield show, asked
    page.close()


@pytest.fixture
def stored(system, signed_in):
    """An article whose text was never cleaned, and a client that may see and edit it."""
    with system():
        number = enterprises.official("editor", district="440703")
        shown = article(body=NASTY).id
        draft = article(body=NASTY, state=ArticleState.DRAFT).id
    return signed_in(number), shown, draft


def clicked(page):
    for name in ("#trap", "#link"):
        if page.locator(name).count():
            page.locator(name).first.click(no_wait_after=True)
    settled(page)
    return page.evaluate("window.ran || 0")


@pytest.mark.parametrize("address", ["/guides/{shown}", "/articles/show/{shown}"])
def test_the_policy_stops_what_cleaning_would_have_taken_out(seen, stored, address):
    show, asked = seen
    client, shown, _draft = stored
    page = show(client, address.format(shown=shown))

    assert clicked(page) == 0
    assert "前" in page.locator(".prose").inner_text()
    assert [url for url in asked if "evil" in url] == []


def test_the_editor_takes_out_what_does_not_belong(seen, stored):
    show, asked = seen
    client, _shown, draft = stored
    page = show(client, f"/articles/edit/{draft}")

    markup = page.locator(".rich .prose").inner_html()
    assert clicked(page) == 0
    assert "前" in markup
    assert not any(part in markup for part in ("<script", "<img", "<svg", "<iframe", "onclick",
                                               "javascript:", "style="))  # fmt: skip
    assert [url for url in asked if "evil" in url] == []


def test_the_editor_writes_what_the_server_keeps(seen, stored):
    show, _asked = seen
    client, _shown, _draft = stored
    page = show(client, "/articles/add")
    area = page.locator(".rich .prose")
    area.click()
    page.keyboard.type("通知内容")
    page.keyboard.press("Control+A")
    page.click(".rich-tools button[data-command=bold]")

    typed = page.evaluate("document.querySelector('textarea[data-richtext]').value")
    from app.core.columns import RichText

    assert RichText().clean(typed) in {
        "<b>通知内容</b>", "<p><b>通知内容</b></p>", "<strong>通知内容</strong>",
        "<p><strong>通知内容</strong></p>",
    }  # fmt: skip
