"""The shapes of numbers and the words around them: one row a rule, so that a changed rule shows which."""

import pytest

from evalharness.collect.privacy.context import context_of, last_kind
from evalharness.collect.privacy.numbers import find_numbers

FAR = "and then we talked about the weather for quite a while, didn't we: "


def found(text: str, question: str = "") -> list[tuple[str, str]]:
    """(category, text) of every finding."""
    return [(one.category, text[one.start : one.end]) for one in find_numbers(text, question)]


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("+49 30 901820-14", "phone", "493090182014"),
        ("0049 30 90182014", "phone", "493090182014"),
        ("(415) 555-0132", "phone", "4155550132"),
        ("415 555 0132", "phone", "4155550132"),
        ("1-800-555-0199", "phone", "8005550199"),
        ("4155550132", "phone", "4155550132"),
        ("14155550132", "phone", "4155550132"),
        ("555-0132", "phone", "5550132"),
        ("0171 5550123", "phone", "01715550123"),
        ("01715550123", "phone", "01715550123"),
        ("5 5 5 0 1 3 2", "phone", "5550132"),
        ("5550132", "phone", "5550132"),
        ("123-45-6789", "ssn", "123456789"),
        ("123 45 6789", "ssn", "123456789"),
        ("4111 1111 1111 1111", "card", "4111111111111111"),
        ("4111111111111111", "card", "4111111111111111"),
        ("3782-822463-10005", "card", "378282246310005"),
        ("1234 5678 9012 3456", "card", "1234567890123456"),
        ("90233187", "account", "90233187"),
        ("123456789012", "account", "123456789012"),
        ("٤١٥٥٥٥٠١٣٢", "phone", "4155550132"),
    ],
)
def test_shapes(text, category, value):
    """What a number is without any word before it, and its normal form."""
    (one,) = find_numbers(text, "")
    assert (one.category, one.value, one.start, one.end) == (category, value, 0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "123456", "2026-11-16", "16.11.2026", "11/16/26", "20261116",
        "2025-2026", "2025 2026", "78750-1234", "192.168.100.200", "1.250.000",
        "1234567.89", "8400000", "1794819600", "1794819600000",
        "12 34 56 78", "101 102 103", "A4155550132", "x-4155550132", "_4155550132",
        "4155550132b", "1.2345678", "52.5200066", "2026-11-16T09:00:00",
        "1,250,000.00", "4155550132 dollars", "12345678 points", "from 500-1000",
    ],
)  # fmt: skip
def test_left_alone(text):
    """Dates, amounts, ranges, postcodes, addresses, epoch times, round numbers, parts of ids, things that are counted."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("order 90233187", None),
        ("my order number is 90233187", None),
        ("ticket 4155550132", None),
        ("ticket (415) 555-0132", "phone"),
        ("order 4111111111111111", None),
        ("order 4111 1111 1111 1111", "card"),
        ("order 123-45-6789", "ssn"),
        ("order 123 45 6789", None),
        ("account 4155550132", "account"),
        ("account (415) 555-0132", "account"),
        ("card 123456789012", "card"),
        ("gift card 90233187", "account"),
        ("ssn 123456789", "ssn"),
        ("ssn 12345678", "account"),
        ("phone 90233187", "phone"),
        ("phone 1234 5678", "phone"),
        ("policy 7730 1182 09", "account"),
        ("phone 20261116", "phone"),
        ('"orderId": 90233187', None),
        ('"member_id": "90233187"', "account"),
        ('"phoneNumber": 90233187', "phone"),
    ],
)
def test_words_before_the_number(text, category):
    """A weak shape goes by the last telling word; a strong one holds against it."""
    assert [kind for kind, _ in found(text)] == ([category] if category else [])


def test_words_too_far_away_do_not_count():
    """48 characters before the number are read, then the question."""
    assert found(f"order {FAR}90233187") == [("account", "90233187")]
    assert found(f"order {FAR}90233187", "Your reservation number?") == []


def test_several_numbers_in_a_row():
    """Each is its own; leading digits of something else do not hide them."""
    assert found("2 415-555-0132 415-555-0199") == [("phone", "415-555-0132"), ("phone", "415-555-0199")]
    assert found("1. 4155550132, 2. 4155550199") == [("phone", "4155550132"), ("phone", "4155550199")]
    assert found("2026-11-16 415-555-0132") == [("phone", "415-555-0132")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my phone", "phone"), ("phone, no: order", "other"), ("cancelled", ""),
        ("cell", "phone"), ("hotel", ""), ("call me", "phone"), ("I'd", ""),
        ("user_id", "other"), ('orderId"', "other"), ("avoid", ""),
        ("account for", "account"), ("discard", ""), ("in any case", ""), ("case no", "other"),
        ("$", "other"), ("", ""), ("123", ""),
        ("licence", "account"), ("frequent flyer", "account"), ("Social Security", "ssn"), ("best number", "phone"),
    ],
)  # fmt: skip
def test_telling_words(text, kind):
    """The last one counts; words that only contain one do not."""
    assert last_kind(text) == kind


def test_context_tells_whether_it_is_near():
    """Words in the text are near, the question is not; a unit behind the number outweighs both."""
    text = "phone 4155550132 points"
    assert (context_of("phone 1", 6, 7, "").kind, context_of("phone 1", 6, 7, "").near) == ("phone", True)
    assert (context_of("it is 1", 6, 7, "phone?").kind, context_of("it is 1", 6, 7, "phone?").near) == ("phone", False)
    assert context_of(text, 6, 16, "").kind == "other"


def test_a_prefix_with_the_word_plus():
    """It goes with the number."""
    assert found("it's plus 49 151 234 567 8") == [("phone", "plus 49 151 234 567 8")]
