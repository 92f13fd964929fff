"""What every noun has in common."""

from __future__ import annotations

import json
import pickle
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evalharness.models.call import Call, Turn
from evalharness.models.noun import Noun, canonical_json, digest_of, number_of, tuples, word_key
from tests.builders import MONDAY, a_call

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_canonical_json_reads_back_as_what_was_written(value):
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_change_the_text(value):
    backwards = dict(reversed(value.items()))
    assert canonical_json(backwards) == canonical_json(value)


def test_canonical_json_has_sorted_keys_no_spaces_and_plain_letters():
    assert canonical_json({"b": [1, 2], "a": "Grüße"}) == '{"a":"Grüße","b":[1,2]}'


def test_not_a_number_is_no_json():
    with pytest.raises(ValueError):
        canonical_json({"value": float("nan")})


def test_the_digest_is_sha_256_of_the_utf8_text():
    # printf abc | sha256sum
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_equal_calls_have_equal_digests_and_another_word_another_one():
    assert a_call().digest() == a_call().digest()
    assert a_call().digest() != a_call([("caller", "Hello?")]).digest()


def test_a_call_reads_back_from_its_canonical_text():
    assert Call.model_validate_json(a_call().canonical()) == a_call()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"unknown_field": 1}, "unknown_field"),
        ({"id": ""}, "id"),
        ({"id": "x" * 513}, "id"),
        ({"csat": "5"}, "csat"),
        ({"csat": float("nan")}, "csat"),
        ({"csat": float("inf")}, "csat"),
        ({"started_at": datetime(2026, 11, 16)}, "started_at"),
        ({"errors": ["a list, not a tuple"]}, "errors"),
    ],
)
def test_a_noun_refuses_what_does_not_fit_and_names_the_field(change, word):
    with pytest.raises(ValidationError, match=word):
        a_call(**change)


def test_a_noun_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        a_call().id = "other"


def test_a_noun_with_other_values_is_the_copy_that_its_model_makes():
    """Equal, with the same fields given, frozen, and the noun it was made of stays as it was."""
    turn = Turn(index=0, speaker="caller", text="Hello.", start_ms=1.0)
    update = {"text": "Bye.", "interrupted": True}
    other, copy = turn.with_values(update), turn.model_copy(update=update)
    assert (other, vars(other), other.model_fields_set, type(other)) == (copy, vars(copy), copy.model_fields_set, Turn)
    assert pickle.loads(pickle.dumps(other)) == other == Turn.model_validate_json(other.model_dump_json())
    assert (turn.text, turn.model_fields_set) == ("Hello.", {"index", "speaker", "text", "start_ms"})
    with pytest.raises(ValidationError):
        other.text = "Again."


def test_no_noun_has_more_to_copy_than_its_values():
    """Neither private parts nor fields beyond its own: `with_values` would lose them."""
    nouns, found = [Noun], []
    while nouns:
        found.append(noun := nouns.pop())
        nouns += noun.__subclasses__()
    assert len(found) > 10
    assert [noun for noun in found if noun.__private_attributes__ or noun.model_config.get("extra") != "forbid"] == []


def test_half_a_character_never_gets_a_digest():
    with pytest.raises(UnicodeEncodeError):
        Turn(index=0, speaker="caller", text="\ud800").digest()


def test_lists_of_files_become_tuples_all_the_way_down():
    assert tuples({"a": [1, [2, {"b": [3]}]]}) == {"a": (1, (2, {"b": (3,)}))}


def test_an_id_is_data_and_may_look_like_a_path():
    assert a_call(id="../../etc/passwd", started_at=MONDAY).id == "../../etc/passwd"


def test_a_count_with_its_noun_and_words_typed_another_way() -> None:
    """1 call, 0 and 2 calls; spaces and capitals do not tell two names apart."""
    assert [number_of(count, "call") for count in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]
    assert word_key("  anna   KELLER ") == word_key("Anna Keller") != word_key("Anna Kellers")
