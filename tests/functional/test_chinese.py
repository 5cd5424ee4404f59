"""The command line in Chinese: help, findings, plans and questions; documents for programs stay English."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from scfdeploy.cli.language import chosen_language
from scfdeploy.report.formats import is_for_programs
from scfdeploy.report.terminal import width
from scfdeploy.scaffold import project_templates
from scripts.reference.command_pages import all_commands
from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import TIMER, write_project
from tests.support.scripts import ROOT
from tests.support.terminal import run_on_terminal

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ENGLISH = re.compile("[A-Za-z]{3,} [a-z]{3,} [a-z]{3,}")
CODE = re.compile(r"`[^`]*`|scfdeploy [a-z -]+(?:[\w./-]+)?|\$schema\S*|root [a-z ]+")
MISTAKES = """\
  memorySize: 100
  timeot: 3
  environment: {variables: {A: ''}}
  events:
    - timer: {name: t, parameters: {cronExpression: '*/5 * * * *', enable: true}}
    - http: {parameters: {authType: NONE}}
"""


COMMANDS = {command.name: command.click for command in all_commands()}
FORMATS = [
    (words, str(getattr(choice, "value", choice)))
    for words, command in COMMANDS.items()
    if words != "emulator"  # runs until it is stopped, and its document has no texts
    for parameter in command.params
    if parameter.name == "output"
    for choice in parameter.type.choices
    if is_for_programs(str(getattr(choice, "value", choice)))
]


@pytest.mark.parametrize("words", COMMANDS)
def test_help_is_chinese(words: str) -> None:
    ran = scfdeploy(*words.split(), "--help", "--lang", "zh", env={"COLUMNS": "200"})

    assert ran.exit_code == 0
    assert ran.stdout.startswith("用法：")
    text = " ".join(CODE.sub("", ran.stdout).split())
    assert ENGLISH.findall(text) == []
    assert {"Options", "Arguments", "Commands", "required", "default:", "env var"} & set(
        re.split(r"[\s：\[]", text)
    ) == set()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("words", ["", "plan", "simulate", "alias set", "completion"])
def test_help_fits_the_width_and_its_texts_are_aligned(words: str, columns: int) -> None:
    command = COMMANDS[words]
    with chosen_language(["--lang", "zh"]):
        lines = command.get_help(typer.Context(command, info_name="scfdeploy", terminal_width=columns)).splitlines()
    options = [line for line in lines[lines.index("选项：") + 1 :] if re.match(r"  +\S", line)]
    options = options[: next((number for number, line in enumerate(options) if line[2] not in " -"), len(options))]
    starts = {width(line[: match.end()]) for line in options if (match := re.match(r"  -.*?\S  +(?=\S)", line))}
    further = {len(line) - len(line.lstrip()) for line in options if line.startswith(" " * 6)}

    assert max(map(width, lines)) <= columns
    assert len(starts) == 1
    assert further <= starts


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["plan", "--yess"], "错误：没有选项 --yess"),
        (["plan", "--keep", "x"], "错误：'--keep' 的值无效：'x' 不是整数。"),
        (["plan", "--keep", "0"], "错误：'--keep' 的值无效：0 不在范围 x>=1 内。"),
        (["plan", "--keep"], "错误：选项 '--keep' 需要一个值。"),
        (
            ["plan", "--format", "xml"],
            "错误：'--format' 的值无效：'xml' 不是 'text', 'json', 'markdown', 'github' 之一。",
        ),
        (["plan", "a", "b"], "错误：多余的参数：b"),
        (["plan", "--adopt=3"], "错误：选项 '--adopt' 不接受值。"),
        (["plan", "--parallelis", "3"], "错误：没有选项 --parallelis。是否要输入 --parallelism？"),
        (["alias", "set"], "错误：缺少参数 'NAME'。"),
        (["deploy"], "错误：没有命令 'deploy'。部署请运行 `scfdeploy apply`。"),
        (["alias", "xyzzy"], "错误：没有命令 'xyzzy'。"),
        (["queue", "lst"], "错误：没有命令 'lst'。是否要输入 'list'？"),
        (["plan", "--local", "--endpoint", "http://127.0.0.1:1"], "错误：值无效："),
    ],
)
def test_usage_errors_are_chinese(arguments: list[str], text: str) -> None:
    ran = scfdeploy("--lang", "zh", *arguments)

    assert ran.exit_code == 2
    assert text in ran.stderr
    assert ENGLISH.findall(CODE.sub("", ran.stderr)) == []


@pytest.mark.parametrize("command", ["plan --local --endpoint http://127.0.0.1:1", "completion bash --edit-zshrc"])
def test_usage_error_of_a_command_for_programs_is_english(command: str) -> None:
    ran = scfdeploy(*command.split(), "--format", "json", "--lang", "zh")

    assert ran.exit_code == 2
    assert CHINESE.findall(ran.stdout + ran.stderr) == []
    assert ran.stderr.startswith("Usage: ")


def test_findings_are_chinese(tmp_path: Path) -> None:
    ran = scfdeploy("validate", write_project(tmp_path, MISTAKES), "--lang", "zh")

    assert ran.exit_code == 3
    assert "错误：内存大小无效 [memory-step, InvalidParameterValue.Memory]" in ran.stderr
    assert "提示：是否要写“timeout”？" in ran.stderr
    assert "七个字段：秒 分 时 日 月 星期 年" in ran.stderr
    assert ENGLISH.findall(CODE.sub("", re.sub(r"(?m)^ +\d+ \|.*$", "", ran.stderr))) == []


def test_plan_apply_status_and_destroy_are_chinese(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, TIMER)
    texts = [
        scfdeploy(*words, project, "--lang", "zh", env=cloud.env)
        for words in (["plan"], ["apply", "--yes"], ["status"], ["plan"], ["destroy", "--yes"])
    ]

    assert [ran.exit_code for ran in texts] == [0, 0, 0, 0, 0]
    for ran, text in zip(
        texts, ("变更计划：2 个待创建", "完成：2 个已创建", "运行环境", "无需变更", "个已删除"), strict=True
    ):
        assert text in ran.stdout
        assert ENGLISH.findall(CODE.sub("", ran.stdout + ran.stderr)) == []


@pytest.mark.waits("for the local server that --local starts")
def test_local_run_is_chinese(tmp_path: Path) -> None:
    project = write_project(tmp_path, "  retryNum: 0\n", code="def main_handler(event, context): return event['id']")
    applied = scfdeploy("apply", project, "--yes", "--local", "--lang", "zh")
    ran = scfdeploy("invoke", "hello", "--path", project, "--async", "--data", "{}", "--local", "--lang", "zh")

    assert (applied.exit_code, ran.exit_code) == (0, 0)
    text = CODE.sub("", ran.stdout + ran.stderr)
    assert "首次尝试失败：状态码 430，KeyError: 'id'。" in text
    assert ENGLISH.findall(text) == []
    assert re.findall("[，。；] ", text) == []


@pytest.mark.parametrize("query", ["430", "ResourceInUse", "memory-step", "SCF_RUNTIME", "msgTTL"])
def test_explanations_are_chinese(query: str) -> None:
    ran = scfdeploy("explain", query, "--lang", "zh")

    assert len(CHINESE.findall(ran.stdout)) > 20
    assert ENGLISH.findall(CODE.sub("", ran.stdout.partition("\n")[2])) == []


def test_schema_has_chinese_texts() -> None:
    schema = scfdeploy("schema", "--lang", "zh").document

    assert CHINESE.search(schema["definitions"]["function"]["properties"]["role"]["description"])


@pytest.mark.parametrize("words", [["--lang", "zh"], []], ids=["option", "variable"])
@pytest.mark.parametrize(("command", "form"), FORMATS, ids=lambda value: value.replace(" ", "-"))
def test_documents_for_programs_are_english(
    command: str, form: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a project, most of these commands fail; the error is in the document too."""
    monkeypatch.chdir(tmp_path)
    missing = ["x" for each in COMMANDS[command].params if each.param_type_name == "argument" and each.required]
    environment = {"SCFDEPLOY_LANG": "" if words else "zh", "HOME": str(tmp_path)}
    if command == "ci init":
        missing = ["github"]

    ran = scfdeploy(*command.split(), *missing, "--format", form, *words, env=environment)

    assert ran.exit_code in (0, 1, 2, 3)
    assert CHINESE.findall(ran.stdout) == []
    if ran.exit_code == 2:
        assert ran.stdout == ""
    elif form == "json":
        assert json.loads(ran.stdout)["format"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        *(["validate", "--format", form] for form in ("json", "sarif", "junit")),
        ["plan", "--format", "json"],
        ["explain", "430", "--format", "json"],
        ["explain", "memory-step", "--format", "json"],
        ["simulate", "--outcomes", "430,200", "--format", "json"],
        ["simulate", "--outcomes", "430,200", "--format", "jsonl"],
        ["migrate", "--format", "json"],
    ],
    ids=" ".join,
)
def test_documents_are_the_same_in_every_language(
    arguments: list[str], tmp_path: Path, cloud: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_project(tmp_path, "" if arguments[0] == "plan" else MISTAKES))

    english, chinese = (scfdeploy(*arguments, "--lang", language, env=cloud.env) for language in ("en", "zh"))

    assert chinese == english


