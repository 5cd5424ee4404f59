"""The table of fields of a function: `inputs` of `component: scf`.

Source: the scf component 0.9.7 (docs, schema), the SDK's parameter texts, product documentation; numbers from `facts`.
"""

from __future__ import annotations

from scfdeploy.facts import limit
from scfdeploy.model.fields import Carry, Field, Kind

_ENVIRONMENT = (
    Field("variables", Kind.TEXT_MAP, "Environment variables; every value is text. The whole set is replaced."),
)
_VPC = (
    Field("vpcId", Kind.TEXT, "Id of the VPC, `vpc-…`.", required=True, aliases=("VpcId",)),
    Field("subnetId", Kind.TEXT, "Id of the subnet, `subnet-…`.", required=True, aliases=("SubnetId",)),
)
_LAYER = (
    Field("name", Kind.TEXT, "Name of the layer.", required=True, aliases=("LayerName",)),
    Field("version", Kind.INTEGER, "Version of the layer.", required=True, minimum=1, aliases=("LayerVersion",)),
)
_DEAD_LETTER = (
    Field(
        "type",
        Kind.TEXT,
        "Kind of queue.",
        required=True,
        choices=("CMQ-TOPIC", "CMQ-QUEUE", "topic", "queue"),
        aliases=("Type",),
    ),
    Field("name", Kind.TEXT, "Name of the queue or topic.", required=True, aliases=("Name",)),
    Field("filterType", Kind.TEXT, "Filter of a topic.", aliases=("FilterType",)),
)
_CLS = (
    Field("logsetId", Kind.TEXT, "Id of the CLS log set.", required=True, aliases=("LogsetId", "ClsLogsetId")),
    Field("topicId", Kind.TEXT, "Id of the CLS topic.", required=True, aliases=("TopicId", "ClsTopicId")),
)

