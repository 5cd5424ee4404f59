"""The rules there are, by what they look at: a rule is loaded when there is something of that to look at.

Adding one is a module in checks/, its cases, and its name here.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from scfdeploy.model import Project
from scfdeploy.rules.rule import ProjectRule, Rule

_OF_EVERY_FUNCTION = (
    "code.bootstrap_missing",
    "function.field_for_other_type",
    "function.function_name",
    "function.function_name_twice",
    "code.handler_format",
    "code.handler_not_in_source",
    "function.namespace_length",
    "function.namespace_name",
    "function.number_range",
    "code.source_syntax",
    "function.space_around_name",
    "function.value_not_allowed",
)
_OF_ANYTHING = ("code.code_bucket_region", "function.region_unknown")
_OF_A_SETTING = {
    "additionalVersionWeights": (
        "aliases.alias_version_missing",
        "aliases.alias_version_twice",
        "aliases.alias_weights_too_many",
    ),
    "aliasDescription": ("aliases.alias_version_missing",),
    "aliasName": ("aliases.alias_name", "aliases.alias_version_missing"),
    "asyncRunEnable": (
        "async_invocation.async_run_ignores_retries",
        "async_invocation.async_run_on_web_function",
        "async_invocation.async_run_without_cls",
    ),
    "autoCreateApi": ("triggers.auto_create_api_retired",),
    "cfs": ("network.cfs_mount_directory", "network.cfs_twice", "network.cfs_without_vpc"),
    "cls": ("async_invocation.cls_incomplete",),
    "deadLetter": ("async_invocation.dead_letter_filter", "async_invocation.dead_letter_name"),
    "deployMode": ("runtime.deploy_mode_contradiction",),
    "description": ("function.description_characters", "function.description_length"),
    "diskSize": ("runtime.disk_above_usual",),
    "eip": ("network.eip_without_public_access",),
    "environment": (
        "environment.environment_built_in",
        "environment.environment_empty_value",
        "environment.environment_key",
        "environment.environment_key_length",
        "environment.environment_reserved",
        "environment.environment_size",
    ),
    "handler": ("code.handler_on_web_function",),
    "ignoreTriggers": ("triggers.events_ignored",),
    "image": (
        "code.image_address",
        "code.image_beside_code",
        "code.image_port",
        "code.image_registry_missing",
        "code.images_accelerated",
    ),
    "initTimeout": ("runtime.init_timeout_low", "runtime.init_timeout_range"),
    "installDependency": ("code.install_dependency_not_nodejs",),
    "intranetConfig": ("network.fixed_address_without_vpc",),
    "lastVersion": ("aliases.alias_version_twice",),
    "layers": ("layers.layer_name", "layers.layer_twice", "layers.layers_too_many"),
    "memorySize": ("runtime.memory_above_usual", "runtime.memory_step"),
    "nodeType": ("runtime.gpu_without_image",),
    "protocolParams": ("runtime.web_socket_settings_unused",),
    "publicAccess": ("network.public_access_off_without_vpc",),
    "qualifier": ("aliases.provisioned_version",),
    "role": ("function.role_form",),
    "runtime": (
        "runtime.runtime_old",
        "runtime.runtime_retiring",
        "runtime.runtime_spelling",
        "runtime.runtime_unknown",
        "runtime.runtime_unverified",
    ),
    "tags": ("function.tag_form", "function.tag_reserved", "function.tags_too_many"),
    "timeout": ("runtime.timeout_above_usual", "runtime.timeout_range"),
    "traceEnable": ("async_invocation.trace_without_async_run",),
    "traffic": ("aliases.traffic_beside_alias",),
    "vpcConfig": ("network.vpc_id",),
}
_OF_A_LAYER = ("layers.layer_name", "layers.layer_name_twice", "layers.layer_runtime", "layers.layer_runtime_mismatch")
_OF_ANY_TRIGGER = ("triggers.trigger_count", "triggers.trigger_on_web_function", "triggers.trigger_without_switch")
_OF_A_TRIGGER = {
    "ckafka": ("triggers.ckafka_instance", "triggers.ckafka_offset"),
    "clb": ("triggers.clb_rule_taken", "triggers.clb_url_form"),
    "cmq": ("triggers.cmq_filter_incomplete",),
    "cos": (
        "triggers.cos_bucket_form",
        "triggers.cos_bucket_region",
        "triggers.cos_rules_overlap",
        "triggers.cos_suffix_form",
    ),
    "http": (
        "triggers.http_cors_credentials",
        "triggers.http_cors_value",
        "triggers.http_trigger_twice",
        "triggers.http_trigger_unreachable",
    ),
    "timer": (
        "triggers.timer_argument_size",
        "triggers.timer_cron",
        "triggers.timer_cron_five_fields",
        "triggers.timer_every_second",
        "triggers.timer_name",
        "triggers.timer_name_length",
        "triggers.timer_never_fires",
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
    return tuple(import_module(f"scfdeploy.rules.{name}").RULE for name in sorted(set(names)))