def test_reports_are_english_beside_a_chinese_screen(tmp_path: Path, cloud: LocalServer) -> None:
    extra = "  events:\n    - http: {parameters: {authType: NONE}}\n"
    mistakes = "  timeot: 3\n  initTimeout: soon\n"
    broken, valid = write_project(tmp_path / "a", mistakes + extra), write_project(tmp_path / "b", extra)
    for project in (broken, valid):
        reports = {form: tmp_path / f"report.{form}" for form in ("json", "sarif", "junit")}
        options = [word for form, file in reports.items() for word in ("--report", f"{form}={file}")]

        ran = scfdeploy("plan", project, *options, "--lang", "zh", env=cloud.env)

        assert CHINESE.search(ran.stderr)
        assert [(form, CHINESE.findall(file.read_text())) for form, file in reports.items()] == [
            (form, []) for form in reports
        ]
    assert json.loads((tmp_path / "report.json").read_text())["diagnostics"][0]["summary"].startswith("Public URL")


def test_markdown_report_is_chinese(tmp_path: Path, cloud: LocalServer) -> None:
    file = tmp_path / "plan.md"
    scfdeploy("plan", write_project(tmp_path), "--report", f"markdown={file}", "--lang", "zh", env=cloud.env)

    assert "个待创建" in file.read_text()