FUNCTION_FIELDS: tuple[Field, ...] = (
    Field("name", Kind.TEXT, "Name of the function.", Carry.IDENTITY, default="${name}-${stage}-${app}"),
    Field("namespace", Kind.TEXT, "Namespace of the function; it must exist.", Carry.IDENTITY, default="default"),
    Field("region", Kind.TEXT, "Region of the function.", Carry.IDENTITY, default="ap-guangzhou"),
    Field(
        "type",
        Kind.TEXT,
        "`event` (called with an event) or `web` (an HTTP server on port 9000).",
        Carry.REPLACE,
        default="event",
        choices=("event", "web"),
    ),
    Field("runtime", Kind.TEXT, "Language runtime, such as `Python3.10`.", Carry.REPLACE, default="Nodejs10.15"),
    Field(
        "handler",
        Kind.TEXT,
        "Entry of an event function, `file.function`.",
        Carry.CODE,
        default="index.main_handler",
        only_for="event",
    ),
    Field(
        "entryFile",
        Kind.TEXT,
        "File that the generated scf_bootstrap of a web function starts.",
        Carry.PACKAGE,
        only_for="web",
    ),
    Field(
        "src",
        Kind.SOURCE,
        "The code: a folder, an archive, or a mapping with `src`, `include`, `exclude`, or `bucket`, `object`.",
        Carry.PACKAGE,
        required=True,
        aliases=("codeUri", "code"),
    ),
    Field("description", Kind.TEXT, "What the function is for."),
    Field(
        "memorySize",
        Kind.INTEGER,
        "Memory in MB: 64, or 128 to 3072 in steps of 128.",
        default="128",
        minimum=1,
    ),
    Field("timeout", Kind.INTEGER, "Longest run of one call, in seconds.", default="3", minimum=1),
    Field("initTimeout", Kind.INTEGER, "Longest start of an instance, in seconds.", default="65", minimum=1),
    Field(
        "environment",
        Kind.BLOCK,
        "Environment variables.",
        fields=_ENVIRONMENT,
        aliases=("environments", "env", "Environment"),
    ),
    Field("role", Kind.TEXT, "CAM role that the running function has.", aliases=("Role",)),
    Field("publicAccess", Kind.BOOLEAN, "Whether the function reaches the internet.", default="true"),
    Field("eip", Kind.BOOLEAN, "Whether it does so from a fixed public address.", default="false"),
    Field("vpcConfig", Kind.BLOCK, "The private network it is in.", fields=_VPC, aliases=("vpc", "VpcConfig")),
    Field(
        "layers",
        Kind.BLOCKS,
        "Layers, in the order of mounting; a later one wins.",
        fields=_LAYER,
        aliases=("Layers",),
    ),
    Field(
        "deadLetter",
        Kind.BLOCK,
        "Where events go that could not be handled.",
        fields=_DEAD_LETTER,
        aliases=("DeadLetterConfig", "deadLetterConfig"),
    ),
    Field("cls", Kind.BLOCK, "Where logs go.", fields=_CLS),
    Field(
        "asyncRunEnable",
        Kind.BOOLEAN,
        "Runs of up to 24 hours, event functions only.",
        Carry.REPLACE,
        default="false",
        only_for="event",
    ),
    Field(
        "traceEnable",
        Kind.BOOLEAN,
        "Keep the status of each asynchronous run.",
        Carry.REPLACE,
        default="false",
        only_for="event",
    ),
    Field(
        "msgTTL",
        Kind.INTEGER,
        "How long an asynchronous event may wait and be retried, in seconds.",
        Carry.ASYNC,
        default=str(limit("msg_ttl.default_s")),
        minimum=limit("msg_ttl.min_s"),
        maximum=limit("msg_ttl.max_s"),
    ),
    Field(
        "retryNum",
        Kind.INTEGER,
        "How often an asynchronous event is retried after an error of the function.",
        Carry.ASYNC,
        default=str(limit("retry_num.default")),
        minimum=0,
        maximum=limit("retry_num.max"),
    ),
    Field("tags", Kind.TEXT_MAP, "Tags of the function. The whole set is replaced.", Carry.TAGS),
    Field("events", Kind.TRIGGERS, "What calls the function.", Carry.TRIGGER, aliases=("triggers",)),
    Field("enableRoleAuth", Kind.BOOLEAN, "Of the vendor's own tool; not needed here.", Carry.TOOL),
    Field("image", Kind.BLOCK, "A container image in place of code.", supported=False),
    Field(
        "deployMode",
        Kind.TEXT,
        "`code` or `image`.",
        Carry.REPLACE,
        default="code",
        choices=("code", "image"),
        supported=False,
    ),
    Field("diskSize", Kind.INTEGER, "Size of /tmp in MB.", default="512", supported=False),
    Field("l5Enable", Kind.BOOLEAN, "Internal to the platform.", default="false", supported=False),
    Field("cfs", Kind.BLOCKS, "File systems to mount.", supported=False),
    Field(
        "installDependency",
        Kind.BOOLEAN,
        "Install package.json's dependencies in the cloud (Node.js).",
        default="false",
        supported=False,
    ),
    Field("protocolType", Kind.TEXT, "`WS` for WebSocket.", Carry.REPLACE, choices=("WS",), supported=False),
    Field("protocolParams", Kind.BLOCK, "Settings of the protocol.", supported=False),
    Field("instanceConcurrencyConfig", Kind.BLOCK, "Several requests at once in one instance.", supported=False),
    Field("nodeType", Kind.TEXT, "CPU or GPU.", Carry.REPLACE, default="CPU", supported=False),
    Field("nodeSpec", Kind.TEXT, "Size of the node.", Carry.REPLACE, supported=False),
    Field("dnsCache", Kind.BOOLEAN, "Cache DNS answers.", supported=False),
    Field("intranetConfig", Kind.BLOCK, "A fixed private address.", supported=False),
    Field("ignoreSysLog", Kind.BOOLEAN, "Leave the platform's own lines out of the log.", supported=False),
    Field("provisionedNum", Kind.INTEGER, "Instances kept ready.", supported=False),
    Field("qualifier", Kind.TEXT, "The version that provisionedNum is for.", supported=False),
    Field("publish", Kind.BOOLEAN, "Publish a version after each deployment.", default="false", supported=False),
    Field("publishDescription", Kind.TEXT, "Description of that version.", supported=False),
    Field("traffic", Kind.NUMBER, "Share of calls that `$LATEST` keeps.", supported=False),
    Field("lastVersion", Kind.TEXT, "The version that gets the rest.", supported=False),
    Field("aliasName", Kind.TEXT, "The alias to set.", supported=False),
    Field("aliasDescription", Kind.TEXT, "Its description.", supported=False),
    Field("aliasFunctionVersion", Kind.TEXT, "Its main version.", supported=False),
    Field("additionalVersionWeights", Kind.BLOCKS, "Its second version and weight.", supported=False),
    Field(
        "ignoreTriggers",
        Kind.BOOLEAN,
        "Leave all triggers alone.",
        Carry.TOOL,
        default="false",
        supported=False,
    ),
    Field(
        "autoCreateApi",
        Kind.BOOLEAN,
        "Of the vendor's own tool: an API Gateway trigger.",
        Carry.TOOL,
        default="false",
        supported=False,
    ),
)
