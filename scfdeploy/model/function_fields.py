"""The table of fields of a function: `inputs` of `component: scf`.

Source: the scf component 0.9.7 (docs, schema), the SDK's parameter texts, product documentation; numbers from `facts`.
"""

from __future__ import annotations

from scfdeploy.facts import limit
from scfdeploy.model.fields import Field, Kind, UpdateMode

_ENVIRONMENT = (
    Field("variables", Kind.STRING_MAP, "Environment variables; every value is text. The whole set is replaced."),
)
_VPC = (
    Field(
        "vpcId",
        Kind.STRING,
        "Id of the VPC, `vpc-…`.",
        required=True,
        code="InvalidParameterValue.Vpc",
        aliases=("VpcId",),
    ),
    Field(
        "subnetId",
        Kind.STRING,
        "Id of the subnet, `subnet-…`.",
        required=True,
        code="InvalidParameterValue.Vpc",
        aliases=("SubnetId",),
    ),
)
_LAYER = (
    Field(
        "name",
        Kind.STRING,
        "Name of the layer.",
        required=True,
        code="InvalidParameterValue.Layers",
        aliases=("LayerName",),
    ),
    Field(
        "version",
        Kind.INTEGER,
        "Version of the layer.",
        required=True,
        code="InvalidParameterValue.Layers",
        minimum=1,
        aliases=("LayerVersion",),
    ),
)
_REWRITE = (
    Field("path", Kind.STRING, "Path to rewrite, such as `/api/*`.", required=True, aliases=("Path",)),
    Field(
        "to",
        Kind.STRING,
        "The path that the function gets; `$1` is what `*` matches.",
        required=True,
        aliases=("Rewrite",),
    ),
    Field(
        "match",
        Kind.STRING,
        "`wildcard` or `exact`; by default `wildcard` for a path with `*`.",
        choices=("wildcard", "exact"),
        aliases=("type", "Type"),
    ),
)
_ROUTE = (
    Field("path", Kind.STRING, "Path: `/`, `/*`, `/a`, `/a/b` or `/a/*`.", default="/*", aliases=("PathMatch",)),
    Field(
        "function",
        Kind.STRING,
        "Function that is called: its key in this file, its name, or `namespace/name`; by default this function.",
        aliases=("FunctionName", "functionName"),
    ),
    Field(
        "qualifier",
        Kind.STRING,
        "Version or alias that is called; by default that of the function's URL.",
        aliases=("Qualifier",),
    ),
    Field(
        "rewrite",
        Kind.BLOCK_LIST,
        "Changes of the path before the function gets it.",
        fields=_REWRITE,
        aliases=("PathRewrite",),
    ),
)
_DOMAIN = (
    Field(
        "domain",
        Kind.STRING,
        "Host name, such as `api.example.com`; no wildcard.",
        UpdateMode.IDENTITY,
        required=True,
        code="InvalidParameterValue.Domain",
        aliases=("Domain", "name"),
    ),
    Field(
        "protocols",
        Kind.STRING_LIST,
        "`http`, `https` or both; by default `http`, and both with a certificate.",
        aliases=("protocol", "Protocol"),
    ),
    Field(
        "certificateId",
        Kind.STRING,
        "Id of the certificate for HTTPS in the SSL certificate service.",
        aliases=("CertificateId", "certId"),
    ),
    Field(
        "routes",
        Kind.BLOCK_LIST,
        "What each path calls; by default every path calls this function.",
        fields=_ROUTE,
        aliases=("EndpointsConfig", "pathMap", "pathMappingSet"),
    ),
    Field(
        "wafInstanceId",
        Kind.STRING,
        'Id of the web application firewall instance that protects the domain; `""` for none.',
        aliases=("WafInstanceId",),
    ),
)
_DEAD_LETTER = (
    Field(
        "type",
        Kind.STRING,
        "Kind of queue.",
        required=True,
        code="InvalidParameterValue.DeadLetterConfig",
        choices=("CMQ-TOPIC", "CMQ-QUEUE", "topic", "queue"),
        aliases=("Type",),
    ),
    Field(
        "name",
        Kind.STRING,
        "Name of the queue or topic.",
        required=True,
        code="InvalidParameterValue.DeadLetterConfig",
        aliases=("Name",),
    ),
    Field("filterType", Kind.STRING, "Filter of a topic.", aliases=("FilterType",)),
)
_WEIGHT = (
    Field("version", Kind.STRING, "A published version.", required=True, aliases=("Version",)),
    Field(
        "weight",
        Kind.NUMBER,
        "Share of the calls that the version gets, 0 to 1.",
        required=True,
        minimum=0,
        maximum=1,
        aliases=("Weight",),
    ),
)
_CLS = (
    Field(
        "logsetId",
        Kind.STRING,
        "Id of the CLS log set.",
        required=True,
        code="InvalidParameter.Cls",
        aliases=("LogsetId", "ClsLogsetId"),
    ),
    Field(
        "topicId",
        Kind.STRING,
        "Id of the CLS topic.",
        required=True,
        code="InvalidParameter.Cls",
        aliases=("TopicId", "ClsTopicId"),
    ),
)
_IMAGE = (
    Field(
        "imageUrl",
        Kind.STRING,
        "Address of the image: `repository:tag`, with or without `@sha256:…`.",
        required=True,
        code="InvalidParameterValue.ImageUri",
        aliases=("imageUri", "ImageUri"),
    ),
    Field(
        "imageType",
        Kind.STRING,
        "Kind of registry.",
        default="personal",
        choices=("personal", "enterprise", "public"),
        aliases=("ImageType",),
    ),
    Field("registryId", Kind.STRING, "Id of the enterprise registry, `tcr-…`.", aliases=("RegistryId",)),
    Field(
        "command",
        Kind.STRING,
        "What to start in place of the image's entry point.",
        aliases=("Command", "startCmd"),
    ),
    Field("args", Kind.STRING, "Arguments of the command, separated by spaces.", aliases=("Args",)),
    Field(
        "containerImageAccelerate",
        Kind.BOOLEAN,
        "Whether the image is made to start quicker.",
        default="false",
        aliases=("ContainerImageAccelerate",),
    ),
    Field(
        "imagePort",
        Kind.INTEGER,
        "Port of the server in the image: 9000, or -1 for a job.",
        default=str(limit("image.port.web")),
        aliases=("ImagePort",),
    ),
)
_CFS = (
    Field(
        "cfsId",
        Kind.STRING,
        "Id of the file system, `cfs-…`.",
        required=True,
        code="InvalidParameterValue.CfsId",
        aliases=("CfsId",),
    ),
    Field("mountInsId", Kind.STRING, "Id of the file system's mount target.", default="cfsId", aliases=("MountInsId",)),
    Field(
        "localMountDir",
        Kind.STRING,
        "The folder in which the function sees the file system.",
        required=True,
        code="InvalidParameterValue.CfsLocalMountDir",
        aliases=("LocalMountDir",),
    ),
    Field(
        "remoteMountDir",
        Kind.STRING,
        "The folder of the file system to mount.",
        required=True,
        code="InvalidParameterValue.CfsRemoteMountDir",
        aliases=("RemoteMountDir",),
    ),
    Field(
        "userId",
        Kind.INTEGER,
        "User that files belong to.",
        default=str(limit("cfs.user_id.default")),
        minimum=0,
        aliases=("UserId",),
    ),
    Field(
        "userGroupId",
        Kind.INTEGER,
        "Group that files belong to.",
        default=str(limit("cfs.user_id.default")),
        minimum=0,
        aliases=("UserGroupId",),
    ),
)
_WEB_SOCKET = (
    Field(
        "idleTimeOut",
        Kind.INTEGER,
        "How long a silent connection stays open, in seconds.",
        default=str(limit("websocket.idle.default_s")),
        minimum=limit("websocket.idle.min_s"),
        maximum=limit("websocket.idle.max_s"),
        aliases=("IdleTimeOut", "idleTimeout"),
    ),
)
_PROTOCOL = (Field("wsParams", Kind.BLOCK, "Settings of WebSocket.", fields=_WEB_SOCKET, aliases=("WSParams",)),)
_CONCURRENCY = (
    Field("enable", Kind.BOOLEAN, "Whether an instance takes several requests at once.", default="false"),
    Field(
        "dynamicEnabled",
        Kind.BOOLEAN,
        "Whether the platform chooses how many requests an instance takes.",
        default="false",
    ),
    Field(
        "maxConcurrency",
        Kind.INTEGER,
        "Most requests that an instance takes at once.",
        default=str(limit("concurrency.instance.default")),
        minimum=limit("concurrency.instance.min"),
        maximum=limit("concurrency.instance.max"),
    ),
)
_INTRANET = (
    Field(
        "ipFixed",
        Kind.BOOLEAN,
        "Whether the function keeps one address in its VPC.",
        default="false",
        aliases=("IpFixed",),
    ),
)

