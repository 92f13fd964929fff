"""Invented quotes are refused, true ones with noise of case, space and Unicode form are taken."""

from __future__ import annotations

import random
import unicodedata

import pytest

from evalharness.grade.llm.evidence import is_shown, is_spoken, unshown
from evalharness.grade.llm.reply import Said
from evalharness.models.call import Call
from evalharness.models.grade import Evidence
from evalharness.workspace.folder import shipped
from tests.builders import a_call
from tests.grade.llm.building import CALL, INVENTED, TRUE, asked, question, said

AGENT, CALLER, ANY = (question("correctness", evidence=whose) for whose in ("agent", "caller", "any"))


def spoken(turn: int, quote: str, whose: str = "any", call: Call = CALL) -> bool:
    """Whether the quote stands."""
    return is_spoken(Evidence(turn=turn, quote=quote), question("correctness", evidence=whose), call)


@pytest.mark.parametrize(
    "quote",
    [
        "Friday at ten is free.",
        "friday AT ten",
        "ten  is\n free",
        "Shall I book it?",
        " Friday at ten is free. Shall I book it? ",
    ],
)
def test_true_quotes(quote: str) -> None:
    """Turn 2 says: Friday at ten is free. Shall I book it?"""
    assert spoken(2, quote)


@pytest.mark.parametrize(
    "quote",
    [
        "Friday at eleven is free",
        "Friday, at ten",
        "Friday ... free",
        "Fridayatten",
        "",
        " ",
        ".",
        "?",
        "a",
        "…",
        "\u200b",
        "Frid\u200bay",
    ],
)
def test_what_was_not_said(quote: str) -> None:
    """Other words, other marks, an ellipsis, nothing at all, a single letter, a hidden one."""
    assert not spoken(2, quote)


def test_the_right_turn() -> None:
    """Turn 1 is the caller's; a turn that does not exist shows nothing."""
    assert not spoken(1, "Friday at ten is free.")
    assert not spoken(9, "Friday at ten is free.")


@pytest.mark.parametrize(("whose", "agent", "caller"), [("agent", True, False), ("caller", False, True), ("any", True, True)])
def test_the_right_speaker(whose: str, agent: bool, caller: bool) -> None:
    """True words of the caller show nothing about what the agent did."""
    assert spoken(2, "Friday at ten is free.", whose) is agent
    assert spoken(1, "move my appointment", whose) is caller


def test_a_short_turn_can_be_quoted_whole() -> None:
    """ "K" is all that was said; in another turn the same letter would stand everywhere."""
    call = a_call([("agent", "K"), ("caller", "OK, thanks"), ("agent", "好")])
    assert spoken(0, "k", call=call)
    assert spoken(2, "好", call=call)
    assert not spoken(1, "k", call=call)


def test_a_quote_of_hidden_characters_as_they_were_shown() -> None:
    """The judge saw the escape and quotes the escape."""
    call = a_call([("agent", "Fri\u200bday at ten")])
    assert spoken(0, "Fri\\u{200B}day at ten", call=call)
    assert not spoken(0, "Friday at ten", call=call)


def test_every_quote_must_be_true() -> None:
    """One true and one invented quote: the answer does not stand."""
    assert is_shown(said("4", TRUE), AGENT, CALL)
    assert not is_shown(said("4", TRUE, INVENTED), AGENT, CALL)


def test_without_a_quote_only_abstentions_and_a_no_stand() -> None:
    """A 4 or a yes out of nothing is refused; an invented quote spoils even a no."""
    empty = {answer: Said(answer, "", ()) for answer in ("4", "N/A", "cannot tell", "yes", "no")}
    check = question("unsafe_speech")
    assert [is_shown(empty[answer], AGENT, CALL) for answer in ("4", "N/A", "cannot tell")] == [False, True, True]
    assert [is_shown(empty[answer], check, CALL) for answer in ("yes", "no")] == [False, True]
    assert not is_shown(said("no", INVENTED), check, CALL)


def test_which_questions_are_left() -> None:
    """In form order, those whose answer does not stand."""
    answers = {"correctness": said("4", INVENTED), "greeted": said("yes", TRUE)}
    assert [each.key for each in unshown(answers, asked("correctness", "greeted"), CALL)] == ["correctness"]


def _calls() -> list[Call]:
    import json

    lines = (shipped("samples") / "calls" / "2026-W47.jsonl").read_text().splitlines()[:200]
    found = []
    for line in lines:
        turns = [(turn["speaker"], turn["text"]) for turn in json.loads(line)["turns"] if turn["speaker"] in ("agent", "caller")]
        if len(turns) > 3:
            found.append(a_call(turns))
    return found


def test_a_thousand_invented_quotes() -> None:
    """Words of another call, an exchanged word, exchanged order: 0 of 1,000 are taken (95 % upper bound 0.3 %)."""
    chance, calls = random.Random(5), _calls()
    taken = tried = 0
    while tried < 1000:
        call, other = chance.sample(calls, 2)
        turn = chance.choice([turn for turn in call.turns if len(turn.text.split()) > 3])
        words = turn.text.split()
        made = [
            chance.choice(other.turns).text,
            " ".join(["never", *words[1:]]),
            " ".join(reversed(words)),
            " ".join([*words, "certainly"]),
        ][tried % 4]
        if made.casefold() in turn.text.casefold():
            continue
        tried += 1
        taken += spoken(turn.index, made, call=call)
    assert taken == 0


def test_true_quotes_with_noise() -> None:
    """1,000 pieces of real turns in other case, spacing and decomposed form: at least 99 % are taken."""
    chance, calls = random.Random(6), _calls()
    taken = 0
    for number in range(1000):
        turn = chance.choice([turn for turn in chance.choice(calls).turns if len(turn.text.split()) > 2])
        words = turn.text.split()
        start = chance.randrange(len(words) - 2)
        piece = "  ".join(words[start : start + chance.randint(2, 8)])
        noisy = [piece.upper(), piece.lower(), unicodedata.normalize("NFD", piece), f" {piece}\n"][number % 4]
        taken += spoken(0, noisy, call=a_call([(turn.speaker, turn.text)]))
    assert taken >= 990
