"""Pages about the items of `events`."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described, yaml

_GOOD = """\
events:
  - timer:
      parameters:
        name: nightly
        cronExpression: '0 0 2 * * * *'
        enable: true
"""

TRIGGERS = (
    described(
        "trigger-unknown",
        Severity.ERROR,
        "An unknown type of trigger.",
        what="The key of an item of `events` is no type of trigger.",
        why="The API knows only its own types.",
        wrong=yaml(_GOOD.replace("timer", "tiemr")),
        right=yaml(_GOOD),
        codes=("InvalidParameterValue.Type",),
    ),
    described(
        "apigw-retired",
        Severity.ERROR,
        "An API Gateway trigger.",
        what="The function has a trigger of the type `apigw`.",
        why="Since 2024-07-01 no new ones can be made, and on 2025-06-30 all were taken offline. A function URL takes "
        "their place.",
        wrong=yaml("events:\n  - apigw:\n      parameters:\n        environment: release"),
        right=yaml("events:\n  - http:\n      parameters:\n        authType: NONE"),
        codes=("FailedOperation.Apigw",),
    ),
    described(
        "trigger-form",
        Severity.ERROR,
        "A trigger in the form of another component.",
        what="The item says its type with `- type:`.",
        why="That is the form of multi-scf; in `component: scf` the type is the key of the item.",
        wrong=yaml("events:\n  - type: timer\n    name: nightly"),
        right=yaml(_GOOD),
    ),
    described(
        "trigger-function",
        Severity.ERROR,
        "A trigger of a function that does not exist.",
        what="An item of `triggers` names a function that does not stand under `functions`.",
        why="There is nothing that it could call.",
        wrong=yaml("functions:\n  hello: {handler: index.main}\ntriggers:\n  - type: timer\n    function: helo"),
        right=yaml("functions:\n  hello: {handler: index.main}\ntriggers:\n  - type: timer\n    function: hello"),
    ),
    described(
        "trigger-dash",
        Severity.ERROR,
        "Two keys in one item of events.",
        what="An item of `events` has a second key: a dash, or the blanks before it, are missing.",
        why="Each trigger is an item of its own.",
        wrong=yaml(
            "events:\n  - timer:\n      parameters: {cronExpression: '0 0 2 * * * *'}\n    http:\n"
            "      parameters: {authType: NONE}"
        ),
        right=yaml(
            "events:\n  - timer:\n      parameters: {cronExpression: '0 0 2 * * * *'}\n  - http:\n"
            "      parameters: {authType: NONE}"
        ),
    ),
    described(
        "trigger-indentation",
        Severity.ERROR,
        "Parameters that are not indented under their trigger.",
        what="`parameters` or `name` stands beside the type of the trigger.",
        why="It belongs below it; where it stands it is a key of its own.",
        wrong=yaml("events:\n  - timer:\n    parameters:\n      cronExpression: '0 0 2 * * * *'"),
        right=yaml("events:\n  - timer:\n      parameters:\n        cronExpression: '0 0 2 * * * *'"),
    ),
    described(
        "trigger-parameters",
        Severity.ERROR,
        "Settings that stand beside parameters, not in it.",
        what="Of a trigger, only `name` and `parameters` can stand directly below its type.",
        why="Everything else belongs into `parameters`.",
        wrong=yaml("events:\n  - timer:\n      cronExpression: '0 0 2 * * * *'"),
        right=yaml("events:\n  - timer:\n      parameters:\n        cronExpression: '0 0 2 * * * *'"),
    ),
    described(
        "trigger-name-twice",
        Severity.ERROR,
        "Two names for one trigger.",
        what="The trigger has one name beside its parameters and another in them.",
        why="Only one can hold.",
        wrong=yaml("events:\n  - timer:\n      name: night\n      parameters:\n        name: nightly"),
        right=yaml("events:\n  - timer:\n      parameters:\n        name: nightly"),
    ),
    described(
        "trigger-duplicate",
        Severity.ERROR,
        "Two triggers with one name.",
        what="The function has two triggers of one type with the same name, written or by default.",
        why="The name tells a trigger from the others of its type.",
        wrong=yaml(
            "events:\n  - timer:\n      parameters: {cronExpression: '0 0 2 * * * *'}\n"
            "  - timer:\n      parameters: {cronExpression: '0 0 3 * * * *'}"
        ),
        right=yaml(
            "events:\n  - timer:\n      parameters: {name: two, cronExpression: '0 0 2 * * * *'}\n"
            "  - timer:\n      parameters: {name: three, cronExpression: '0 0 3 * * * *'}"
        ),
    ),
    described(
        "auth-type-missing",
        Severity.ERROR,
        "A function URL that does not say who may call it.",
        what="`authType` of a function URL is empty, or the URL takes the place of an API Gateway that kept callers "
        "out: by signatures (CAM), applications, EIAM, OAuth or usage plans.",
        why="Without `authType` anybody on the internet may call the function. Signed calls (CAM) are all that a "
        "function URL knows, and callers that used keys of the gateway have to be changed for them, so the choice is "
        "yours.",
        wrong=yaml("apigatewayConf:\n  usagePlan: {usagePlanId: plan-1}"),
        right=yaml("events:\n  - http:\n      parameters:\n        authType: CAM"),
    ),
    described(
        "enable-missing",
        Severity.WARNING,
        "A trigger without enable.",
        what="The trigger does not say `enable`.",
        why="It is created switched on, while the vendor's own tool created it switched off.",
        wrong=yaml("events:\n  - timer:\n      parameters:\n        cronExpression: '0 0 2 * * * *'"),
        right=yaml(_GOOD),
    ),
)
