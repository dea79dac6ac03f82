import ast
import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from app.core import addresses, checks
from app.core.checks import Invalid

TODAY = date(2026, 11, 22)
BIRTHS = st.dates(date(1920, 1, 1), TODAY)


def refusal(check, *given_values, **options):
    with pytest.raises(Invalid) as caught:
        check(*given_values, **options)
    return str(caught.value)


def numbered(body):
    return body + mod_11_2.calc_check_digit(body)


@pytest.mark.parametrize(
    "number",
    [
        "440723196803150013",
        "440782197008220021",
        "44072519650110003X",
        "810000198001010014",
        "830000198505060027",
        "440703198504120002",
        numbered("91144019850506002"),
    ],
)
def test_former_counties_and_residence_permits_pass(number):
    read = checks.identity_number(number, TODAY)

    assert read.number == number
    assert read.region_known
    assert read.is_residence_permit == (number[0] in "89")


def test_an_identity_number_tells_birth_sex_and_origin():
    read = checks.identity_number("44072519650110003X", TODAY)

    assert (read.birth_on, read.sex, read.region_code) == (date(1965, 1, 10), "0", "440725")
    assert checks.identity_number("440782197008220021", TODAY).sex == "1"


@given(BIRTHS, st.integers(0, 999))
def test_exactly_one_last_character_passes(birth_on, sequence):
    body = f"440703{birth_on:%Y%m%d}{sequence:03d}"
    passing = []
    for last in "0123456789X":
        try:
            passing.append(checks.identity_number(body + last, TODAY).number)
        except Invalid as refused:
            assert f"“{mod_11_2.calc_check_digit(body)}”" in str(refused)  # noqa: PT017

    assert passing == [numbered(body)]


def test_an_identity_number_is_trimmed_folded_and_capitalised():
    wide = "\u3000４４０７２５１９６５０１１０００３Ｘ\u200b"
    for typed in (" 44072519650110003x ", "440725 19650110 003X", "440725-19650110-003X", wide):
        assert checks.identity_number(typed, TODAY).number == "44072519650110003X"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        pytest.param("", "17 digits", id="nothing"),
        pytest.param("440725650110003", "17 digits", id="fifteen digits of old"),
        pytest.param("44072519650110003XX", "17 digits", id="nineteen characters"),
        pytest.param("44072519650110X031", "17 digits", id="an X within"),
        pytest.param("٤٤٠٧٢٥١٩٦٥٠١١٠٠٠٣X", "17 digits", id="digits of another script"),
        pytest.param("440725196501100031", "“X”", id="wrong check digit"),
        pytest.param("440725196502290031", "not a date", id="no leap year"),
        pytest.param(numbered("44072519651310003"), "not a date", id="thirteenth month"),
        pytest.param(numbered("44072520261123003"), "in the future", id="born tomorrow"),
    ],
)
def test_a_wrong_identity_number_is_refused_with_the_reason(number, sentence):
    assert sentence in refusal(checks.identity_number, number, TODAY)


def test_one_born_today_passes():
    assert checks.identity_number(numbered("44072520261122003"), TODAY).birth_on == TODAY


@pytest.mark.parametrize(
    ("body", "regions", "known"),
    [
        pytest.param("44072519650110003", None, True, id="known province"),
        pytest.param("99072519650110003", None, True, id="permit of a foreigner"),
        pytest.param("78072519650110003", None, False, id="no province"),
        pytest.param("44072519650110003", {"440725"}, True, id="listed"),
        pytest.param("44079919650110003", {"440725"}, False, id="not listed"),
        pytest.param("82000019650110003", {"440725"}, True, id="permit of Macao"),
    ],
)
def test_an_unknown_region_is_a_hint_and_no_refusal(body, regions, known):
    read = checks.identity_number(numbered(body), TODAY, regions=regions)

    assert read.region_known is known


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("A123456(7)", "A1234567"),
        ("a123456（７）", "A1234567"),
        (" e 1234-5678 ", "E12345678"),
        ("1/2345／67－8", "12345678"),
        ("H0123456700", "H0123456700"),
    ],
)
def test_other_documents_are_stored_without_brackets_marks_and_blanks(typed, stored):
    assert checks.other_document(typed) == stored


