"""Addresses by their form, and answers to "your address, please?"."""

import pytest

from evalharness.collect.privacy.places import asks_for_place, find_places


def places(text: str, question: str = "") -> list[str]:
    """The texts that are taken for addresses, from left to right."""
    spans = sorted({(one.start, one.end) for one in find_places(text, question)})
    return [
        text[start:end] for start, end in spans if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I live at 27 Rowan Street now", ["27 Rowan Street"]),
        ("it's forty one Rowan Lane, thanks", ["forty one Rowan Lane"]),
        ("two oh five rowan avenue", ["two oh five rowan avenue"]),
        ("Apt 3, 27 Rowan Street", ["Apt 3, 27 Rowan Street"]),
        ("27 Rowan Street, Dayton, OH", ["27 Rowan Street, Dayton"]),
        ("PO Box 881", ["PO Box 881"]),
        ("my postcode is LS1 4DY", ["LS1 4DY"]),
        ("zip code 45402", ["45402"]),
        ("zip is four five four oh two", ["four five four oh two"]),
        ("ich wohne Rosengasse 12b", ["Rosengasse 12b"]),
        ("in der Neuen Mainzer Straße 4", ["Neuen Mainzer Straße 4"]),
        ("Tannenweg dreiundzwanzig", ["Tannenweg dreiundzwanzig"]),
        ("Ernst-Reuter-Platz 7, 10587 Berlin", ["Ernst-Reuter-Platz 7", "10587"]),
        ("PLZ 10587", ["10587"]),
        ('{"address1": "27 Rowan Street", "zip": "45402"}', ["27 Rowan Street", "45402"]),
    ],
)
def test_by_form(text, found):
    """House number and street, boxes, postcodes, German streets."""
    assert places(text) == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("27 Rowan", ["27 Rowan"]),
        ("Rowan Lane twelve", ["Rowan Lane twelve"]),
        ("fifteen", ["fifteen"]),
        ("why?", []),
        ("same as before", []),
    ],
)
def test_by_question(answer, found):
    """A short answer with a number or a street in it."""
    assert places(answer, "What is your address?") == found


@pytest.mark.parametrize(
    "text",
    [
        "two minutes down the road",
        "the street was closed",
        "three people on the drive",
        "Sitzplatz vierzehn",
        "auf dem Weg zum Platz",
        "I live in Chicago",
        "order 88123 shipped",
        "at nine by the way",
        "",
    ],
)
def test_left_alone(text):
    """Streets without a number, numbers without a street."""
    assert places(text) == []


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Your address?", True),
        ("zip_code", False),
        ("And the zip code?", True),
        ("Wie ist Ihre Anschrift?", True),
        ("Your email address?", False),
    ],
)
def test_questions_for_an_address(question, asks):
    """Not the mail address."""
    assert asks_for_place(question) is asks
