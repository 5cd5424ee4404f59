"""`explain` on the command line."""

from __future__ import annotations

import pytest

from scfdeploy.facts import built_in_variables
from scfdeploy.facts.errors import error_codes, status_codes
from scfdeploy.model import FUNCTION_FIELDS, Field
from scfdeploy.report.pages import all_pages
from tests.support.command import scfdeploy

_REJECTED = {400, 401, 402, 406, 410, 436}
EVERYTHING = [*error_codes(), *map(str, status_codes()), *all_pages()]


def test_error_code_shows_fix_retries_and_rules() -> None:
    ran = scfdeploy("explain", "invalidparametervalue.memory")

    assert ran.exit_code == 0
    assert ran.stdout.startswith("InvalidParameterValue.Memory (error code of the API)\n")
    assert "what to do: " in ran.stdout
    assert "retries: not retried: repeating the same call changes nothing\n" in ran.stdout
    assert "found by validate: memory-step\n" in ran.stdout
    assert "  InvalidParameterValue.MemorySize  " in ran.stdout


def test_shared_code_names_all_rules() -> None:
    (entry,) = scfdeploy("explain", "InvalidParameterValue.TriggerDesc", "--format", "json").document["entries"]

    assert {"timer-cron", "number-range"} & set(entry["foundBy"])


@pytest.mark.parametrize(
    ("code", "retried", "words"),
    [
        ("RequestLimitExceeded", True, "increasing delays"),
        ("InternalError", True, "after checking whether"),
        ("ResourceInUse", True, "after a create: the resource already exists"),
        ("ResourceNotFound.Function", False, "the resource does not exist"),
        ("AuthFailure.InvalidAuthorization", False, "changes nothing"),
    ],
)
def test_retry_matches_provider_classification(code: str, retried: bool, words: str) -> None:
    entry = scfdeploy("explain", code, "--format", "json").document["entries"][0]

    assert entry["retried"] is retried
    assert words in entry["retry"]


@pytest.mark.parametrize("word", ["430", "User code exception caught"])
def test_status_is_found_by_number_and_by_name(word: str) -> None:
    ran = scfdeploy("explain", word)

    assert ran.stdout.startswith("430 User code exception caught: execution error, stated in the guide\n")
    assert "up to retryNum times" in ran.stdout
    assert "concluded" not in ran.stdout


def test_timeout_status_prints_class_recycling_and_retry() -> None:
    ran = scfdeploy("explain", "433")

    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[:4] == [
        "433 TimeLimitReached: execution error, stated in the guide",
        "The function did not finish within its timeout. Recycles the instance.",
        "Retry: one minute apart, up to retryNum times (0–2, default 2), within msgTTL;",
        "       then sent to the dead letter queue, or dropped.",
    ]


def test_statuses_that_recycle_the_instance_say_so() -> None:
    recycling = [code for code in status_codes() if "Recycles the instance" in scfdeploy("explain", str(code)).stdout]

    assert recycling == [433, 434, 439]


@pytest.mark.parametrize("code", sorted(set(status_codes()) - {200, 432, 500} - _REJECTED))
def test_every_execution_error_prints_the_same_retry_rule(code: int) -> None:
    lines = scfdeploy("explain", str(code)).stdout.splitlines()

    assert lines[0].endswith(": execution error, stated in the guide")
    assert "Retry: one minute apart, up to retryNum times (0–2, default 2), within msgTTL;" in lines
    assert "       then sent to the dead letter queue, or dropped." in lines


@pytest.mark.parametrize(
    ("code", "at_acceptance", "while_queued"),
    [
        (406, "returned to the caller; the event is never queued", "does not occur"),
        (435, "returned to the caller; the event is never queued", "execution error"),
        (442, "returned to the caller; the event is never queued", "execution error"),
        (432, "a synchronous call is rejected and not retried", "overrun"),
    ],
)
def test_status_that_depends_on_time_prints_both_cases(code: int, at_acceptance: str, while_queued: str) -> None:
    stdout = scfdeploy("explain", str(code)).stdout

    assert f"\nAt acceptance: {at_acceptance}" in stdout
    assert f"\nWhile queued: {while_queued}" in stdout


