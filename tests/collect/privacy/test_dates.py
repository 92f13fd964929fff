"""Dates as they are spoken."""

import pytest

from evalharness.collect.privacy.dates import ORDINALS, dates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("march fourth nineteen eighty two", "19820304"),
        ("the twelfth of June 1975", "19750612"),
        ("oh four, oh three, eighty-two", "19820403"),
        ("the third of the eleventh, sixty-four", "19641103"),
        ("two seventeen two thousand and nine", "20090217"),
        ("May the fourth twenty fourteen", "20140504"),
        ("september first two thousand one", "20010901"),
        ("twenty fifth of december eighty eight", "19881225"),
        ("the twenty-first of March 1999", "19990321"),
        ("eleven eleven nineteen seventy", "19701111"),
        ("twelve twenty four fifty six", "19561224"),
        ("nineteen hundred and five, may 6", "19050506"),
        ("vierten März neunzehnhundertzweiundachtzig", "19820304"),
        ("siebzehnter Februar zweitausendneun", "20090217"),
        ("dritter elfter vierundsechzig", "19641103"),
        ("null neun, zwölf, achtundsechzig", "19681209"),
        ("12.06.1975", "19750612"),
        ("06/12/1975", "19750612"),
        ("22/08/1994", "19940822"),
        ("1990-05-23", "19900523"),
        ("05231990", "19900523"),
        ("22. Juli 1991", "19910722"),
    ],
)
def test_whole_dates(text, value):
    """Day, month and year in any dress; yyyymmdd."""
    (date,) = dates(text)
    assert date.whole
    assert date.value() == value
    assert text.endswith(text[date.start : date.end])


@pytest.mark.parametrize("text", ["april", "the sixteenth", "nineteen fifty-three", "tenth of october", "seventeen"])
def test_parts_are_not_whole(text):
    """They keep their words."""
    (date,) = dates(text)
    assert not date.whole
    assert date.value() == " ".join(word for word in text.replace("-", " ").split() if word not in ("the", "of"))


def test_several_dates():
    """A whole date ends where the next begins."""
    found = [date.value() for date in dates("from 2026-05-01 to 2026-05-09, then the first of june 2026")]
    assert found == ["20260501", "20260509", "20260601"]


@pytest.mark.parametrize("text", ["", "no date at all", "what a day", "!?"])
def test_no_dates(text):
    """Nothing is no date."""
    assert list(dates(text)) == []


def test_german_ordinals_bend():
    """erste, ersten, erster, erstem; up to the einunddreißigste."""
    assert {ORDINALS[word] for word in ("erste", "ersten", "erster", "erstem", "first")} == {1}
    assert ORDINALS["einunddreißigsten"] == 31
