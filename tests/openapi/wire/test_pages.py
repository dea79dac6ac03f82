import pytest

from app.openapi import errors, wire


@pytest.mark.parametrize(
    ("data", "index", "size"),
    [
        pytest.param({}, 0, 50, id="none"),
        pytest.param({"pageIndex": 2, "pageSize": 20}, 2, 20, id="numbers"),
        pytest.param({"PageIndex": "2", "pagesize": "20"}, 2, 20, id="text"),
        pytest.param({"pageIndex": "", "pageSize": None}, 0, 50, id="empty"),
        pytest.param({"pageIndex": 0, "pageSize": 100}, 0, 50, id="more than fifty"),
    ],
)
def test_paging_starts_at_zero_and_ends_at_fifty_rows(data, index, size):
    assert wire.paging(data) == wire.Paging(index, size)


def test_paging_that_is_no_number_is_named():
    with pytest.raises(errors.ParameterRefused) as refusal:
        wire.paging({"pageIndex": -1, "pageSize": "all"})

    assert refusal.value.message == "[pageIndex]值超出范围或无效!;[pageSize]值超出范围或无效!"


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2)])
def test_a_page_tells_the_size_given_and_the_pages_there_are(total, pages):
    page = wire.Paging(1, 20)

    assert page.offset == 20
    assert page.reply(total, [{"a": 1}]) == {
        "pageIndex": 1,
        "pageSize": 20,
        "pageCount": pages,
        "totalCount": total,
        "rows": [{"a": 1}],
    }
