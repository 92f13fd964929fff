"""Where a call's recording may be played from: a folder of this machine, or one https address; by default nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from evalharness.errors import UsageError
from evalharness.models.call import Call

MEDIA_TYPES = {
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
}
"""What is played; a file of another kind is not served."""


@dataclass(frozen=True)
class Recordings:
    """`folder`: files named as the last part of a call's recording_url. `prefix`: what an allowed recording_url starts with."""

    folder: Path | None = None
    prefix: str = ""

    @property
    def origin(self) -> str:
        """The one foreign origin that media may come from; "" where there is none."""
        parts = urlsplit(self.prefix)
        return f"https://{parts.netloc}" if self.prefix else ""

    def file(self, call: Call) -> Path | None:
        """The call's recording in the folder. Its name alone is taken from the call: no path in it leads anywhere."""
        if self.folder is None or not call.recording_url:
            return None
        name = PurePosixPath(unquote(_path(call.recording_url)).replace("\\", "/")).name
        if not name or "\0" in name or PurePosixPath(name).suffix.lower() not in MEDIA_TYPES:
            return None
        path = self.folder / name
        inside = path.is_file() and path.resolve().is_relative_to(self.folder.resolve())
        return path if inside else None

    def link(self, call: Call) -> str:
        """The call's recording at the allowed address; "" for any other."""
        url = call.recording_url or ""
        if not self.prefix or not url.startswith(self.prefix) or "\\" in url or ".." in unquote(url):
            return ""
        return url


def _path(url: str) -> str:
    """The path of a URL; "" for a text that is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def recordings_at(place: str | None) -> Recordings:
    """A folder or an address ending in "/" as written on the command line; None: nothing is played. Raises UsageError."""
    if place is None:
        return Recordings()
    if place.startswith("https://"):
        if not urlsplit(place).hostname or not place.endswith("/") or any(letter in place for letter in " ;,'\"\\"):
            raise _refused(place, "an https address that ends in /")
        return Recordings(prefix=place)
    folder = Path(place)
    if "://" in place or not folder.is_dir():
        raise _refused(place, "a folder of this machine, or an https address that ends in /")
    return Recordings(folder=folder.absolute())


def _refused(place: str, wanted: str) -> UsageError:
    why = "nothing is fetched from anywhere else"
    return UsageError(f"recordings cannot be played from {place!r}", where="--recordings", why=why, fix=f"name {wanted}")
