import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi import cipher
from app.openapi.errors import CipherTextRefused, UnusableSecretError

SECRET = "0123456789abcdefFEDCBA9876543210"
CORP_KEY = "ffffffffeeeeeeeeddddddddcccccccc"
CORPSIGN = "HylcRnJr/xHu9o1NDx7/X4A2pfkfY05xvGlS3L71nlCn2T8mWlgYPucapBoaogLS"
VECTORS = [
    pytest.param(
        "11010519491231002X", "69tji3W8zjYG0wK80b6ZK80Z7cRtSgSueebtJ+r8v9A=", id="identity number"
    ),
    pytest.param(
        "6222000000000000017", "CZIsfDj/yDwXlTus9Ks8hZq4kbYz2pelTHqOeHGH2pY=", id="bank card"
    ),
]
secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=32, max_size=32)


@pytest.mark.parametrize(("plain", "text"), VECTORS)
def test_the_published_vectors_hold_both_ways(plain, text):
    assert cipher.encrypt(plain, SECRET) == text
    assert cipher.decrypt(text, SECRET) == plain


@given(st.text(), secrets)
def test_whatever_is_encrypted_comes_back(plain, secret):
    text = cipher.encrypt(plain, secret)

    if plain:
        assert cipher.decrypt(text, secret) == plain
        assert cipher.encrypt(plain, secret) == text


def test_an_encrypted_empty_text_is_an_empty_text():
    assert cipher.decrypt(cipher.encrypt("", SECRET), SECRET) == ""


def test_the_secret_keeps_its_letter_case_as_key():
    text = cipher.encrypt("11010519491231002X", SECRET)

    assert cipher.encrypt("11010519491231002X", SECRET.lower()) != text


def test_line_breaks_of_old_encoders_are_no_part_of_the_text():
    plain = "1" * 100
    text = cipher.encrypt(plain, SECRET)
    broken = "\r\n".join(text[start : start + 76] for start in range(0, len(text), 76))

    assert broken != text
    assert cipher.decrypt(f" {broken}\n", SECRET) == plain


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("11010519491231002X", id="plain text"),
        pytest.param("证件号码", id="not ASCII"),
        pytest.param("", id="nothing"),
        pytest.param("69tji3W8zjYG0wK80b6ZKw==", id="half the blocks: padding gone"),
        pytest.param("69tji3W8zjYG0wK80b6ZK80Z7cRtSgSueebtJ+r8v9", id="cut off"),
        pytest.param("YWJj", id="not whole blocks"),
    ],
)
def test_bad_cipher_text_is_refused(text):
    with pytest.raises(CipherTextRefused) as refusal:
        cipher.decrypt(text, SECRET)

    assert refusal.value.code == "-1"


def test_text_made_with_another_secret_is_refused():
    text = cipher.encrypt("11010519491231002X", SECRET[::-1])

    with pytest.raises(CipherTextRefused):
        cipher.decrypt(text, SECRET)


@pytest.mark.parametrize("secret", ["", SECRET[:31], SECRET + "0", "密" * 32])
def test_a_secret_is_thirty_two_ascii_characters(secret):
    with pytest.raises(UnusableSecretError):
        cipher.encrypt("x", secret)


def test_a_secret_of_mixed_signs_is_usable():
    secret = "aB3-?=" * 5 + "xY"

    assert cipher.decrypt(cipher.encrypt("江门", secret), secret) == "江门"


def test_the_published_maker_proof_holds():
    assert cipher.corpsign(CORP_KEY, "20240115083002", SECRET) == CORPSIGN
    assert cipher.corpsign_matches(CORPSIGN, CORP_KEY, "20240115083002", SECRET)


@pytest.mark.parametrize(
    ("received", "corp_key", "timestamp"),
    [
        pytest.param(CORPSIGN, CORP_KEY, "20240115083003", id="another second"),
        pytest.param(CORPSIGN, CORP_KEY[::-1], "20240115083002", id="another maker"),
        pytest.param(CORPSIGN.lower(), CORP_KEY, "20240115083002", id="letter case counts"),
        pytest.param("证明", CORP_KEY, "20240115083002", id="not ASCII"),
    ],
)
def test_a_maker_proof_belongs_to_its_maker_and_time(received, corp_key, timestamp):
    assert not cipher.corpsign_matches(received, corp_key, timestamp, SECRET)