def test_burst_status_names_the_reading_of_the_guide() -> None:
    assert "every status other than 500 and 432 an execution error" in scfdeploy("explain", "429").stdout


@pytest.mark.parametrize(
    ("code", "retry_class", "interval_s", "recycles", "then"),
    [
        (200, "success", None, False, "finished"),
        (406, "rejected", None, False, "returned to the caller"),
        (432, "overrun", 60, False, "sent to the dead letter queue, or dropped"),
        (434, "execution", 60, True, "sent to the dead letter queue, or dropped"),
        (500, "system", 60, False, "sent to the dead letter queue, or dropped"),
    ],
)
def test_document_of_status_has_retry_keys(
    code: int, retry_class: str, interval_s: int | None, recycles: bool, then: str
) -> None:
    (entry,) = scfdeploy("explain", str(code), "--format", "json").document["entries"]

    assert (entry["retryClass"], entry["intervalS"], entry["recyclesInstance"], entry["then"]) == (
        retry_class,
        interval_s,
        recycles,
        then,
    )


def test_capacity_status_is_retried_within_max_age() -> None:
    (entry,) = scfdeploy("explain", "432", "--format", "json").document["entries"]

    assert (entry["number"], entry["name"], entry["retried"]) == (432, "ResourceLimitReached", True)
    assert "every minute within msgTTL" in entry["retry"]


@pytest.mark.parametrize("name", built_in_variables())
def test_every_built_in_variable_has_value_origin_and_code(name: str) -> None:
    ran = scfdeploy("explain", name, "--format", "json")
    entry = ran.document["entries"][0]

    assert (ran.exit_code, entry["kind"], entry["name"]) == (0, "variable", name)
    assert entry["value"]
    assert entry["origin"]
    assert name in next(iter(entry["reads"].values()))


def test_temporary_keys_are_system_properties_in_java_and_need_a_role() -> None:
    for name in ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN"):
        stdout = scfdeploy("explain", name).stdout

        assert f'System.getProperty("{name}")' in stdout
        assert "Without a role it is absent." in stdout
    assert "System.getProperty" not in scfdeploy("explain", "TENCENTCLOUD_REGION").stdout


@pytest.mark.parametrize(
    ("name", "other"),
    [("TENCENTCLOUD_UID", "TENCENTCLOUD_UIN"), ("TENCENTCLOUD_RUNENV", "TENCENTCLOUD_RUNTIMEENV")],
)
def test_variable_names_its_other_spelling(name: str, other: str) -> None:
    assert f"also spells it {other}" in scfdeploy("explain", name).stdout
    assert f"also spells it {name}" in scfdeploy("explain", other).stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("msgTTL", "The 24-hour limit in the dead letter chapter is an older policy"),
        ("retrynum", "0 to 2, default 2"),
        ("deadLetter", "CMQ-QUEUE"),
        ("traceEnable", "Needs asyncRunEnable: true"),
    ],
)
def test_settings_of_events_are_explained(name: str, text: str) -> None:
    ran = scfdeploy("explain", name)

    assert ran.exit_code == 0
    assert text in ran.stdout


@pytest.mark.parametrize("field", FUNCTION_FIELDS, ids=lambda field: field.name)
def test_every_key_of_a_function_is_explained(field: Field) -> None:
    ran = scfdeploy("explain", field.name.lower())

    assert ran.exit_code == (0 if field.supported else 1)
    assert f"{field.name}: setting of a function\n" in ran.stdout or not field.supported


def test_key_of_a_function_shows_values_default_and_inner_keys() -> None:
    memory, vpc = scfdeploy("explain", "memorySize").stdout, scfdeploy("explain", "vpcConfig").stdout

    assert memory.splitlines()[:3] == [
        "memorySize: setting of a function",
        "Memory in MB: 64, or 128 to 3072 in steps of 128.",
        "Value: default 128",
    ]
    assert "Keys in it: vpcId, subnetId\n" in vpc
    assert "Value:" not in vpc


