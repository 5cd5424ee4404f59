"""Which function somebody means by a name on the command line."""

from __future__ import annotations

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Project


def function_address(name: str, project: Project | None) -> Address:
    """The address of `name`, `namespace/name`, or of the project's only function where the name is empty.

    A function is also found by its key under `functions`, or by its instance where that has the one alone. Raises
    ScfDeployError when no name is given and there is more than one function.
    """
    functions = project.functions if project else ()
    if not name:
        if len(functions) == 1:
            return functions[0].address
        raise ScfDeployError("which function?", hint="Give NAME or NAMESPACE/NAME.")
    namespace, slash, function = name.partition("/")
    if slash:
        return Address.of_function(namespace, function)
    for spec in functions:
        if name in (spec.name, spec.key or spec.owner.instance):
            return spec.address
    return Address.of_function("default", name)
