"""`init`: each template deploys as it is, and the questions on a terminal choose one."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.scaffold import ProjectTemplate, project_templates
from scfdeploy.scaffold.rendering import templates
from tests.support.command import Ran, scfdeploy
from tests.support.command_process import command_process
from tests.support.emulator import Cloud
from tests.support.shared import shared_folder

cos = pytest.importorskip("qcloud_cos", reason="the storage SDK is not installed")
ROOT = Path(__file__).parents[2]
BUCKET = "pictures-1300000001"
PROGRAMS = {"nodejs": ("node",), "php": ("php",), "java": ("javac", "java"), "go": ("go",)}
"""What must be installed to build and run functions of a language."""

STAND_INS = {
    "PIL/__init__.py": "",
    "PIL/Image.py": """\
class open:
    def __init__(self, file):
        self.text = file.read()
    def __enter__(self):
        return self
    def __exit__(self, *failure):
        pass
    def thumbnail(self, size):
        self.size = size
    def convert(self, mode):
        return self
    def save(self, file, form):
        file.write(b"%s %s of %s" % (repr(self.size).encode(), form.encode(), self.text))
""",
    # Packages that are in the source already are not built.
    "pillow-10.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: pillow\nVersion: 10.0.0\n",
}
"""Pillow, as far as the thumbnail template uses it."""


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server whose time stands still, with an empty current folder."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        yield Cloud(server.url)


def bucket(cloud: Cloud) -> Any:
    """The storage SDK, with the bucket of the thumbnail template."""
    host, _, port = cloud.address.partition(":")
    config = cos.CosConfig(
        Region="ap-guangzhou", SecretId="AKIDlocal", SecretKey="local-secret", Scheme="http", IP=host, Port=int(port)
    )
    client = cos.CosS3Client(config, retry=1)
    client.create_bucket(Bucket=BUCKET)
    return client


def run(cloud: Cloud, *arguments: str) -> Ran:
    return scfdeploy(*arguments, env={"SCFDEPLOY_ENDPOINT": cloud.url})


def create(cloud: Cloud, template: str) -> None:
    """Create a project in the current folder, and apply it."""
    assert scfdeploy("init", "--name", "hello", "--template", template).exit_code == 0
    if template == "cos-thumbnail":
        for name, text in STAND_INS.items():
            file = Path("src", name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        file = Path("serverless.yml")
        text = file.read_text().replace("pictures-1250000000", BUCKET)
        file.write_text(text.replace("    variables:\n", f"    variables:\n      COS_ENDPOINT: {cloud.url}\n"))
    validated = scfdeploy("validate", "--format", "json")
    assert validated.exit_code == 0
    assert [found for found in validated.document["diagnostics"] if found["severity"] != "info"] == []
    applied = run(cloud, "apply", "--yes")
    assert applied.exit_code == 0, applied.stdout + applied.stderr


def require_programs(template: ProjectTemplate, factory: pytest.TempPathFactory) -> None:
    for program in PROGRAMS.get(template.language, ()):
        if shutil.which(program) is None:
            pytest.skip(f"this machine has no {program}")
    if template.language == "go":
        # The first build compiles Go's own packages, for half a minute: not in two workers at the same time.
        shared_folder(factory, "go-project", lambda folder: build_in(folder, template))


def build_in(folder: Path, template: ProjectTemplate) -> None:
    path = str(folder / "hello")
    assert scfdeploy("init", path, "--template", template.name).exit_code == 0
    built = scfdeploy("build", path)
    assert built.exit_code == 0, built.stdout + built.stderr


@pytest.mark.parametrize("template", project_templates(), ids=lambda template: template.name)
def test_template_is_applied_and_answers(
    cloud: Cloud, template: ProjectTemplate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    require_programs(template, tmp_path_factory)
    create(cloud, template.name)

    if template.type == "web":
        with urllib.request.urlopen(f"{cloud.url}/_url/default/hello/?name=Ada", timeout=30) as response:
            assert json.loads(response.read()) == {"message": "Hello, Ada!"}
    else:
        events = {
            "cos-thumbnail": ("--event", "event.json"),
            "timer": ("--template", "timer"),
            "dead-letter": ("--data", '{"items": ["tea"]}'),
        }
        if template.name == "cos-thumbnail":
            event = scfdeploy("template", "show", "cos-upload").stdout.replace("pictures-1250000000", BUCKET)
            Path("event.json").write_text(event)
            bucket(cloud).put_object(Bucket=BUCKET, Key="new/boat.png", Body=b"boat")
        data = events.get(template.name, ("--data", '{"name": "Ada"}'))
        invoked = run(cloud, "invoke", "hello", *data, "--format", "json")
        assert invoked.exit_code == 0, invoked.stdout
        results = {
            "cos-thumbnail": {"thumbnails": ["thumbnails/new/boat.jpg"]},
            "timer": {"reported": "2026-01-01T18:00:00Z"},
            "dead-letter": {"accepted": 1},
        }
        assert invoked.document["result"] == results.get(template.name, {"message": "Hello, Ada!"})
    assert run(cloud, "plan", "--detailed-exitcode").exit_code == 0
    assert run(cloud, "destroy", "--yes").exit_code == 0


@pytest.mark.parametrize(
    "template", [each for each in project_templates() if each.language == "python"], ids=lambda template: template.name
)
def test_commands_of_the_readme_work(cloud: Cloud, template: ProjectTemplate) -> None:
    create(cloud, template.name)
    assert run(cloud, "destroy", "--yes").exit_code == 0
    commands = re.findall("^scfdeploy (.*)", Path("README.md").read_text(), re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        # Here, a server with an address stands for that of `--local`, and nobody ends `dev`.
        words = [word for word in shlex.split(command, comments=True) if word != "--local"]
        if words != ["dev"]:
            ran = run(cloud, *words, *(["--yes"] if words[0] in ("apply", "destroy") else []))
            assert ran.exit_code == 0, f"{command}: {ran.stdout}{ran.stderr}"


@pytest.mark.parametrize("template", project_templates(), ids=lambda template: template.name)
def test_template_has_all_files_of_a_project(tmp_path: Path, template: ProjectTemplate) -> None:
    assert scfdeploy("init", tmp_path / "hello", "--template", template.name).exit_code == 0
    names = {path.relative_to(tmp_path / "hello").as_posix() for path in (tmp_path / "hello").rglob("*")}
    assert {"serverless.yml", "README.md", ".gitignore", ".env.example", "src"} < names
    readme = (tmp_path / "hello" / "README.md").read_text()
    assert "\n\n\n" not in readme
    assert readme.startswith(f"# hello\n\n{template.description}. ")


def test_every_folder_is_a_template_with_a_description() -> None:
    folders = {folder.name for folder in (templates() / "init").iterdir() if folder.is_dir()}
    assert folders - {"common"} == {template.name for template in project_templates()}
    for template in project_templates():
        fields = tomllib.loads((templates() / "init" / template.name / "template.toml").read_text())
        assert set(fields) == {"description", "language", "type"}


def test_uploaded_picture_gets_a_thumbnail_in_its_bucket(cloud: Cloud) -> None:
    create(cloud, "cos-thumbnail")
    pictures = bucket(cloud)
    pictures.put_object(Bucket=BUCKET, Key="new/a boat (1).png", Body=b"boat")
    ran = scfdeploy("events", "run", "--endpoint", cloud.url)
    assert "1 event: 1 finished" in ran.stdout, ran.stdout
    thumbnail = pictures.get_object(Bucket=BUCKET, Key="thumbnails/new/a boat (1).jpg")
    assert thumbnail["Content-Type"] == "image/jpeg"
    assert thumbnail["Body"].get_raw_stream().read() == b"(200, 200) JPEG of boat"


def test_timer_fires_once_a_day(cloud: Cloud) -> None:
    create(cloud, "timer")
    ran = scfdeploy("events", "run", "--for", "24h", "--endpoint", cloud.url)
    assert ran.exit_code == 0, ran.stderr
    assert "1 event: 1 finished" in ran.stdout


def test_failing_event_reaches_the_dead_letter_queue_and_is_sent_again(cloud: Cloud) -> None:
    create(cloud, "dead-letter")
    assert run(cloud, "invoke", "hello", "--async", "--data", '{"id": 7}').exit_code == 0
    assert "1 in a dead letter queue" in scfdeploy("events", "run", "--endpoint", cloud.url).stdout
    shown = scfdeploy("queue", "show", "hello-failed", "--endpoint", cloud.url).stdout
    assert "ValueError: an order needs items" in shown

    code = Path("src/index.py")
    code.write_text(code.read_text().replace('raise ValueError("an order needs items")', 'items = ["none"]'))
    assert run(cloud, "apply", "--yes").exit_code == 0
    scfdeploy("queue", "redrive", "hello-failed", "--endpoint", cloud.url)
    assert "1 event: 1 finished" in scfdeploy("events", "run", "--endpoint", cloud.url).stdout


@pytest.mark.parametrize("template", ["go-event", "java-event"])
def test_second_build_has_the_same_bytes(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    require_programs(next(each for each in project_templates() if each.name == template), tmp_path_factory)
    built = []
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        scfdeploy("init", "--name", "hello", "--template", template)
        with Server(settings=Settings(activation_s=0)) as server:
            planned = run(Cloud(server.url), "plan", "--format", "json").document
        [code] = [field for field in planned["changes"][0]["fields"] if field["path"] == "src"]
        built.append(code["after"]["sha256"])
    assert built[0] == built[1]


def test_list_shows_every_template() -> None:
    shown = scfdeploy("init", "--list").stdout
    assert [line.split()[0] for line in shown.splitlines()] == [template.name for template in project_templates()]
    assert "Makes a thumbnail of each picture in a COS bucket" in shown


def test_summary_names_files_and_next_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        "Next: scfdeploy validate 'my shop', then scfdeploy dev 'my shop' to run" in scfdeploy("init", "my shop").stdout
    )
    assert scfdeploy("init", "hello").stdout == (
        "Created hello from the template python-event (Python3.10): "
        ".env.example, .gitignore, README.md, serverless.schema.json, serverless.yml, src/index.py\n"
        "Next: scfdeploy validate hello, then scfdeploy dev hello to run it, or scfdeploy apply hello --local\n"
    )


def test_summary_breaks_the_list_of_files_and_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    *created, following = scfdeploy("init", "narrow\x1b[31m", env={"COLUMNS": "60"}).stdout.splitlines()
    assert created[1:]
    assert max(map(len, created)) <= 60
    assert following.startswith(
        "Next: scfdeploy validate 'narrow\\x1b[31m', then scfdeploy dev 'narrow\\x1b[31m' to run"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--template", "timr"), 'Did you mean "timer"?'),
        (("--template", "../common"), "Choose one of python-event"),
        (("--template", "timer", "--type", "web"), "the template timer is of type event"),
        (("--template", "timer", "--runtime", "go"), "the template timer is not for Go1"),
        (("--runtime", "go", "--type", "web"), "there is no template of type web for Go1"),
    ],
)
def test_options_without_a_template_write_nothing(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    ran = scfdeploy("init", tmp_path / "hello", *options)
    assert ran.exit_code == 1
    assert words in ran.stderr
    assert not (tmp_path / "hello").exists()


class Terminal:
    """`init` as a process on a terminal."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._running = command_process(
            "init",
            *arguments,
            folder=folder,
            stdin=theirs,
            stderr=theirs,
            env={"PATH": os.environ["PATH"], "TERM": "dumb"},
        )
        self.process = self._running.__enter__()
        os.close(theirs)
        self.shown = ""

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, and type the answer."""
        start = len(self.shown)
        while question not in self.shown[start:]:
            assert select.select([self._ours], [], [], 60)[0], self.shown
            self.shown += os.read(self._ours, 4096).decode()
        os.write(self._ours, text.encode())

    def end(self) -> tuple[int, str]:
        """The exit code and what it wrote to stdout."""
        out, _ = self.process.communicate(timeout=60)
        self._running.__exit__(None, None, None)
        os.close(self._ours)
        return self.process.wait(), out


@pytest.mark.parametrize(
    ("answers", "template"),
    [
        (["", "", ""], "python-event"),
        (["1", "event", "timer"], "timer"),
        (["nothing", "99", "nodejs", "2"], "nodejs-web"),
        (["PHP"], "php-event"),
    ],
)
def test_questions_choose_the_template(tmp_path: Path, answers: list[str], template: str) -> None:
    terminal = Terminal(tmp_path, "hello")
    for answer in answers:
        terminal.answer("Number or name", f"{answer}\n")
    code, out = terminal.end()
    assert code == 0
    assert out.startswith(f"Created hello from the template {template} (")
    assert (tmp_path / "hello" / "serverless.yml").is_file()


@pytest.mark.parametrize("options", [("--runtime", "python"), ("--name", "hello"), ("--type", "event")])
def test_nothing_is_asked_with_options(tmp_path: Path, options: tuple[str, ...]) -> None:
    code, out = Terminal(tmp_path, "hello", *options).end()
    assert code == 0
    assert out.startswith("Created hello from the template python-event (")


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_interrupted_question_leaves_nothing(tmp_path: Path, key: str) -> None:
    terminal = Terminal(tmp_path, "hello")
    terminal.answer("Number or name", "\n")
    terminal.answer("Number or name", key)
    if key == "\x03":
        # The process has no controlling terminal, which would turn the key into a signal.
        terminal.process.send_signal(signal.SIGINT)
    code, out = terminal.end()
    assert (code, out) == (130, "")
    assert list(tmp_path.iterdir()) == []


def test_existing_project_is_reported_before_any_question(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text("mine")
    terminal = Terminal(tmp_path, "--debug")
    code, out = terminal.end()
    assert (code, out) == (1, "")
    assert (tmp_path / "serverless.yml").read_text() == "mine"
