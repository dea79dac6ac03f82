from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.money import FEN, split, yuan

AMOUNTS = st.decimals(
    min_value=Decimal("-99999999999999.99"), max_value=Decimal("99999999999999.99"), places=2
)
WEIGHTS = st.lists(
    st.one_of(
        st.integers(0, 10**6), st.decimals(min_value=0, max_value=1000, places=4, allow_nan=False)
    ),
    min_size=1,
    max_size=40,
).filter(any)


@settings(deadline=None)
@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_to_the_total(total, weights):
    assert sum(split(total, weights)) == total


@settings(deadline=None)
@given(AMOUNTS, WEIGHTS)
def test_every_share_is_within_a_fen_of_its_exact_part(total, weights):
    base = sum(Decimal(weight) for weight in weights)

    for share, weight in zip(split(total, weights), weights, strict=True):
        assert abs(share * base - total * weight) < FEN * base
        assert weight or share == 0


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        pytest.param("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"], id="first of equals"),
        pytest.param("0.05", [1, 2, 3], ["0.01", "0.02", "0.02"], id="largest remainder"),
        pytest.param("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"], id="taken back"),
        pytest.param("0.00", [1, 5], ["0.00", "0.00"], id="nothing"),
        pytest.param("10", [Decimal("0.3"), 0, Decimal("0.7")], ["3", "0", "7"], id="fractions"),
    ],
)
def test_the_odd_fen_goes_to_the_largest_remainder(total, weights, shares):
    assert split(Decimal(total), weights) == [Decimal(share) for share in shares]


@pytest.mark.parametrize(
    ("total", "weights"), [("1.005", [1]), ("1.00", []), ("1.00", [0, 0]), ("1.00", [2, -1])]
)
def test_a_split_that_means_nothing_is_refused(total, weights):
    with pytest.raises(ValueError):
        split(Decimal(total), weights)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234.5"), "1,234.50"),
        (Decimal("-1234567.005"), "-1,234,567.01"),
        (Decimal("99999999999999.99"), "99,999,999,999,999.99"),
        (0, "0.00"),
        (None, ""),
    ],
)
def test_amounts_are_shown_with_thousands_and_two_places(value, shown):
    assert yuan(value) == shown
