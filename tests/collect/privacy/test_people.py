"""Names of people by the words around them."""

import pytest

from evalharness.collect.privacy.people import asks_for_person, find_people, spelled_word


def people(text: str, question: str = "") -> list[str]:
    """The texts that are taken for names, from left to right, each once."""
    spans = sorted({(one.start, one.end) for one in find_people(text, question)})
    return [text[start:end] for start, end in spans if not any(a <= start and end < b for a, b in spans)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hi, my name is Rosa Lindqvist.", ["Rosa Lindqvist"]),
        ("my name is rosa lindqvist and i need help", ["rosa lindqvist"]),
        ("My name's Rosa.", ["Rosa"]),
        ("This is Dmitri Volkov, I have a question", ["Dmitri Volkov"]),
        ("I'm Jean-Luc O'Hara, I called before", ["Jean-Luc O'Hara"]),
        ("the table is under Moretti", ["Moretti"]),
        ("Could I talk to Mrs. Abernathy?", ["Mrs. Abernathy"]),
        ("Thanks Yusuf, one moment.", ["Yusuf"]),
        ("my husband Yusuf booked it", ["Yusuf"]),
        ("my sister is Yasemin", ["Yasemin"]),
        ("my friend's name is Yasemin", ["Yasemin"]),
        ("meine Schwester heißt Yasemin", ["Yasemin"]),
        ("My sister is Canadian", []),
        ("Yusuf Demir speaking", ["Yusuf Demir"]),
        ("last name Demir", ["Demir"]),
        ("first name Yusuf, last name Demir", ["Yusuf", "Demir"]),
        ("Mein Name ist Ulrike Sommer", ["Ulrike Sommer"]),
        ("ich heiße Ulrike von Sommer", ["Ulrike von Sommer"]),
        ("hier spricht Ulrike Sommer", ["Ulrike Sommer"]),
        ("Guten Tag, Frau Sommer.", ["Frau Sommer"]),
        ("meine Tochter Ulrike kommt mit", ["Ulrike"]),
        ('{"first_name": "Ulrike", "last_name": "Sommer"}', ["Ulrike", "Sommer"]),
        ('{\\"customerName\\": \\"Ulrike Sommer\\"}', ["Ulrike Sommer"]),
    ],
)
def test_by_cue(text, names):
    """What follows the word that tells, as far as it can be a name."""
    assert people(text) == names


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("Yusuf Demir.", ["Yusuf Demir"]),
        ("yusuf", ["yusuf"]),
        ("it's yusuf demir", ["yusuf demir"]),
        ("uh sure, Yusuf", ["Yusuf"]),
        ("D-E-M-I-R", ["D-E-M-I-R"]),
        ("Demir, D E M I R", ["Demir", "D E M I R"]),
        ("Why do you ask?", []),
        ("no", []),
        ("I don't want to say", []),
        ("42", []),
        ("you already have that on file, I told your colleague", []),
    ],
)
def test_by_question(answer, names):
    """A short answer to "your name, please?" is a name; what is plainly none stays."""
    assert people(answer, "May I have your name, please?") == names


@pytest.mark.parametrize(
    "text",
    [
        "this is ridiculous",
        "This is Tuesday's delivery",
        "I'm Sorry to hear that",
        "Okay, Great, thanks",
        "Thank you for calling",
        "my name is not on the list",
        "What is your first name, last name and date of birth?",
        "Hi, this is Nora, your virtual assistant.",
        "the confirmation is A B C D E one two three",
        "die Frau am Telefon war nett",
        "it is under the table",
        "I am in Berlin",
        "",
    ],
)
def test_left_alone(text):
    """Common words, days, bots, codes."""
    assert people(text) == []


@pytest.mark.parametrize(
    ("spelled", "word"),
    [("K-E-double L-E-R", "keller"), ("K as in kilo, O, W", "kow"), ("M wie Martha, E, I", "mei"), ("n g u y e n", "nguyen")],
)
def test_spelled_names(spelled, word):
    """Letters, doubles, and words that stand for letters."""
    assert spelled_word(spelled) == word


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What is your name?", True),
        ("Could you spell your last name?", True),
        ("Who am I speaking with?", True),
        ("Wie ist Ihr Name?", True),
        ("last_name", True),
        ("What is the name of the hotel?", False),
        ("Could you spell your email address?", False),
        ("What can I do for you?", False),
    ],
)
def test_questions_for_a_name(question, asks):
    """The caller's, not the hotel's; letters of a mail address are mail."""
    assert asks_for_person(question) is asks
