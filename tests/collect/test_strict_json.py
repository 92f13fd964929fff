"""Strict JSON: the grammar by JSONTestSuite, and what the grammar allows but we refuse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.strict_json import MAX_DEPTH, StrictJsonError, parse_json
from tests.collect.files import DATA, needs_data

SUITE = DATA / "badinput" / "JSONTestSuite" / "test_parsing"


def decided(data: bytes | str):
    """The value, or the refusal itself."""
    try:
        return parse_json(data)
    except StrictJsonError as error:
        return error


def refusal(data: bytes | str) -> StrictJsonError:
    with pytest.raises(StrictJsonError) as caught:
        parse_json(data)
    return caught.value


@needs_data
def test_the_suite_is_decided_rightly():
    """All 95 y_ files are JSON, none of the 188 n_ files is."""
    decided = {"y": [], "n": []}
    for path in sorted(SUITE.glob("[yn]_*.json")):
        try:
            parse_json(path.read_bytes(), unique_keys=False)
        except StrictJsonError:
            decided[path.name[0]].append((path.name, False))
        else:
            decided[path.name[0]].append((path.name, True))
    assert (len(decided["y"]), len(decided["n"])) == (95, 188)
    assert [name for name, taken in decided["y"] if not taken] == []
    assert [name for name, taken in decided["n"] if taken] == []


@needs_data
def test_by_default_only_doubled_keys_are_refused_beyond_the_grammar():
    """Two of the 95 y_ files have a key twice: correct by the grammar, and a value lost in silence."""
    refused = []
    for path in sorted(SUITE.glob("y_*.json")):
        try:
            parse_json(path.read_bytes())
        except StrictJsonError as error:
            refused.append((path.name, error.reason))
    assert [name for name, _ in refused] == ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]
    assert {reason for _, reason in refused} == {"the key 'a' stands twice in one object"}


@needs_data
def test_undecided_files_never_crash():
    """The 35 i_ files are taken or refused with a place, whatever they hold."""
    paths = sorted(SUITE.glob("i_*.json"))
    assert len(paths) == 35
    refusals = [found for path in paths if isinstance(found := decided(path.read_bytes()), StrictJsonError)]
    assert all(error.line >= 1 and error.column >= 1 for error in refusals)
    assert len(refusals) == 29


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("[1, NaN]", "NaN is not a JSON number", 1, 5),
        ("[Infinity]", "Infinity is not a JSON number", 1, 2),
        ('{"NaN": [-Infinity]}', "-Infinity is not a JSON number", 1, 10),
        ("[1e400]", "the number 1e400 is too large", 1, 2),
        ("[\n -1e999]", "the number -1e999 is too large", 2, 2),
        ('{"id": 1,\n "id": 2}', "the key 'id' stands twice in one object", 2, 2),
        ('{"a": {"b": 1}, "c": {"x": "b", "b": 1, "b": 2}}', "the key 'b' stands twice in one object", 1, 41),
        ('{"a": 1, "\\u0061": 2}', "the key 'a' stands twice in one object", 1, 10),
        ('["\\ud800"]', "half of a surrogate pair is not a character", 1, 3),
        ('["x\\n\\udc00"]', "half of a surrogate pair is not a character", 1, 6),
        ('["\\ud800\\ud800"]', "half of a surrogate pair is not a character", 1, 3),
        ('{"a":', "the text ends too early", 1, 6),
        ('{"a" 1}', "expecting ':' delimiter", 1, 6),
    ],
)
def test_refusals_name_the_place(text, reason, line, column):
    """Reason, line and column of what is refused."""
    error = refusal(text)
    assert (error.reason, error.line, error.column) == (reason, line, column)


def test_a_number_of_many_digits_is_refused():
    """300 digits are read; 301 digits (and the 5,000 that Python itself would refuse) are not."""
    assert parse_json("9" * 300) == int("9" * 300)
    assert refusal("9" * 301).reason == "a number of 301 digits is too large"
    assert refusal("9" * 5000).reason == "a number of 5000 digits is too large"


def test_depth_has_a_limit_and_no_recursion_error():
    """200 levels are read, 201 and 100,000 are refused where the 201st begins; brackets in strings do not count."""
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert refusal("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).column == MAX_DEPTH + 1
    assert refusal("[" * 100_000).reason == "nested deeper than 200 levels"
    assert parse_json('["' + "[" * 5000 + '"]') == ["[" * 5000]
    assert parse_json("[" + "[]," * 5000 + "[]]") == [[]] * 5001


def test_bytes_must_be_utf_8():
    """The place of the first wrong byte, counted in characters."""
    error = refusal('{"ä":\n"x'.encode() + b'\xff"}')
    assert (error.reason, error.line, error.column) == ("byte 0xFF is not UTF-8", 2, 3)


def test_a_byte_order_mark_is_tolerated_at_the_start_only():
    """One mark at the very start; a second one is an error."""
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert refusal(b"\xef\xbb\xbf\xef\xbb\xbf1").line == 1


def test_whole_pairs_and_escaped_backslashes_are_no_surrogates():
    """A pair is one character; a backslash before u that is itself escaped begins no escape."""
    assert parse_json('"\\ud83d\\ude00"') == "\U0001f600"
    assert parse_json('"\\\\ud800"') == "\\ud800"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_what_json_writes_is_read_back(value):
    """Any JSON value survives, escaped or not."""
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value
    assert parse_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")) == value


@given(st.binary(max_size=200) | st.text(alphabet='[]{},:"\\u0dD8 \n1e.-ntf', max_size=60).map(str.encode))
def test_any_bytes_give_a_value_or_a_refusal(data):
    """Nothing but StrictJsonError escapes, and whatever is taken is what the standard parser reads."""
    found = decided(data)
    assert found.column >= 1 if isinstance(found, StrictJsonError) else found == json.loads(data)


def test_a_long_key_that_stands_twice_is_not_repeated():
    """20 characters with spaces: they may be what somebody said."""
    found = refusal('{"my name is Ann Jones": 1, "my name is Ann Jones": 2}')
    assert found.reason == "the key of 20 characters stands twice in one object"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("9" * 200 + "e99", True),  # below 1e299
        ("9" * 220 + "e99", False),  # 1e319: no float holds it, and neither part alone is long
        ("1e308", True),
        ("1E+309", False),
        ("1e0309", False),
        ("0.1e-999", True),
        ("1" * 300, True),
        ("1" * 301, False),
        ('"1e999 is text, and so is ' + "1" * 400 + '"', True),
    ],
)
def test_large_numbers_are_found_however_they_are_written(text, taken):
    """Where mantissa and exponent are large together, and alone; what only looks like a number is left."""
    if taken:
        assert len(parse_json(f"[{text}]")) == 1
        return
    with pytest.raises(StrictJsonError, match="too large"):
        parse_json(f"[{text}]")


@pytest.mark.parametrize(
    "text",
    [
        r'{"a":1,"a":"\u003a"}',  # written out again, the escaped colon would make up for the key that is lost
        r'{"a":1,"\u0061":2}',
        '{"a":1,"b":":","b":"Infinity"}',
        '[{"a":":"},1e400]',
        '{"a" :1, "b" : {"c": 1, "c":2}}',
        '{"a": 1e400}',
        '{"a": -1e999}',
        '{"a": ' + "1" * 301 + "}",
        '{"a": ' + "[" * 201 + "]" * 201 + "}",
        "[" * 201 + "]" * 201,  # only the 201st, which is empty, is too deep
        '{"a":' * 200 + "{}" + "}" * 200,
        "1, 2",  # within an array it would be two values
        "1], [2",
        " ",
        '{"a": ' + "7" * 309 + ".5}",
        r'{"a": "\ud800"}',
        '{"a": NaN}',
        '{"a": 1} x',
    ],
)
def test_bytes_are_refused_as_text_is(text):
    """The quicker parser takes or keeps other values than we do of these: it decides about none of them."""
    assert str(refusal(text.encode())) == str(refusal(text))


@pytest.mark.parametrize("before", range(0, 20, 3))
def test_a_number_of_too_many_digits_is_found_wherever_it_stands(before):
    """300 digits are read and 301 are not, however they lie to the bytes that are looked at."""
    text = b'{"a": "' + b"x" * before + b'", "n": '
    assert len(str(parse_json(text + b"9" * 300 + b"}")["n"])) == 300
    assert refusal(text + b"9" * 301 + b"}").reason == "a number of 301 digits is too large"


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(10**40), 10**40)
        | st.text(alphabet=st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text('a":\\'), inner),
    )
)
def test_bytes_give_what_text_gives(value):
    """The same value of the same kinds, floats to the last bit."""
    text = json.dumps(value)
    assert repr(parse_json(text.encode())) == repr(parse_json(text)) == repr(value)
