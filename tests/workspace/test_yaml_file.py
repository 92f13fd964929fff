"""A file -> a noun, or one error with every problem, its line, column and field."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evalharness.errors import ConfigError, ExitCode
from evalharness.models.rubric import Rubric
from evalharness.models.threshold import Thresholds
from evalharness.workspace.config import Config
from evalharness.workspace.yaml_file import MAX_BYTES, MAX_SHOWN, as_data, load_yaml, parse_yaml, read_text
from tests.workspace.building import NEEDED, RUBRIC, THRESHOLDS, refused, refused_addition


def test_the_rubric_of_the_formats_is_read() -> None:
    """Levels and bands are written as mappings and kept as tuples in the order written."""
    rubric = parse_yaml(RUBRIC, "phone-agent.yaml", Rubric)
    correctness = rubric.criterion("correctness")
    assert [level.value for level in correctness.levels] == [1, 2, 3, 4, 5]
    assert (correctness.fails(1), correctness.fails(2)) == ("call", None)
    assert [(band.level, band.op, band.bound) for band in rubric.criterion("latency").bands] == [
        (5, "<", 600.0),
        (4, "<", 900.0),
        (3, "<", 1200.0),
        (2, "<", 1500.0),
        (1, ">=", 1500.0),
    ]
    assert rubric.criterion("wrong_information").answers == ("yes", "no")
    assert rubric.criterion("outcome").graded_by == ("human", "llm", "measured")
    assert rubric.policy == "A nurse is needed for anything clinical.\n"


def test_a_rubric_comes_back_from_its_canonical_json() -> None:
    """What the ledger keeps of a rubric is the same rubric, with the same digests."""
    rubric = parse_yaml(RUBRIC, "phone-agent.yaml", Rubric)
    again = Rubric.model_validate_json(rubric.canonical())
    assert again == rubric
    assert again.digests() == rubric.digests()


def test_levels_with_words_as_names() -> None:
    """A category's levels are words; a short form gives the text alone."""
    text = RUBRIC.replace("type: ordinal\n        weight: 85", "type: category")
    for number, word in enumerate(["booked", "moved", "cancelled", "asked", "other"], start=1):
        text = text.replace(f"          {number}: {{", f"          {word}: {{")
    levels = parse_yaml(text, "x.yaml", Rubric).criterion("correctness").levels
    assert [level.value for level in levels] == ["booked", "moved", "cancelled", "asked", "other"]


def test_a_slip_in_a_level_is_found_in_its_line() -> None:
    """Level 2 is the second entry of its mapping and stands in line 16."""
    error = refused(RUBRIC.replace('2: {text: "Wrong in a detail."}', '2: {txt: "Wrong in a detail."}'), Rubric)
    assert error.where == "evalharness.yaml line 16, column 15, field sections[0].criteria[0].levels[2].txt"
    assert error.what == "'txt' is not a known key; did you mean text? known: value, text, fail"


def test_a_band_that_is_no_comparison_is_found_in_its_line() -> None:
    """A band is an operator and a number."""
    error = refused(RUBRIC.replace('4: "<900"', '4: "under 900"'), Rubric)
    assert error.what == "band 'under 900' of level 4 is not like '<600'"
    assert error.where == "evalharness.yaml line 27, column 16, field sections[1].criteria[0].bands"


def test_a_problem_of_a_criterion_as_a_whole_stands_where_it_begins() -> None:
    """An ordinal criterion with one level: the problem is the criterion, which begins in line 8."""
    text = "".join(line for line in RUBRIC.splitlines(keepends=True) if not line.strip().startswith(("2:", "3:", "4:", "5:")))
    error = refused(text, Rubric)
    assert error.where == "evalharness.yaml line 8, column 9, field sections[0].criteria[0]"
    assert "at least two whole-number levels" in error.what


def test_the_thresholds_of_the_formats_are_read() -> None:
    """A whole number where a number is wanted is fine: 600 is 600.0."""
    bar = parse_yaml(THRESHOLDS, "good-enough.yaml", Thresholds)
    assert [(check.id, check.direction, check.value, check.enabled) for check in bar.checks] == [
        ("resolution", "at_least", 0.6, True),
        ("median_latency", "below", 600.0, True),
        ("correctness", "at_least", 0.8, False),
    ]


def test_a_threshold_with_two_sides_is_refused() -> None:
    """The second check has `below` and `above`; it begins in line 4, column 5."""
    error = refused(THRESHOLDS.replace("below: 600", "below: 600, above: 3"), Thresholds)
    assert error.where == "evalharness.yaml line 4, column 5, field checks[1]"
    assert error.what == "median_latency: give exactly one of at_least, at_most, below, above"


def test_one_problem_is_four_lines() -> None:
    """What, where, why, what to do; the exit code is that of an error."""
    error = refused_addition("timezon: x\n")
    assert [line.split(":")[0] for line in error.lines()] == ["Error", "Where", "Why", "Do"]
    assert error.where == "evalharness.yaml line 4, column 1, field timezon"
    assert error.what.startswith("'timezon' is not a known key; did you mean timezone? known: agent, owner, timezone, scope,")
    assert error.exit_code == ExitCode.ERROR


def test_several_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    """A mapping's form, its keys and its values are checked in one reading."""
    error = refused_addition("rubrik: a.yaml\nsample: {size: ten, size: 20}\ngraders: {double_share: off}\n")
    assert error.what == "evalharness.yaml has 4 problems"
    assert [line.strip() for line in error.where.splitlines()][1:] == [
        "evalharness.yaml line 5, column 16, field sample.size: 'ten' should be a whole number",
        "evalharness.yaml line 5, column 21, field sample.size: this key stands already in line 5; keep one of the two",
        (
            "evalharness.yaml line 6, column 25, field graders.double_share: off may be a word or a switch: write false, "
            'or "off" in quotes for the word'
        ),
    ]
    assert error.where.startswith(
        "evalharness.yaml line 4, column 1, field rubrik: 'rubrik' is not a known key; did you mean rubric?"
    )


