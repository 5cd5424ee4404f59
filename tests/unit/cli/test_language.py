"""The language of messages: from the option, the environment, or the locale of a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TextIO

import pytest

from scfdeploy.cli.language import chosen_language
from scfdeploy.cli.language_settings import language_name
from scfdeploy.diagnostics.messages import active_language
from tests.support.command import scfdeploy

LANGUAGE_VARIABLES = ("SCFDEPLOY_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


class Terminal(io.TextIOWrapper):
    """A stream that says that it is a terminal."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LANGUAGE_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def chosen(*arguments: str, stdout: TextIO | None = None, stderr: TextIO | None = None) -> str:
    """The language of a command whose streams are terminals."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stdout or Terminal())
        patch.setattr(sys, "stderr", stderr or Terminal())
        with chosen_language(arguments):
            return active_language()


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_TW.UTF-8", "zh"),
        ("ZH_hans@pinyin", "zh"),
        ("en_GB.UTF-8", "en"),
        ("zhuang", None),
        ("fr", None),
        ("C.UTF-8", None),
        ("", None),
    ],
)
def test_tags_name_languages(tag: str, name: str | None) -> None:
    assert language_name(tag) == name


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["--lang", "zh", "plan"], "zh-CN"),
        (["plan", "--lang", "zh"], "zh-CN"),
        (["plan", "--lang=zh_CN"], "zh-CN"),
        (["--lang", "zh", "plan", "--lang", "en"], "en"),
        (["plan", "--lang"], "en"),
        (["invoke", "--", "--lang", "zh"], "en"),
    ],
)
def test_option_is_found_before_and_after_the_command(arguments: Sequence[str], language: str) -> None:
    assert chosen(*arguments) == language


def test_option_overrides_variable_and_variable_overrides_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert chosen() == "zh-CN"

    monkeypatch.setenv("SCFDEPLOY_LANG", "en")
    assert chosen() == "en"
    assert chosen("--lang", "zh") == "zh-CN"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh-CN"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-CN"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_terminal_has_the_language_of_the_locale(
    locale: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in locale.items():
        monkeypatch.setenv(name, value)

    assert chosen() == language


def test_locale_has_no_effect_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    assert chosen(stdout=io.StringIO()) == "en"
    assert chosen(stderr=io.StringIO()) == "en"


def test_terminal_without_chinese_characters_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert chosen(stdout=Terminal("latin-1")) == "en"

    stderr = io.StringIO()
    assert chosen("--lang", "zh", stdout=Terminal("latin-1"), stderr=stderr) == "en"
    assert stderr.getvalue() == "note: latin-1 has no Chinese characters, so messages are in English\n"


@pytest.mark.parametrize("arguments", [["--lang", "fr", "validate"], ["validate", "--lang", "fr"]])
def test_unknown_language_is_a_usage_error_with_the_known_ones(arguments: list[str]) -> None:
    ran = scfdeploy(*arguments)

    assert ran.exit_code == 2
    assert "unknown language 'fr'. Choose en, zh." in ran.stderr


def test_unknown_language_in_the_environment_is_a_usage_error() -> None:
    ran = scfdeploy("validate", env={"SCFDEPLOY_LANG": "fr"})

    assert ran.exit_code == 2
    assert "SCFDEPLOY_LANG: unknown language 'fr'. Choose en, zh." in ran.stderr


@pytest.mark.parametrize("arguments", [["--lang", "zh", "explain", "no-such"], ["explain", "no-such", "--lang", "zh"]])
def test_option_precedes_an_unknown_language_in_the_environment(arguments: list[str]) -> None:
    ran = scfdeploy(*arguments, env={"SCFDEPLOY_LANG": "fr"})

    assert ran.exit_code == 1
    assert ran.stderr.startswith("错误：")


def test_each_command_speaks_its_own_language() -> None:
    assert "错误：" in scfdeploy("explain", "nothing-like-it", "--lang", "zh").stderr
    assert "error:" in scfdeploy("explain", "nothing-like-it").stderr
    assert "错误：" in scfdeploy("explain", "nothing-like-it", env={"SCFDEPLOY_LANG": "zh_CN.UTF-8"}).stderr
