"""Results to lay out: one of each kind, small and plausible."""

from __future__ import annotations

from scfdeploy.apply import Failure, Outcome, Status
from scfdeploy.diagnostics import Diagnostic, Position, Severity, Span
from scfdeploy.model import Address, ProjectKey, Ref, Secret
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.plan import Action, Change, FieldChange, Plan, Refusal

HELLO = Address.of_function("default", "hello")
NIGHTLY = HELLO.trigger("timer", "nightly")
OLD = Address.of_function("default", "old")
KEY = ProjectKey("shop", "dev", "ap-guangzhou")


def span(line: int, column: int, end_column: int, file: str = "serverless.yml") -> Span:
    """A stretch of one line."""
    return Span(file, Position(line, column), Position(line, end_column))


MEMORY_STEP = Diagnostic(
    "memory-step",
    Severity.ERROR,
    "Memory size is no step",
    "100 MB is neither 64 nor a multiple of 128.",
    span(3, 15, 18),
    "InvalidParameterValue.Memory",
    str(HELLO),
    "Write 128.",
)

PLAN = Plan(
    KEY,
    (
        Change(
            NIGHTLY,
            Action.CREATE,
            "not there yet",
            (FieldChange("cronExpression", None, "0 0 2 * * * *"), FieldChange("enable", None, True)),
        ),
        Change(
            HELLO,
            Action.REPLACE,
            "the runtime cannot be changed in place",
            (
                FieldChange("runtime", "Python3.9", "Python3.10", forces_replace=True),
                FieldChange("memorySize", 128, 256),
                FieldChange("description", None, "Says hello"),
                FieldChange("initTimeout", 30, None),
                FieldChange("environment.variables.API_KEY", Secret("old-key"), Secret("new-key"), sensitive=True),
                FieldChange("layers[0].version", 1, Ref(Address(LAYER, name="shared"), "version")),
                FieldChange(
                    "src",
                    {"sha256": "ab12cd34ef", "size": 1258291},
                    {"sha256": "99887766aa", "size": 1363149},
                ),
            ),
            warnings=("the versions of the function are lost",),
        ),
        Change(OLD, Action.DELETE, "no longer in serverless.yml"),
        Change(HELLO.asynchronous(), Action.NO_OP, "as it should be"),
    ),
    unmanaged=((HELLO.trigger("timer", "manual"), "made by hand; left alone without --prune"),),
)

REFUSED = Plan(
    KEY,
    (),
    (Refusal(HELLO, "foreign-owner", "it belongs to project blog (dev)", "Give the function another name."),),
)

OUTCOMES = (
    Outcome(HELLO, Action.CREATE, Status.SUCCEEDED, 2.14159, ("req-1", "req-2")),
    Outcome(
        OLD,
        Action.DELETE,
        Status.FAILED,
        0.5,
        ("req-3",),
        Failure("ResourceInUse", "The function is being used.", "req-3", retryable=True),
    ),
    Outcome(
        NIGHTLY, Action.CREATE, Status.SKIPPED, error=Failure("Skipped", "waits for function/default/old, which failed")
    ),
)
