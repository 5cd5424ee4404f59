"""The program that starts a web function or a custom runtime: `scf_bootstrap` or `bootstrap` at the top of the archive.

The platform executes it, so it must be executable. A script must begin with `#!` and the path of an interpreter,
without a byte-order mark and with LF line endings.
"""

# ruff: noqa: PTH112, PTH118, PTH123
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.model import ArchiveSource, FolderSource
from scfdeploy.packager.findings import Findings, printable
from scfdeploy.packager.fingerprint import File

BOOTSTRAP_NOT_EXECUTABLE = Finding(
    "bootstrap-not-executable",
    Severity.WARNING,
    "Start program is not executable",
    detail='"{file}" is not executable, so it would not start. It is packaged as executable.',
    hint="Run: chmod +x {file}",
    title="A start program that is not executable.",
    what="scf_bootstrap is not executable. It is packaged as executable anyway.",
    why="Without that, the function would not start.",
    wrong="`-rw-r--r-- scf_bootstrap`",
    right="`chmod +x scf_bootstrap`",
)
BOOTSTRAP_CRLF = Finding(
    "bootstrap-crlf",
    Severity.ERROR,
    "Start script has Windows line endings",
    detail='"{file}" has lines that end in CR LF, so its interpreter would not be found.',
    hint='Save it with LF line endings, and put "{file} text eol=lf" in .gitattributes.',
    title="A start script with Windows line endings.",
    what="Lines of scf_bootstrap end in CR LF.",
    why="The name of its interpreter would end in CR, and there is no program of that name.",
    wrong="scf_bootstrap saved by an editor on Windows.",
    right="The same file with LF line endings, and `scf_bootstrap text eol=lf` in .gitattributes.",
)
BOOTSTRAP_INVALID = Finding(
    "bootstrap-invalid",
    Severity.ERROR,
    "Start program cannot be run",
    detail='"{file}" {problem}.',
    title="A start program that cannot be run.",
    what="scf_bootstrap (or bootstrap, with CustomRuntime) is empty, a folder, begins with a byte-order mark or "
    "without `#!`, names no interpreter, or is not executable in an existing archive.",
    why="The platform runs the file as a program; every call would fail (status 405 or 445).",
    wrong="A file that an editor saved as UTF-8 with a byte-order mark, or that begins with `python3 app.py`.",
    right="A file that begins with `#!/bin/bash`, saved as UTF-8 without a byte-order mark.",
)

if TYPE_CHECKING:
    from zipfile import ZipFile

GENERATED = "scf_bootstrap"
_START_PROGRAMS = ("scf_bootstrap", "bootstrap")

_EXECUTABLE = 0o100
_CREATED_ON_UNIX = 3
_MAX_READ_BYTES = 1 << 20
_SHEBANG = b"#!"
_ELF = b"\x7fELF"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def make_executable(files: dict[str, File], findings: Findings) -> None:
    """Make start programs executable, with a warning."""
    for name in _START_PROGRAMS:
        file = files.get(name)
        if file is not None and not file.mode & _EXECUTABLE and _is_program(file):
            files[name] = file._replace(mode=file.mode | 0o111)
            findings.report(BOOTSTRAP_NOT_EXECUTABLE, file=printable(file.path))


def check_content(name: str, data: bytes, findings: Findings, *, start_program: str) -> None:
    """Report a start program that the system cannot run. `start_program` is the file that the function needs."""
    if name in _START_PROGRAMS and data.startswith(_SHEBANG) and b"\r\n" in data:
        findings.report(BOOTSTRAP_CRLF, file=name)
    elif name == start_program and (problem := _problem(data)) is not None:
        _report_invalid(name, *problem, findings)


def check_folder(source: FolderSource, findings: Findings) -> None:
    """Report a start program in the folder that cannot be run, before packing."""
    path = os.path.join(source.root, source.start_program)
    if not source.start_program or not os.path.lexists(path):
        return  # a rule reports a missing start program
    if os.path.isdir(path):
        report_folder(source.start_program, findings)
        return
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_READ_BYTES)
    except OSError as wrong:
        findings.cannot_read(path, wrong)
        return
    check_content(source.start_program, data, findings, start_program=source.start_program)


def check_archive(source: ArchiveSource, findings: Findings) -> None:
    """Report a start program in an existing archive that cannot be run; packing reports a damaged archive."""
    import zlib
    from zipfile import BadZipFile, ZipFile

    name = source.start_program
    if not name:
        return
    try:
        with ZipFile(source.path) as archive:
            if any(entry.startswith(f"{name}/") for entry in archive.namelist()):
                report_folder(name, findings)
            elif name in archive.namelist():
                _check_entry(archive, name, findings)
    except (OSError, BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, NotImplementedError):
        return


def report_folder(name: str, findings: Findings) -> None:
    """Report a folder that has the name of the start program."""
    _report_invalid(
        name, message("is a folder"), message("Put an executable file {file} in its place.", file=name), findings
    )


def _check_entry(archive: ZipFile, name: str, findings: Findings) -> None:
    with archive.open(name) as file:
        check_content(name, file.read(_MAX_READ_BYTES), findings, start_program=name)
    entry = archive.getinfo(name)
    mode = stat.S_IMODE(entry.external_attr >> 16)
    if entry.create_system == _CREATED_ON_UNIX and mode and not mode & _EXECUTABLE:
        _report_invalid(
            name,
            message("is not executable in the archive"),
            message("Run chmod 755 {file}, and build it again.", file=name),
            findings,
        )


def _problem(data: bytes) -> tuple[str, str] | None:  # noqa: PLR0911 - one line for each problem
    """Why the system cannot run a program, and what to do."""
    interpreter = message("Begin it with #! and the path of an interpreter, such as #!/bin/bash.")
    encoding = message("Save it as UTF-8 without a byte-order mark.")
    if not data.strip():
        return message("is empty"), interpreter
    if data.startswith(_UTF8_MARK):
        return message("begins with a byte-order mark, so the system does not recognise its #!"), encoding
    if data.startswith(_UTF16_MARKS):
        return message("is encoded in UTF-16, so the system does not recognise its #!"), encoding
    if data.startswith(_ELF):
        return None
    first = data.split(b"\n", 1)[0]
    if not first.startswith(_SHEBANG):
        if data.lstrip().startswith(_SHEBANG):
            return (
                message("has whitespace before its #!, so the system does not recognise it"),
                message("Move #! to the start of the file."),
            )
        return message("does not begin with #!, so the system does not know how to run it"), interpreter
    if b"\r" in first:
        return (
            message("has lines that end in CR, so its interpreter would not be found"),
            message("Save it with LF line endings."),
        )
    if not first[len(_SHEBANG) :].strip():
        return message("names no interpreter after #!"), interpreter
    return None


def _report_invalid(name: str, problem: str, advice: str, findings: Findings) -> None:
    findings.report(BOOTSTRAP_INVALID, hint="{advice}", file=name, problem=problem, advice=advice)


def _is_program(file: File) -> bool:
    """`scf_bootstrap` is always a program; a file `bootstrap` can be data."""
    if file.name == GENERATED:
        return True
    try:
        with open(file.path, "rb") as opened:
            return opened.read(4).startswith((_SHEBANG, _ELF))
    except OSError:
        return False  # packing reports that it cannot be read
