"""What the key reference says beside the field tables: limits in words, fields of the cloud's API, and examples.

A test validates every example, and finds each key in the field tables, in the API's tables and in an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scfdeploy.facts import limit
from scripts.reference.texts import PageText


class KeyFacts(NamedTuple):
    """About one key at the top of a block of the reference, and the keys in it."""

    cloud: str | PageText | Mapping[str, str] = ""
    """Parameters of the API, or a text; for a key with keys in it, by their paths. Empty if nothing is sent."""
    examples: tuple[str, ...] = ()
    """YAML texts that together have the key and all keys in it."""
    limit: PageText | None = None
    """Limits beyond those of the field table."""


_SOURCE: Mapping[str, str] = {
    "src": "Code.ZipFile",
    "exclude": "",
    "include": "",
    "include.source": "",
    "include.prefix": "",
    "bucket": "Code.CosBucketName",
    "object": "Code.CosObjectName",
    "region": "Code.CosBucketRegion",
    "hook": "",
    "dist": "Code.ZipFile",
    "build": "",
    "build.scripts": "",
}

FUNCTION: Mapping[str, KeyFacts] = {
    "name": KeyFacts(
        "FunctionName",
        ("name: hello",),
        PageText(
            "{least} to {most} letters, digits, `-` and `_`; the first is a letter, the last a letter or digit",
            least=limit("function.name.min_chars"),
            most=limit("function.name.max_chars"),
        ),
    ),
    "namespace": KeyFacts(
        "Namespace",
        ("namespace: orders",),
        PageText(
            "up to {most} letters, digits, `-` and `_`; with the function's name up to {both}",
            most=limit("namespace.name.max_chars"),
            both=limit("function.path.max_chars"),
        ),
    ),
    "region": KeyFacts(PageText("the region of the call"), ("region: ap-shanghai",)),
    "type": KeyFacts("Type", ("type: web",)),
    "runtime": KeyFacts("Runtime", ("runtime: Python3.10",), PageText("a runtime of the platform")),
    "handler": KeyFacts(
        "Handler",
        ("handler: index.main_handler",),
        PageText(
            "`file.function`, each with {least} to {most} characters; `package.Class::method` for Java, the program "
            "for Go",
            least=limit("handler.part.min_chars"),
            most=limit("handler.part.max_chars"),
        ),
    ),
    "entryFile": KeyFacts("", ("entryFile: server.js",)),
    "startCmd": KeyFacts("", ("startCmd: node server.js --port 9000",)),
    "src": KeyFacts(
        _SOURCE,
        (
            "src: ./src",
            "src:\n  src: ./\n  exclude: ['*.md', tests/**]\n  include:\n    - ../shared\n"
            "    - {source: ./vendor, prefix: ../}\n  build:\n    scripts: true",
            "src:\n  src: ./\n  hook: npm run build\n  dist: ./build",
            "src:\n  bucket: code-1300000001\n  object: hello.zip\n  region: ap-guangzhou",
            "src: false",
        ),
        PageText("{most} MB unpacked, layers included", most=limit("code.unzipped_max_bytes") >> 20),
    ),
    "description": KeyFacts(
        "Description",
        ("description: Resizes pictures",),
        PageText(
            "up to {most} characters: letters, digits, spaces, commas and periods",
            most=f"{limit('description.max_chars'):,}",
        ),
    ),
    "memorySize": KeyFacts(
        "MemorySize",
        ("memorySize: 512",),
        PageText(
            "{small}, or {step} to {most} in steps of {step}; accounts can have up to {special}",
            small=limit("memory.small_mb"),
            step=limit("memory.step_mb"),
            most=f"{limit('memory.max_mb'):,}",
            special=f"{limit('memory.special_max_mb'):,}",
        ),
    ),
    "timeout": KeyFacts(
        "Timeout",
        ("timeout: 30",),
        PageText(
            "{least} to {most} s; with `asyncRunEnable` up to {long} s",
            least=limit("timeout.min_s"),
            most=f"{limit('timeout.max_s'):,}",
            long=f"{limit('timeout.async_max_s'):,}",
        ),
    ),
    "initTimeout": KeyFacts(
        "InitTimeout",
        ("initTimeout: 90",),
        PageText("{least} to {most} s", least=limit("init_timeout.min_s"), most=f"{limit('init_timeout.max_s'):,}"),
    ),
    "environment": KeyFacts(
        {"variables": "Environment.Variables"},
        ("environment:\n  variables:\n    STAGE: ${stage}\n    GREETING: hello",),
        PageText(
            "{most} bytes for all names and values; names begin with a letter and have letters, digits and `_`",
            most=f"{limit('env.total_bytes'):,}",
        ),
    ),
    "role": KeyFacts("Role", ("role: SCF_ExecuteRole",), PageText("the name of a role, not its ARN")),
    "publicAccess": KeyFacts("PublicNetConfig.PublicNetStatus", ("publicAccess: true",)),
    "eip": KeyFacts("PublicNetConfig.EipConfig.EipStatus", ("eip: true",), PageText("requires `publicAccess`")),
    "vpcConfig": KeyFacts(
        {"vpcId": "VpcConfig.VpcId", "subnetId": "VpcConfig.SubnetId"},
        ("vpcConfig:\n  vpcId: vpc-8f3k2m1p\n  subnetId: subnet-b2xk4e1q",),
    ),
    "layers": KeyFacts(
        {"name": "Layers.LayerName", "version": "Layers.LayerVersion"},
        ("layers:\n  - name: base\n    version: 3",),
        PageText("up to {most} layers", most=limit("layers.max")),
    ),
    "deadLetter": KeyFacts(
        {"type": "DeadLetterConfig.Type", "name": "DeadLetterConfig.Name", "filterType": "DeadLetterConfig.FilterType"},
        (
            "deadLetter:\n  type: CMQ-QUEUE\n  name: orders-failed",
            "deadLetter:\n  type: CMQ-TOPIC\n  name: failed\n  filterType: '1'",
        ),
    ),
    "cls": KeyFacts(
        {"logsetId": "ClsLogsetId", "topicId": "ClsTopicId"},
        ("cls:\n  logsetId: 2b6e4a1c-7f0d-4c9b-8f1e-0a1b2c3d4e5f\n  topicId: 5d3c2b1a-0f9e-4d8c-b7a6-1f2e3d4c5b6a",),
    ),
    "asyncRunEnable": KeyFacts("AsyncRunEnable", ("asyncRunEnable: true",)),
    "traceEnable": KeyFacts("TraceEnable", ("traceEnable: true",), PageText("requires `asyncRunEnable`")),
    "msgTTL": KeyFacts("AsyncTriggerConfig.MsgTTL", ("msgTTL: 3600",)),
    "retryNum": KeyFacts("AsyncTriggerConfig.RetryConfig.RetryNum", ("retryNum: 1",)),
    "tags": KeyFacts(
        "Tags",
        ("tags:\n  team: orders",),
        PageText(
            "up to {most} with those of scfdeploy; keys and values up to {characters} characters",
            most=limit("tags.max"),
            characters=limit("tags.key.max_chars"),
        ),
    ),
    "events": KeyFacts(
        PageText("the actions of each [trigger](triggers.md)"),
        ('events:\n  - timer:\n      parameters:\n        name: nightly\n        cronExpression: "0 0 2 * * * *"',),
        PageText("{most} of each type, unless the account has more", most=limit("trigger.per_type")),
    ),
    "customDomains": KeyFacts(
        {
            "domain": "Domain",
            "protocols": "Protocol",
            "certificateId": "CertConfig.CertificateId",
            "routes": "EndpointsConfig",
            "routes.path": "EndpointsConfig.PathMatch",
            "routes.function": "EndpointsConfig.FunctionName",
            "routes.qualifier": "EndpointsConfig.Qualifier",
            "routes.rewrite": "EndpointsConfig.PathRewrite",
            "routes.rewrite.path": "EndpointsConfig.PathRewrite.Path",
            "routes.rewrite.to": "EndpointsConfig.PathRewrite.Rewrite",
            "routes.rewrite.match": "EndpointsConfig.PathRewrite.Type",
            "wafInstanceId": "WafConfig.WafInstanceId",
        },
        (
            "events:\n  - http: {name: url, parameters: {authType: CAM}}\n"
            "customDomains:\n  - domain: api.example.com\n    protocols: [http, https]\n    certificateId: ab12cd34\n"
            "    wafInstanceId: waf-1a2b3c4d\n    routes:\n      - path: /api/*\n        function: hello\n"
            "        qualifier: $DEFAULT\n        rewrite:\n          - path: /api/*\n            to: /$1\n"
            "            match: wildcard",
        ),
    ),
    "enableRoleAuth": KeyFacts("", ("enableRoleAuth: true",)),
    "image": KeyFacts(
        {
            "imageUrl": "Code.ImageConfig.ImageUri",
            "imageType": "Code.ImageConfig.ImageType",
            "registryId": "Code.ImageConfig.RegistryId",
            "command": "Code.ImageConfig.Command",
            "args": "Code.ImageConfig.Args",
            "containerImageAccelerate": "Code.ImageConfig.ContainerImageAccelerate",
            "imagePort": "Code.ImageConfig.ImagePort",
        },
        (
            "image:\n  imageUrl: orders-tcr.tencentcloudcr.com/shop/hello:1\n  imageType: enterprise\n"
            "  registryId: tcr-1a2b3c4d\n  command: python\n  args: -u app.py\n"
            "  containerImageAccelerate: true\n  imagePort: 9000",
        ),
    ),
    "deployMode": KeyFacts("", ("deployMode: image",)),
    "diskSize": KeyFacts("DiskSize", ("diskSize: 512",)),
    "l5Enable": KeyFacts("L5Enable", ("l5Enable: false",)),
    "cfs": KeyFacts(
        {
            "cfsId": "CfsConfig.CfsInsList.CfsId",
            "mountInsId": "CfsConfig.CfsInsList.MountInsId",
            "localMountDir": "CfsConfig.CfsInsList.LocalMountDir",
            "remoteMountDir": "CfsConfig.CfsInsList.RemoteMountDir",
            "userId": "CfsConfig.CfsInsList.UserId",
            "userGroupId": "CfsConfig.CfsInsList.UserGroupId",
        },
        (
            "vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}\n"
            "cfs:\n  - cfsId: cfs-8f3k2m1p\n    mountInsId: cfs-8f3k2m1p\n    localMountDir: /mnt/data\n"
            "    remoteMountDir: /\n    userId: 10000\n    userGroupId: 10000",
        ),
        PageText("absolute paths; requires `vpcConfig`"),
    ),
    "installDependency": KeyFacts("InstallDependency", ("installDependency: true",), PageText("Node.js only")),
    "protocolType": KeyFacts("ProtocolType", ("protocolType: WS",)),
    "protocolParams": KeyFacts(
        {"wsParams": "ProtocolParams.WSParams", "wsParams.idleTimeOut": "ProtocolParams.WSParams.IdleTimeOut"},
        ("protocolType: WS\nprotocolParams:\n  wsParams:\n    idleTimeOut: 60",),
    ),
    "instanceConcurrencyConfig": KeyFacts(
        {
            "enable": "InstanceConcurrencyConfig",
            "dynamicEnabled": "InstanceConcurrencyConfig.DynamicEnabled",
            "maxConcurrency": "InstanceConcurrencyConfig.MaxConcurrency",
        },
        ("instanceConcurrencyConfig:\n  enable: true\n  dynamicEnabled: false\n  maxConcurrency: 10",),
    ),
    "nodeType": KeyFacts("NodeType", ("nodeType: CPU",)),
    "nodeSpec": KeyFacts("NodeSpec", ("nodeSpec: GN7.LARGE20",)),
    "dnsCache": KeyFacts("DnsCache", ("dnsCache: true",)),
    "intranetConfig": KeyFacts(
        {"ipFixed": "IntranetConfig.IpFixed"},
        ("vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}\nintranetConfig:\n  ipFixed: true",),
        PageText("requires `vpcConfig`"),
    ),
    "ignoreSysLog": KeyFacts("IgnoreSysLog", ("ignoreSysLog: true",)),
    "protect": KeyFacts("Tags", ("protect: true",)),
    "provisionedNum": KeyFacts(
        "VersionProvisionedConcurrencyNum",
        ("publish: true\nprovisionedNum: 5",),
        PageText("requires a published version"),
    ),
    "qualifier": KeyFacts("Qualifier", ("provisionedNum: 5\nqualifier: '3'",), PageText("a version, not `$LATEST`")),
    "reservedConcurrencyMem": KeyFacts(
        "ReservedConcurrencyMem",
        ("reservedConcurrencyMem: 1280",),
        PageText("{amount} MB of the account stay free", amount=f"{limit('concurrency.kept_free_mb'):,}"),
    ),
    "publish": KeyFacts(PageText("the action `PublishVersion`"), ("publish: true",)),
    "publishDescription": KeyFacts("Description", ("publish: true\npublishDescription: first",)),
    "traffic": KeyFacts("RoutingConfig.AdditionalVersionWeights.Weight", ("publish: true\ntraffic: 0.9",)),
    "lastVersion": KeyFacts("RoutingConfig.AdditionalVersionWeights.Version", ("traffic: 0.9\nlastVersion: '3'",)),
    "aliasName": KeyFacts(
        "Name",
        ("publish: true\naliasName: live",),
        PageText(
            "`$DEFAULT`, or up to {most} letters, digits, `-` and `_`; the first is a letter",
            most=limit("alias.name.max_chars"),
        ),
    ),
    "aliasDescription": KeyFacts("Description", ("publish: true\naliasName: live\naliasDescription: All callers",)),
    "aliasFunctionVersion": KeyFacts("FunctionVersion", ("aliasName: live\naliasFunctionVersion: '3'",)),
    "additionalVersionWeights": KeyFacts(
        {
            "version": "RoutingConfig.AdditionalVersionWeights.Version",
            "weight": "RoutingConfig.AdditionalVersionWeights.Weight",
        },
        ("aliasName: live\naliasFunctionVersion: '3'\nadditionalVersionWeights:\n  - version: '4'\n    weight: 0.1",),
        PageText("{most} version", most=limit("alias.more_versions.max")),
    ),
    "ignoreTriggers": KeyFacts("", ("ignoreTriggers: true",)),
    "autoCreateApi": KeyFacts("", ("autoCreateApi: false",)),
}
"""The keys under `inputs` of `component: scf`. Parameters are those of the actions in `ACTIONS`."""

LAYER: Mapping[str, KeyFacts] = {
    "name": KeyFacts(
        "LayerName",
        ("name: base",),
        PageText(
            "up to {most} letters, digits, `-` and `_`; the first is a letter, the last a letter or digit",
            most=limit("layer.name.max_chars"),
        ),
    ),
    "region": KeyFacts(PageText("the region of the call"), ("region: ap-shanghai",)),
    "src": KeyFacts(
        {
            **{path: name.replace("Code.", "Content.") for path, name in _SOURCE.items()},
            "targetDir": "",
        },
        (
            "src: ./content",
            "src:\n  src: ./content\n  targetDir: /python",
            *FUNCTION["src"].examples[1:4],
        ),
        FUNCTION["src"].limit,
    ),
    "runtimes": KeyFacts("CompatibleRuntimes", ("runtimes: [Python3.10, Python3.9]",)),
    "description": KeyFacts("Description", ("description: Shared libraries",)),
}
"""The keys under `inputs` of `component: layer`."""

TRIGGERS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "timer": (
        {
            "name": "TriggerName",
            "cronExpression": "TriggerDesc",
            "enable": "Enable",
            "argument": "CustomArgument",
            "qualifier": "Qualifier",
        },
        'timer:\n  parameters:\n    name: nightly\n    cronExpression: "0 0 2 * * * *"\n    enable: true\n'
        "    argument: clean\n    qualifier: $DEFAULT",
    ),
    "http": (
        {
            "name": "TriggerName",
            "authType": "TriggerDesc: AuthType",
            "netConfig": "TriggerDesc: NetConfig",
            "netConfig.enableIntranet": "TriggerDesc: NetConfig.EnableIntranet",
            "netConfig.enableExtranet": "TriggerDesc: NetConfig.EnableExtranet",
            "corsConfig": "TriggerDesc: CorsConfig",
            "corsConfig.enable": "TriggerDesc: CorsConfig.Enable",
            "corsConfig.origins": "TriggerDesc: CorsConfig.Origins",
            "corsConfig.methods": "TriggerDesc: CorsConfig.Methods",
            "corsConfig.headers": "TriggerDesc: CorsConfig.Headers",
            "corsConfig.exposeHeaders": "TriggerDesc: CorsConfig.ExposeHeaders",
            "corsConfig.credentials": "TriggerDesc: CorsConfig.Credentials",
            "corsConfig.maxAge": "TriggerDesc: CorsConfig.MaxAge",
            "qualifier": "Qualifier",
        },
        "http:\n  parameters:\n    name: url\n    authType: CAM\n    netConfig:\n      enableIntranet: false\n"
        "      enableExtranet: true\n    corsConfig:\n      enable: true\n      origins: ['https://example.com']\n"
        "      methods: [GET, POST]\n      headers: [Content-Type]\n      exposeHeaders: [X-Request-Id]\n"
        "      credentials: false\n      maxAge: 3600\n    qualifier: $DEFAULT",
    ),
    "cos": (
        {
            "bucket": "TriggerName",
            "events": "TriggerDesc: event",
            "filter": "TriggerDesc: filter",
            "filter.prefix": "TriggerDesc: filter.Prefix",
            "filter.suffix": "TriggerDesc: filter.Suffix",
            "enable": "Enable",
            "qualifier": "Qualifier",
        },
        "cos:\n  parameters:\n    bucket: pictures-1300000001.cos.ap-guangzhou.myqcloud.com\n"
        "    events: cos:ObjectCreated:*\n    filter:\n      prefix: new/\n      suffix: .jpg\n    enable: true\n"
        "    qualifier: $DEFAULT",
    ),
    "cmq": (
        {
            "name": "TriggerName",
            "filterType": "TriggerDesc: filterType",
            "filterKey": "TriggerDesc: filterKey",
            "enable": "Enable",
            "qualifier": "Qualifier",
        },
        "cmq:\n  parameters:\n    name: orders\n    filterType: 1\n    filterKey: [new]\n    enable: true\n"
        "    qualifier: $DEFAULT",
    ),
    "ckafka": (
        {
            "name": "TriggerName",
            "instanceId": "TriggerName",
            "topic": "TriggerName",
            "maxMsgNum": "TriggerDesc: maxMsgNum",
            "offset": "TriggerDesc: offset",
            "retry": "TriggerDesc: retry",
            "timeout": "TriggerDesc: timeOut",
            "consumerGroupName": "TriggerDesc: consumerGroupName",
            "easConfig": "",
            "enable": "Enable",
            "qualifier": "Qualifier",
        },
        "ckafka:\n  parameters:\n    instanceId: ckafka-8f3k2m1p\n    topic: orders\n    maxMsgNum: 100\n"
        "    offset: latest\n    retry: 10\n    timeout: 10\n    consumerGroupName: orders-readers\n    enable: true\n"
        "    qualifier: $DEFAULT",
    ),
    "cls": (
        {
            "topicId": "CreateDeliverCloudFunction TopicId",
            "maxWait": "CreateDeliverCloudFunction Timeout",
            "maxSize": "CreateDeliverCloudFunction MaxMsgNum",
            "enable": "",
            "qualifier": "CreateDeliverCloudFunction Qualifier",
        },
        "cls:\n  parameters:\n    topicId: 5d3c2b1a-0f9e-4d8c-b7a6-1f2e3d4c5b6a\n    maxWait: 60\n    maxSize: 100\n"
        "    enable: true\n    qualifier: $DEFAULT",
    ),
    "clb": (
        {
            "loadBalanceId": "CreateRule LoadBalancerId",
            "protocol": "DescribeListeners Protocol",
            "port": "DescribeListeners Port",
            "domain": "CreateRule Rules.Domain",
            "url": "CreateRule Rules.Url",
            "weight": "RegisterFunctionTargets FunctionTargets.Weight",
            "enable": "",
            "qualifier": "RegisterFunctionTargets FunctionTargets.Function.FunctionQualifier",
        },
        "clb:\n  parameters:\n    loadBalanceId: lb-8f3k2m1p\n    protocol: HTTP\n    port: 80\n"
        "    domain: shop.example.com\n    url: /orders\n    weight: 20\n    enable: true\n    qualifier: $DEFAULT",
    ),
    "mps": (
        {
            "type": "BindTrigger EventType",
            "enable": "",
            "qualifier": "BindTrigger Qualifier",
        },
        "mps:\n  parameters:\n    type: WorkflowTask\n    enable: true\n    qualifier: $DEFAULT",
    ),
}
"""For each type, the parameters of the API, and an item of `events` with all keys.

`TriggerDesc: …` is a key of the JSON text in that parameter. A name before the parameter is the action of another
product.
"""
