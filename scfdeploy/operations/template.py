"""`template`: test events, those of the product and up to five of the user's own for each function."""

from __future__ import annotations

import re
from pathlib import Path

from scfdeploy.config import load_project
from scfdeploy.diagnostics import ScfDeployError, did_you_mean, message
from scfdeploy.model import Project
from scfdeploy.operations.invoke import read_event
from scfdeploy.operations.request import Request
from scfdeploy.operations.resolve_function import function_address, load_with_function, unknown_function
from scfdeploy.records import dataclass
from scfdeploy.results import Findings
from scfdeploy.results.templates import Template, TemplateChanged, TemplateList, TemplateShown
from scfdeploy.scaffold import SAMPLES, find_sample, sample_event
from scfdeploy.workspace.atomic_write import replace_file
from scfdeploy.workspace.template_files import folder_name, require_template_dir, template_dir, template_dirs

BUILT_IN, USER = "built-in", "user"
_MOST_TEMPLATES = 5
_MEANINGS = {"api-gateway": "retired; for code that still reads this event format"}
"""Remarks about built-in templates."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the templates of a project are. `function` is empty if the project does not have exactly one."""

    root: str
    function: str
    """`name`, or `namespace/name` outside of the namespace `default`."""
    project: Project | None


def list_templates(request: Request, name: str) -> TemplateList:
    """The built-in templates, and those of a function; without a name of the only function, or else of all."""
    place = _place(request, name)
    functions = [place.function] if place.function else template_dirs(place.root)
    remarks = {name: message(text) for name, text in _MEANINGS.items()}
    built_in = [Template(sample.name, BUILT_IN, sample.alias, remarks.get(sample.name, "")) for sample in SAMPLES]
    own = [Template(each, USER, function=function) for function in functions for each in _names(place.root, function)]
    return TemplateList(Findings(), [*built_in, *own], is_of_one_function=bool(place.function))


def show(request: Request, name: str, *, function: str = "") -> TemplateShown:
    """A template. Raises ScfDeployError if there is none."""
    kind = USER if find_sample(name) is None else BUILT_IN
    return TemplateShown(Findings(), name, kind, read_template(request, function, name))


def save(request: Request, name: str, *, source: str, function: str = "") -> TemplateChanged:
    """Save a user template from another template, a JSON file, or with `-` from standard input.

    Raises ScfDeployError for an invalid name, the name of a built-in template, and more than five templates.
    """
    if not _NAME.fullmatch(name):
        raise ScfDeployError(
            message(
                'Invalid template name "{name}". A template name begins with a letter and contains only letters, '
                "digits, - and _.",
                name=name,
            )
        )
    if find_sample(name) is not None:
        raise ScfDeployError(
            message('"{name}" is a built-in template and cannot be overwritten. Choose another name.', name=name)
        )
    place = _require_function(_place(request, function))
    _require_known(place, function)
    names = _names(place.root, place.function)
    if name not in names and len(names) >= _MOST_TEMPLATES:
        raise ScfDeployError(
            message(
                "{function} already has {count} templates, the limit. Delete one of: {names}",
                function=place.function,
                count=_MOST_TEMPLATES,
                names=", ".join(names),
            )
        )
    text = _read_source(place, source)
    path = require_template_dir(place.root, place.function) / f"{name}.json"
    replace_file(path, text.encode() if text.endswith("\n") else f"{text}\n".encode())
    return TemplateChanged("template save", Findings(), name, place.function, _shown_path(path, place.root))


def delete(request: Request, name: str, *, function: str = "") -> TemplateChanged:
    """Delete a user template. Raises ScfDeployError if there is none, and for a built-in one."""
    if find_sample(name) is not None:
        raise ScfDeployError(message('"{name}" is a built-in template and cannot be deleted.', name=name))
    place = _place(request, function)
    owner = _require_owner(place, name)
    path = _file(place.root, owner, name)
    try:
        path.unlink()
    except OSError as error:
        raise ScfDeployError(
            message("{path} cannot be deleted: {reason}", path=path, reason=error.strerror),
            hint=message("Check the permissions of its folder."),
        ) from error
    return TemplateChanged("template delete", Findings(), name, owner, _shown_path(path, place.root))


def read_template(request: Request, function: str, name: str) -> str:
    """The event of a built-in template, or of one of the function: JSON. Raises ScfDeployError if there is none."""
    sample = find_sample(name)
    if sample is not None:
        return sample_event(sample)
    place = _place(request, function)
    return read_event(str(_file(place.root, _require_owner(place, name), name)))


def _place(request: Request, function: str) -> _Place:
    loaded = load_project(request.path, request.load)
    project = loaded.project
    if loaded.regions and function:
        project = load_with_function(request, function).project
    root = project.root if project else request.load.cwd
    if function or (project is not None and len(project.functions) == 1):
        function = _function_name(function, project)
    return _Place(root, function, project)


def _function_name(name: str, project: Project | None) -> str:
    """The folder of a function. Raises ScfDeployError for a name that no function can have."""
    address = function_address(name, project)
    namespace, function = address.namespace, address.function
    if not _NAME.fullmatch(function) or not _NAME.fullmatch(namespace):
        raise ScfDeployError(
            message("{name} is not a function name", name=name), hint=message("Give NAME or NAMESPACE/NAME.")
        )
    return folder_name(namespace, function)


def _require_known(place: _Place, name: str) -> None:
    """Raise ScfDeployError if the name is almost that of a function of the project; other functions are accepted."""
    if place.project is None or not name or place.function in template_dirs(place.root):
        return
    names = [folder_name(spec.address.namespace, spec.address.function) for spec in place.project.functions]
    if place.function not in names and did_you_mean(name, names):
        raise unknown_function(name, place.project)


def _require_function(place: _Place) -> _Place:
    if not place.function:
        raise ScfDeployError(
            message("no function was named, and the project does not have exactly one function"),
            hint=message("Give --function NAME."),
        )
    return place


def _names(root: str, function: str) -> list[str]:
    folder = template_dir(root, function)
    return sorted(path.stem for path in folder.glob("*.json") if _NAME.fullmatch(path.stem))


def _require_owner(place: _Place, name: str) -> str:
    """The only function with this template."""
    functions = [place.function] if place.function else template_dirs(place.root)
    owners = [function for function in functions if name in _names(place.root, function)]
    if len(owners) > 1:
        raise ScfDeployError(
            message('Several functions have a template "{name}": {functions}', name=name, functions=", ".join(owners)),
            hint=message("Name the function."),
        )
    if not owners:
        names = [sample.name for sample in SAMPLES]
        names += [each for function in functions for each in _names(place.root, function)]
        known = message("Templates: {names}.", names=", ".join(names))
        guess = did_you_mean(name, names)
        raise ScfDeployError(
            message('There is no template "{name}".', name=name), hint=f"{guess} {known}" if guess else known
        )
    return owners[0]


def _read_source(place: _Place, source: str) -> str:
    sample = find_sample(source)
    if sample is not None:
        return sample_event(sample)
    if source in _names(place.root, place.function):
        return read_event(str(_file(place.root, place.function, source)))
    if source != "-" and not Path(source).exists():
        raise ScfDeployError(
            message("There is no template and no file {source}", source=source),
            hint=message("`scfdeploy template list` shows the templates; `-` reads standard input."),
        )
    return read_event(source)


def _file(root: str, function: str, name: str) -> Path:
    return template_dir(root, function) / f"{name}.json"


def _shown_path(path: Path, root: str) -> str:
    return path.relative_to(root).as_posix()
