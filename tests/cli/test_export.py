"""The pages on exports and notify name the options and keys that there are, and every option is on its page."""

from __future__ import annotations

import re

import pytest

from evalharness.workspace.receiver import Notice
from tests.flows.workspaces import run
from tests.servers.process import ROOT
from tests.workspace.building import a_config

OWN = {"--help", "--workspace"}


@pytest.mark.parametrize(("page", "command"), [("exports", "export"), ("notify", "notify")])
def test_a_page_and_its_command_have_the_same_options(page, command):
    """Each option of the help screen stands on the page but those of every command; each on the page is on the screen."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8").partition("## The tables")[0]
    screen = run(command, "--help").stdout
    written = {word for line in re.findall(rf"evalharness {command}([^\n`]*)", text) for word in re.findall(r"--[a-z]+", line)}
    known = set(re.findall(r"--[a-z]+", screen))
    assert written <= known
    assert known - OWN - {"--json"} <= set(re.findall(r"--[a-z]+", text)) | {"--week"}


def test_the_page_on_notify_names_every_key_and_its_yaml_is_taken():
    """What stands there as configuration is one."""
    text = (ROOT / "docs" / "notify.md").read_text(encoding="utf-8")
    for name in Notice.model_fields:
        assert f"| `{name}` |" in text
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        assert a_config(block).notify
