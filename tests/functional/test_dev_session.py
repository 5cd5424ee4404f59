"""`dev`: what is saved is deployed, mistakes are shown in place, and what is typed is obeyed."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from scfdeploy.model import Project
from scfdeploy.operations.dev.file_watcher import FileWatcher
from scfdeploy.operations.dev.session import FilesChanged, Input, LineTyped, queued_inputs
from scfdeploy.providers.clock import SystemClock
from scfdeploy.results.dev import Failure, Redeployed, Rejected
from tests.support.dev_session import Dev, run_dev
from tests.support.project import TIMER, write_project
from tests.support.wheels import use_installer, write_wheel

URL = """\
  events:
    - http:
        name: url
        parameters: {netConfig: {enableExtranet: true}, authType: CAM}
"""
ONE, TWO = (f"def main_handler(event, context):\n    return '{text}'\n" for text in ("one", "two"))


def test_saved_code_answers_the_next_request(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.urls == ["/hello"]
        assert dev.get("/hello") == (200, '"one"')
        yield dev.save(("src/index.py", TWO))
        assert dev.get("/hello/path?a=1") == (200, '"two"')

    dev = run_dev(tmp_path, script)

    assert dev.urls == ["/hello"], "printed once"
    first, second = dev.next_run(), dev.next_run()
    assert (first.method, first.path, first.http_status) == ("GET", "/", 200)
    assert (second.method, second.path, second.http_status) == ("GET", "/path?a=1", 200)
    assert dev.texts()[-1].startswith("hello: code updated in ")


def test_save_without_a_difference_prints_nothing(tmp_path: Path) -> None:
    write_project(tmp_path, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        dev.texts()
        yield dev.save(("src/index.py", ONE))
        yield dev.save(("README.md", "nothing of the function"))

    assert "".join(run_dev(tmp_path, script).texts()) == ""


class InterruptedClock(SystemClock):
    """A signal arrives when the main thread reads the clock, as it does while changes are under way."""

    def __init__(self) -> None:
        self.reads_left: int | None = None

    def monotonic(self) -> float:
        if self.reads_left is not None and threading.current_thread() is threading.main_thread():
            self.reads_left -= 1
            if self.reads_left == 0:
                raise KeyboardInterrupt
        return super().monotonic()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("reads", range(1, 12))
def test_signal_during_a_deployment_ends_the_session(tmp_path: Path, reads: int) -> None:
    write_project(tmp_path, code=ONE)
    clock = InterruptedClock()

    def script(dev: Dev) -> Iterator[Input]:
        clock.reads_left = reads
        yield dev.save(("src/index.py", TWO))
        assert clock.reads_left > 0, "the session goes on after a signal"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_dev(tmp_path, script, clock=clock)
    # A connection that the signal broke off is closed here, and not in a later test.
    gc.collect()


def test_other_name_of_the_project_begins_anew(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)
    config = (tmp_path / "serverless.yml").read_text()
    renamed = config.replace("app: shop", "app: store").replace("name: hello\napp", "name: greeting\napp")

    def script(dev: Dev) -> Iterator[Input]:
        dev.texts()
        yield dev.save(("serverless.yml", renamed))
        assert "hello: created in " in "".join(dev.texts())
        yield dev.save(("src/index.py", TWO))
        assert dev.get("/hello") == (200, '"two"')
        yield dev.type("r")
        yield dev.save(("serverless.yml", config))
        assert dev.get("/hello") == (200, '"two"')

    assert "error" not in "".join(run_dev(tmp_path, script).texts())


def test_other_name_of_an_instance_keeps_its_functions(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)
    config = (tmp_path / "serverless.yml").read_text()

    def script(dev: Dev) -> Iterator[Input]:
        yield dev.save(("serverless.yml", config.replace("name: hello\napp", "name: greeting\napp")))
        yield dev.save(("src/index.py", TWO))
        yield dev.type("r")
        assert dev.get("/hello") == (200, '"two"')

    assert "error" not in "".join(run_dev(tmp_path, script).texts())


def test_new_folder_is_deployed_once_it_has_a_file(tmp_path: Path) -> None:
    write_project(tmp_path / "orders", URL, name="orders", code=ONE)
    bills = tmp_path / "bills"

    def script(dev: Dev) -> Iterator[Input]:
        bills.mkdir()
        yield FilesChanged(frozenset({str(bills)}))
        assert str(bills) in dev.watched[-1]
        write_project(bills, URL, name="bills", code=TWO)
        yield FilesChanged(frozenset({str(bills / "serverless.yml")}))
        assert dev.get("/bills") == (200, '"two"')

    assert "error" not in "".join(run_dev(tmp_path, script).texts())


def test_removed_folder_is_deleted_once(tmp_path: Path) -> None:
    for name in ("orders", "bills"):
        write_project(tmp_path / name, URL, name=name, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        (tmp_path / "bills" / "serverless.yml").unlink()
        yield FilesChanged(frozenset({str(tmp_path / "bills" / "serverless.yml")}))
        assert dev.get("/bills")[0] == 404
        yield dev.type("r")
        yield dev.save(("orders/src/index.py", TWO))
        assert dev.get("/orders") == (200, '"two"')

    assert "error" not in "".join(run_dev(tmp_path, script).texts())


def test_settings_of_the_file_are_deployed(tmp_path: Path) -> None:
    write_project(tmp_path, code=ONE)
    written = (tmp_path / "serverless.yml").read_text()

    def script(dev: Dev) -> Iterator[Input]:
        dev.texts()
        yield dev.save(("serverless.yml", f"{written}  memorySize: 256\n"), ("src/index.py", TWO))
        assert dev.texts()[0].startswith("hello: code and settings updated (memorySize) in ")
        yield dev.save(("serverless.yml", f"{written}  memorySize: 512\n"))
        assert dev.texts()[0].startswith("hello: settings updated (memorySize) in ")
        yield dev.save(("serverless.yml", f"{written}  memorySize: 512\n{URL}"))
        assert "ready: " in dev.texts()[-1]

    run_dev(tmp_path, script)


def test_version_that_only_the_cloud_has_is_left_out(tmp_path: Path) -> None:
    write_project(tmp_path, f"  traffic: 0.5\n  lastVersion: '7'\n{URL}", code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.get("/hello") == (200, '"one"')
        yield dev.save(("src/index.py", TWO))
        assert dev.get("/hello") == (200, '"two"')

    run_dev(tmp_path, script)


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("serverless.yml", "component: scf\nname: hello\ninputs: [\n", "serverless.yml:"),
        ("serverless.yml", "component: scf\nname: hello\ninputs:\n  memorySize: 100\n", "serverless.yml:4:15: error: "),
        ("src/index.py", "def main_handler(event, context):\n    retrun 1\n", "src/index.py:2:12: error: "),
    ],
    ids=["syntax", "rule", "code"],
)
def test_mistake_is_shown_in_place_and_its_correction_is_deployed(
    tmp_path: Path, file: str, text: str, place: str
) -> None:
    write_project(tmp_path, URL, code=ONE)
    correct = (tmp_path / file).read_text()

    def script(dev: Dev) -> Iterator[Input]:
        dev.texts()
        yield dev.save((file, text))
        assert isinstance(dev.events[-1], Rejected)
        assert place in dev.texts()[-1]
        assert dev.get("/hello") == (200, '"one"'), "what was deployed goes on"
        yield dev.save((file, correct))
        assert "errors fixed; nothing to deploy" in dev.texts()[0]
        yield dev.save(("src/index.py", TWO))
        assert dev.get("/hello") == (200, '"two"')

    run_dev(tmp_path, script)


def test_project_that_begins_with_a_mistake_is_deployed_after_its_correction(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)
    correct = (tmp_path / "serverless.yml").read_text()
    (tmp_path / "serverless.yml").write_text(correct.replace("handler:", "handlr:"))

    def script(dev: Dev) -> Iterator[Input]:
        assert isinstance(dev.events[0], Rejected)
        assert dev.watched[-1] >= {str(tmp_path)}
        yield dev.type("t hello")
        assert isinstance(dev.events[-1], Failure)
        yield dev.save(("serverless.yml", correct))
        assert dev.get("/hello") == (200, '"one"')

    run_dev(tmp_path, script)


def test_missing_folder_is_found_once_it_exists(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)
    (tmp_path / "src").rename(tmp_path / "source")

    def script(dev: Dev) -> Iterator[Input]:
        assert isinstance(dev.events[0], Rejected)
        (tmp_path / "source").rename(tmp_path / "src")
        yield FilesChanged(frozenset({str(tmp_path / "src"), str(tmp_path / "source")}))
        assert dev.get("/hello") == (200, '"one"')

    run_dev(tmp_path, script)


def test_warnings_are_shown_once(tmp_path: Path) -> None:
    write_project(tmp_path, URL.replace("CAM", "NONE"), code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        assert "public-url" in dev.texts()[0]
        yield dev.save(("src/index.py", TWO))
        assert "public-url" not in "".join(dev.texts())

    run_dev(tmp_path, script)


def test_function_of_several_is_deployed_alone(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_project(tmp_path / name, name=name, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.texts()[0].startswith("2 functions deployed in ")
        yield dev.save(("one/src/index.py", TWO))
        assert [text.partition(" in ")[0] for text in dev.texts()] == ["one: code updated"]

    run_dev(tmp_path, script)


def test_function_that_is_no_longer_in_a_file_is_deleted(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_project(tmp_path / name, URL, name=name, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        dev.texts()
        (tmp_path / "one/serverless.yml").unlink()
        yield FilesChanged(frozenset({str(tmp_path / "one/serverless.yml")}))
        assert any(text.startswith("one: deleted in ") for text in dev.texts()[0].splitlines())
        assert dev.get("/one")[0] == 404

    run_dev(tmp_path, script)


def test_new_folder_is_watched(tmp_path: Path) -> None:
    write_project(tmp_path, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        (tmp_path / "src" / "more").mkdir()
        yield FilesChanged(frozenset({str(tmp_path / "src" / "more")}))

    dev = run_dev(tmp_path, script)

    assert str(tmp_path / "src" / "more") in dev.watched[-1]


def test_env_file_that_is_saved_is_read_again(tmp_path: Path) -> None:
    code = "import os\ndef main_handler(event, context):\n    return os.environ['COLOUR']\n"
    write_project(tmp_path, f"{URL}  environment: {{variables: {{COLOUR: '${{env:COLOUR}}'}}}}\n", code=code)
    (tmp_path / ".env").write_text("COLOUR=red\n")

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.get("/hello") == (200, '"red"')
        yield dev.save((".env", "COLOUR=green\n"))
        assert dev.get("/hello") == (200, '"green"')

    run_dev(tmp_path, script)


def test_changed_requirements_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_installer("pip", tmp_path, monkeypatch)
    for version in ("1.0", "2.0"):
        write_wheel(tmp_path / "wheels", "alpha", version)
    code = "import alpha\ndef main_handler(event, context):\n    return alpha.VERSION\n"
    project = write_project(tmp_path / "project", URL, code=code)
    requirements = f"--no-index\n--find-links {tmp_path / 'wheels'}\nalpha==%s\n"
    (project / "requirements.txt").write_text(requirements % "1.0")

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.get("/hello") == (200, '"1.0"')
        yield dev.save(("requirements.txt", requirements % "3.0"))
        assert isinstance(dev.events[-1], Rejected)
        assert dev.get("/hello") == (200, '"1.0"')
        yield dev.save(("requirements.txt", requirements % "2.0"))
        assert dev.get("/hello") == (200, '"2.0"')

    run_dev(project, script)


def test_files_that_a_hook_writes_start_it_only_once(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: hello\napp: shop\ninputs:\n  name: hello\n  runtime: Python3.10\n"
        "  handler: index.main_handler\n  src:\n    src: .\n    dist: dist\n"
        "    hook: mkdir -p dist && cp index.in dist/index.py && echo x >> runs\n" + URL
    )
    (tmp_path / "index.in").write_text(ONE)

    def script(dev: Dev) -> Iterator[Input]:
        built = FilesChanged(frozenset(str(tmp_path / name) for name in ("dist", "dist/index.py", "runs")))
        yield built
        yield dev.save(("index.in", TWO))
        yield built
        assert dev.get("/hello") == (200, '"two"')
        assert (tmp_path / "runs").read_text() == "x\nx\n"

    run_dev(tmp_path, script)


def test_template_calls_each_function_that_has_changed(tmp_path: Path) -> None:
    write_project(tmp_path, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.next_run().entry.result == "one"
        yield dev.save(("src/index.py", "def main_handler(event, context):\n    return event['Type']\n"))
        assert dev.next_run().entry.result == "Timer"
        yield dev.save(("README.md", ""))

    assert run_dev(tmp_path, script, template="timer").runs.empty()


def test_unknown_template_is_an_error_that_does_not_end_the_session(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        assert 'There is no template "tiemr"' in dev.texts()[-1]
        yield dev.save(("src/index.py", TWO))
        assert dev.get("/hello") == (200, '"two"')

    run_dev(tmp_path, script, template="tiemr")


def test_typed_line_fires_a_timer_that_is_not_due(tmp_path: Path) -> None:
    write_project(tmp_path, TIMER, code="def main_handler(event, context):\n    return event['TriggerName']\n")

    def script(dev: Dev) -> Iterator[Input]:
        yield dev.type("t hello")
        assert dev.texts()[-1] == "hello: timer nightly fired\n"
        assert dev.next_run().entry.result == "nightly"
        yield dev.type("t hello nightly")
        assert dev.next_run().entry.result == "nightly"

    run_dev(tmp_path, script)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("t hello hourly", "hello has no timer hourly"),
        ("t hello hourly", "Its timers: nightly."),
        ("t helo", 'The project has no function "helo".'),
        ("t hello nightly again", "t NAME [TIMER]"),
        ("what?", "t NAME [TIMER]"),
        ("i hello nothing", 'There is no template "nothing"'),
    ],
)
def test_wrong_line_is_answered(tmp_path: Path, line: str, answer: str) -> None:
    write_project(tmp_path, TIMER)

    def script(dev: Dev) -> Iterator[Input]:
        yield dev.type(line)
        assert answer in dev.texts()[-1]
        yield dev.type("")
        assert dev.texts() == []

    run_dev(tmp_path, script)


def test_typed_line_calls_a_function(tmp_path: Path) -> None:
    write_project(tmp_path)

    def script(dev: Dev) -> Iterator[Input]:
        yield dev.type("i hello")
        run = dev.next_run()
        assert (run.entry.status_code, run.entry.result) == (200, {"hello": "world"})
        yield dev.type("q")
        raise AssertionError("q ends the session")

    run_dev(tmp_path, script)


def test_typed_line_deploys_again(tmp_path: Path) -> None:
    write_project(tmp_path, code=ONE)

    def script(dev: Dev) -> Iterator[Input]:
        (tmp_path / "src/index.py").write_text(TWO)
        yield dev.type("r")
        assert isinstance(dev.events[-1], Redeployed)
        assert dev.texts()[-1].startswith("hello: code updated in ")

    run_dev(tmp_path, script)


def test_web_function_takes_no_event(tmp_path: Path) -> None:
    write_project(tmp_path).joinpath("serverless.yml").write_text(
        "component: scf\nname: hello\ninputs:\n  name: hello\n  type: web\n  runtime: Python3.10\n  src: ./src\n"
    )
    (tmp_path / "src" / "scf_bootstrap").write_text("#!/bin/bash\n")
    (tmp_path / "src" / "scf_bootstrap").chmod(0o755)

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.urls == ["/hello"]
        yield dev.type("i hello")
        assert "hello is a web function and takes no events" in dev.texts()[-1]

    assert run_dev(tmp_path, script, template="timer").runs.empty()


def test_failed_request_is_shown_with_its_error(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code="def main_handler(event, context):\n    raise ValueError('no stock')\n")

    def script(dev: Dev) -> Iterator[Input]:
        assert dev.get("/hello")[0] == 502
        yield dev.type("")

    run = run_dev(tmp_path, script).next_run()

    assert (run.http_status, run.entry.status_code) == (502, 430)
    assert "ValueError: no stock" in run.entry.lines[-1]


def test_save_during_a_deployment_is_deployed_after_it(tmp_path: Path) -> None:
    write_project(tmp_path, URL, code=ONE)
    queue: SimpleQueue[Input | None] = SimpleQueue()
    watcher = FileWatcher(lambda paths: queue.put(FilesChanged(paths)))
    codes = [TWO]

    def save(_project: Project) -> None:
        if codes:
            (tmp_path / "src" / "index.py").write_text(codes.pop())

    def script(dev: Dev) -> Iterator[Input]:
        for item in queued_inputs(queue):
            assert dev.get("/hello") == (200, '"one"')
            yield item
            if dev.get("/hello") == (200, '"two"'):
                return

    run_dev(tmp_path, script, watch=watcher.watch, on_deployed=save)
    watcher.close()


def test_changes_that_waited_become_one() -> None:
    queue: SimpleQueue[Input | None] = SimpleQueue()
    for item in (
        FilesChanged(frozenset({"a"})),
        FilesChanged(frozenset({"b"})),
        LineTyped("r"),
        LineTyped("h"),
        FilesChanged(frozenset({"c"})),
        None,
    ):
        queue.put(item)

    assert list(queued_inputs(queue)) == [
        FilesChanged(frozenset({"a", "b"})),
        LineTyped("r"),
        LineTyped("h"),
        FilesChanged(frozenset({"c"})),
    ]
