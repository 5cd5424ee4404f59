"""scfdeploy.toml: where it is searched for, what it can contain, and where its mistakes are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.config.load_result import LoadOptions
from scfdeploy.config.project_settings import Settings, SettingsFile, read_settings
from scfdeploy.diagnostics import Diagnostics

ROLE = "qcs::cam::uin/100000000001:roleName/deploy"


def read(folder: Path, *, home: Path | None = None, prebuilt: bool = False) -> tuple[SettingsFile, list[str]]:
    problems = Diagnostics()
    options = LoadOptions(cwd=str(folder), environ={"HOME": str(home or "")}, prebuilt=prebuilt)
    file = read_settings(str(folder), options, problems)
    return file, [f"{Path(str(problem.subject)).name} {problem.detail} {problem.hint}" for problem in problems]


def settings(folder: Path, text: str, stage: str | None = None) -> Settings:
    (folder / "scfdeploy.toml").write_text(text)
    file, problems = read(folder)
    assert problems == []
    return file.of_stage(stage)


def problems(folder: Path, text: str) -> list[str]:
    (folder / "scfdeploy.toml").write_text(text)
    file, found = read(folder)
    assert file == SettingsFile()
    return found


def test_folder_without_file_has_no_settings(tmp_path: Path) -> None:
    assert read(tmp_path) == (SettingsFile(), [])


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = (
        f'profile = "work"\nregion = "ap-shanghai"\nrole = "{ROLE}"\nrole_session_name = "ci"\nstrict = true\n'
        'ignore = ["memory-step"]\nselect = ["public-url"]\nparallelism = 4\n'
    )
    read_values = settings(tmp_path, text)
    assert read_values[:4] == ("work", "ap-shanghai", ROLE, "ci")
    assert read_values[4:8] == (True, ("memory-step",), ("public-url",), 4)


def test_table_of_a_stage_replaces_the_defaults(tmp_path: Path) -> None:
    text = f'profile = "work"\nregion = "ap-shanghai"\n[stage.prod]\nprofile = "prod"\nrole = "{ROLE}"\n'
    for stage, expected in (
        (None, ("work", "ap-shanghai", None)),
        ("dev", ("work", "ap-shanghai", None)),
        ("prod", ("prod", "ap-shanghai", ROLE)),
    ):
        assert settings(tmp_path, text, stage)[:3] == expected


class TestSearch:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        folder = tmp_path / "repository" / "services" / "hello"
        folder.mkdir(parents=True)
        return folder

    def region(self, project: Path, *, home: Path | None = None) -> str | None:
        file, found = read(project, home=home)
        assert found == []
        return file.defaults.region

    def test_nearest_file_up_to_the_repository_is_read(self, project: Path, tmp_path: Path) -> None:
        (tmp_path / "scfdeploy.toml").write_text('region = "outside"\n')
        (tmp_path / "repository" / ".git").mkdir()
        assert self.region(project) is None
        (tmp_path / "repository" / "scfdeploy.toml").write_text('region = "repository"\n')
        assert self.region(project) == "repository"
        (project / "scfdeploy.toml").write_text('profile = "near"\n')
        assert self.region(project) is None

    def test_search_ends_in_the_home_folder(self, project: Path, tmp_path: Path) -> None:
        (tmp_path / "scfdeploy.toml").write_text('region = "outside"\n')
        home = tmp_path / "repository"
        assert self.region(project, home=home) is None
        (home / "scfdeploy.toml").write_text('region = "home"\n')
        assert self.region(project, home=home) == "home"

    def test_parents_outside_of_a_repository_and_of_home_are_not_read(self, project: Path, tmp_path: Path) -> None:
        (tmp_path / "scfdeploy.toml").write_text('region = "outside"\n')
        assert self.region(project, home=tmp_path / "elsewhere") is None
        (project / "scfdeploy.toml").write_text('region = "near"\n')
        assert self.region(project, home=tmp_path / "elsewhere") == "near"

    def test_file_that_cannot_be_read_is_an_error(self, project: Path) -> None:
        (project / "scfdeploy.toml").mkdir()
        assert "scfdeploy.toml:1:1 scfdeploy.toml is a folder." in read(project)[1][0]
        (project / "scfdeploy.toml").rmdir()
        (project / "scfdeploy.toml").symlink_to("nowhere")
        assert len(read(project)[1]) == 1


def test_prebuilt_project_selects_no_credentials(tmp_path: Path) -> None:
    (tmp_path / "scfdeploy.toml").write_text(
        f'profile = "work"\nrole = "{ROLE}"\nstrict = true\n[stage.prod]\nprofile = "prod"\nregion = "ap-shanghai"\n'
    )
    file, _ = read(tmp_path, prebuilt=True)
    assert file.of_stage("prod") == Settings(region="ap-shanghai", strict=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '\n\nporfile = "x"\n',
            'scfdeploy.toml:3:1 There is no setting "porfile" in this file. Did you mean "profile"?',
        ),
        ('[stage.prod]\n\nreigon = "x"\n', 'scfdeploy.toml:3:1 There is no setting "reigon" in [stage.prod].'),
        ('[ stage . "prod" ]\n\nroel = "x"\n', "scfdeploy.toml:3:1 There is no setting"),
        ("[stage.prod]\nstrict = true\n", "scfdeploy.toml:2:1 "),
        ("[stage.prod]\nstrict = true\n", "It is the same for all stages: write it above the tables."),
        ("[other]\nx = 1\n", 'scfdeploy.toml:1:1 There is no setting "other" in this file.'),
        ('secret_id = "AKIDx"\n', "Credentials do not belong in a project"),
        ('[stage.prod]\ntoken = "x"\n', "Credentials do not belong in a project"),
        ('endpoint = "http://example.com"\n', "as an option of the command line only"),
        ("insecure = true\n", "as an option of the command line only"),
        ("region = 5\n", '"region" must be text that is not empty.'),
        ('profile = ""\n', '"profile" must be text that is not empty.'),
        ('profile = "a\\u0007"\n', '"profile" must be text that is not empty.'),
        ('role = "deploy"\n', '"role" must be the ARN of a role, such as qcs::cam::uin/100000000001:roleName/deploy.'),
        ('role_session_name = "a b"\n', '"role_session_name" must be 2 to 128 letters'),
        ('strict = "yes"\n', '"strict" must be true or false.'),
        ('ignore = "memory-step"\n', '"ignore" must be a list of rules'),
        ("select = [1]\n", '"select" must be a list of rules'),
        ("parallelism = 0\n", '"parallelism" must be a number from 1 to 128.'),
        ("parallelism = true\n", '"parallelism" must be a number from 1 to 128.'),
        ("stage = 4\n", '"stage" must be a table, such as [stage.prod].'),
        ("[stage]\nprod = 1\n", 'scfdeploy.toml:2:1 "prod" must be a table'),
        ("\nregion =\n", "scfdeploy.toml:2:1 Invalid value."),
        ("region = 'x'\nregion = 'y'\n", "scfdeploy.toml:2:1 Cannot overwrite a value."),
        ("x = " + "[" * 3000, "scfdeploy.toml:1:1 It is nested too deeply."),
    ],
)
def test_mistake_is_reported_at_its_line(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in problem for problem in problems(tmp_path, text)), problems(tmp_path, text)


def test_file_with_a_secret_is_not_quoted(tmp_path: Path) -> None:
    assert "AKIDverysecret" not in "".join(problems(tmp_path, 'secret_id = "AKIDverysecret"\nregion = "\n'))
