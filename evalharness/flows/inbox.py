"""Which files the sources of evalharness.yaml name, and which lie in inbox/ and are named by none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evalharness.collect.arrived import files_below, without_turns
from evalharness.collect.platforms import pipecat
from evalharness.collect.privacy.masked import masked_name, masking
from evalharness.collect.recognise import form_of
from evalharness.errors import InputError
from evalharness.models.intake import IntakeReport
from evalharness.workspace.collecting import Source
from evalharness.workspace.config import AUTO
from evalharness.workspace.folder import Workspace

_NAMED, _LOOKED_AT = 10, 100


def files_of(root: Path, sources: Sequence[Source]) -> list[tuple[Source, list[Path]]]:
    """The files of each source in name order. A source that recognises forms leaves out what another source names with its form
    or as later facts."""
    found = [(source, _matches(root, source)) for source in sources]
    spoken_for = {path for source, paths in found if not _recognises(source) for path in paths}
    return [(one, [path for path in paths if not (_recognises(one) and path in spoken_for)]) for one, paths in found]


def _recognises(source: Source) -> bool:
    return source.source in (None, AUTO) and source.kind in (None, "calls")


def _matches(root: Path, source: Source) -> list[Path]:
    """A turns.csv comes in with its calls.csv, the files of a run with its folder; hidden files are none."""
    visible = (path for path in root.glob(source.path) if not path.name.startswith("."))
    found = sorted({pipecat.whole(path) for path in visible if path.is_file() or pipecat.is_folder(path)})
    if source.source not in (None, AUTO, "csv") or source.kind not in (None, "calls"):
        return found
    return without_turns(found)


def unnamed(workspace: Workspace, reports: Iterable[IntakeReport]) -> InputError | None:
    """The files in inbox/ that no source names and that were never collected by hand, as one error; None where there are none."""
    taken, sources = {report.file for report in reports}, workspace.config.collect.sources
    named = {path for _, paths in files_of(workspace.root, sources) for path in paths}
    mask = masking(workspace.key)
    left = [path for path in _in_inbox(workspace) if path not in named and masked_name(path.name, mask) not in taken]
    if not left:
        return None
    names = ", ".join(ascii(str(path.relative_to(workspace.inbox)))[1:-1] for path in left[:_NAMED])
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    what = "1 file in inbox/ matches" if len(left) == 1 else f"{len(left)} files in inbox/ match"
    return InputError(
        f"{what} no source of collect.sources: {names}{more}",
        where=str(workspace.inbox),
        why="nothing of what no source names is read",
        fix='write a source into evalharness.yaml, such as - {path: "inbox/*"} (every known form), or move them elsewhere',
    )


def unknown(workspace: Workspace, reports: Iterable[IntakeReport]) -> Iterator[InputError]:
    """Why files that a source names and that were never collected cannot be read (the first hundred are looked at)."""
    taken, mask = {report.file for report in reports}, masking(workspace.key)
    files = files_of(workspace.root, workspace.config.collect.sources)
    paths = [path for source, paths in files if _recognises(source) for path in paths if path.is_file()]
    for path in [path for path in paths if masked_name(path.name, mask) not in taken][:_LOOKED_AT]:
        try:
            form_of(path)
        except InputError as error:
            yield error


def _in_inbox(workspace: Workspace) -> list[Path]:
    return files_below(workspace.inbox) if workspace.inbox.is_dir() else []
