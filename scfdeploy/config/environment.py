"""Read the first .env file that exists. The process environment takes precedence and is never changed."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH113, PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Iterator

from scfdeploy.config.files import absolute, display_path, read_text
from scfdeploy.config.load_result import NO_ENV_FILE, EnvFile, LoadOptions
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.records import NamedTuple

ENV_FILE_MISSING = Finding(
    "env-file-missing",
    Severity.ERROR,
    "The file given with --env-file does not exist",
    detail="Looked for {path}.",
    hint="Check the path; it is relative to the current folder.",
    title="The file given with --env-file does not exist.",
    what="There is no file at the path after `--env-file`, which is relative to the current folder.",
    why="Its variables would be missing.",
    wrong="`scfdeploy plan --env-file .env.prdo`.",
    right="`scfdeploy plan --env-file .env.prod`.",
)
ENV_FILE_LINE = Finding(
    "env-file-line",
    Severity.WARNING,
    "Invalid line in the .env file",
    detail="Line {line} is not of the form KEY=VALUE; it is ignored.",
    hint="Correct it, or put a # before it.",
    title="An invalid line in a .env file.",
    what="The line is not of the form KEY=VALUE.",
    why="The variable that it was meant to set stays unset.",
    wrong="`API_URL: https://example.com`",
    right="`API_URL=https://example.com`",
)


def read_env_file(options: LoadOptions, *, root: str, stage: str | None, diagnostics: Diagnostics) -> EnvFile:
    """The .env file of the project in `root`. `stage` is None when it is not known yet."""
    if options.env_file:
        path = absolute(options.env_file, options.cwd) if "\x00" not in options.env_file else ""
        if not os.path.exists(path):
            diagnostics.report(ENV_FILE_MISSING, Span.at(options.env_file), path=repr(path))
            return NO_ENV_FILE
    else:
        path = env_file_for(root, options.cwd, stage) if not options.prebuilt else ""
    if not path:
        return NO_ENV_FILE
    is_near = bool(options.env_file) or os.path.dirname(path) in (root, absolute(".", options.cwd))
    file = _read(path, display_path(path, options.cwd), diagnostics, may_hold_keys=is_near)
    options.secrets.note_private(file.values)
    return file


def env_file_for(root: str, cwd: str, stage: str | None) -> str:
    """The default .env file of the project in `root`; empty when there is none."""
    return next((path for path in _candidates(root, cwd, stage) if os.path.isfile(path)), "")


def _candidates(root: str, cwd: str, stage: str | None) -> Iterator[str]:
    """The paths of .env files in order of precedence: the project, the working directory and two folders above it."""
    here = absolute(".", cwd)
    parent = os.path.dirname(here)
    for folder in dict.fromkeys((root, here, parent, os.path.dirname(parent))):
        if stage is not None and "/" not in stage and "\x00" not in stage:
            yield os.path.join(folder, f".env.{stage}")
        yield os.path.join(folder, ".env")


def _read(path: str, name: str, diagnostics: Diagnostics, *, may_hold_keys: bool) -> EnvFile:
    text = read_text(path, name, diagnostics)
    if text is None:
        return NO_ENV_FILE
    values, lines, invalid = parse_env(text)
    for line in invalid:
        diagnostics.report(ENV_FILE_LINE, Span.at(name, line), line=line)
    return EnvFile(name, values, lines, may_hold_keys)


class ParsedEnv(NamedTuple):
    """The content of a .env file."""

    values: dict[str, str]
    lines: dict[str, int]
    """The line of each key."""
    invalid: tuple[int, ...]
    """The numbers of invalid lines."""


def parse_env(text: str) -> ParsedEnv:
    """Parse a .env file without interpolation."""
    import io

    from dotenv.parser import parse_stream

    # As dotenv_values(interpolate=False), which logs invalid lines instead of returning them.
    bindings = list(parse_stream(io.StringIO(text)))
    parsed = ParsedEnv({}, {}, tuple(binding.original.line for binding in bindings if binding.error))
    for binding in bindings:
        if binding.key is not None and binding.value is not None:
            original = binding.original.string
            # The parser attributes empty lines to the following binding.
            empty_lines = original[: len(original) - len(original.lstrip())].count("\n")
            parsed.values[binding.key] = binding.value
            parsed.lines[binding.key] = binding.original.line + empty_lines
    return parsed
