"""What findings say: the value, what is allowed, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_cases import Case, diagnostics_of

TIMER = 'events:\n  - timer:\n      name: tick\n      parameters:\n        cronExpression: "{}"\n        enable: true'


@pytest.mark.parametrize(
    ("inputs", "detail", "hint"),
    [
        (
            "memorySize: 100",
            "memorySize is 100 MB; it must be 64 MB, or 128 to 3072 MB in steps of 128 MB.",
            "Use 64 or 128.",
        ),
        ("memorySize: 200", None, "Use 128 or 256."),
        ("memorySize: 10", None, "Use 64."),
        (
            "timeout: 9000",
            "timeout is 9000 s; an event function can run 1 to 900 s.",
            "Use 900 or less, or set asyncRunEnable: true, which allows 86400.",
        ),
        ("runtime: python3.10", None, 'Use "Python3.10".'),
        ("runtime: golang", None, 'Use "Go1".'),
        ("runtime: Phyton3.10", None, 'Did you mean "Python3.10"?'),
        ("region: guangzhou", None, 'Did you mean "ap-guangzhou"?'),
        ("name: my function", None, 'Use for example "my-function".'),
        ("handler: src/index.main_handler", None, 'Point src at that folder and use "index.main_handler".'),
        ("handler: index.py.main_handler", None, 'Use "index.main_handler".'),
        ("handler: index.main_handlr", "index.py does not define main_handlr.", 'Did you mean "main_handler"?'),
        (
            "handler: Index.main_handler",
            "There is no Index.py at the root of the code.",
            'There is index.py: use "index.main_handler".',
        ),
        ("handler: index.start", None, "It defines main_handler: use index.main_handler."),
        (
            "handler: app.main_handler",
            "There is no app.py at the root of the code.",
            "Point src at the folder that contains app.py, or use an existing file and function: FILE.FUNCTION.",
        ),
        (
            "events: [{cos: {parameters: {bucket: shop, events: 'cos:ObjectCreated:*', enable: true}}}]",
            None,
            'Use "shop-APPID.cos.ap-guangzhou.myqcloud.com", with the APPID of your account.',
        ),
        ("type: Event", 'type is "Event"; it must be "event", "web".', 'Did you mean "event"?'),
        ("retryNum: 5", "retryNum is 5; it must be 0 to 2.", "Use 2."),
        ("environment: {variables: {1-ST: x}}", None, 'Use for example "ST".'),
        (
            TIMER.format("0 0 8 * * *"),
            "The expression has 6 fields; seven are required: second minute hour day month weekday year.",
            'The year or the second is missing: use "0 0 8 * * * *" or "0 0 0 8 * * *".',
        ),
        (TIMER.format("*/5 * * * *"), None, 'Use "0 */5 * * * * *".'),
    ],
)
def test_finding_has_detail_and_hint(inputs: str, detail: str | None, hint: str, tmp_path: Path) -> None:
    (found,) = diagnostics_of(Case("any", "case", inputs=inputs), tmp_path)

    assert detail is None or found.detail == detail
    assert found.hint == hint
    assert found.address is not None


def test_findings_never_contain_secret_values(tmp_path: Path) -> None:
    secret = "hunter2-" * 600
    inputs = f"environment:\n  variables:\n    DB_PASSWORD: {secret}\n    1ST_TOKEN: {secret}"

    found = diagnostics_of(Case("any", "case", inputs=inputs), tmp_path)

    assert {one.rule for one in found} == {"environment-size", "environment-key"}
    assert "hunter2" not in str(found)


def test_syntax_error_points_to_source_and_handler_key(tmp_path: Path) -> None:
    files = {"app.py": "def handle(event, context:\n    return event\n"}

    (found,) = diagnostics_of(Case("any", "case", inputs="handler: app.handle", files=files), tmp_path)

    assert str(found.subject) == "app.py:1:11"
    assert [(word, str(span)) for word, span in found.related] == [
        ("loaded by function/default/hello", "serverless.yml:4:12")
    ]


def test_modules_are_not_suggested_as_handlers(tmp_path: Path) -> None:
    code = "import json, os.path\nfrom base import start\n\ndef main_handler(event, context): ...\n"
    case = Case("", "", inputs="handler: index.begin", files={"index.py": code, "base.py": ""})
    (found,) = diagnostics_of(case, tmp_path)
    assert found.hint == "It defines main_handler, start: use index.main_handler or another one."


def test_invalid_generated_names_are_one_finding(tmp_path: Path) -> None:
    head = "component: scf\nname: 你好\napp: shop\ninputs:\n  runtime: Python3.10\n  handler: index.main_handler\n"
    timer = "  src: ./\n  events:\n    - timer: {parameters: {cronExpression: '0 0 8 * * * *', enable: true}}\n"
    (found,) = diagnostics_of(Case("", "", yml=head + timer), tmp_path)
    assert found.hint is not None
    assert found.hint.endswith("set a name under inputs and for each timer.")
