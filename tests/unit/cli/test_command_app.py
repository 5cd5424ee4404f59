from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from scfdeploy.cli.app import app
from scfdeploy.diagnostics.messages import use_translation


@pytest.fixture(autouse=True)
def translation() -> Iterator[None]:
    use_translation(lambda text: f"<{text}>")
    yield
    use_translation(None)


def help_of(*words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "100"}, prog_name="scfdeploy")
    return " ".join(result.output.split())


def test_help_of_a_command_is_translated_when_shown() -> None:
    text = help_of("plan")

    assert "<Show the changes that apply would make, without making them.>" in text
    assert "<Stage; overrides the file.>" in text


def test_list_of_commands_is_translated_when_shown() -> None:
    assert "plan <Show the changes that apply would make, without making them.>" in help_of()
    assert "<Point an alias to a version.>" in help_of("alias")
    assert "set <Point an alias to a version at once." in help_of("alias")
