"""The reference implementation that lies beside the project on the machines where it is built; absent elsewhere."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_PATH = Path(__file__).resolve().parents[3] / "shared" / "tools" / "stats_reference.py"


def the_oracle() -> ModuleType:
    """The reference module; skips the test where it is not there."""
    if not _PATH.exists():
        pytest.skip("the reference implementation is not beside the project")
    spec = importlib.util.spec_from_file_location("stats_reference", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault(spec.name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module
