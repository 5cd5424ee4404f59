"""The program that starts a web function or a custom runtime: `scf_bootstrap` or `bootstrap` at the top of the archive.

The platform runs it as it is: it must be executable, and a script has to begin with `#!` and the path of an
interpreter, without a byte-order mark and without the line ends of Windows.
"""

# ruff: noqa: PTH112, PTH118, PTH123
# Plain strings, as in scan.

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.model import ArchiveSource, FolderSource
from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.scan import File

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
    "without `#!`, names no interpreter, or is not executable in a ready archive.",
    why="The platform runs the file as a program; every call would fail (status 405 or 445).",
    wrong="A file that an editor saved as UTF-8 with a byte-order mark, or that begins with `python3 app.py`.",
    right="A file that begins with `#!/bin/bash`, saved as UTF-8 without a byte-order mark.",
)

if TYPE_CHECKING:
    from zipfile import ZipFile

GENERATED = "scf_bootstrap"
STARTERS = ("scf_bootstrap", "bootstrap")

_EXECUTABLE = 0o100
_MADE_ON_UNIX = 3
_MOST_READ = 1 << 20
_SCRIPT = b"#!"
_MACHINE_CODE = b"\x7fELF"
_MARKS = {b"\xef\xbb\xbf": "a byte-order mark", b"\xff\xfe": "the mark of UTF-16", b"\xfe\xff": "the mark of UTF-16"}
_FORM = "Begin it with #! and the path of an interpreter, such as #!/bin/bash."


def make_executable(files: dict[str, File], findings: Findings) -> None:
    """Make a starter executable that is not, and say so."""
    for name in STARTERS:
        file = files.get(name)
        if file is None or file.mode & _EXECUTABLE or not _is_program(file):
            continue
        files[name] = file._replace(mode=file.mode | 0o111)
        findings.report(BOOTSTRAP_NOT_EXECUTABLE, file=shown(file.path))


def check_content(name: str, data: bytes, findings: Findings, *, start_program: str) -> None:
    """Refuse a start program that the system cannot run. `start_program` is the file that the function needs."""
    if name in STARTERS and data.startswith(_SCRIPT) and b"\r\n" in data:
        findings.report(BOOTSTRAP_CRLF, file=name)
    elif name == start_program and (mistake := _mistake(data)) is not None:
        _invalid(name, *mistake, findings)


def check_folder(source: FolderSource, findings: Findings) -> None:
    """Report a start program in the folder that cannot be run, before it is packed."""
    path = os.path.join(source.root, source.start_program)
    if not source.start_program or not os.path.lexists(path):
        return  # whether one is missing, others say
    if os.path.isdir(path):
        refuse_folder(source.start_program, findings)
        return
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_READ)
    except OSError as wrong:
        findings.cannot_read(path, wrong)
        return
    check_content(source.start_program, data, findings, start_program=source.start_program)


def check_archive(source: ArchiveSource, findings: Findings) -> None:
    """Report a start program in a ready archive that cannot be run; a damaged archive is reported elsewhere."""
    import zlib
    from zipfile import BadZipFile, ZipFile

    name = source.start_program
    if not name:
        return
    try:
        with ZipFile(source.path) as archive:
            if any(each.startswith(f"{name}/") for each in archive.namelist()):
                refuse_folder(name, findings)
            elif name in archive.namelist():
                _check_entry(archive, name, findings)
    except (OSError, BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, NotImplementedError):
        return


def refuse_folder(name: str, findings: Findings) -> None:
    """Report a folder that has the name of the start program."""
    _invalid(name, "is a folder", f"Put an executable file {name} in its place.", findings)


def _check_entry(archive: ZipFile, name: str, findings: Findings) -> None:
    with archive.open(name) as file:
        check_content(name, file.read(_MOST_READ), findings, start_program=name)
    entry = archive.getinfo(name)
    mode = stat.S_IMODE(entry.external_attr >> 16)
    if entry.create_system == _MADE_ON_UNIX and mode and not mode & _EXECUTABLE:
        _invalid(name, "is not executable in the archive", f"Run chmod 755 {name}, and build it again.", findings)


def _mistake(data: bytes) -> tuple[str, str] | None:  # noqa: PLR0911 - one line for each mistake
    """What keeps the system from running a program, and what to do."""
    if not data.strip():
        return "is empty", _FORM
    for mark, word in _MARKS.items():
        if data.startswith(mark):
            return (
                f"begins with {word}, so the system does not see its #!",
                "Save it as UTF-8 without a byte-order mark.",
            )
    if data.startswith(_MACHINE_CODE):
        return None
    first = data.split(b"\n", 1)[0]
    if not first.startswith(_SCRIPT):
        if data.lstrip().startswith(_SCRIPT):
            return "has space before its #!, so the system does not see it", "Move #! to the start of the file."
        return "does not begin with #!, so the system does not know how to run it", _FORM
    if b"\r" in first:
        return "has lines that end in CR, so its interpreter would not be found", "Save it with LF line ends."
    if not first[len(_SCRIPT) :].strip():
        return "names no interpreter after #!", _FORM
    return None


def _invalid(name: str, what: str, hint: str, findings: Findings) -> None:
    findings.report(BOOTSTRAP_INVALID, hint="{advice}", file=name, problem=what, advice=hint)


def _is_program(file: File) -> bool:
    """A web function's `scf_bootstrap` always is; a plain `bootstrap` may be somebody's data."""
    if file.name == GENERATED:
        return True
    try:
        with open(file.path, "rb") as opened:
            return opened.read(4).startswith((_SCRIPT, _MACHINE_CODE))
    except OSError:
        return False  # reading it for the archive will say so
