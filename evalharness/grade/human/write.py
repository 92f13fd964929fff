"""A grader's sheet as a workbook: Instructions, Scores, Turns where the rubric asks for them, Transcripts, hidden meta.

Blind: no grade of anyone else and nothing the log says about how a call ended is in it. Assisted calls stand on pages of their
own, with an LLM's answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.workbook import Workbook

from evalharness.errors import UsageError
from evalharness.grade.human.form import About, Form, forms_of
from evalharness.grade.human.form_page import write_form
from evalharness.grade.human.instructions import write_instructions
from evalharness.grade.human.layout import FORMAT, INSTRUCTIONS, META, SCORES, TRANSCRIPTS, UTC_ZONE
from evalharness.grade.human.own import NOTHING, Own
from evalharness.grade.human.standing import Standing
from evalharness.grade.human.transcript import write_transcripts
from evalharness.models.rubric import Rubric
from evalharness.models.sample import SampleItem, WeeklySample
from evalharness.xlsx import new_workbook, put_text, to_bytes, visible


def write_sheet(
    sample: WeeklySample,
    rubric: Rubric,
    *,
    grader: str,
    positions: Sequence[int],
    own: Own = NOTHING,
    zone: ZoneInfo = UTC_ZONE,
) -> bytes:
    """The workbook one person grades in: the calls at these queue positions, in queue order, own grades filled in.

    Calls picked by hand (`sample.picked`) have positions behind the queue and are marked as such wherever they stand. The calls
    of `own.answers` are assisted: they stand on a page of their own beside the LLM's answers, and nothing an LLM says stands
    anywhere else. `zone` is the workspace's, for the times shown and for conditions on hour and weekday. Equal input gives equal
    bytes. Raises UsageError for a position the sample does not have.
    """
    items = _items(sample, positions)
    standing = Standing(own.grades, grader, rubric, own.answers)
    workbook = new_workbook()
    forms = forms_of(About(sample, sample.frozen_digest(), rubric, grader, zone, own), items)
    names = [INSTRUCTIONS, *(form.sheet for form in forms), TRANSCRIPTS, META]
    sheets = {name: workbook.create_sheet(name) for name in names}
    write_instructions(sheets[INSTRUCTIONS], rubric, forms)
    bands = write_transcripts(sheets[TRANSCRIPTS], forms, zone)
    for form in forms:
        write_form((sheets[form.sheet], sheets[META]), form, standing, bands, zone)
    _write_meta(workbook, forms)
    workbook.active = names.index(SCORES)
    return to_bytes(workbook)


def _items(sample: WeeklySample, positions: Sequence[int]) -> list[SampleItem]:
    known = {item.position: item for item in sample.on_sheets}
    unknown = sorted(set(positions) - set(known))
    if unknown:
        raise UsageError(f"the sample of {sample.week} has {len(known)} calls; there is no call {unknown[0]}")
    return [known[position] for position in sorted(set(positions))]


def _write_meta(workbook: Workbook, forms: Sequence[Form]) -> None:
    """The hidden sheet: identity and headings of each form, then the answers the dropdowns offer; also as properties."""
    sheet = workbook[META]
    put_text(sheet["A1"], META)
    for row, form in enumerate(forms, start=2):
        texts = [form.identity.text(), *(text for column in form.columns for text in (column.header, column.spec))]
        for at, text in enumerate(texts, start=1):
            put_text(sheet.cell(row, at), text)
    sheet.sheet_state = "hidden"
    identity = forms[0].identity
    properties = vars(workbook)["custom_doc_props"]
    facts = {"week": identity.week, "sample": identity.sample, "rubric": identity.rubric, "grader": visible(identity.grader)}
    for name, value in {**facts, "format": str(FORMAT)}.items():
        properties.append(StringProperty(name=f"evalharness {name}", value=value))