@pytest.mark.parametrize("typed", ["", "A-12", "(--)/ ", "A12_45", "护照12345", "A" * 31])
def test_other_documents_of_wrong_form_are_refused(typed):
    assert "document number" in refusal(checks.other_document, typed)


def test_the_kind_of_document_decides_the_check():
    assert checks.document_number("01", "44072519650110003x", TODAY) == "44072519650110003X"
    assert checks.document_number("08", "e1234567(8)", TODAY) == "E12345678"
    assert "17 digits" in refusal(checks.document_number, "01", "E12345678", TODAY)


@pytest.mark.parametrize(
    ("birth_on", "day", "age"),
    [
        pytest.param(date(2008, 11, 20), TODAY, 18, id="two days after the birthday"),
        pytest.param(date(2008, 11, 21), TODAY, 18, id="the day after the birthday"),
        pytest.param(date(2008, 11, 22), TODAY, 17, id="on the birthday"),
        pytest.param(date(2010, 12, 5), TODAY, 15, id="before the birthday"),
        pytest.param(date(2008, 2, 29), date(2026, 2, 28), 17, id="leap day, last of February"),
        pytest.param(date(2008, 2, 29), date(2026, 3, 1), 18, id="leap day, first of March"),
        pytest.param(TODAY, TODAY, 0, id="on the day of birth"),
    ],
)
def test_a_year_of_age_is_reached_the_day_after_the_birthday(birth_on, day, age):
    assert checks.age_on(birth_on, day) == age


def test_nobody_has_an_age_before_the_birth():
    with pytest.raises(ValueError, match="before the birth"):
        checks.age_on(TODAY, TODAY - timedelta(days=1))


def test_a_credit_code_is_trimmed_and_capitalised():
    for typed in (" 91110000600037341l ", "9111 0000 6000 3734 1L", "９１110000600037341Ｌ"):
        assert checks.credit_code(typed) == "91110000600037341L"


@pytest.mark.parametrize(
    "typed",
    ["91110000600037341M", "9111000060003734IL", "91110000600037314L", "9111000060003734", ""],
)
def test_a_credit_code_with_a_wrong_character_is_refused(typed):
    assert "credit code" in refusal(checks.credit_code, typed)


def test_a_mobile_number_is_folded_and_others_are_refused():
    assert checks.mobile(" １３８ 0000 ５６７８") == "13800005678"
    for typed in ("12800005678", "1380000567", "138000056789", "0750-3123456"):
        assert "mobile" in refusal(checks.mobile, typed)


@given(st.text("0123456789", min_size=11, max_size=18))
def test_a_card_failing_luhn_is_taken_with_a_warning(body):
    right = body + luhn.calc_check_digit(body)
    wrong = body + str((int(right[-1]) + 1) % 10)

    assert checks.bank_card(" ".join(right)) == (right, True)
    assert checks.bank_card(wrong) == (wrong, False)


def test_a_card_of_wrong_length_is_refused():
    for typed in ("1" * 11, "1" * 20, "6222-0212-3456-7890", ""):
        assert "12 to 19" in refusal(checks.bank_card, typed)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("1,234.50", "1234.50"),
        (" １，２３４．５ ", "1234.50"),
        ("1234567", "1234567.00"),
        ("0", "0.00"),
        ("-0", "0.00"),
        (8800, "8800.00"),
        (Decimal("1.1000"), "1.10"),
        (5230.12, "5230.12"),
        (0.1 + 0.2, "0.30"),
        ("99999999999999.99", "99999999999999.99"),
        ("￥350", "350.00"),
        ("¥ 1,350.5", "1350.50"),
        ("350元", "350.00"),
    ],
)
def test_amounts_are_read_with_two_places(value, amount):
    assert str(checks.money(value)) == amount


