"""Mail addresses as they are written and spoken."""

import pytest

from evalharness.collect.privacy.mail import find_mail, mail_value


def mails(text: str) -> list[tuple[str, str]]:
    """(normal form, text) of every finding."""
    return [(one.value, text[one.start : one.end]) for one in find_mail(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("anna.k@example.com", "anna.k@example.com"),
        ("it's anna dot k at example dot com", "anna.k@example.com"),
        ("anna punkt k ät example punkt de", "anna.k@example.de"),
        ("anna unterstrich k klammeraffe t minus online punkt de", "anna_k@t-online.de"),
        ("a n n a at example dot co dot uk", "anna@example.co.uk"),
        ("a double n a at example dot com", "anna@example.com"),
        ("anna nineteen eighty at example dot com", "anna1980@example.com"),
        ("anna at sign example dot com", "anna@example.com"),
        ("anna period k at example period com", "anna.k@example.com"),
        ("my email is rosa at gmail", "rosa@gmail"),
        ("A-N-N-A at example dot com", "anna@example.com"),
        ("anna dot k [at] example [dot] com", "anna.k@example.com"),
    ],
)
def test_forms(text, value):
    """One address, one value, however it is said; what stands before it stays."""
    ((found, shown),) = mails(text)
    assert found == value
    assert text.endswith(shown)


@pytest.mark.parametrize(
    "text",
    [
        "look at example dot com",
        "I bought it at amazon dot com",
        "at ten dot dot dot whatever",
        "it is at example dot com",
        "meet me at noon",
        "the dot at the end",
        "auf Ihrer Seite example punkt de",
        "",
    ],
)
def test_left_alone(text):
    """Sites, dots and places."""
    assert mails(text) == []


def test_a_sentence_before_it_stays():
    """The address begins after the full stop."""
    text = "That's all. Anna at example dot com"
    assert mails(text) == [("anna@example.com", "Anna at example dot com")]


@pytest.mark.parametrize(("spoken", "value"), [("j o at x dot y", "jo@x.y"), ("bob nine nine at x dot y", "bob99@x.y")])
def test_letters_and_figures(spoken, value):
    """An o between letters is a letter, a nine is a figure."""
    assert mail_value(spoken) == value
