"""Names of files and rejected rows."""

import pytest

from evalharness.collect.privacy.masked import masked, masked_name, masking
from evalharness.models.intake import Rejected
from tests.collect.files import KEY

PHONE = masking(KEY).text("415-555-0132")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("415-555-0132.jsonl", f"{PHONE}.jsonl"),
        ("calls_415-555-0132.jsonl", f"calls {PHONE}.jsonl"),
        ("calls-4155550132.jsonl", f"calls {PHONE}.jsonl"),
        ("calls_+14155550132.jsonl", f"calls_+{PHONE}.jsonl"),
        ("call4155550132.jsonl", f"call {PHONE}.jsonl"),
        ("export20261116.jsonl", "export20261116.jsonl"),
        ("run1763283600.jsonl", "run1763283600.jsonl"),
        ("2026-W47.jsonl", "2026-W47.jsonl"),
        ("calls_2026-11-16.jsonl", "calls_2026-11-16.jsonl"),
        ("calls-2026-11-16-2026-11-22.jsonl", "calls-2026-11-16-2026-11-22.jsonl"),
        ("export_20261116.jsonl", "export_20261116.jsonl"),
        ("part-00001.parquet", "part-00001.parquet"),
        ("calls.jsonl", "calls.jsonl"),
    ],
)
def test_names_of_files(name, kept):
    """A number goes, also behind a hyphen, an underscore or a letter; dates, weeks and parts stay."""
    assert masked_name(name, masking(KEY)) == kept


def test_a_mail_address_in_a_name():
    """It goes with the ending that looks like a part of it."""
    assert masked_name("anna@example.com.jsonl", masking(KEY)).startswith("[email-")


def test_a_rejected_row():
    """File, field and reason; a number known from the row before is unknown in the next."""
    redactor = masking(KEY)
    row = Rejected(file="415-555-0132.jsonl", line=1, field="x 415-555-0132", reason="must not be '415-555-0132'")
    found = masked(row, redactor)
    assert (found.file, found.field, found.reason) == (f"{PHONE}.jsonl", f"x {PHONE}", f"must not be '{PHONE}'")
    assert found.line == 1
