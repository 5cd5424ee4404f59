"""The frozen types that all stages share, and the table of fields that describes what a file may say."""

from scfdeploy.model.address import Address
from scfdeploy.model.code import ArchiveSource, BuildSettings, Bundle, FolderSource, Hook, ObjectSource, Source
from scfdeploy.model.domains import DomainSpec, domains_of
from scfdeploy.model.fields import Field, Kind, UpdateMode
from scfdeploy.model.function_fields import FUNCTION_FIELDS
from scfdeploy.model.known_secrets import KnownSecrets
from scfdeploy.model.layer_fields import LAYER_FIELDS
from scfdeploy.model.observed import ListEntry, Observed, Owner, Resource
from scfdeploy.model.secret import Secret, is_secret, seal
from scfdeploy.model.secret_names import looks_secret
from scfdeploy.model.secret_text import holds_secret
from scfdeploy.model.spec import DEFAULT_STAGE, FunctionSpec, Instance, LayerSpec, Project, ProjectKey, TriggerSpec
from scfdeploy.model.value import Path, Ref, Value, dotted

__all__ = [
    "DEFAULT_STAGE",
    "FUNCTION_FIELDS",
    "LAYER_FIELDS",
    "Address",
    "ArchiveSource",
    "BuildSettings",
    "Bundle",
    "DomainSpec",
    "Field",
    "FolderSource",
    "FunctionSpec",
    "Hook",
    "Instance",
    "Kind",
    "KnownSecrets",
    "LayerSpec",
    "ListEntry",
    "ObjectSource",
    "Observed",
    "Owner",
    "Path",
    "Project",
    "ProjectKey",
    "Ref",
    "Resource",
    "Secret",
    "Source",
    "TriggerSpec",
    "UpdateMode",
    "Value",
    "domains_of",
    "dotted",
    "holds_secret",
    "is_secret",
    "looks_secret",
    "seal",
]
