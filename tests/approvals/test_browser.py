"""The audit log in a real browser, on a telephone."""

import pytest

from tests.chromium import HOME, launched, serve
from tests.factories import enterprises

PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}
# how wide a box is drawn, and how wide it would be if nothing around it pressed
WIDTHS = """() => [...document.querySelectorAll(".pair input")].map((box) => {
  const drawn = box.getBoundingClientRect().width;
  const free = box.cloneNode();
  free.style.cssText = "position: absolute; width: max-content; min-width: 0; max-width: none";
  box.after(free);
  const needed = free.getBoundingClientRect().width;
  free.remove();
  return [drawn, needed];
})"""


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="of 390 pixels"), pytest.param(SMALL, id="of 320 pixels")]
)
def test_no_date_box_of_the_filter_is_cut_on_a_telephone(system, signed_in, chromium, size):
    with system():
        official = enterprises.official()
    page = chromium.new_page(viewport=size, locale="zh-CN")
    serve(page, signed_in(official))

    page.goto(f"{HOME}/auditview/list/?at__from=2026-11-01&at__to=2026-11-22")

    boxes = page.evaluate(WIDTHS)
    assert len(boxes) == 2
    assert [(drawn, needed) for drawn, needed in boxes if drawn < needed] == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]
