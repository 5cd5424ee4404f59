"""`explain` on the command line."""

from __future__ import annotations

import pytest

from scfdeploy.facts import error_codes, status_codes
from scfdeploy.report.pages import all_pages
from tests.support.command import scfdeploy

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

    assert ran.stdout.startswith("430 User code exception caught (status of a call)\n")
    assert "up to retryNum times" in ran.stdout
    assert "concluded" not in ran.stdout


def test_status_marks_inferred_retry() -> None:
    ran = scfdeploy("explain", "PortBindingFailed")

    assert "446 PortBindingFailed" in ran.stdout
    assert "(inferred; not documented)" in ran.stdout


def test_capacity_status_is_retried_within_max_age() -> None:
    (entry,) = scfdeploy("explain", "432", "--format", "json").document["entries"]

    assert (entry["number"], entry["name"], entry["retried"]) == (432, "ResourceLimitReached", True)
    assert "every minute within msgTTL" in entry["retry"]


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
