"""In a real browser nothing of an article runs, even where the cleaning had been passed by."""

import pytest

from app.guides.choices import ArticleState
from tests.chromium import HOME, launched, serve
from tests.factories import enterprises
from tests.factories.guides import article

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
    with launched() as browser:
        yield browser


@pytest.fixture
def seen(chromium):
    """Give a function that shows a page of the program, with its headers, and what it asked for."""
    page = chromium.new_page()

    def show(client, address):
        asked = serve(page, client)
        page.goto(HOME + address)
        settled(page)
        return page, asked

    yield show
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
    client, shown, _draft = stored
    page, asked = seen(client, address.format(shown=shown))

    assert clicked(page) == 0
    assert "前" in page.locator(".prose").inner_text()
    assert [url for url in asked if "evil" in url] == []


def test_the_editor_takes_out_what_does_not_belong(seen, stored):
    client, _shown, draft = stored
    page, asked = seen(client, f"/articles/edit/{draft}")

    markup = page.locator(".rich .prose").inner_html()
    assert clicked(page) == 0
    assert "前" in markup
    assert not any(part in markup for part in ("<script", "<img", "<svg", "<iframe", "onclick",
                                               "javascript:", "style="))  # fmt: skip
    assert [url for url in asked if "evil" in url] == []


def test_the_editor_writes_what_the_server_keeps(seen, stored):
    client, _shown, _draft = stored
    page, _asked = seen(client, "/articles/add")
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
