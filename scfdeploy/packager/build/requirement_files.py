"""Read requirements.txt as far as a build must know it before an installer does: its files, and what is source code."""

from __future__ import annotations

import codecs
import os
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from scfdeploy.diagnostics.messages import message
from scfdeploy.model.secret_text import without_secrets
from scfdeploy.packager.build.dependencies import DEPENDENCY_FILE_INVALID, BuildError
from scfdeploy.packager.build.python_locks import (
    DEPENDENCY_FROM_SOURCE,
    FOLDER_HINT,
    invalid_file,
    is_wheel,
    names_archive,
)
from scfdeploy.packager.build.python_target import PythonTarget
from scfdeploy.packager.findings import printable
from scfdeploy.records import NamedTuple

_COMMENT = re.compile(r"(^|\s)#.*$")
_REQUIREMENT_OPTION = re.compile(r"\s--?[a-z].*$")
_DECLARED_ENCODING = re.compile(rb"\A(?:.*\n)?#.*?coding[:=]\s*([-\w.]+)")
"""In one of the first two lines; pip decodes the file by it."""
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))
_LONG_OPTIONS = ("--requirement", "--constraint", "--editable", "--no-binary", "--only-binary", "--find-links")
"""The options that are read here; pip knows them by their beginnings, too."""
_FILES = frozenset(("-r", "--requirement", "-c", "--constraint"))
_LOCATION = re.compile(r"[/\\]|^\.|\.(?:zip|whl|tar|t?gz|tbz|txz)\b")
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
        text = _text(path)
        # Installers disagree on where a comment ends, so options count in each line, and in joined lines.
        for line in (*_without_comments(text.splitlines()), *_joined_lines(text)):
            if any(_asks_for_source(name, value) for name, value in _options(line)):
                self._refuse_source(line, path)
        for line in _joined_lines(text):
            self.has_hashes |= "--hash" in line
            if line.startswith("-"):
                for name, value in _options(line):
                    self._read_option(name, value, path, is_constraint=is_constraint)
            else:
                requirement = _REQUIREMENT_OPTION.sub("", line).strip()
                self._read_requirement(requirement, path, is_constraint=is_constraint)

    def _read_option(self, name: str, value: str, path: Path, *, is_constraint: bool) -> None:
        if name in _FILES:
            if "://" in value:
                reason = message("it is on another machine, and can change at any time")
                hint = message("Save it beside {name}, and name that file.", name=path.name)
                file = printable(without_secrets(value))
                raise BuildError(DEPENDENCY_FILE_INVALID, hint=hint, file=file, reason=reason)
            self.read(path.parent / value, is_constraint=is_constraint or name in ("-c", "--constraint"))
        elif name in ("-f", "--find-links") and "://" not in value and not Path(value).is_absolute():
            # A folder elsewhere is like an index. pip looks beside the file, then in the folder of the first file.
            folders = [folder for top in (path.parent, self.inputs[0].parent) if (folder := top / value).is_dir()]
            self.inputs += sorted(folders[0].glob("*.whl")) if folders else []
        elif _asks_for_source(name, value):
            self.names.append(value)

    def _read_requirement(self, text: str, path: Path, *, is_constraint: bool) -> None:
        try:
            requirement = Requirement(text)
        except (InvalidRequirement, RecursionError) as error:
            if not _LOCATION.search(text):
                raise invalid_file(path, error) from error
            self._read_location(text, text, path)
            self.names += [] if is_constraint else [text]
            return
        try:
            if requirement.marker is not None and not self._target.applies(str(requirement.marker)):
                return
        except ValueError as error:
            raise invalid_file(path, error) from error
        # pip takes a name for that of a file, too.
        is_location = requirement.url is not None or names_archive(text)
        if is_location:  # that of a constraint is installed, too
            self._read_location(requirement.url or text, text, path)
        if is_constraint:
            return
        self.names.append(requirement.name)
        if not is_location and not any(
            one.operator in _EXACT and "*" not in one.version for one in requirement.specifier
        ):
            self.unpinned.append(requirement.name)

    def _read_location(self, location: str, text: str, path: Path) -> None:
        """A path or an address, which must be that of a wheel unless source builds are allowed."""
        location = re.split(r"[#;]", location)[0].strip()
        if not is_wheel(location, self.inputs[0].parent, path.parent):
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


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device might not end
            raise BuildError(DEPENDENCY_FILE_INVALID, file=printable(str(path)), reason=message("it is not a file"))
        data = path.read_bytes()
        encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
        declared = _DECLARED_ENCODING.match(data)
        if declared is not None and declared[1].lower() not in (b"utf-8", b"utf8", b"ascii", b"us-ascii"):
            reason = message("it is not in UTF-8")
            raise BuildError(DEPENDENCY_FILE_INVALID, file=printable(str(path)), reason=reason)
        return data.decode(encoding)
    except (OSError, UnicodeDecodeError) as error:
        raise invalid_file(path, error) from error


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    return (complete for line in lines if (complete := _COMMENT.sub("", line).strip()))


def _joined_lines(text: str) -> Iterator[str]:
    """The lines, joined where one ends with a backslash, without comments and empty lines."""
    joined, begun = [], ""
    for line in text.splitlines():
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            begun += line[:-1] + " "
            continue
        joined.append(begun + line)
        begun = ""
    return _without_comments([*joined, begun])


def _options(line: str) -> Iterator[tuple[str, str]]:
    """The name and the value of each option in a line, such as `-r file`, `-rfile` or `--requirement=file`."""
    words = line.split()
    with suppress(ValueError):
        words = [*(unquoted := shlex.split(line)), *([] if unquoted == words else words)]
    for number, word in enumerate(words):
        if word.startswith("--") and word != "--":
            name, equals, value = word.partition("=")
            name = next((full for full in _LONG_OPTIONS if full.startswith(name)), name)
        elif word.startswith("-"):
            name, value = word[:2], word[2:].removeprefix("=")
            equals = value
        else:
            continue
        yield name, value if equals else next(iter(words[number + 1 :]), "")


def _asks_for_source(name: str, value: str) -> bool:
    if name == "--only-binary":
        return ":none:" in value
    return name in ("-e", "--editable") or (name == "--no-binary" and value != ":none:")