FUNCTION_FIELDS: tuple[Field, ...] = (
    Field("name", Kind.STRING, "Name of the function.", UpdateMode.IDENTITY, default="${name}-${stage}-${app}"),
    Field(
        "namespace",
        Kind.STRING,
        "Namespace of the function; created if it does not exist.",
        UpdateMode.IDENTITY,
        default="default",
    ),
    Field("region", Kind.STRING, "Region of the function.", UpdateMode.IDENTITY, default="ap-guangzhou"),
    Field(
        "type",
        Kind.STRING,
        "`event` (called with an event) or `web` (an HTTP server on port 9000).",
        UpdateMode.REPLACE,
        default="event",
        choices=("event", "web"),
    ),
    Field("runtime", Kind.STRING, "Language runtime, such as `Python3.10`.", UpdateMode.REPLACE, default="Nodejs10.15"),
    Field(
        "handler",
        Kind.STRING,
        "Entry of an event function, `file.function`.",
        UpdateMode.CODE,
        default="index.main_handler",
        only_for="event",
    ),
    Field(
        "entryFile",
        Kind.STRING,
        "File that the generated scf_bootstrap of a web function starts.",
        UpdateMode.PACKAGE,
        only_for="web",
    ),
    Field(
        "startCmd",
        Kind.STRING,
        "Command that the generated scf_bootstrap of a web function runs, in place of `entryFile`.",
        UpdateMode.PACKAGE,
        only_for="web",
    ),
    Field(
        "src",
        Kind.SOURCE,
        "The code: a folder, an archive, or a mapping with `src`, `include`, `exclude`, or `bucket`, `object`. "
        "`false` leaves the deployed code alone.",
        UpdateMode.PACKAGE,
        required=True,
        aliases=("codeUri", "code"),
    ),
    Field("description", Kind.STRING, "What the function is for."),
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
    Field("role", Kind.STRING, "CAM role that the running function has.", aliases=("Role",)),
    Field("publicAccess", Kind.BOOLEAN, "Whether the function reaches the internet.", default="true"),
    Field(
        "eip", Kind.BOOLEAN, "Whether the function reaches the internet from a fixed public address.", default="false"
    ),
    Field(
        "vpcConfig",
        Kind.BLOCK,
        "The private network (VPC) that the function is in.",
        fields=_VPC,
        aliases=("vpc", "VpcConfig"),
    ),
    Field(
        "layers",
        Kind.BLOCK_LIST,
        "Layers, in the order of mounting; a later one wins.",
        fields=_LAYER,
        aliases=("Layers",),
    ),
    Field(
        "deadLetter",
        Kind.BLOCK,
        "Where events go that could not be handled.",
        code="InvalidParameterValue.DeadLetterConfig",
        fields=_DEAD_LETTER,
        aliases=("DeadLetterConfig", "deadLetterConfig"),
    ),
    Field("cls", Kind.BLOCK, "Where logs go.", fields=_CLS),
    Field(
        "asyncRunEnable",
        Kind.BOOLEAN,
        "Runs of up to 24 hours, event functions only.",
        UpdateMode.REPLACE,
        default="false",
        only_for="event",
    ),
    Field(
        "traceEnable",
        Kind.BOOLEAN,
        "Keep the status of each asynchronous run.",
        UpdateMode.REPLACE,
        default="false",
        only_for="event",
    ),
    Field(
        "msgTTL",
        Kind.INTEGER,
        "How long an asynchronous event may wait and be retried, in seconds.",
        UpdateMode.ASYNC,
        default=str(limit("msg_ttl.default_s")),
        minimum=limit("msg_ttl.min_s"),
        maximum=limit("msg_ttl.max_s"),
    ),
    Field(
        "retryNum",
        Kind.INTEGER,
        "How often an asynchronous event is retried after an error of the function.",
        UpdateMode.ASYNC,
        default=str(limit("retry_num.default")),
        minimum=0,
        maximum=limit("retry_num.max"),
    ),
    Field("tags", Kind.STRING_MAP, "Tags of the function. The whole set is replaced.", UpdateMode.TAGS),
    Field("events", Kind.TRIGGERS, "What calls the function.", UpdateMode.TRIGGER, aliases=("triggers",)),
    Field(
        "customDomains",
        Kind.BLOCK_LIST,
        "Domains of your own that call the function through its URL. Each is managed as a whole.",
        UpdateMode.DOMAIN,
        fields=_DOMAIN,
        aliases=("customDomain", "domains"),
    ),
    Field("enableRoleAuth", Kind.BOOLEAN, "Of the vendor's own tool; not needed here.", UpdateMode.TOOL),
    Field("image", Kind.BLOCK, "A container image in place of code.", UpdateMode.CODE, fields=_IMAGE),
    Field(
        "deployMode", Kind.STRING, "`code` or `image`.", UpdateMode.REPLACE, default="code", choices=("code", "image")
    ),
    Field(
        "diskSize",
        Kind.INTEGER,
        "Size of /tmp in MB.",
        default=str(limit("disk.default_mb")),
        minimum=limit("disk.default_mb"),
    ),
    Field("l5Enable", Kind.BOOLEAN, "Internal to the platform.", default="false"),
    Field("cfs", Kind.BLOCK_LIST, "File systems to mount.", fields=_CFS),
    Field(
        "installDependency",
        Kind.BOOLEAN,
        "Install package.json's dependencies in the cloud (Node.js).",
        default="false",
    ),
    Field("protocolType", Kind.STRING, "`WS` for WebSocket.", UpdateMode.REPLACE, choices=("WS",), only_for="web"),
    Field("protocolParams", Kind.BLOCK, "Settings of the protocol.", fields=_PROTOCOL, only_for="web"),
    Field(
        "instanceConcurrencyConfig",
        Kind.BLOCK,
        "Several requests at once in one instance.",
        fields=_CONCURRENCY,
        only_for="web",
    ),
    Field("nodeType", Kind.STRING, "Kind of node.", UpdateMode.REPLACE, default="CPU", choices=("CPU", "GPU")),
    Field("nodeSpec", Kind.STRING, "Size of a GPU node, such as `GN7.LARGE20`.", UpdateMode.REPLACE),
    Field("dnsCache", Kind.BOOLEAN, "Cache DNS answers.", default="false", only_for="event"),
    Field("intranetConfig", Kind.BLOCK, "The address of the function in its private network.", fields=_INTRANET),
    Field("ignoreSysLog", Kind.BOOLEAN, "Leave the platform's own lines out of the log.", default="false"),
    Field("protect", Kind.BOOLEAN, "Refuse to delete or replace the function.", default="false"),
    Field(
        "provisionedNum",
        Kind.INTEGER,
        "Instances of one version that are kept ready; 0 gives them back.",
        UpdateMode.CONCURRENCY,
        default="0",
        minimum=0,
    ),
    Field(
        "qualifier",
        Kind.STRING,
        "The version that provisionedNum is for; without it, the one that is published.",
        UpdateMode.CONCURRENCY,
        aliases=("Qualifier",),
    ),
    Field(
        "reservedConcurrencyMem",
        Kind.INTEGER,
        "Memory in MB kept for all its instances together, and their most; 0 stops it, -1 ends the reservation.",
        UpdateMode.CONCURRENCY,
        default="-1",
        minimum=-1,
        aliases=("ReservedConcurrencyMem", "reservedConcurrency"),
    ),
    Field(
        "publish",
        Kind.BOOLEAN,
        "Publish a version after each change of code or settings.",
        UpdateMode.PUBLISH,
        default="false",
    ),
    Field(
        "publishDescription",
        Kind.STRING,
        "Description of the versions that are published from now on.",
        UpdateMode.PUBLISH,
    ),
    Field(
        "traffic",
        Kind.NUMBER,
        "Share of calls, 0 to 1, that `$LATEST` keeps on the alias `$DEFAULT`; a published version gets the rest.",
        UpdateMode.ALIAS,
        default="1",
        minimum=0,
        maximum=1,
    ),
    Field(
        "lastVersion",
        Kind.STRING,
        "The version that gets the calls that `$LATEST` does not keep; without it, the one that is published, or else "
        "the newest.",
        UpdateMode.ALIAS,
    ),
    Field("aliasName", Kind.STRING, "The alias to set.", UpdateMode.ALIAS, default="$DEFAULT"),
    Field("aliasDescription", Kind.STRING, "Description of the alias.", UpdateMode.ALIAS),
    Field(
        "aliasFunctionVersion",
        Kind.STRING,
        "Main version of the alias; without it, the one that is published.",
        UpdateMode.ALIAS,
    ),
    Field(
        "additionalVersionWeights",
        Kind.BLOCK_LIST,
        "The second version of the alias and its share of calls; `[]` for none.",
        UpdateMode.ALIAS,
        fields=_WEIGHT,
    ),
    Field("ignoreTriggers", Kind.BOOLEAN, "Leave all triggers alone.", UpdateMode.TOOL, default="false"),
    Field(
        "autoCreateApi",
        Kind.BOOLEAN,
        "Of the vendor's own tool: an API Gateway, which is no longer offered.",
        UpdateMode.TOOL,
        default="false",
    ),
)

CODE_KEYS = ("src", "runtime", "handler", "entryFile", "startCmd")
"""The keys that `image` takes the place of."""
