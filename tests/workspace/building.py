"""Plain builders of what a person writes: an evalharness.yaml, a workspace folder, the error of a bad file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from evalharness.errors import ConfigError
from evalharness.workspace.config import Config
from evalharness.workspace.folder import Workspace
from evalharness.workspace.yaml_file import parse_yaml

NEEDED = """\
agent: {name: Front Desk}
owner: {name: Anna Keller}
timezone: Europe/Berlin
"""
"""The three required keys, three lines: what is added in a test begins in line 4."""

RUBRIC = """\
id: phone-agent
version: 1
policy: |
  A nurse is needed for anything clinical.
sections:
  - id: correctness
    criteria:
      - id: correctness
        question: Was what the agent said and did right and complete?
        type: ordinal
        weight: 85
        graded_by: [human, llm]
        evidence: agent
        levels:
          1: {text: "Wrong, with consequence for the caller.", fail: call}
          2: {text: "Wrong in a detail."}
          3: {text: "Right, with gaps."}
          4: {text: "Right."}
          5: {text: "Right and complete."}
  - id: latency
    criteria:
      - id: latency
        type: measured
        measure: p50_ms
        weight: 15
        graded_by: [measured]
        bands: {5: "<600", 4: "<900", 3: "<1200", 2: "<1500", 1: ">=1500"}
checks:
  - {id: wrong_information, question: "Was anything wrong?", graded_by: [human, llm, measured]}
outcome: {graded_by: [human, llm, measured]}
"""

THRESHOLDS = """\
profile: good-enough
checks:
  - {id: resolution, measure: resolution_rate, at_least: 0.60}
  - {id: median_latency, measure: latency_p50_ms, below: 600}
  - {id: correctness, measure: share_4_5.correctness, at_least: 0.80, enabled: false}
"""


def a_config(text: str = "") -> Config:
    """The configuration of the three required keys and `text` behind them."""
    return parse_yaml(NEEDED + text, "evalharness.yaml", Config)


def refused(text: str, model: type[BaseModel] = Config) -> ConfigError:
    """The error that this text as evalharness.yaml gives."""
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "evalharness.yaml", model)
    return caught.value


def refused_addition(text: str) -> ConfigError:
    """The error that `text` gives behind the three required keys; its first line is line 4 of the file."""
    return refused(NEEDED + text)


def a_workspace(root: Path, text: str = "") -> Workspace:
    """A private folder with evalharness.yaml, a key, a rubric and thresholds."""
    root.mkdir(mode=0o700, exist_ok=True)
    for name in ("rubrics", "inbox", "calls", "sheets", "reports"):
        (root / name).mkdir(mode=0o700)
    files = {
        "evalharness.yaml": NEEDED + text,
        ".key": "ab" * 32 + "\n",
        "rubrics/phone-agent.yaml": RUBRIC,
        "rubrics/good-enough.yaml": THRESHOLDS,
    }
    for name, content in files.items():
        (root / name).write_text(content)
        (root / name).chmod(0o600)
    return Workspace.at(root)
