"""Any value in any place of a payload or an export: a call or a reason, never anything else."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.collect.grouped import one_a_group
from evalharness.collect.mapping import in_our_form
from evalharness.collect.named_forms import form_like
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.collect.propose import map_yaml, proposal
from evalharness.collect.reasons import FieldError
from evalharness.collect.recognise import first_rows
from evalharness.collect.rows import RawRow
from tests.collect.payloads import PAYLOADS
from tests.collect.platforms.mutated import a_call_or_a_reason, mutations
from tests.collect.platforms.test_planted_secrets import MADE
from tests.collect.test_four_maps import MADE as EXPORTS
from tests.collect.test_four_maps import the_map

FORMS = ("vapi", "retell", "twilio", "bland", "vcon")
REAL = [
    (form, json.loads(path.read_text()))
    for form in FORMS
    for path in sorted((PAYLOADS / form).glob("*"))
    if path.suffix in (".json", ".vcon")
]
MAPS = {"contact-lens": "contact_lens.json", "genesys": "genesys.json", "realtime": "realtime.jsonl", "turns-table": "wide.csv"}


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_payloads(data):
    """Those of the SDKs' types and the made ones, with one or two values replaced."""
    form, value = data.draw(st.sampled_from([*REAL, *MADE.items()]))
    mutated = data.draw(mutations(value))
    a_call_or_a_reason(form, mutated)
    form_like(mutated)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(MAPS)), data=st.data())
def test_exports_under_their_maps(name, data):
    """The four maps over exports with one or two values replaced; and the map that is proposed for such an export."""
    field_map = the_map(name)
    rows = data.draw(mutations(first_rows(EXPORTS / MAPS[name])))
    raw = [RawRow(row, at) for at, row in enumerate(rows)] if isinstance(rows, list) else []
    for row in one_a_group(lambda: raw, field_map.group, "f") if field_map.group else raw:
        if isinstance(row, RawRow):
            _taken(field_map, row.raw)
    map_yaml(proposal([row.raw for row in raw]), "m")


def _taken(field_map, raw):
    try:
        call_from(in_our_form(field_map, raw, "x_2026-11-16T09:00:00Z.json"), RowDefaults("m", str))
    except FieldError:
        return
