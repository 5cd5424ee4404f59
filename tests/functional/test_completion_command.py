"""`completion`: the scripts and their installation."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.shells import require_shell

TARGETS = {
    "bash": ".local/share/bash-completion/completions/scfdeploy",
    "zsh": ".local/share/zsh/site-functions/_scfdeploy",
    "fish": ".config/fish/completions/scfdeploy.fish",
}
_PLACES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "BASH_COMPLETION_USER_DIR", "ZDOTDIR")


def completion(home: Path, *arguments: str, **env: str) -> Ran:
    return scfdeploy("completion", *arguments, env={"HOME": str(home), **dict.fromkeys(_PLACES, ""), **env})


@pytest.mark.parametrize("shell", sorted(TARGETS))
def test_script_is_printed_and_installed(shell: str, tmp_path: Path) -> None:
    printed = completion(tmp_path, shell)
    installed = completion(tmp_path, shell, "--install")

    target = tmp_path / TARGETS[shell]
    assert (printed.exit_code, installed.exit_code) == (0, 0)
    assert target.read_text() == printed.stdout
    assert f"wrote {target}" in installed.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [target]


@pytest.mark.parametrize("shell", sorted(TARGETS))
def test_second_installation_changes_nothing(shell: str, tmp_path: Path) -> None:
    completion(tmp_path, shell, "--install")
    before = (tmp_path / TARGETS[shell]).stat()

    ran = completion(tmp_path, shell, "--install")

    assert ran.exit_code == 0
    assert "is up to date" in ran.stdout
    assert (tmp_path / TARGETS[shell]).stat() == before


@pytest.mark.parametrize("shell", sorted(TARGETS))
def test_script_is_valid(shell: str, tmp_path: Path) -> None:
    require_shell(shell)
    script = tmp_path / "script"
    script.write_text(completion(tmp_path, shell).stdout)

    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_older_script_is_replaced(tmp_path: Path) -> None:
    completion(tmp_path, "fish", "--install")
    target = tmp_path / TARGETS["fish"]
    target.write_text(target.read_text() + "# an older version\n")

    assert "wrote" in completion(tmp_path, "fish", "--install").stdout
    assert "an older version" not in target.read_text()


def test_foreign_file_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / TARGETS["bash"]
    target.parent.mkdir(parents=True)
    target.write_text("complete -W 'mine' scfdeploy\n")

    ran = completion(tmp_path, "bash", "--install")

    assert ran.exit_code == 1
    assert "was not written by scfdeploy; nothing was changed" in ran.stderr
    assert target.read_text() == "complete -W 'mine' scfdeploy\n"


def test_folders_of_the_environment_are_used(tmp_path: Path) -> None:
    completion(tmp_path, "fish", "--install", XDG_CONFIG_HOME=str(tmp_path / "settings"))
    completion(tmp_path, "bash", "--install", BASH_COMPLETION_USER_DIR=str(tmp_path / "bash"))

    assert (tmp_path / "settings" / "fish" / "completions" / "scfdeploy.fish").exists()
    assert (tmp_path / "bash" / "completions" / "scfdeploy").exists()


def test_zshrc_is_edited_only_on_request(tmp_path: Path) -> None:
    zshrc = tmp_path / ".zshrc"
    zshrc.write_text("export EDITOR=vi")
    zshrc.chmod(0o600)

    without = completion(tmp_path, "zsh", "--install")
    untouched = zshrc.read_text()
    completion(tmp_path, "zsh", "--install", "--edit-zshrc")
    once = zshrc.read_text()
    completion(tmp_path, "zsh", "--install", "--edit-zshrc")

    assert "fpath=(" in without.stdout
    assert untouched == "export EDITOR=vi"
    assert once.startswith("export EDITOR=vi\n")
    assert once.count("\n") == 2
    assert zshrc.read_text() == once
    assert stat.S_IMODE(zshrc.stat().st_mode) == 0o600


def test_line_in_zshrc_loads_the_script(tmp_path: Path) -> None:
    require_shell("zsh")
    home = tmp_path / "it's home"
    home.mkdir()
    completion(home, "zsh", "--install", "--edit-zshrc")

    done = subprocess.run(
        ["zsh", "-i", "-c", "print -r -- $_comps[scfdeploy]"],
        env={"HOME": str(home), "ZDOTDIR": str(home), "PATH": "/usr/bin:/bin", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "_scfdeploy\n"


@pytest.mark.parametrize("arguments", [(), ("tcsh",), ("bash", "--edit-zshrc"), ("bash", "--install", "--edit-zshrc")])
def test_wrong_usage_is_rejected(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert completion(tmp_path, *arguments).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_unwritable_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file")

    ran = completion(tmp_path, "fish", "--install")

    assert ran.exit_code == 1
    assert "cannot" in ran.stderr


def test_missing_home_is_an_error(tmp_path: Path) -> None:
    ran = completion(tmp_path, "fish", "--install", HOME="")

    assert ran.exit_code == 1
    assert "HOME is not set" in ran.stderr
