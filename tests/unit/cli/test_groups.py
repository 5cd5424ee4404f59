from __future__ import annotations

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from scfdeploy.cli.app import COMMANDS, app
from scfdeploy.cli.groups import HELP_ORDER, DisplayOptions, ProjectOptions
from scfdeploy.cli.typer_commands import expand_groups


def options_of(*words: str) -> list[str]:
    """The options in the help of a command, in order, without those that only this command has."""
    result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "100"}, prog_name="scfdeploy")
    names = [line.split()[0].rstrip(",") for line in result.output.splitlines() if line.startswith("  -")]
    written = {"--format": "output", "-y": "yes"}
    found = [written.get(name, name.removeprefix("--").replace("-", "_")) for name in names]
    return [name for name in found if name in HELP_ORDER]


def test_group_parameter_becomes_one_value() -> None:
    received: list[object] = []
    program = typer.Typer()

    @program.command()
    @expand_groups
    def command(
        *, own: Annotated[str, typer.Option("--own")] = "", display: DisplayOptions, project: ProjectOptions
    ) -> None:
        received.extend((own, project, display))

    result = CliRunner().invoke(program, ["--own", "x", "--stage", "prod", "--debug", "--var", "A=1"])

    assert result.exit_code == 0, result.output
    assert received == ["x", ProjectOptions("prod", None, ["A=1"], None), DisplayOptions(no_color=False, debug=True)]


@pytest.mark.parametrize(
    "words", [(name,) for name in COMMANDS] + [("alias", "set"), ("alias", "shift"), ("ci", "init")]
)
def test_shared_options_are_listed_in_one_order(words: tuple[str, ...]) -> None:
    names = options_of(*words)
    assert names == sorted(names, key=HELP_ORDER.__getitem__)


def test_apply_has_every_shared_option_of_its_kind() -> None:
    others = {"path", "detailed_exitcode", "html"}
    assert options_of("apply") == [name for name in HELP_ORDER if name not in others]
