"""What a file that is no .xlsx workbook looks like, by its first bytes and the names in its archive."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

SAVE_AS = "open it in a spreadsheet program and save it as .xlsx or .csv"
_NO_SHEET = "name the grading sheet you filled in, .xlsx or .csv"
_NAMED_CSV = "give its name the ending .csv if it is the Scores page saved as CSV"
_ODF = b"application/vnd.oasis.opendocument."
_PARTS = {
    "xl/workbook.bin": ("it is a binary Excel workbook (.xlsb)", SAVE_AS),
    "word/document.xml": ("it is a Word document", _NO_SHEET),
    "ppt/presentation.xml": ("it is a PowerPoint presentation", _NO_SHEET),
    "Index/Document.iwa": ("it is an Apple Numbers or Pages document", SAVE_AS),
}
_STARTS = (
    (
        b"\xd0\xcf\x11\xe0",
        "it is an old Excel file (.xls), or a workbook protected by a password",
        f"take the password off, or {SAVE_AS}",
    ),
    (b"%PDF", "it is a PDF", _NO_SHEET),
    (b"<", "it is a web page or XML", SAVE_AS),
    (b"{", "it is JSON", _NO_SHEET),
    (b"[", "it is JSON", _NO_SHEET),
)


@dataclass(frozen=True)
class FileKind:
    """What a file is, in words, and what to do about it."""

    words: str
    fix: str


def is_archive(data: bytes) -> bool:
    """Whether the file is packed as workbooks are."""
    return data.startswith(b"PK")


def kind_of(data: bytes) -> FileKind | None:
    """What the file is; None for what may be an .xlsx workbook, whole or damaged."""
    if is_archive(data):
        return _archive(data)
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return FileKind("it is empty", _NO_SHEET)
    for mark, words, fix in _STARTS:
        if start.startswith(mark):
            return FileKind(words, fix)
    return FileKind("it is no workbook but plain text, such as CSV", _NAMED_CSV) if _is_text(data[:512]) else None


def _archive(data: bytes) -> FileKind | None:
    """By the names of its parts; an OpenDocument file says in its part `mimetype` what it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            stated = b""
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    stated = part.read(100)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return None
    if stated.startswith(_ODF):
        spreadsheet = stated.startswith(_ODF + b"spreadsheet")
        words = "it is an OpenDocument spreadsheet (.ods)" if spreadsheet else "it is an OpenDocument file, no spreadsheet"
        return FileKind(words, SAVE_AS if spreadsheet else _NO_SHEET)
    found = [FileKind(*kind) for name, kind in _PARTS.items() if name in names]
    if found or any(name.startswith("xl/") for name in names) or "[Content_Types].xml" in names:
        return found[0] if found else None
    return FileKind("it is a ZIP archive and no workbook", "unpack it and name the .xlsx or .csv inside")


def _is_text(start: bytes) -> bool:
    return b"\0" not in start and not any(byte < 9 for byte in start)
