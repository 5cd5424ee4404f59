"""Custom domain without a function URL.

## What is wrong

A route of a custom domain calls a function of this file that has no function URL, or none for this version or alias.

## Why

A custom domain leads to the URL of a function. Calls of the route fail until there is one.

## Wrong

```yaml
name: api
customDomains:
  - domain: api.example.com
```

## Right

```yaml
name: api
events:
  - http:
      parameters: {authType: CAM}
customDomains:
  - domain: api.example.com
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec, Project, domains_of
from scfdeploy.model.domains import routed_functions
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import flag, text, triggers_of

_DEFAULT = "$DEFAULT"


@project_rule(
    "domain-without-url",
    Severity.WARNING,
    "No function URL behind a custom domain",
    detail='"{domain}" calls {function} by the qualifier {qualifier}, for which the file has no function URL.',
    hint="Add `- http:` to the events of the function, with the same qualifier.",
    looks_at=("settings.customDomains",),
)
def domain_without_url(project: Project) -> Findings:
    functions = {function.address: function for function in project.functions}
    for domain in domains_of(project):
        for address, qualifier in sorted(routed_functions(domain.settings)):
            function = functions.get(address)
            if function is not None and qualifier not in _urls(function):
                yield domain_without_url.finding_at(
                    domain.function,
                    "customDomains",
                    domain.position,
                    "domain",
                    domain=domain.address.name,
                    function=address,
                    qualifier=qualifier,
                )


def _urls(function: FunctionSpec) -> frozenset[str]:
    """The versions and aliases with a URL; those that the file does not manage are not known."""
    urls = [text(trigger.settings, "qualifier") or _DEFAULT for trigger in triggers_of(function, "http")]
    if flag(function.settings, "ignoreTriggers"):
        return frozenset((_DEFAULT, "$LATEST", *urls))
    return frozenset(urls)