@given(st.decimals(min_value=0, max_value=Decimal("9999999999999.98"), places=2))
def test_no_door_changes_an_amount(amount):
    assert checks.money(amount) == amount
    assert checks.money(f"{amount:,}") == amount
    assert checks.money(float(amount)) == amount


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("1.005", "2 decimal places"),
        (1.005, "2 decimal places"),
        (Decimal("0.001"), "2 decimal places"),
        ("-0.01", "negative"),
        (-1, "negative"),
        ("100000000000000", "too large"),
    ],
)
def test_amounts_that_would_be_guessed_or_rounded_are_refused(value, sentence):
    assert sentence in refusal(checks.money, value)


@pytest.mark.parametrize(
    "value",
    [
        "1e3",
        "350万元",
        "350元/天",
        "￥350元",
        "1,50",
        "12,34,567",
        "八千",
        "",
        float("nan"),
        float("inf"),
        True,
        None,
    ],
)
def test_what_is_no_amount_is_refused(value):
    assert "amount is not well formed" in refusal(checks.money, value)


def test_totals_in_ten_thousands_have_four_places():
    assert str(checks.money("1234.5678", places=4, digits=18)) == "1234.5678"
    assert "not well formed" in refusal(checks.money, "5230000元", places=4, digits=18)
    assert "4 decimal" in refusal(checks.money, "1.00001", places=4, digits=18)


def test_a_signed_amount_may_be_negative():
    assert checks.money("-12.5", signed=True) == Decimal("-12.50")
    assert "too large" in refusal(checks.money, "-100000000000000", signed=True)


def test_usernames_begin_with_a_letter():
    for name in ("Liming", "gc_admin01", "a123", "a" * 32):
        assert checks.username(f" {name} ") == name


@pytest.mark.parametrize(
    "name", ["abc", "1abcd", "_abcd", "a" * 33, "li ming", "李明明明", "a-bcd"]
)
def test_other_usernames_are_refused(name):
    assert "username" in refusal(checks.username, name)


@pytest.mark.parametrize("text", ["Jm-site-2026", "correct horse 7 Battery", "砌筑工Lao2026x"])
def test_a_password_of_three_classes_passes_as_typed(text):
    assert checks.password(text, "liming") == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Ab1!efghi", "10 to 128"),
        ("Ab1!" * 33, "10 to 128"),
        ("abcdefgh1234", "three of these"),
        ("ABCDEFGH!!!!", "three of these"),
        ("xxLiMing2026!", "username"),
    ],
)
def test_weak_passwords_are_refused(text, sentence):
    assert sentence in refusal(checks.password, text, "liming")


def test_common_passwords_are_refused_whatever_stands_around_them():
    for text in ("Password123!", "P@ssw0rd2026", "Admin@123456", "1qaz@WSX3edc", "Aa123456789."):
        assert "common" in refusal(checks.password, text, "liming")


def test_postcodes_have_six_digits():
    assert checks.postcode(" ５２9000 ") == "529000"
    assert "six digits" in refusal(checks.postcode, "52900")
    assert "six digits" in refusal(checks.postcode, "52900a")


def test_email_addresses_are_checked_without_asking_the_net():
    assert checks.email(" li.ming@Example.COM ") == "li.ming@example.com"
    for wrong in ("li.ming", "li@ming@example.com", "@example.com", ""):
        assert "e-mail" in refusal(checks.email, wrong)


def test_networks_are_read_one_a_line():
    read = addresses.ip_ranges("10.1.2.0/24\r\n\n  192.168.1.7 \n２001:db8::/32")

    assert [str(network) for network in read] == ["10.1.2.0/24", "192.168.1.7/32", "2001:db8::/32"]
    assert addresses.ip_ranges("") == []


@pytest.mark.parametrize("wrong", ["10.1.2.5/24", "10.1.2", "10.1.2.0/33", "any", "10.0.0.0 /8 x"])
def test_a_wrong_network_is_named_by_its_line(wrong):
    assert "Line 2 " in refusal(addresses.ip_ranges, f"10.1.2.0/24\n{wrong}")


