"""The public pages of what a plan refuses."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.page import described

_OWNERSHIP = "What a project did not make it does not change: somebody else may rely on it."

PAGES = (
    described(
        "not-owned",
        Severity.ERROR,
        "A function that nobody has marked.",
        what="The function exists and carries no mark of any project.",
        why=_OWNERSHIP,
        wrong="`scfdeploy apply`, where a function of that name was made in the console.",
        right="`scfdeploy apply --adopt`, which takes it over, or another name.",
    ),
    described(
        "owned-by-another",
        Severity.ERROR,
        "A function of another project or instance.",
        what="The function carries the mark of another app or stage, or of another instance of this one.",
        why=_OWNERSHIP,
        wrong="Two projects, or two instances of one app, with a function called `hello` in one namespace.",
        right="Another name or namespace, or the function removed from the other project first. What another instance "
        "of the same app no longer names is moved with `scfdeploy apply --adopt`.",
    ),
    described(
        "adopt-would-replace",
        Severity.ERROR,
        "Taking a function over would delete it.",
        what="The function carries no mark, or that of another instance, and the file differs from it in something "
        "that cannot be changed in place.",
        why="Taking over must not destroy what somebody else may rely on.",
        wrong="`--adopt` with another runtime in the file than the function has.",
        right="The file made to agree with the function first, then `--adopt`, then the change.",
    ),
    described(
        "account-limit",
        Severity.ERROR,
        "More than the account may have.",
        what="With this plan, a namespace would have more functions, a function more triggers, or the account more "
        "namespaces than its limits in this region allow, or a time would be longer.",
        why="The cloud would refuse it half way, with the rest made already.",
        wrong="23 timers on one function, in an account that may have 10.",
        right="Fewer of them, or a raised limit: `plan` reads the account's own limits each time.",
    ),
    described(
        "account-limits-unknown",
        Severity.INFO,
        "The limits of the account are not known.",
        what="GetAccount, which says what the account may have, is not allowed to these keys or has failed.",
        why="The plan goes on without that check; the cloud may refuse what is too many while it is applied.",
        wrong="Keys whose policy does not allow `scf:GetAccount`.",
        right="A policy that allows `scf:GetAccount`.",
    ),
    described(
        "public-url",
        Severity.WARNING,
        "A public URL without authentication.",
        what="The plan makes a function URL, or changes one, so that anybody on the internet may call the function: "
        "its `authType` is `NONE`, written or by default, and `netConfig` does not keep it to private networks.",
        why="Such a URL is found and called by others sooner or later, and you pay for the calls.",
        wrong="`- http:` without parameters, on a function that changes data.",
        right="`authType: CAM`, a check in the function itself, or, where it is meant, `# scfdeploy: ignore "
        "public-url` in the line of the finding.",
    ),
    described(
        "alias-without-version",
        Severity.ERROR,
        "An alias that has no version to lead to.",
        what="`traffic` or an alias is to send calls to a published version; the file names none, and there is none.",
        why="An alias always leads to a version.",
        wrong="`traffic: 0.9` on a function that was never published.",
        right="`publish: true` beside it, or `lastVersion` (`aliasFunctionVersion`) with the number of a version.",
    ),
)
