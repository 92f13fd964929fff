"""Numbers and mail addresses as they are spoken."""

import pytest

from evalharness.collect.privacy.mail import find_mail
from evalharness.collect.privacy.numbers import find_numbers
from evalharness.collect.privacy.spoken import find_spoken_numbers


def spoken(text: str, question: str = "") -> list[tuple[str, str, str]]:
    """(category, normal form, text) of every finding."""
    return [(one.category, one.value, text[one.start : one.end]) for one in find_spoken_numbers(text, question)]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("five five five oh one two three", "5550123"),
        ("Five, five, five. Zero one two three!", "5550123"),
        ("five-five-five-oh-one-two-three", "5550123"),
        ("double five five oh one two three", "5550123"),
        ("triple five oh one double three", "5550133"),
        ("five five five uh oh one um two three", "5550123"),
        ("five five five dash oh one two three", "5550123"),
        ("four fifteen five five five oh one thirty two", "4155550132"),
        ("fifty five fifty five twelve one", "5555121"),
        ("five five five 0123", "5550123"),
        ("415 five five five 0123", "4155550123"),
        ("FIVE FIVE FIVE OH ONE TWO THREE", "5550123"),
    ],
)
def test_runs_of_digits(text, digits):
    """Units, tens and teens, doubles, figures among words, fillers between them; the finding ends with its last digit."""
    ((category, value, shown),) = spoken(text)
    assert (category, value) == ("phone", digits)
    assert shown == text.rstrip("!")


@pytest.mark.parametrize(
    "text",
    [
        "five five five oh one two",
        "one, two, three",
        "at nine o'clock, or ten, or eleven thirty",
        "two people and three dogs and four cats and five birds and six fish and seven ants",
        "order number five five five oh one two three",
        "five five five oh one two three dollars",
        "555 0123 4567 one",
        "",
    ],
)
def test_left_alone(text):
    """Six digits; counting with words between; what is called an order or an amount; figures with hardly a word."""
    assert spoken(text) == []


@pytest.mark.parametrize(
    ("text", "question", "category"),
    [
        ("nine oh two double three one eight seven", "Your member ID?", "account"),
        ("one two three four five six seven eight nine", "Your social security number?", "ssn"),
        ("four one one one one one one one one one one one one one one one", "", "card"),
        ("nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine", "", "account"),
        ("five five five oh one two three", "Which order?", None),
    ],
)
def test_what_it_is(text, question, category):
    """By the question, by the check digit, by its length."""
    assert [kind for kind, _, _ in spoken(text, question)] == ([category] if category else [])


def test_two_numbers_in_one_turn():
    """A word between them ends the first."""
    text = "five five five oh one two three or five five five oh one two four"
    assert [value for _, value, _ in spoken(text)] == ["5550123", "5550124"]


@pytest.mark.parametrize(
    ("text", "mail"),
    [
        ("anna dot keller at example dot com", "anna.keller@example.com"),
        ("It's anna underscore k at mail dot example dot org, thanks", "anna_k@mail.example.org"),
        ("j o h n at gmail dot com", "john@gmail.com"),
        ("Anna at Example dot COM", "anna@example.com"),
        ("anna dash k at example dot com", "anna-k@example.com"),
    ],
)
def test_spoken_mail(text, mail):
    """Dots, dashes and letters one by one; the value is the address as written."""
    (one,) = find_mail(text)
    assert (one.category, one.value) == ("email", mail)


@pytest.mark.parametrize(
    "text",
    ["look at example dot com", "it is at example dot com", "meet me at noon", "a dot on the map at home", "Dot at reception"],
)
def test_no_mail(text):
    """Addresses of sites, and the words dot and at by themselves."""
    assert list(find_mail(text)) == []


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("null eins sieben eins fünf fünf fünf null eins", "017155501"),
        ("null dreißig dreiundzwanzig eins zwo fünf", "03023125"),
        ("doppel null vier neun, eins sieben zwei", "0049172"),
        ("eight hundred five five five zero one nine nine", "8005550199"),
        ("plus four four seven seven double oh nine", "4477009"),
        ("nine hundred, one two three, four", "9001234"),
        ("five five five. oh one. two two", "5550122"),
        ("five five five, okay, oh one, uh, two two", "5550122"),
        ("quadruple one triple two one", "11112221"),
        ("twenty, five, twenty, five, one, two", "20520512"),
    ],
)
def test_more_runs_of_digits(text, digits):
    """German, hundreds, pauses; a pause ends a ten ("twenty, five" is 20 and 5)."""
    ((_, value, shown),) = spoken(text)
    assert value in (digits, digits.removeprefix("00"))
    assert shown == text


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        ("one two three four", "What are the last four digits of your card?", [("card", "1234")]),
        ("1234", "What are the last four digits of your card?", [("card", "1234")]),
        ("it's seven three nine", "And the security code?", [("card", "739")]),
        ("twenty, forty-five, thirty-three", "Your sort code?", [("account", "204533")]),
        ("sort code twenty forty-five thirty-three", "", [("account", "204533")]),
        ("the code on the back, nine one two", "", [("card", "912")]),
        ("four five", "What is your social security number?", [("ssn", "45")]),
        ("my number is oh one six three two", "", [("phone", "01632")]),
        ("one two three four", "", []),
        ("one two three four", "How many would you like?", []),
        ("room one two three four", "Your phone number?", []),
        ("I waited for one two or even three hours and then I went home", "Your phone number?", []),
        ("two", "Your phone number?", []),
    ],
)
def test_pieces_need_words_or_a_question(text, question, found):
    """Fewer than seven digits are something only where it is said what; an answer says hardly more than the digits."""
    assert [(kind, value) for kind, value, _ in spoken(text, question)] == found