def test_ten_problems_are_shown_and_the_others_counted() -> None:
    """Fourteen unknown keys: ten lines and "and 4 more"."""
    error = refused_addition("".join(f"x{i}: 1\n" for i in range(14)))
    lines = error.where.splitlines()
    assert len(lines) == MAX_SHOWN + 1
    assert lines[-1].strip() == "and 4 more"


def test_an_empty_file_says_what_is_missing() -> None:
    """An empty file is one problem, at its beginning."""
    error = refused("")
    assert error.where == "evalharness.yaml line 1, column 1"
    assert error.what == "nothing stands here; it should be a mapping of keys and values"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: [1, 2", "line 1, column 9", "expected ',' or ']'"),
        ("a: 1\n\tb: 2", "line 2, column 1", "cannot start any token"),
        ("a: b: c", "line 1, column 5", "mapping values are not allowed here"),
        ('a: "open', "line 1, column 9", "unexpected end of stream"),
        ("a: *gone", "line 1, column 4", "undefined alias"),
        ("a: 1\n---\nb: 2", "line 2, column 1", "another document"),
        ("a: !!python/name:os.system x", "line 1, column 4", "is not taken; leave it out"),
    ],
)
def test_what_is_not_yaml_says_where(text: str, place: str, said: str) -> None:
    """The parser's words, the place, and what to look for."""
    error = refused(text)
    assert error.what.startswith("this is not YAML: ")
    assert said in error.what
    assert error.where == f"evalharness.yaml {place}"
    assert "indentation" in error.fix


@pytest.mark.parametrize(("letter", "code"), [("\x07", "U+0007"), ("\x00", "U+0000"), ("\x1b", "U+001B"), ("\ufffe", "U+FFFE")])
def test_a_control_character_is_named_with_its_place(letter: str, code: str) -> None:
    """The message shows the code, never the character itself."""
    error = refused(f"agent:\n  name: a{letter}b\n")
    assert error.what == f"the character {code} may not stand in YAML"
    assert error.where == "evalharness.yaml line 2, column 10"


def test_a_hostile_value_is_shown_short_and_escaped() -> None:
    """A value of the file is quoted in the message: what acts on a terminal is escaped, the rest cut at 60 characters."""
    error = refused_addition('graders: {llm: {effort: "\\e[31m%s"}}\n' % ("x" * 500))
    assert "\x1b" not in str(error)
    assert "'\\x1b[31mxxx" in error.what
    assert len(error.what) < 160


def test_a_file_is_read_with_its_name_in_messages(tmp_path: Path) -> None:
    """The name, not the whole path, stands before the line."""
    path = tmp_path / "good-enough.yaml"
    path.write_text(THRESHOLDS)
    assert load_yaml(path, Thresholds).profile == "good-enough"
    path.write_text(THRESHOLDS.replace("profile", "profil"))
    with pytest.raises(ConfigError, match=r"good-enough\.yaml line 1, column 1, field profil"):
        load_yaml(path, Thresholds)


def test_a_byte_order_mark_is_taken_off(tmp_path: Path) -> None:
    """Editors of Windows put one before UTF-8; columns are counted without it."""
    path = tmp_path / "evalharness.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + NEEDED.encode())
    assert read_text(path) == NEEDED
    assert load_yaml(path, Config).agent.name == "Front Desk"


def test_line_ends_of_windows(tmp_path: Path) -> None:
    """CR LF ends a line like LF."""
    path = tmp_path / "evalharness.yaml"
    path.write_bytes(NEEDED.replace("\n", "\r\n").encode() + b"sample: {size: 7}\r\n")
    with pytest.raises(ConfigError, match=r"line 4, column 16, field sample\.size"):
        load_yaml(path, Config)


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    """0xFC is the u umlaut of Latin-1: in line 2 of this file, at byte 14."""
    path = tmp_path / "evalharness.yaml"
    path.write_bytes("agent: 1\nn: Mü\n".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        read_text(path)
    assert caught.value.what == "the file is not UTF-8 text"
    assert caught.value.where == f"{path} line 2, byte 13"


def test_utf_16_is_refused(tmp_path: Path) -> None:
    """Its first byte is no UTF-8."""
    path = tmp_path / "evalharness.yaml"
    path.write_bytes(NEEDED.encode("utf-16"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_text(path)


def test_the_size_cap(tmp_path: Path) -> None:
    """Half a MiB is read, a byte more is not."""
    path = tmp_path / "evalharness.yaml"
    path.write_bytes(b"#" * MAX_BYTES)
    assert len(read_text(path)) == MAX_BYTES
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError, match="larger than 512 KiB"):
        read_text(path)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """A missing name, a folder, and a pipe that nobody writes to (reading it would wait for ever)."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "gone.yaml", tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigError, match="there is no such file"):
            read_text(path)


def test_a_file_that_cannot_be_opened_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's reason stands in the message."""
    path = tmp_path / "evalharness.yaml"
    path.write_text(NEEDED)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ConfigError, match=r"cannot be read \(Permission denied\)"):
        read_text(path)


def test_raw_mappings_hold_lists() -> None:
    """A field map is validated by the room that uses it, which sees lists as a JSON reader gives them."""
    assert as_data({"join": ("a", ("b",)), "n": 1}) == {"join": ["a", ["b"]], "n": 1}
