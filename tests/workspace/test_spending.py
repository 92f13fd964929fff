"""The keys `costs` and `alerts`: what they take, and how a mistake is named."""

import pytest

from evalharness.errors import ConfigError
from tests.workspace.building import a_config, refused_addition


@pytest.mark.parametrize(
    ("text", "limits"),
    [("0.5", {"total": 0.5}), ("{llm: 0.2, total: 1}", {"llm": 0.2, "total": 1}), ("null", None)],
)
def test_a_budget_is_one_amount_or_amounts_by_component(text, limits):
    """`total` is everything."""
    costs = a_config(f"costs: {{budget_per_call: {text}, budget_per_week: {text}}}\n").costs
    assert costs.budget_per_call == limits == costs.budget_per_week


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("costs: {budget_per_call: -1}", "should be at least 0"),
        ("costs: {budget_per_week: {rent: 1}}", "rent"),
        ("alerts: [{on: [missed]}]", "one of the two"),
        ("alerts: [{on: [missed], run: [./a], post: 'https://x.example'}]", "one of the two"),
        ("alerts: [{on: [], run: [./a]}]", "field alerts[0].on"),
        ("alerts: [{on: [rain], run: [./a]}]", "field alerts[0].on"),
        ("alerts: [{on: [missed], run: ./a}]", "field alerts[0].run"),
        ("alerts: [{on: [missed], run: [./a], headers: {A: B}}]", "`headers` go with `post`"),
        ("alerts: [{on: [missed], post: 'ftp://x.example'}]", "field alerts[0].post"),
        ("alerts: [{on: [missed], post: 'https://me:secret@x.example'}]", "field alerts[0].post"),
        ("alerts: [{on: [missed], post: 'https://x.example', headers: {A: 'Bearer 123'}}]", "field alerts[0].headers"),
        ("alerts: [{on: [missed], run: [./a], timeout_s: 0}]", "field alerts[0].timeout_s"),
        ("collect: {outcomes: {hangup: solved}}", "collect.outcomes.hangup"),
    ],
)
def test_what_is_refused(text, said):
    """With the field, or the rule that is broken."""
    error = str(refused_addition(text + "\n"))
    assert said in error
    assert "secret@" not in error
    assert "Bearer" not in error


def test_where_an_alert_goes_is_told_without_its_secrets():
    """A program by its name, an address by its host."""
    run, post = a_config(
        "alerts:\n- {on: [missed], run: [./notify.sh, --key, abc]}\n- {on: [budget], post: 'https://x.example:8443/T0/secret?k=1'}\n"
    ).alerts
    assert (run.target, post.target) == ("run ./notify.sh", "post x.example:8443")
    assert run.key != post.key


def test_headers_come_from_the_environment_alone():
    """By the name of the variable; one that is not set, or empty, is named."""
    text = "alerts: [{on: [missed], post: 'https://x.example', headers: {Authorization: TOKEN}}]\n"
    (alert,) = a_config(text).alerts
    assert alert.values({"TOKEN": "Bearer 1"}) == {"Authorization": "Bearer 1"}
    for environment in ({}, {"TOKEN": ""}):
        with pytest.raises(ConfigError, match="TOKEN is not set"):
            alert.values(environment)
