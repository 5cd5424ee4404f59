"""Reads scfdeploy.toml. Every mistake is an error: a default that is not applied can deploy to the wrong place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from typing import Any

from scfdeploy.config.files import display_path, read_text
from scfdeploy.config.project_settings import NO_SETTINGS, Settings, SettingsFile
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Finding, Severity, Span, did_you_mean, message
from scfdeploy.model.role import EXAMPLE_ROLE, is_role_arn, is_session_name

SETTINGS_FILE = Finding(
    "settings-file",
    Severity.ERROR,
    "Invalid scfdeploy.toml",
    detail='There is no setting "{key}" {place}.',
    hint="Settings {place}: {known}.",
    title="A mistake in scfdeploy.toml.",
    what="The file is not valid TOML, or has an unknown setting, or a setting with a value of the wrong kind.",
    why="A default that is not applied can deploy to the wrong account or region, so nothing is deployed.",
    wrong='`[stage.prod]` with `porfile = "prod"`.',
    right='`[stage.prod]` with `profile = "prod"`.',
)

PROJECT_CREDENTIALS = Finding(
    "project-credentials",
    Severity.INFO,
    "Keys named by scfdeploy.toml",
    detail="All calls are made with {source}, because scfdeploy.toml says so.",
    hint="Check that you mean this account. --profile chooses other keys, TENCENTCLOUD_ASSUME_ROLE_ARN another role.",
    title="scfdeploy.toml chooses the keys.",
    what="`profile` or `role` of scfdeploy.toml decides with which keys, and in which account, the command works.",
    why="Others can have written the file. Nothing hides this finding, neither `ignore` nor a comment.",
    wrong="A checkout from elsewhere whose scfdeploy.toml has a `role` of another account.",
    right="A profile or role that you know, or `--profile` and `TENCENTCLOUD_ASSUME_ROLE_ARN`.",
)

_TEXTS = ("profile", "region", "role", "role_session_name")
_NAMES = ("ignore", "select")
_KNOWN = (*_TEXTS, "strict", *_NAMES, "parallelism", "stage")
_CREDENTIALS = re.compile(r"secret|token|password|access_?key|credential", re.IGNORECASE)
_ONLY_OPTIONS = frozenset({"endpoint", "insecure", "yes", "adopt", "prune", "local"})
_MAX_PARALLELISM = 128
_POSITION = re.compile(r"(?P<reason>.*?) *\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
_TABLE = re.compile(r"\s*\[\s*(?P<name>[^\[\]#]+?)\s*\]")
_KEY = re.compile(r"\s*(?P<name>[\w.\"'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")


def read_file(path: str, cwd: str, diagnostics: Diagnostics) -> SettingsFile:
    """Read one file. With an error, it has no settings."""
    name = display_path(path, cwd)
    text = read_text(path, name, diagnostics)
    if text is None:
        return NO_SETTINGS
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or that of int() for thousands of digits
        diagnostics.report(
            SETTINGS_FILE,
            _position(str(error), name, text),
            summary="scfdeploy.toml is not valid TOML",
            detail="{reason}.",
            hint='Write `key = value`, with text in quotes, such as `region = "ap-guangzhou"`.',
            reason=_reason(error),
        )
        return NO_SETTINGS
    reader = _Reader(name, _lines(text), diagnostics)
    settings = reader.read(content)
    return NO_SETTINGS if reader.has_errors else settings


def unknown_rules(settings: Settings, known: Collection[str]) -> list[Diagnostic]:
    """An error for each rule in `ignore` and `select` that does not exist."""
    return [
        SETTINGS_FILE.at(
            settings.rules_span[key],
            detail='"{rule}" in "{key}" is not the name of a rule.',
            hint=did_you_mean(rule, known) or message("The rule name is shown in brackets after each finding."),
            key=key,
            rule=rule,
        )
        for key in _NAMES
        for rule in getattr(settings, key)
        if rule not in known
    ]


class _Reader:
    """Reads the tables of one file and reports their errors."""

    def __init__(self, name: str, lines: Mapping[str, int], diagnostics: Diagnostics) -> None:
        self._name = name
        self._lines = lines
        self._diagnostics = diagnostics
        self.has_errors = False

    def read(self, content: Mapping[str, Any]) -> SettingsFile:
        self._check_keys(content, _KNOWN, "", message("in this file"))
        texts = {key: self._text(content, key, "") for key in _TEXTS}
        stages = self._stages(content.get("stage", {}))
        profiles = (texts["profile"], *(own.get("profile") for own in stages.values()))
        defaults = Settings(
            **texts,
            strict=self._strict(content),
            ignore=self._names(content, "ignore"),
            select=self._names(content, "select"),
            parallelism=self._parallelism(content),
            profiles=tuple(profile for profile in profiles if profile is not None),
            rules_span={key: self._span(key) for key in _NAMES if key in content},
        )
        return SettingsFile(defaults, stages)

    def _stages(self, tables: object) -> dict[str, dict[str, str]]:
        if not isinstance(tables, dict):
            self._wrong("stage", message("a table, such as [stage.prod]"))
            return {}
        stages: dict[str, dict[str, str]] = {}
        for stage, table in tables.items():
            prefix = f"stage.{stage}"
            if not isinstance(table, dict):
                self._wrong(prefix, message("a table, such as [stage.prod]"))
                continue
            self._check_keys(table, _TEXTS, f"{prefix}.", message("in [{table}]", table=prefix))
            texts = {key: self._text(table, key, f"{prefix}.") for key in _TEXTS}
            stages[stage] = {key: text for key, text in texts.items() if text is not None}
        return stages

    def _check_keys(self, table: Mapping[str, Any], known: tuple[str, ...], prefix: str, place: str) -> None:
        for key in table:
            if key in known:
                continue
            hint: str | None = did_you_mean(key, known)
            if _CREDENTIALS.search(key):
                hint = message("Credentials do not belong in a project: use the environment, .env or a profile.")
            elif key in _ONLY_OPTIONS:
                hint = message("It exists as an option of the command line only.")
            elif key in _KNOWN:
                hint = message("It is the same for all stages: write it above the tables.")
            self._report(f"{prefix}{key}", hint=hint or None, key=key, place=place, known=", ".join(known))

    def _text(self, table: Mapping[str, Any], key: str, prefix: str) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self._wrong(f"{prefix}{key}", message("text that is not empty"))
        elif key == "profile" and ("/" in value or "\\" in value):
            # It becomes part of a path: another folder could hold keys that came with the project.
            self._wrong(f"{prefix}{key}", message("the name of a profile, without slashes"))
        elif key == "role" and not is_role_arn(value):
            self._wrong(f"{prefix}{key}", message("the ARN of a role, such as {example}", example=EXAMPLE_ROLE))
        elif key == "role_session_name" and not is_session_name(value):
            self._wrong(f"{prefix}{key}", message("2 to 128 letters, digits and + = , . @ _ -"))
        else:
            return value
        return None

    def _names(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            return tuple(value)
        self._wrong(key, message('a list of rules, such as ["memory-step"]'))
        return ()

    def _strict(self, table: Mapping[str, Any]) -> bool | None:
        value = table.get("strict")
        if value is None or isinstance(value, bool):
            return value
        self._wrong("strict", message("true or false"))
        return None

    def _parallelism(self, table: Mapping[str, Any]) -> int | None:
        value = table.get("parallelism")
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MAX_PARALLELISM:
            return value
        self._wrong("parallelism", message("a number from 1 to {maximum}", maximum=_MAX_PARALLELISM))
        return None

    def _wrong(self, key: str, wanted: str) -> None:
        self._report(
            key,
            detail='"{key}" must be {wanted}.',
            hint="Correct the value.",
            key=key.rpartition(".")[2],
            wanted=wanted,
        )

    def _report(self, path: str, **texts: Any) -> None:
        self.has_errors = True
        self._diagnostics.report(SETTINGS_FILE, self._span(path), **texts)

    def _span(self, path: str) -> Span:
        # A key that is written in an unusual way, such as in an inline table, is reported at the start of the file.
        return Span.at(self._name, self._lines.get(path, 1))


def _lines(text: str) -> dict[str, int]:
    """The lines of keys by their full names. The parser does not say where they are."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _TABLE.match(line), _KEY.match(line)
        if header is not None:
            table = f"{_plain(header['name'])}."
            lines.setdefault(table[:-1], number)
        elif key is not None:
            lines.setdefault(f"{table}{_plain(key['name'])}", number)
    return lines


def _plain(name: str) -> str:
    return re.sub(r"\s*\.\s*", ".", re.sub(r"[\"']", "", name))


def _position(error: str, name: str, text: str) -> Span:
    match = _POSITION.search(error)
    if match is None or match["line"] is None:
        return Span.at(name, max(1, len(text.splitlines())))
    return Span.at(name, int(match["line"]))


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return message("It is nested too deeply")
    match = _POSITION.search(str(error))
    return match["reason"] if match is not None else message("It cannot be read")
