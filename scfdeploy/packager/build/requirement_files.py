"""Read requirements.txt as far as a build must know it before an installer does: its files, and what is source code."""

from __future__ import annotations

import codecs
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from scfdeploy.model.secret_text import without_secrets
from scfdeploy.packager.build.dependencies import DEPENDENCY_FILE_INVALID, BuildError
from scfdeploy.packager.build.python_locks import DEPENDENCY_FROM_SOURCE, FOLDER_HINT
from scfdeploy.packager.build.python_target import PythonTarget
from scfdeploy.packager.findings import printable

_COMMENT = re.compile(r"(^|\s)#.*$")
_REQUIREMENT_OPTION = re.compile(r"\s--?[a-z].*$")
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))
_FILES = frozenset(("-r", "--requirement", "-c", "--constraint"))
_SOURCE_BUILDS = frozenset(("-e", "--editable", "--no-binary"))
_EXACT = ("==", "===")


class RequirementFile(NamedTuple):
    """A requirements.txt, with the files that it names."""

    inputs: tuple[str, ...]
    """The absolute paths of all files that decide what is installed, the file itself first."""
    names: tuple[str, ...]
    """The packages that it requires for the target."""
    unpinned: tuple[str, ...]
    """Those of them without an exact version."""
    has_hashes: bool


def read_requirement_file(path: Path, target: PythonTarget, *, scripts: bool) -> RequirementFile:
    """Read a requirements.txt. Raises BuildError when it is unreadable, or needs `scripts` and has not got them."""
    reader = _Reader(target, scripts=scripts)
    reader.read(path, is_constraint=False)
    return RequirementFile(
        tuple(dict.fromkeys(map(str, reader.inputs))),
        tuple(reader.names),
        tuple(reader.unpinned),
        reader.has_hashes,
    )


class _Reader:
    def __init__(self, target: PythonTarget, *, scripts: bool) -> None:
        self.inputs: list[Path] = []
        self.names: list[str] = []
        self.unpinned: list[str] = []
        self.has_hashes = False
        self._target = target
        self._scripts = scripts

    def read(self, path: Path, *, is_constraint: bool) -> None:
        """Read one file, and those that it names."""
        path = Path(os.path.normpath(path))  # else, files that name each other have ever new paths
        if path in self.inputs:
            return
        self.inputs.append(path)
        for line in _lines(path):
            self.has_hashes |= "--hash" in line
            if line.startswith("-"):
                self._read_option(line, path, is_constraint=is_constraint)
            elif not is_constraint:
                self._read_requirement(_REQUIREMENT_OPTION.sub("", line).strip(), path)

    def _read_option(self, line: str, path: Path, *, is_constraint: bool) -> None:
        name, value = _option(line)
        if name in _FILES and "://" not in value:
            self.read(path.parent / value, is_constraint=is_constraint or name in ("-c", "--constraint"))
        elif name in ("-f", "--find-links") and "://" not in value and not Path(value).is_absolute():
            # A folder elsewhere is like an index. pip looks beside the file, then in the folder of the first file.
            folders = [folder for top in (path.parent, self.inputs[0].parent) if (folder := top / value).is_dir()]
            self.inputs += sorted(folders[0].glob("*.whl")) if folders else []
        elif name in _SOURCE_BUILDS and value != ":none:":
            self._refuse_source(line, path)
            self.names.append(value)

    def _read_requirement(self, text: str, path: Path) -> None:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            self._read_location(text, text, path)
            self.names.append(text)
            return
        if requirement.marker is not None and not self._target.applies(str(requirement.marker)):
            return
        self.names.append(requirement.name)
        if requirement.url is not None:
            self._read_location(requirement.url, text, path)
        elif not any(one.operator in _EXACT and "*" not in one.version for one in requirement.specifier):
            self.unpinned.append(requirement.name)

    def _read_location(self, location: str, text: str, path: Path) -> None:
        """A path or an address, which must be that of a wheel unless source builds are allowed."""
        location = re.split(r"[#;]", location)[0].strip()
        if not location.endswith(".whl"):
            self._refuse_source(text, path, is_folder="://" not in location)
        elif "://" not in location and (file := self.inputs[0].parent / location).is_file():
            self.inputs.append(file)

    def _refuse_source(self, text: str, path: Path, *, is_folder: bool = False) -> None:
        if not self._scripts:
            raise BuildError(
                DEPENDENCY_FROM_SOURCE,
                hint=FOLDER_HINT if is_folder else None,
                requirement=printable(without_secrets(text)),
                file=printable(str(path)),
            )


def _lines(path: Path) -> Iterator[str]:
    """The logical lines of a file, without comments and empty lines."""
    try:
        data = path.read_bytes()
        encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
        text = data.decode(encoding)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BuildError(DEPENDENCY_FILE_INVALID, file=printable(str(path)), reason=reason) from error
    begun = ""
    for line in text.splitlines():
        if line.rstrip().endswith("\\") and not line.lstrip().startswith("#"):
            begun += line.rstrip()[:-1] + " "
            continue
        complete = _COMMENT.sub("", begun + line).strip()
        begun = ""
        if complete:
            yield complete
    if begun.strip():
        yield begun.strip()


def _option(line: str) -> tuple[str, str]:
    """The name and the value of an option line such as `-r file`, `-rfile` or `--requirement=file`."""
    if not line.startswith("--"):
        name, rest = line[:2], line[2:].lstrip(" =")
    else:
        name, _, rest = line.replace("=", " ", 1).partition(" ")
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    return name, words[0] if words else ""