@pytest.mark.parametrize(
    ("text", "question", "value"),
    [
        ("D E eight nine, three seven oh four", "Your IBAN?", "de893704"),
        ("Dora Emil acht neun, drei sieben null vier", "Wie lautet Ihre IBAN?", "de893704"),
        ("national insurance Q Q twelve thirty-four fifty-six C", "", "qq123456c"),
    ],
)
def test_numbers_with_letters(text, question, value):
    """Only where such a number is spoken of; letters may be spelled with words."""
    ((_, found, _),) = spoken(text, question)
    assert found == value
    assert spoken("K E eight nine three seven", "") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("five five five oh one two three, no wait, two", "5550122"),
        ("five five five, sorry, five five six, oh one two three", "5560123"),
        ("fünf fünf fünf, nein, fünf fünf sechs, null eins zwei drei", "5560123"),
        ("nine, no, five five five oh one two three", "5550123"),
    ],
)
def test_corrections(text, value):
    """As many digits before the correction as come right behind it are replaced."""
    ((_, found, shown),) = spoken(text)
    assert (found, shown) == (value, text)


def test_a_social_security_number_by_its_groups():
    """Three, two and four digits; a phone number is called so."""
    assert spoken("four five seven, five five, five four six two")[0][:2] == ("ssn", "457555462")
    assert spoken("my phone is four five seven, five five, five four six two")[0][:2] == ("phone", "457555462")


def test_a_line_break_ends_a_number():
    """A list of figures is no number."""
    assert spoken("my number is one two three\nfour five six seven eight nine ten")[0][1] == "123"


@pytest.mark.parametrize(
    "text",
    [
        "my order number is four four one nine two two seven",
        "die Bestellnummer ist vier vier eins neun zwei zwei sieben",
        "Zimmer vier eins zwo, vier eins drei, vier eins vier",
        "version ten point two point one",
        "twelve hundred square feet, two bedrooms",
        "one two three testing",
        "code 4B 7C 9D 1E five",
    ],
)
def test_more_that_is_left_alone(text):
    """Called something else, too short, or figures with letters."""
    assert spoken(text) == []


@pytest.mark.parametrize(
    ("text", "value", "whole"),
    [
        ("plus four nine one five one", "49151", False),
        ("so it's plus one four one five", "1415", False),
        ("plus vier neun eins fünf eins, zwo drei vier fünf", "49151 2345", True),
        ("+49 one five one two three four five", "49151 2345", True),
    ],
)
def test_a_countrys_prefix(text, value, whole):
    """The digits after "plus" are of a phone number, also where the rest of it comes in the next turn; the "plus" goes too."""
    (one,) = find_spoken_numbers(text, "")
    assert (one.category, one.value, one.partial) == ("phone", value.replace(" ", ""), not whole)
    assert text[one.start] in "p+"


@pytest.mark.parametrize(
    "text", ["plus twenty for the bag", "ten plus four nine ninety", "plus four nine one", "plus zwanzig Euro"]
)
def test_a_sum_is_no_prefix(text):
    """Amounts, and fewer than four digits said one by one."""
    assert spoken(text) == []


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        ("It's 30.", "The last two digits of your social security number, please?", [("ssn", "30")]),
        ("It's 30.", "The last digits of your phone number, please?", []),
        ("30, 1", "The last digits of your phone number, please?", [("phone", "301")]),
        ("at 14:30", "The last digits of your phone number, please?", []),
        ("double 5 1", "The last digits of your phone number, please?", [("phone", "551")]),
        ("1_five_2", "The last digits of your phone number, please?", []),
        ("1 hundred", "The last digits of your phone number, please?", [("phone", "100")]),
    ],
)
def test_few_figures(text, question, found):
    """Fewer than three figures without a number word are no piece, but for social security; nothing goes on behind a colon."""
    assert [(category, value) for category, value, _ in spoken(text, question)] == found


@pytest.mark.parametrize(
    ("text", "piece"),
    [("The security code is 421, and the phone 555-123-4567.", "421"), ("phone 555-123-4567, the security code is 421", "421")],
)
def test_a_number_known_already_hides_no_other(text, piece):
    """Figures before or behind the number that was found are still looked at."""
    (known,) = find_numbers(text, "")
    assert piece in {found.value for found in find_spoken_numbers(text, "", known)}
