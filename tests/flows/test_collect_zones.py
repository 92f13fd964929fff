"""Clocks of forms that write local times: refused until one is declared, read again once it is; maps from files to the log."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from evalharness.flows.collect import collect_configured
from tests.collect.files import counts, write_rows
from tests.collect.platforms.test_vcon import a_dialog, a_vcon
from tests.collect.test_four_maps import MADE, PAGE
from tests.flows.test_collect import AT, facts_by_id, house_of, root, set_sources

__all__ = ["root"]


def declare(root: Path, text: str) -> None:
    """Further keys of `collect:`."""
    path = root / "evalharness.yaml"
    path.write_text(path.read_text().replace("collect:\n", f"collect:\n{text}\n", 1))


def test_a_clock_that_is_declared_later(root: Path) -> None:
    """00:30 in Berlin on Monday is Sunday in UTC: without a zone no week is guessed; with one it is read again."""
    write_rows(root / "inbox" / "v.jsonl", [a_vcon(a_dialog("2026-11-16T00:30:00"))])
    set_sources(root, "path: 'inbox/*.jsonl', source: vcon")
    with house_of(root) as house:
        (refused,), _ = collect_configured(house, AT)
        assert (counts(refused), refused.rejects[0].field) == ((0, 0, 0, 0, 1), "dialog[0].start")
    declare(root, "  timezones: {vcon: Europe/Berlin}")
    with house_of(root) as house:
        (taken,), _ = collect_configured(house, AT)
        assert counts(taken) == (1, 0, 0, 0, 0)
        assert list(facts_by_id(house)) == ["u1"]
        assert collect_configured(house, AT) == ([], [])


def test_the_maps_of_the_page_in_a_workspace(root: Path) -> None:
    """A table with a turn a row and a log of events, each by its own map: two calls each in the week, one row of nobody."""
    blocks = [block for block in PAGE.split("```yaml\n")[1:] if "group:" in block.split("```")[0]]
    texts = [block.split("```")[0].split("  maps:\n")[1] for block in blocks]
    assert all(yaml.safe_load(text) for text in texts)
    declare(root, "  maps:\n" + "".join(texts))
    set_sources(root, "path: 'inbox/wide.csv', source: turns-table", "path: 'inbox/realtime.jsonl', source: realtime")
    for name in ("wide.csv", "realtime.jsonl"):
        shutil.copy(MADE / name, root / "inbox" / name)
    with house_of(root) as house:
        reports, unread = collect_configured(house, AT)
        assert ([counts(report) for report in reports], unread) == ([(2, 0, 0, 0, 1), (2, 0, 0, 0, 0)], [])
        assert set(facts_by_id(house)) == {"A-1", "A-2", "sess_made_1", "sess_made_2"}
