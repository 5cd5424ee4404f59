"""The program that starts a web function or a custom runtime: `scf_bootstrap` or `bootstrap` at the top of the archive.

The platform runs it as it is, so it must be executable, and a script must not end its lines as Windows does.
"""

from __future__ import annotations

from scfdeploy.packager.findings import Findings, shown
from scfdeploy.packager.scan import File

GENERATED = "scf_bootstrap"
STARTERS = ("scf_bootstrap", "bootstrap")

_EXECUTABLE = 0o100


def mend_mode(files: dict[str, File], findings: Findings) -> None:
    """Make a starter executable that is not, and say so."""
    for name in STARTERS:
        file = files.get(name)
        if file is None or file.mode & _EXECUTABLE or not _is_program(file):
            continue
        files[name] = file._replace(mode=file.mode | 0o111)
        findings.warning(
            "bootstrap-not-executable",
            "Start program is not executable",
            detail=f'"{shown(file.path)}" is not executable, so nothing would start. It is packed as executable.',
            hint=f"Run: chmod +x {shown(file.path)}",
        )


def check_lines(name: str, data: bytes, findings: Findings) -> None:
    """Refuse a script with CRLF line ends: the system would look for an interpreter with a return in its name."""
    if name in STARTERS and data.startswith(b"#!") and b"\r\n" in data:
        findings.error(
            "bootstrap-crlf",
            "Start script has Windows line ends",
            detail=f'"{name}" has lines that end in CR LF, so its interpreter would not be found.',
            hint=f'Save it with LF line ends, and put "{name} text eol=lf" in .gitattributes.',
        )


def _is_program(file: File) -> bool:
    """A web function's `scf_bootstrap` always is; a plain `bootstrap` may be somebody's data."""
    if file.name == GENERATED:
        return True
    try:
        with open(file.path, "rb") as opened:  # noqa: PTH123 - plain strings, as in scan
            return opened.read(4).startswith((b"#!", b"\x7fELF"))
    except OSError:
        return False  # reading it for the archive will say so
