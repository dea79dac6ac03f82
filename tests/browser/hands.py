"""What hands do on the screens: fields found by their Chinese label, buttons by their word."""

import io
import re
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Error, Locator, Page


def fill(where: Page | Locator, values: dict[str, Any]) -> None:
    """Fill fields of a form, each named by the label above it."""
    for label, value in values.items():
        put(field(where, label), value)


def field(where: Page | Locator, label: str) -> Locator:
    """Find a field by its whole label."""
    exact = re.compile(rf"^\s*{re.escape(label)}\s*$")
    page = where if isinstance(where, Page) else where.page
    words = page.locator(".label-text, legend .label-text, .field > label").filter(has_text=exact)
    return where.locator(".field:visible").filter(has=words).last


def put(found: Locator, value: Any) -> None:
    """Give a field its value in the way its control wants, once the page has made its controls."""
    found.wait_for()
    found.page.wait_for_load_state()
    inner = found.locator("input:not([type=hidden]), select, textarea").first
    if found.locator('input[type="file"]').count():
        found.locator('input[type="file"]').set_input_files(value)
    elif found.locator(".combo").count():
        pick(found, value)
    elif found.locator("select").count():
        found.locator("select").select_option(label=value)
    elif inner.get_attribute("type") in {"radio", "checkbox"}:
        for one in [value] if isinstance(value, str) else value or []:
            found.get_by_label(one, exact=True).check()
        if value is True:
            inner.check()
    else:
        inner.fill(str(value))


def pick(found: Locator, value: str | list[str]) -> None:
    """Choose from a list that searches as one types."""
    for one in [value] if isinstance(value, str) else value:
        box = found.locator(".combo-input")
        box.click()
        box.fill(one)
        found.locator(".combo-list li", has_text=one).first.click()
        found.page.keyboard.press("Tab")


def press(where: Page | Locator, word: str) -> None:
    """Press a button or a link that shows this word, and the confirmation that follows."""
    exact = re.compile(rf"^\s*[＋+]?\s*{re.escape(word)}\s*$")
    buttons = where.get_by_role("button", name=exact).or_(where.get_by_role("link", name=exact))
    buttons.locator("visible=true").first.click()


def confirm(page: Page) -> None:
    """Say yes in the dialog that asks back."""
    page.locator("dialog[open]").get_by_role("button").last.click()


def says(page: Page, text: str) -> None:
    """Expect a sentence on the page."""
    try:
        page.locator("main", has_text=text).first.wait_for()
    except Error:
        shown = re.sub(r"\s+", " ", page.locator("main").inner_text())
        raise AssertionError(f"{text!r} is not on the page: {shown[:1500]}") from None


def scan(words: str, size: tuple[int, int] = (420, 560)) -> dict[str, Any]:
    """Draw a picture that can pass for a scan or a photo, as a browser uploads it."""
    image = Image.new("RGB", size, "#e8edf2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, size[0] - 24, size[1] - 24), outline="#1f4e79", width=4)
    draw.ellipse((size[0] / 2 - 70, 90, size[0] / 2 + 70, 230), fill="#8aa4bd")
    draw.rectangle((size[0] / 2 - 110, 250, size[0] / 2 + 110, 400), fill="#8aa4bd")
    data = io.BytesIO()
    image.save(data, "PNG")
    return {"name": f"{words}.png", "mimeType": "image/png", "buffer": data.getvalue()}
