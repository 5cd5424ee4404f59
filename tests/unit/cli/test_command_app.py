from __future__ import annotations

from typer.testing import CliRunner

from scfdeploy.cli.app import app


def help_of(*words: str, language: str = "zh") -> str:
    arguments = ["--lang", language, *words, "--help"]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"}, prog_name="scfdeploy")
    return " ".join(result.output.split())


def test_help_of_a_command_is_translated_when_shown() -> None:
    text = help_of("plan")

    assert "显示 apply 将执行的变更，但不执行。" in text
    assert "--stage S 环境；优先于文件中的值。" in text


def test_list_of_commands_is_translated_when_shown() -> None:
    assert "plan 显示 apply 将执行的变更，但不执行。" in help_of()
    assert "将别名指向某个版本。" in help_of("alias")
    assert "set 将别名" in help_of("alias")


def test_help_after_a_translated_one_is_english() -> None:
    help_of("plan")

    assert "Show the changes that apply would make, without making them." in help_of("plan", language="en")
