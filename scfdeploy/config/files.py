"""Read text files, and show paths relative to the working directory."""

from __future__ import annotations

import os
import stat

from scfdeploy.diagnostics import Diagnostics, Span

# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH116, PTH123


MAX_BYTES = 1_000_000
"""The longest file that is read: hundreds of functions fit."""


def read_text(path: str, shown: str, diagnostics: Diagnostics) -> str | None:
    """The text without byte-order mark and with LF line ends, or None and a finding."""
    place = Span.at(shown)
    data = _read_bytes(path, place, diagnostics)
    if data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _not_utf8(data, error, shown, diagnostics)
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: str, place: Span, diagnostics: Diagnostics) -> bytes | None:
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES:
            with open(path, "rb") as file:
                return file.read()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        diagnostics.error(
            "file-unreadable",
            place,
            "File cannot be read",
            detail=f"{place.file}: {reason}.",
            hint="Check the path and the permissions.",
        )
        return None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
        diagnostics.error(
            "file-unreadable",
            place,
            "File cannot be read",
            detail=f"{place.file} is {kind}.",
            hint="A file with the settings must stand here.",
        )
        return None
    diagnostics.error(
        "file-too-large",
        place,
        "File is too large",
        detail=f"{place.file} has {status.st_size} bytes; {MAX_BYTES} are read at most.",
        hint="Is this the right file?",
    )
    return None


def _not_utf8(data: bytes, error: UnicodeDecodeError, shown: str, diagnostics: Diagnostics) -> None:
    before = data[: error.start]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", "replace")) + 1
    hint = "Save it as UTF-8."
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        hint = "It looks like UTF-16, as Windows PowerShell writes it. Save it as UTF-8."
    diagnostics.error(
        "file-encoding",
        Span.at(shown, before.count(b"\n") + 1, column),
        "File is not UTF-8",
        detail=f"The byte 0x{data[error.start]:02x} here is no UTF-8.",
        hint=hint,
    )


# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH100, PTH118


def absolute(path: str, base: str) -> str:
    """`path`, relative to `base`, as an absolute path without `..`."""
    return os.path.normpath(os.path.join(os.path.abspath(base), path))


def display_path(path: str, cwd: str) -> str:
    """An absolute path as people should read it: relative to where they stand when it lies below."""
    below = os.path.abspath(cwd).rstrip(os.sep) + os.sep
    return path.removeprefix(below) if path.startswith(below) else path
