"""notify in evalharness.yaml: nobody, one, several; what is refused and where; what may be secret is never shown."""

from __future__ import annotations

import pytest

from evalharness.errors import ConfigError
from evalharness.workspace.receiver import Alert, Notice
from tests.workspace.building import a_config, refused_addition


def test_nobody_one_and_several():
    """null is nobody; one mapping is one; a list keeps its order."""
    assert a_config("notify: null\n").notify == a_config().notify == ()
    (one,) = a_config("notify: {run: [./hand.sh, front-desk]}\n").notify
    assert (one.run, one.on, one.json_key, one.timeout_s) == (("./hand.sh", "front-desk"), ("done",), "text", 20)
    two = a_config("notify: [{run: [./a]}, {post: 'https://x.example/hook', on: [signed, verdict], form: whole}]\n").notify
    assert [notice.target for notice in two] == ["run ./a", "post x.example"]
    assert two[1].on == ("signed", "verdict")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notify: someone", "field notify"),
        ("notify: {on: [done]}", "one of the two"),
        ("notify: {run: [./a], post: 'https://x.example'}", "one of the two"),
        ("notify: {run: ./a}", "run"),
        ("notify: {run: [./a], on: []}", "on"),
        ("notify: {run: [./a], on: [monday]}", "on"),
        ("notify: {run: [./a], headers: {A: B}}", "`headers` go with `post`"),
        ("notify: {post: 'https://me:secret@x.example'}", "post"),
        ("notify: {post: 'https://x.example', headers: {A: 'Bearer 123'}}", "never the secret itself"),
        ("notify: {run: [./a], form: long}", "form"),
        ("notify: {run: [./a], timeout_s: 0}", "timeout_s"),
        ("notify: {run: [./a], when: done}", "when"),
    ],
)
def test_what_is_refused(text, said):
    """At its line, with the field or the reason."""
    assert said in str(refused_addition(text + "\n"))


@pytest.mark.parametrize("text", ["notify: {rn: [x]}", "notify: [{rn: [x]}]"])
def test_a_slip_of_the_pen_is_told_at_its_place(text):
    """Its own line and column, the field once: `notify: {rn` is column 10, in a list 11."""
    said = str(refused_addition(text + "\n"))
    assert f"column {text.index('rn') + 1}, field notify" in said
    assert "rn.rn" not in said
    assert "line 1," not in said


def test_a_program_gets_the_whole_and_a_webhook_the_short_form():
    """Unless it says otherwise."""
    assert [Notice(run=("./a",)).short, Notice(post="https://x.example").short] == [False, True]
    assert [Notice(run=("./a",), form="short").short, Notice(post="https://x.example", form="whole").short] == [True, False]


def test_a_receiver_is_known_by_where_it_goes():
    """Other occasions or another time-out are the same receiver; another word on the command line is another one."""
    one = Notice(run=("./a", "b"))
    assert one.key == Notice(run=("./a", "b"), on=("signed",), timeout_s=3).key
    assert one.key != Notice(run=("./a", "c")).key
    assert one.key == Alert(run=("./a", "b"), on=("missed",)).key


def test_a_variable_that_is_not_set_is_named_with_its_field():
    """The name of the variable, the field of evalharness.yaml, what to type; with a value it stands in the header whole."""
    notice = Notice(post="https://x.example/path", headers={"X-Key": "HOOK"})
    with pytest.raises(ConfigError, match="the environment variable HOOK is not set") as caught:
        notice.values({})
    assert caught.value.where == "evalharness.yaml, field notify"
    assert notice.values({"HOOK": "s3cret"}) == {"X-Key": "s3cret"}
    assert "path" not in notice.target
