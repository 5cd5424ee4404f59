"""The rules there are, by what they look at: a rule is loaded when there is something of that to look at.

Adding one is a module in checks/, its cases, and its name here.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from scfdeploy.model import Project
from scfdeploy.rules.rule import ProjectRule, Rule

_OF_EVERY_FUNCTION = (
    "bootstrap_missing",
    "field_for_other_type",
    "function_name",
    "function_name_twice",
    "handler_format",
    "handler_not_in_source",
    "namespace_length",
    "namespace_name",
    "number_range",
    "source_syntax",
    "space_around_name",
    "value_not_allowed",
)
_OF_ANYTHING = ("code_bucket_region", "region_unknown")
_OF_A_SETTING = {
    "additionalVersionWeights": ("alias_version_missing", "alias_version_twice", "alias_weights_too_many"),
    "aliasDescription": ("alias_version_missing",),
    "aliasName": ("alias_name", "alias_version_missing"),
    "asyncRunEnable": ("async_run_ignores_retries", "async_run_on_web_function", "async_run_without_cls"),
    "autoCreateApi": ("auto_create_api_retired",),
    "cfs": ("cfs_mount_directory", "cfs_twice", "cfs_without_vpc"),
    "cls": ("cls_incomplete",),
    "deadLetter": ("dead_letter_filter", "dead_letter_name"),
    "deployMode": ("deploy_mode_contradiction",),
    "description": ("description_characters", "description_length"),
    "diskSize": ("disk_above_usual",),
    "eip": ("eip_without_public_access",),
    "environment": (
        "environment_built_in",
        "environment_empty_value",
        "environment_key",
        "environment_key_length",
        "environment_reserved",
        "environment_size",
    ),
    "handler": ("handler_on_web_function",),
    "ignoreTriggers": ("events_ignored",),
    "image": ("image_address", "image_beside_code", "image_port", "image_registry_missing", "images_accelerated"),
    "initTimeout": ("init_timeout_low", "init_timeout_range"),
    "installDependency": ("install_dependency_not_nodejs",),
    "intranetConfig": ("fixed_address_without_vpc",),
    "lastVersion": ("alias_version_twice",),
    "layers": ("layer_name", "layer_twice", "layers_too_many"),
    "memorySize": ("memory_above_usual", "memory_step"),
    "nodeType": ("gpu_without_image",),
    "protocolParams": ("web_socket_settings_unused",),
    "publicAccess": ("public_access_off_without_vpc",),
    "qualifier": ("provisioned_version",),
    "role": ("role_form",),
    "runtime": ("runtime_old", "runtime_retiring", "runtime_spelling", "runtime_unknown", "runtime_unverified"),
    "tags": ("tag_form", "tag_reserved", "tags_too_many"),
    "timeout": ("timeout_above_usual", "timeout_range"),
    "traceEnable": ("trace_without_async_run",),
    "traffic": ("traffic_beside_alias",),
    "vpcConfig": ("vpc_id",),
}
_OF_A_LAYER = ("layer_name", "layer_name_twice", "layer_runtime", "layer_runtime_mismatch")
_OF_ANY_TRIGGER = ("trigger_count", "trigger_on_web_function", "trigger_without_switch")
_OF_A_TRIGGER = {
    "ckafka": ("ckafka_instance", "ckafka_offset"),
    "clb": ("clb_rule_taken", "clb_url_form"),
    "cmq": ("cmq_filter_incomplete",),
    "cos": ("cos_bucket_form", "cos_bucket_region", "cos_rules_overlap", "cos_suffix_form"),
    "http": ("http_cors_credentials", "http_cors_value", "http_trigger_twice", "http_trigger_unreachable"),
    "timer": (
        "timer_argument_size",
        "timer_cron",
        "timer_cron_five_fields",
        "timer_every_second",
        "timer_name",
        "timer_name_length",
        "timer_never_fires",
    ),
}


def all_rules() -> tuple[Rule | ProjectRule, ...]:
    """Every rule, in the order of their ids."""
    grouped = (*_OF_A_SETTING.values(), *_OF_A_TRIGGER.values())
    some = tuple(name for group in grouped for name in group)
    return _loaded({*_OF_ANYTHING, *_OF_EVERY_FUNCTION, *_OF_ANY_TRIGGER, *_OF_A_LAYER, *some})


def rules_for(project: Project) -> tuple[Rule | ProjectRule, ...]:
    """The rules that can find something in this project, in the order of their ids."""
    functions = project.functions
    settings = {path[0] for function in functions for path in function.key_spans}
    settings.update(name for function in functions for name in function.settings)
    triggers = {trigger.type for function in functions for trigger in function.triggers}
    names = [*_OF_ANYTHING, *(_OF_EVERY_FUNCTION if functions else ())]
    names += (name for setting, group in _OF_A_SETTING.items() if setting in settings for name in group)
    names += _OF_ANY_TRIGGER if triggers else ()
    names += (name for kind, group in _OF_A_TRIGGER.items() if kind in triggers for name in group)
    names += _OF_A_LAYER if project.layers else ()
    return _loaded(set(names))


def _loaded(names: Iterable[str]) -> tuple[Rule | ProjectRule, ...]:
    return tuple(import_module(f"scfdeploy.rules.checks.{name}").RULE for name in sorted(set(names)))
