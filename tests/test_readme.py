"""The README's session is what the commands print; the commands it names exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text()
DOCS = Path(__file__).parents[1] / "docs"


def evalharness(*words: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "evalharness", *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_demo_prints_the_session_of_the_readme(tmp_path: Path) -> None:
    """Letter by letter, from the first line to the last."""
    session = README.split("ends with this screen:\n\n```\n")[1].split("\n```\n")[0]
    assert evalharness("demo", cwd=tmp_path).strip() == session.strip()


def test_the_commands_of_the_own_agent_work_as_written(tmp_path: Path) -> None:
    """init with its flags, doctor, week without any call yet."""
    block = README.split("## Your own agent\n\n```\n")[1].split("\n```\n")[0].splitlines()
    words = re.findall(r'"([^"]*)"|(\S+)', block[0])
    evalharness(*(quoted or plain for quoted, plain in words[1:]), cwd=tmp_path)
    folder = tmp_path / block[1].removeprefix("cd ")
    assert block[2] == "evalharness doctor"
    assert "ERROR" not in evalharness("doctor", cwd=folder)
    assert "No complete week has calls yet" in evalharness("week", cwd=folder)


def test_the_command_table_names_every_command(tmp_path: Path) -> None:
    """Each command of --help stands in the table of the README."""
    table = README.split("| command | what it does |")[1].split("\n\n")[0]
    listed = evalharness("--help", cwd=tmp_path).split("Commands:\n")[1]
    commands = re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE)
    assert len(commands) >= 14
    assert not [command for command in commands if f"`{command}" not in table]


def test_links_lead_somewhere() -> None:
    """Every relative link of README and docs is a file."""
    pages = [(README, DOCS.parent), *((page.read_text(), DOCS) for page in DOCS.glob("*.md"))]
    links = [(folder / link) for text, folder in pages for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    assert links
    assert not [str(link) for link in links if not link.exists()]


def test_the_configuration_page_shows_a_valid_file() -> None:
    """The YAML of docs/configuration.md is accepted as it stands."""
    from evalharness.workspace.config import Config
    from evalharness.workspace.yaml_file import parse_yaml

    text = (DOCS / "configuration.md").read_text().split("```yaml\n")[1].split("```")[0]
    config = parse_yaml(text, "configuration.md", Config)
    assert config.sample.size == 35
