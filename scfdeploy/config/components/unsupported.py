"""Kinds of component that are known by name and that this version does not deploy."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.config.yaml import ScalarNode
from scfdeploy.diagnostics import Diagnostics


@dataclass(frozen=True, slots=True)
class RecognisedKind:
    """A kind that is answered with one finding. `what` says what it is, in words; `hint` what to do."""

    names: tuple[str, ...]
    what: str
    hint: str

    def report(self, component: ScalarNode, diagnostics: Diagnostics) -> None:
        """Say what it is."""
        diagnostics.error(
            "component-not-supported",
            component.span,
            "Kind of component is not supported yet",
            detail=f'"{component.text}" is {self.what}. This version deploys functions and web frameworks.',
            hint=self.hint,
        )

    def report_skipped(self, component: ScalarNode, diagnostics: Diagnostics) -> None:
        """Say that it is passed over."""
        diagnostics.warning(
            "component-skipped",
            component.span,
            "Instance is skipped",
            detail=f'"{component.text}" is {self.what}, which this version does not deploy.',
            hint="Values that others take from it have to be passed with --var.",
        )


RECOGNISED = (
    RecognisedKind(
        ("apigateway",),
        "an API Gateway, which is being shut down",
        "Give the function a URL of its own: `events` with `- http:`.",
    ),
    RecognisedKind(
        ("websocket",),
        "a WebSocket server behind an API Gateway, which is being shut down",
        "Write `component: scf` with `type: web` and `protocolType: WS`: the function then serves WebSockets itself.",
    ),
    RecognisedKind(
        ("cos", "website", "vpc", "cdn", "cynosdb", "postgresql", "cfs", "cls", "eb", "fullstack"),
        "a resource outside functions, or several things at once",
        "Make it by other means, give --skip-unsupported, and pass what functions need of it with `--var` or .env.",
    ),
)
