"""Text of `status`, `invoke`, and failed commands."""

from __future__ import annotations

import pytest

from scfdeploy.model import Address
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.providers.invocation import Invocation
from scfdeploy.report.text import TextStyle, render_output, render_text
from scfdeploy.report.text.style import Detail
from scfdeploy.results import Drifted, Failed, Findings
from scfdeploy.results.invoked import Invoked
from scfdeploy.results.status import FunctionStatus, LayerStatus, StatusReport
from tests.support.results import HELLO, KEY, MEMORY_STEP, OLD

NONE = Findings()
DEPLOYED = FunctionStatus(
    HELLO,
    "Active",
    "",
    "Python3.10",
    128,
    3,
    "2026-01-02 03:04:05",
    True,
    (FieldChange("memorySize", 256, 128), FieldChange("description", None, "x")),
    ({"type": "timer", "name": "nightly", "enable": False}, {"type": "http", "name": "url"}),
    ("https://x.example",),
    ("1", "2"),
    ("prod",),
)
MISSING = FunctionStatus(OLD, "", "", "", None, None, "", False, (), (), (), (), ())


def test_status_is_a_table_with_urls_and_differences_below() -> None:
    assert render_text(StatusReport(NONE, True, KEY, (DEPLOYED, MISSING)), color=False, width=80) == (
        "FUNCTION       STATE         RUNTIME     MEMORY  TIMEOUT  MODIFIED             "
        "TRIGGERS                            NOTE\n"
        "default/hello  Active        Python3.10  128 MB  3 s      2026-01-02 03:04:05  "
        "timer/nightly (disabled), http/url  differs from the file\n"
        "default/old    not deployed\n"
        "\n"
        "URLs:\n"
        "  hello: https://x.example\n"
        "\n"
        "function/default/hello:\n"
        "  versions: 1, 2\n"
        "  aliases: prod\n"
        "  in the cloud -> in the file:\n"
        "    memorySize: 256 -> 128\n"
        '    description: (not set) -> "x"\n'
    )


def test_layers_have_their_own_table() -> None:
    base = LayerStatus(
        Address.of_layer("base"),
        "Active",
        3,
        ("Python3.9", "Python3.10"),
        "2026-01-02 03:04:05",
        True,
        (FieldChange("description", "one", "two"),),
        ("2", "3"),
    )
    missing = LayerStatus(Address.of_layer("other"), "", None, (), "", False, (), ())
    assert render_text(StatusReport(NONE, True, KEY, (MISSING,), (base, missing)), color=False, width=80) == (
        "FUNCTION     STATE\n"
        "default/old  not deployed\n"
        "\n"
        "LAYER  STATE         VERSION  RUNTIMES               PUBLISHED            NOTE\n"
        "base   Active        3        Python3.9, Python3.10  2026-01-02 03:04:05  differs from the file\n"
        "other  not deployed\n"
        "\n"
        "layer/base:\n"
        "  versions of this project: 2, 3\n"
        "  in the cloud -> in the file:\n"
        '    description: "one" -> "two"\n'
    )


def test_empty_columns_are_omitted() -> None:
    assert render_text(StatusReport(NONE, True, KEY, (MISSING,)), color=False, width=80) == (
        "FUNCTION     STATE\ndefault/old  not deployed\n"
    )


def test_project_without_functions_is_one_line() -> None:
    assert render_text(StatusReport(NONE, True, KEY), color=False, width=80) == "No functions.\n"


def test_result_is_followed_by_log_and_figures() -> None:
    call = Invocation("rid", {"a": [1, "中"]}, None, 200, 12.5, 17.3, "START\n\x1b[2Jhello\n\nEND\n")
    assert render_text(Invoked(NONE, True, "hello", call), color=False, width=80) == (
        "{\n"
        '  "a": [\n'
        "    1,\n"
        '    "中"\n'
        "  ]\n"
        "}\n"
        "\n"
        "Log:\n"
        "  START\n"
        "  \\x1b[2Jhello\n"
        "\n"
        "  END\n"
        "\n"
        "status 200, 12.5 ms, 17.3 MB, request id rid\n"
    )