def test_plan_that_was_saved_in_chinese_is_applied_in_english(tmp_path: Path, cloud: LocalServer) -> None:
    project, file = write_project(tmp_path, TIMER), tmp_path / "saved.json"
    saved = scfdeploy("plan", project, "--out", file, "--lang", "zh", env=cloud.env)
    ran = scfdeploy("apply", "--plan", file, "--yes", env=cloud.env)

    assert saved.exit_code == 0
    assert CHINESE.findall(file.read_text()) == []
    assert ran.exit_code == 0
    assert ran.stdout.endswith("\nDone: 2 created.\n")


def test_question_on_a_chinese_terminal_accepts_a_chinese_yes(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "scfdeploy", "apply", str(project)]
    exit_code, shown = run_on_terminal(command, tmp_path, {**environment, **cloud.env}, "是\n")

    assert exit_code == 0, shown
    assert "执行这些变更？输入“是”或 yes 继续" in shown
    assert "完成：1 个已创建" in shown


OLD_GATEWAY = """\
one:
  component: '@serverless/tencent-scf'
  inputs:
    name: one
    handler: index.main
gateway:
  component: '@serverless/tencent-apigateway'
  inputs:
    endpoints:
      - path: /list
        usagePlan: {usagePlanId: plan-1}
        function:
          functionName: one
"""


def test_files_that_commands_write_are_the_same_in_every_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = f"git+https://git.example.com/owner/scfdeploy@{'0' * 40}"
    written = []
    for language in ("en", "zh"):
        folder = write_project(tmp_path / language, "  events:\n    - apigw: {name: gateway}\n")
        monkeypatch.chdir(folder)
        for words in (
            ["migrate", "--write"],
            *(["ci", "init", system, "--runtime", "python", "--package", package] for system in ("github", "jenkins")),
        ):
            assert scfdeploy(*words, "--lang", language).exit_code in (0, 1), words
        (folder / "old").mkdir()
        (folder / "old" / "serverless.yml").write_text(OLD_GATEWAY)
        assert scfdeploy("migrate", "old", "--write", "--lang", language).exit_code == 0
        files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".json"]
        written.append({file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files})

    assert {".github/workflows/scfdeploy.yml", "Jenkinsfile"} <= written[0].keys()
    assert written[0] == written[1]


SOURCE_COMMENT = re.compile(r'(?:# |// |/\*\* |""")(?!yaml-language-server|events:\n|GET /)(\w.*)')


def test_new_projects_have_chinese_comments_and_the_same_settings(tmp_path: Path) -> None:
    """A comment names code as well, so it is Chinese if any of it is."""
    yaml = YAML(typ="safe", pure=True)
    for template in project_templates():
        english, chinese = (tmp_path / language / template.name for language in ("en", "zh"))
        for folder in (english, chinese):
            words = ["init", folder, "--template", template.name, "--name", "hello"]
            assert scfdeploy(*words, "--lang", folder.parent.name).exit_code == 0
        files = [file.relative_to(english).as_posix() for file in sorted(english.rglob("*")) if file.is_file()]
        texts = {file: (chinese / file).read_text("utf-8") for file in files}

        comments = [
            comment for file, text in texts.items() if file != "README.md" for comment in SOURCE_COMMENT.findall(text)
        ]
        assert len(comments) > 10
        assert [comment for comment in comments if not CHINESE.search(comment)] == [], template.name
        settings = [yaml.load((folder / "serverless.yml").read_text("utf-8")) for folder in (english, chinese)]
        assert CHINESE.search(settings[1]["inputs"].pop("description"))
        assert settings[0]["inputs"].pop("description")
        assert settings[0] == settings[1]
        prose = re.sub(r"```.*?```", "", texts["README.md"], flags=re.DOTALL)
        assert ENGLISH.findall(CODE.sub("", prose)) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate", "--outcomes", "430,430,430", "--on", "scf,lambda"],
        ["explain", "memory-step"],
        ["explain", "ResourceInUse"],
        ["migrate", "--report", "-"],
    ],
)
def test_chinese_words_are_followed_by_chinese_punctuation(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path, TIMER)
    monkeypatch.chdir(tmp_path)

    ran = scfdeploy(*arguments, "--lang", "zh")

    assert CHINESE.search(ran.stdout)
    assert re.findall(r"[一-鿿][.,;:](?:\s|$)|[，。；：] ", CODE.sub("", ran.stdout)) == []
