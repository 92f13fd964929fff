"""Typed access to the ledger: what other rooms read and append, gathered from one file a subject."""

from evalharness.store.actions import action_history, actions, add_action, next_action_id
from evalharness.store.adjudications import add_adjudication, add_confirmation, adjudications, confirmations
from evalharness.store.disputes import add_dispute, close_disputes, disputed_calls, disputes
from evalharness.store.grades import add_grades, load_grades
from evalharness.store.intakes import (
    Part,
    add_intake,
    add_supplements,
    intake_digests,
    intakes,
    parts,
    supplements,
)
from evalharness.store.picks import add_picks, load_picks
from evalharness.store.probes import probes
from evalharness.store.rubrics import freeze_rubric, load_rubric
from evalharness.store.samples import freeze_sample, load_sample, samples
from evalharness.store.shown import add_shown, assisted_since, shown
from evalharness.store.signoffs import add_sign_off, sign_offs, signed_off, signed_weeks
from evalharness.store.trail import (
    add_audit,
    add_change,
    add_export,
    changes,
    last_export,
    numbered_changes,
    withdraw_change,
)

__all__ = [
    "Part",
    "action_history",
    "actions",
    "add_action",
    "add_adjudication",
    "add_audit",
    "add_change",
    "add_confirmation",
    "add_dispute",
    "add_export",
    "add_grades",
    "add_intake",
    "add_picks",
    "add_shown",
    "add_sign_off",
    "add_supplements",
    "adjudications",
    "assisted_since",
    "changes",
    "close_disputes",
    "confirmations",
    "disputed_calls",
    "disputes",
    "freeze_rubric",
    "freeze_sample",
    "intake_digests",
    "intakes",
    "last_export",
    "load_grades",
    "load_picks",
    "load_rubric",
    "load_sample",
    "next_action_id",
    "numbered_changes",
    "parts",
    "probes",
    "samples",
    "shown",
    "sign_offs",
    "signed_off",
    "signed_weeks",
    "supplements",
    "withdraw_change",
]