def test_failed_function_shows_type_message_and_trace() -> None:
    call = Invocation("rid", None, ("KeyError", "'x'", "Traceback\n  line 1\n"), 430)
    assert render_text(Invoked(NONE, False, "hello", call), color=False, width=80) == (
        "430 User code exception caught\nKeyError: 'x'\n  Traceback\n    line 1\n\n"
        "status 430, request id rid\nExplain the status: scfdeploy explain 430\n"
    )


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        ("START\nTraceback\n  line 1\nKeyError: 'x'\nEND", "  START\n  END\n"),
        ("ine 1\nKeyError: 'x'\nEND", "  END\n"),
        ("START\nEND", "  START\n  END\n"),
    ],
    ids=["whole", "begins within the traceback", "without it"],
)
def test_traceback_is_printed_once(log: str, shown: str) -> None:
    call = Invocation("rid", None, ("KeyError", "'x'", "Traceback\n  line 1\nKeyError: 'x'\n"), 430, log=log)

    text = render_text(Invoked(NONE, False, "hello", call), color=False, width=80)

    assert text.count("Traceback") == 1
    assert f"Log:\n{shown}\nstatus 430" in text


def test_status_name_is_not_repeated_as_type_of_error() -> None:
    call = Invocation("rid", None, ("TimeLimitReached", "timed out after 3 seconds", ""), 433)

    assert render_text(Invoked(NONE, False, "hello", call), color=False, width=80).startswith(
        "433 TimeLimitReached\ntimed out after 3 seconds\n\n"
    )


def test_asynchronous_call_is_accepted() -> None:
    assert render_text(Invoked(NONE, True, "hello", Invocation("rid"), True), color=False, width=80) == (
        "Accepted: request id rid.\n\nShow the event:  scfdeploy events show rid\n"
    )


def test_failure_is_a_line_and_a_hint_on_stderr() -> None:
    rendered = render_output(
        Failed("apply", "No credentials were found.", "Set TENCENTCLOUD_SECRET_ID.", request_id="r"), TextStyle()
    )

    assert rendered.out == ""
    assert rendered.err == ("error: No credentials were found.\nrequest id: r\nhint: Set TENCENTCLOUD_SECRET_ID.\n")


def test_findings_go_to_stderr_and_results_to_stdout() -> None:
    rendered = render_output(StatusReport(Findings([MEMORY_STEP]), True, KEY, (MISSING,)), TextStyle())

    assert "memory-step" in rendered.err
    assert "memory-step" not in rendered.out
    assert "default/old" in rendered.out


def test_status_of_many_functions_has_few_details() -> None:
    functions = [DEPLOYED._replace(address=Address.of_function("default", f"f{number}")) for number in range(300)]
    style = TextStyle(width=100, detail=Detail.GROUPED)
    text = render_output(StatusReport(NONE, True, KEY, functions), style).out

    assert text.count("memorySize: 256 -> 128") == 5
    assert "295 more functions differ or have a problem; --no-group or --target shows them.\n" in text
    assert all(f"  f{number}: https://x.example\n" in text for number in range(300)), "URLs are never folded"
    assert render_output(StatusReport(NONE, True, KEY, functions), TextStyle()).out.count("versions: 1, 2") == 300


def test_drift_of_many_functions_is_shown_once() -> None:
    fields = (FieldChange("memorySize", 256, 128),)
    changes = [
        Change(Address.of_function("default", f"f{number}"), Action.UPDATE, "differs", fields) for number in range(300)
    ]
    deleted = [Change(Address.of_function("default", f"x{n}"), Action.DELETE, "in no file") for n in range(3)]
    text = render_output(Drifted(NONE, True, KEY, [*changes, *deleted]), TextStyle(detail=Detail.GROUPED)).out

    assert text.startswith("Drift: 303 resources differ. Nothing was changed.\n\n  300 × function: memorySize\n")
    assert all(f"  function/default/x{number}: in the cloud, but in no file\n" in text for number in range(3))


def test_failure_and_explanation_fit_the_terminal() -> None:
    failed = Failed("plan", "The configuration file cannot be read.", "Check the path and the permissions of the file.")
    style = TextStyle(width=30, is_wrapped=True)
    assert render_output(failed, style).err == (
        "error: The configuration file\n"
        "       cannot be read.\n"
        "hint: Check the path and the\n"
        "      permissions of the file.\n"
    )
