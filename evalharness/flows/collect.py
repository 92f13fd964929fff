"""Files -> call log: every row ends as accepted, duplicate, conflict, other_agent or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from evalharness.collect.field_map import FieldMap
from evalharness.collect.intake import Intake, IntakeRules, Limits, recognise
from evalharness.errors import InputError, UsageError
from evalharness.flows.opened import Opened
from evalharness.grade.measured.latency import measure_call
from evalharness.models.intake import IntakeReport
from evalharness.store.call_log import Part
from evalharness.store.files import digest_file
from evalharness.store.intakes import add_intake, intake_digests
