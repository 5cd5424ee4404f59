"""Read text files, and show paths relative to the working directory."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH100, PTH116, PTH118, PTH123

from __future__ import annotations

import os
import stat

from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span, message
from scfdeploy.model.file_findings import FILE_UNREADABLE

FILE_TOO_LARGE = Finding(
    "file-too-large",
    Severity.ERROR,
    "File is too large",
    detail="{file} has {size} bytes; at most {limit} are read.",
    hint="Check that this is the right file.",
    title="A serverless.yml that is too large.",
    what="The file has more than a million bytes.",
    why="Hundreds of functions need less; a longer file is probably another file under that name.",
    wrong="A log, or an archive, that is called serverless.yml.",
    right="A file with the settings of a project.",
)
FILE_ENCODING = Finding(
    "file-encoding",
    Severity.ERROR,
    "File is not UTF-8",
    detail="The byte 0x{byte} here is not valid UTF-8.",
    hint="Save it as UTF-8.",
    title="A file that is not UTF-8.",
    what="The file contains a byte that is not valid UTF-8: the editor saved it as UTF-16, GBK or similar.",
    why="scfdeploy reads YAML as UTF-8. Guessing another encoding would change names and descriptions.",
    wrong="A file saved by Windows PowerShell's `>`, which writes UTF-16.",
    right="The same file saved as UTF-8, with or without a byte-order mark.",
)

MAX_BYTES = 1_000_000
"""The largest file that is read, enough for hundreds of functions."""


def read_text(path: str, name: str, diagnostics: Diagnostics) -> str | None:
    """The text without byte-order mark and with LF line ends; None after a report. `name` is the display name."""
    data = _read_bytes(path, Span.at(name), diagnostics)
    if data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]
        diagnostics.report(
            FILE_ENCODING,
            Span.at(name, before.count(b"\n") + 1, column),
            hint="It looks like UTF-16, as Windows PowerShell writes it. Save it as UTF-8." if is_utf16 else None,
            byte=f"{data[error.start]:02x}",
        )
        return None
    return with_line_feeds(text)


def with_line_feeds(text: str) -> str:
    """The text with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: str, span: Span, diagnostics: Diagnostics) -> bytes | None:
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES:
            with open(path, "rb") as file:
                return file.read()
    except OSError as error:
        reason = error.strerror or message("it cannot be opened")
        diagnostics.report(FILE_UNREADABLE, span, file=span.file, reason=reason)
        return None
    if stat.S_ISREG(status.st_mode):
        diagnostics.report(FILE_TOO_LARGE, span, file=span.file, size=status.st_size, limit=MAX_BYTES)
        return None
    is_folder = stat.S_ISDIR(status.st_mode)
    diagnostics.report(
        FILE_UNREADABLE,
        span,
        detail="{file} is a folder." if is_folder else "{file} is not a regular file.",
        hint="Name the file itself.",
        file=span.file,
    )
    return None


def absolute(path: str, base: str) -> str:
    """`path`, relative to `base`, as an absolute path without `..`."""
    return os.path.normpath(os.path.join(os.path.abspath(base), path))


def display_path(path: str, cwd: str) -> str:
    """An absolute path for messages: relative to `cwd` when it is inside."""
    below = os.path.abspath(cwd).rstrip(os.sep) + os.sep
    return path.removeprefix(below) if path.startswith(below) else path
