"""Pseudonyms as facts."""

import pytest

from evalharness.grade.measured.facts_hidden import hidden_in, unhidden


def test_a_part_of_a_number_is_no_fact():
    """The whole number is one; its last four digits, a mail and a name are none."""
    text = "[phone-9b83] and [phone-9b83 part] of [name-00aa], [email-1234]"
    assert [fact.value for fact in hidden_in(text)] == ["[phone-9b83]"]


@pytest.mark.parametrize("kind", ["card", "account", "phone", "ssn", "dob", "email", "name", "address"])
def test_no_part_of_a_pseudonym_is_read_as_a_code(kind):
    """Whole or part, of every kind; other words in brackets stay."""
    assert unhidden(f"a [{kind}-9b83] b [{kind}-9b83 part] c [order-9b83]") == "a [] b [] c [order-9b83]"