def test_misspelled_key_of_a_function_is_suggested() -> None:
    ran = scfdeploy("explain", "memorySiez")

    assert ran.exit_code == 1
    assert '"memorySize"' in ran.stderr


@pytest.mark.parametrize(
    ("code", "other"),
    [("InvalidAction", "InvalidParameterValue.Action"), ("InvalidParameterValue.Action", "InvalidAction")],
)
def test_codes_for_unknown_action_name_each_other(code: str, other: str) -> None:
    assert other in scfdeploy("explain", code, "--format", "json").document["entries"][0]["remarks"][0]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("statuses", [str(code) for code in status_codes()]),
        ("errors", list(error_codes())),
        ("variables", list(built_in_variables())),
    ],
)
def test_list_shows_every_name_of_a_kind(kind: str, names: list[str]) -> None:
    ran = scfdeploy("explain", "--list", kind)

    assert ran.exit_code == 0
    assert [line.split()[0] for line in ran.stdout.splitlines()] == names


@pytest.mark.parametrize("arguments", [(), ("433", "--list", "statuses"), ("--list", "everything")])
def test_name_and_list_exclude_each_other(arguments: tuple[str, ...]) -> None:
    assert scfdeploy("explain", *arguments).exit_code == 2


def test_name_of_code_and_status_shows_both() -> None:
    entries = scfdeploy("explain", "InvalidParameterValue", "--format", "json").document["entries"]

    assert [(entry["kind"], entry["number"]) for entry in entries] == [
        ("error-code", None),
        ("status-code", 400),
        ("status-code", 436),
    ]


def test_finding_shows_its_page() -> None:
    ran = scfdeploy("explain", "yaml-tab")

    assert ran.stdout.startswith("yaml-tab (finding)\n  A tab in the indentation.\n")
    assert "What is wrong" in ran.stdout
    assert "```" not in scfdeploy("explain", "memory-step").stdout


def test_prefix_of_several_names_is_a_list() -> None:
    ran = scfdeploy("explain", "ResourceInUse.F")

    assert ran.exit_code == 0
    assert ran.stdout.splitlines() == [
        'Names that begin with "ResourceInUse.F":',
        "  ResourceInUse.Function      The function exists already",
        "  ResourceInUse.FunctionName  The function name is taken",
    ]


def test_prefix_of_one_name_is_that_name() -> None:
    assert scfdeploy("explain", "memory-ste").stdout.startswith("memory-step (finding)\n")


def test_document_has_the_keys_of_the_contract() -> None:
    found = scfdeploy("explain", "memory-step", "--format", "json").document

    assert (found["format"], found["command"], found["ok"], found["diagnostics"]) == (1, "explain", True, [])
    assert found["query"] == "memory-step"
    (entry,) = found["entries"]
    assert entry["severity"] == "error"
    assert entry["codes"] == ["InvalidParameterValue.Memory"]
    assert entry["page"].startswith("# memory-step\n")
    assert entry["retried"] is None


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("InvalidParameterValue.Memry", '"InvalidParameterValue.Memory"'),
        ("memory-stpe", '"memory-step"'),
        ("PortBindigFailed", '"PortBindingFailed"'),
        ("ResourceInUse.SomethingLikeNothing", '"ResourceInUse"'),
        ("???", "Give a code such as ResourceInUse, 430 or memory-step."),
        ("", "Give a code"),
    ],
)
def test_unknown_code_fails_with_nearest_names(word: str, hint: str) -> None:
    ran = scfdeploy("explain", word)

    assert ran.exit_code == 1
    assert ran.stdout == ""
    assert hint in ran.stderr


def test_everything_in_the_tables_can_be_explained() -> None:
    from scfdeploy.operations.explain import explain

    for name in EVERYTHING:
        for entry in explain(name).entries:
            assert entry.meaning
            assert entry.page or (entry.fix and entry.retry)