@pytest.mark.parametrize(
    "url",
    [
        "https://vendor.example.com/callback?x=1",
        "https://8.8.8.8:8443/hook",
        "https://[2001:4860:4860::8888]/",
        "https://Example.COM./a",
    ],
)
def test_public_addresses_pass(url):
    assert addresses.https_url_public(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://example.com/", "https://"),
        ("https://user:secret@example.com/", "https://"),
        ("https://@example.com/", "https://"),
        ("https:///path", "not well formed"),
        ("https://example.com:99999/", "not well formed"),
        ("https://exa mple.com/", "not well formed"),
        ("https://example.com\\@10.0.0.1/", "not well formed"),
        ("https://[::1/", "not well formed"),
        ("https://example.com/" + "a" * 300, "not well formed"),
    ],
)
def test_addresses_of_wrong_form_are_refused(url, sentence):
    assert sentence in refusal(addresses.https_url_public, url)


INNER_HOSTS = (
    "10.0.0.8 192.168.1.1 127.0.0.1 169.254.169.254 [::1] [::ffff:10.0.0.1] [fd00::1] 2130706433 "
    "127.1 0x7f.0.0.1 0177.0.0.0x1 localhost device.local intranet"
)


@pytest.mark.parametrize("host", INNER_HOSTS.split())
def test_hosts_of_private_networks_are_refused(host):
    assert "private network" in refusal(addresses.https_url_public, f"https://{host}/hook")


def test_the_address_connected_to_can_be_judged():
    assert addresses.is_public_address("8.8.8.8")
    for inner in ("10.1.1.1", "100.64.0.1", "224.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "name"):
        assert not addresses.is_public_address(inner)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (checks.mask_identity, "440781198501011234", "440781********1234"),
        (checks.mask_identity, "E12345678", "E1*****78"),
        (checks.mask_identity, "A123", "****"),
        (checks.mask_identity, "", ""),
        (checks.mask_mobile, "13812345678", "138****5678"),
        (checks.mask_mobile, "3123456", "*******"),
        (checks.mask_card, "6222021234567891234", "****1234"),
        (checks.mask_card, "1234", "****"),
    ],
)
def test_masks_show_only_the_ends(mask, value, shown):
    assert mask(value) == shown


def test_folding_leaves_what_it_is_not_asked_for():
    assert checks.fold_digits("１２Ａｘ，张") == "12Ax，张"
    assert checks.fold_text("\u3000（１２），张三\u200b ") == "(12),张三"


def test_every_refusal_has_a_chinese_sentence_with_the_same_placeholders():
    sources = [ast.parse(Path(one.__file__).read_text("utf-8")) for one in (checks, addresses)]
    calls = [node for one in sources for node in ast.walk(one) if isinstance(node, ast.Call)]
    said = {call.args[0].value for call in calls if getattr(call.func, "id", "") == "_"}
    terms = Path(checks.__file__).parents[2] / "translations/terms/checks.csv"
    with terms.open(encoding="utf-8", newline="") as file:
        chinese = {row["msgid"]: row["zh"] for row in csv.DictReader(file)}

    assert said == set(chinese)
    for sentence, translated in chinese.items():
        assert translated
        assert re.findall(r"%\(\w+\)s", sentence) == re.findall(r"%\(\w+\)s", translated)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://www.example.com/a?b=1", "https://www.example.com/a?b=1"),
        (" http://example.com ", "http://example.com"),
        ("www.example.com", "http://www.example.com"),
        ("example.com:8080/home", "http://example.com:8080/home"),
    ],
)
def test_a_website_is_an_http_address(typed, kept):
    assert addresses.website(typed) == kept


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "data:text/html,x", "ftp://example.com", "http://x",
              "http://a.cn/<script>", "JavaScript://example.com/%0aalert(1)"],
)  # fmt: skip
def test_any_other_address_is_no_website(typed):
    with pytest.raises(checks.Invalid):
        addresses.website(typed)
