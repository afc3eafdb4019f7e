// SPDX-License-Identifier: Apache-2.0
import { inService, wholeFiles, type HostileCase, type Row } from "./hostile-case.ts";

/** Keys that would open the machine, or take what only the provider can give; each as somebody who means it would write it. */
const MACHINE: readonly Row[] = [
  ["privileged", "privileged: true"],
  ["a capability", "cap_add: [SYS_ADMIN]"],
  ["a list of dropped capabilities that leaves the others", "cap_drop: [NET_RAW]"],
  ["no seccomp", 'security_opt: ["seccomp=unconfined"]'],
  ["the machine's memory as a device", 'devices: ["/dev/mem:/dev/mem:rwm"]'],
  ["every device by rule", 'device_cgroup_rules: ["a *:* rwm"]'],
  ["the GPU's old short key", "gpus: all"],
  ["the machine's network", "network_mode: host"],
  ["the machine's processes", "pid: host"],
  ["the machine's shared memory", "ipc: host"],
  ["the machine's host name", "uts: host"],
  ["the machine's users", "userns_mode: host"],
  ["the machine's control groups", "cgroup: host"],
  ["a place among the system's control groups", "cgroup_parent: ../../system.slice"],
  ["a core pattern", 'sysctls: {kernel.core_pattern: "|/bin/sh -c id"}'],
  ["another runtime", "runtime: runc"],
  ["another isolation", "isolation: process"],
  ["another platform", "platform: linux/s390x"],
  ["the engine's socket by its key", "use_api_socket: true"],
  ["another container's mounts", "volumes_from: [container:other:rw]"],
  ["the docker group", 'group_add: ["docker", 0]'],
  ["an annotation of the runtime", "annotations: {io.kubernetes.cri-o.userns-mode: host}"],
  ["a credential file", 'credential_spec: {file: "/etc/krb5.keytab"}'],
  ["a writable root", "read_only: false"],
  ["a larger root", 'storage_opt: {size: "10T"}'],
  ["more open files", "ulimits: {nofile: {soft: 1048576, hard: 1048576}}"],
  ["shared memory without end", "shm_size: 64g"],
  [
    "a log sent into the provider's network",
    'logging: {driver: syslog, options: {syslog-address: "tcp://10.0.0.1:514"}}',
  ],
  ["a build of the machine's root", "build: {context: /, dockerfile: etc/shadow}"],
  ["a watched folder", "develop: {watch: [{path: /etc, action: sync, target: /x}]}"],
  ["a pull at every start", "pull_policy: always"],
  ["a pull by the second", "pull_refresh_after: 1s"],
  ["cores by the old key", "cpus: 64"],
  ["cores by number", "cpu_count: 64"],
  ["cores by percent", "cpu_percent: 6400"],
  ["a scheduler's period", "cpu_period: 1"],
  ["a scheduler's quota without end", "cpu_quota: -1"],
  ["a scheduler's shares", "cpu_shares: 262144"],
  ["chosen cores", 'cpuset: "0-63"'],
  ["real-time scheduling", "cpu_rt_period: 1000000"],
  ["real-time without pause", "cpu_rt_runtime: 1000000"],
  ["memory by the old key", "mem_limit: 1t"],
  ["a reserve of memory", "mem_reservation: 1t"],
  ["swap without end", "memswap_limit: -1"],
  ["swappiness", "mem_swappiness: 100"],
  ["a process that is never killed", "oom_kill_disable: true"],
  ["a process that is killed last", "oom_score_adj: -1000"],
  ["processes without end", "pids_limit: -1"],
  ["a share of the disk", "blkio_config: {weight: 1000}"],
  ["a config from the machine", "configs: [{source: x, target: /etc/shadow}]"],
  ["a secret from the machine", "secrets: [{source: x, target: /etc/shadow}]"],
  ["an environment file of the machine", "env_file: /etc/berth/operator.env"],
  ["a label file of the machine", "label_file: /proc/1/environ"],
  ["a service of another file", "extends: {file: ../../etc/compose.yaml, service: web}"],
  ["a profile", "profiles: [debug]"],
  ["a thousand copies", "scale: 1000"],
  ["another lease's container name", "container_name: berth-1-5fbdb231-1-web"],
  ["the machine's host name as one's own", "hostname: localhost"],
  ["a domain", "domainname: internal"],
  ["the machine's own network by name", "networks: [host]"],
  ["a link to another lease", "links: [berth-1-5fbdb231-1-web]"],
  ["a link out of the file", "external_links: [redis]"],
  ["a resolver in the provider's network", "dns: 10.0.0.53"],
  ["an option of the resolver", 'dns_opt: ["ndots:15"]'],
  ["a search domain", "dns_search: internal"],
  ["a name for the metadata service", 'extra_hosts: ["metadata:169.254.169.254"]'],
  ["another machine's hardware address", 'mac_address: "02:42:ac:11:00:02"'],
  ["a hook that runs as root", "post_start: [{command: id, user: root, privileged: true}]"],
  ["a hook before the end", "pre_stop: [{command: sleep 1000000}]"],
  ["an end without end", "stop_grace_period: 1000h"],
  ["an open terminal", "stdin_open: true"],
  ["a terminal", "tty: true"],
  ["attached output", "attach: true"],
  ["a model of the machine", "models: [llm]"],
  ["a provider's plug-in", "provider: {type: awesomecloud, options: {cmd: id}}"],
];

const GPU = "{driver: nvidia, count: 1, capabilities: [gpu]}";
const ONE_GPU = `deploy: {resources: {reservations: {devices: [${GPU}]}}}`;

const DEPLOY: readonly Row[] = [
  ["a global service", "deploy: {mode: global}"],
  ["a thousand replicas", "deploy: {replicas: 1000}"],
  ["another endpoint mode", "deploy: {endpoint_mode: dnsrr}"],
  ["a place", "deploy: {placement: {constraints: [node.role == manager]}}"],
  ["a restart policy of the engine", "deploy: {restart_policy: {condition: any, delay: 0s}}"],
  ["an update policy", "deploy: {update_config: {parallelism: 0}}"],
  ["a policy to go back", "deploy: {rollback_config: {parallelism: 0}}"],
  ["a reserve of cores beside the limits", "deploy: {resources: {reservations: {cpus: 64}}}"],
  ["a reserve of memory beside the limits", "deploy: {resources: {reservations: {memory: 1t}}}"],
  ["a resource of another kind", "deploy: {resources: {reservations: {generic_resources: []}}}"],
  [
    "a GPU of one's choice",
    `deploy: {resources: {reservations: {devices: [${GPU.replace("}", ", device_ids: [GPU-0]}")}]}}}`,
    ONE_GPU,
  ],
  [
    "an option of a driver",
    `deploy: {resources: {reservations: {devices: [${GPU.replace("}", ", options: {virtualization: 'false'}}")}]}}}`,
    ONE_GPU,
  ],
  ["labels of a deployment", 'deploy: {labels: {traefik.enable: "true"}}'],
];

/** Keys of parts, each beside what makes its part legal. */
const PARTS: readonly Row[] = [
  ["a chosen port of the machine", "ports: [{target: 80, published: 22}]", "ports: [{target: 80}]"],
  ["a chosen address of the machine", "ports: [{target: 80, host_ip: 0.0.0.0}]", "ports: [{target: 80}]"],
  ["a port past the provider's proxy", "ports: [{target: 80, mode: host}]", "ports: [{target: 80}]"],
  ["a named port", "ports: [{target: 80, name: x}]", "ports: [{target: 80}]"],
  ...(
    [
      ["a bind's propagation", "bind: {propagation: rshared}"],
      ["an image's folder", "image: {subpath: ../..}"],
      ["a tmpfs that runs programs", "tmpfs: {mode: 0o7777}"],
      ["a volume's subpath out of it", "volume: {subpath: ../../../etc}"],
      ["a mount's consistency", "consistency: cached"],
    ] as const
  ).map(([name, key]): Row => [
    name,
    `volumes: [{type: volume, source: data, target: /data, ${key}}]`,
    "volumes: [{type: volume, source: data, target: /data}]",
  ]),
  [
    "a health check every moment",
    'healthcheck: {test: ["CMD", "x"], start_interval: 1ns}',
    'healthcheck: {test: ["CMD", "x"]}',
  ],
  [
    "a dependency that restarts",
    "depends_on: {side: {condition: service_started, restart: true}}",
    "depends_on: {side: {condition: service_started}}",
  ],
  [
    "a dependency that may be missing",
    "depends_on: {side: {condition: service_started, required: false}}",
    "depends_on: {side: {condition: service_started}}",
  ],
];

const LEGAL_FILE = "name: corpus\nservices: {web: {image: busybox}}\nvolumes: {data: }\n";
const TOP: readonly Row[] = [
  ["a version of long ago", 'version: "3.8"\n'],
  ["another file", "include: [/etc/compose.yaml]\n"],
  ["an outer network", "networks: {default: {name: host, external: true}}\n"],
  ["a file of the machine as a config", "configs: {x: {file: /etc/shadow}}\n"],
  ["a variable of the daemon as a secret", "secrets: {x: {environment: BERTH_OPERATOR_PASSWORD}}\n"],
  ["a model of its own", "models: {llm: {model: ai/x}}\n"],
  ["an extension of the file", "x-berth-provider: {privileged: true}\n"],
  ["an extension with a poisoned anchor", "x-evil: &evil {privileged: true}\n"],
].map(([name = "", line = ""]): Row => [name, `${line}${LEGAL_FILE}`, LEGAL_FILE]);

const VOLUMES: readonly Row[] = [
  ["a volume that is the machine's root", "{driver_opts: {type: none, device: /, o: bind}}"],
  ["a volume by a driver", "{driver: vieux/sshfs}"],
  ["another lease's volume", "{name: berth-1-5fbdb231-1-vol-data}"],
  ["a volume from outside", "{external: true}"],
  ["a label on a volume", "{labels: {berth.lease: 1}}"],
].map(([name = "", terms = ""]): Row => [
  name,
  LEGAL_FILE.replace("{data: }", `{data: ${terms}}`),
  LEGAL_FILE,
]);

/** Keys that no specification knows: the engine's own words, another orchestrator's, and slips on purpose. */
const UNKNOWN: readonly Row[] = [
  ["the engine's own host configuration", "HostConfig: {Privileged: true}"],
  ["the engine's binds", 'Binds: ["/:/host"]'],
  ["the engine's device requests", "DeviceRequests: [{Count: -1, Capabilities: [[gpu]]}]"],
  ["a key in capitals", "Privileged: true"],
  ["a key that ends in a blank", '"privileged ": true'],
  ["a key that begins with a blank", '" privileged": true'],
  ["a key with a letter that looks alike", "priv\u0456leged: true"],
  ["a key with a letter of no width", '"privi\u200bleged": true'],
  ["a key written from right to left", '"\u202edegelivirp": true'],
  ["a full-width key", '"\uff50rivileged": true'],
  ["a key with a combining mark", '"privileged\u0301": true'],
  ["a key with a NUL", '"privileged\\0": true'],
  ["a key that ends a terminal's line", '"privileged\\r": true'],
  ["a key that colours a terminal", '"\\e[31mprivileged": true'],
  ["a security context of Kubernetes", "securityContext: {privileged: true}"],
  ["a pod's machine network", "hostNetwork: true"],
  ["balena's label for the socket", "io.balena.features.balena-socket: 1"],
  ["a path for a key", "deploy.resources.limits: {}"],
  ["a prototype", "__proto__: {privileged: true}"],
  ["a constructor", "constructor: {prototype: {privileged: true}}"],
  ["a prototype by name", "prototype: {}"],
  ["a method of objects", "toString: x"],
  ["a property that looks owned", "hasOwnProperty: x"],
  ["an empty key", '"": x'],
  ["a null key", "null: x"],
  ["a true key", "true: x"],
  ["a number for a key", "1: x"],
  ["a key of a thousand letters", `${"k".repeat(1_000)}: x`],
  ["a quoted merge key", '"<<": {privileged: true}'],
];

const UNKNOWN_IN_PARTS: readonly Row[] = [
  ["an unknown limit", "deploy: {resources: {limits: {cpu: 1}}}", "deploy: {resources: {limits: {cpus: 1}}}"],
  ["devices as a limit", "deploy: {resources: {limits: {devices: [{count: 1}]}}}"],
  ["unknown resources", "deploy: {resources: {requests: {cpus: 1}}}"],
  ["an unknown part of a deployment", "deploy: {privileged: true}"],
  ["a prototype of a deployment", "deploy: {__proto__: {replicas: 2}}"],
  ["an unknown part of a health check", "healthcheck: {test: x, user: root}", "healthcheck: {test: x}"],
  ["an unknown part of a port", "ports: [{target: 80, hostPort: 80}]", "ports: [{target: 80}]"],
  [
    "an unknown part of a GPU",
    `deploy: {resources: {reservations: {devices: [${GPU.replace("}", ", privileged: true}")}]}}}`,
    ONE_GPU,
  ],
  ["an unknown reserve", "deploy: {resources: {reservations: {devises: []}}}"],
  [
    "an unknown part of a mount",
    "volumes: [{type: volume, source: data, target: /data, hostPath: /}]",
    "volumes: [{type: volume, source: data, target: /data}]",
  ],
  [
    "an unknown part of a dependency",
    "depends_on: {side: {condition: service_started, image: x}}",
    "depends_on: {side: {condition: service_started}}",
  ],
];

const UNKNOWN_IN_FILE: readonly Row[] = [
  ["an unknown key of the file", `privileged: true\n${LEGAL_FILE}`, LEGAL_FILE],
  ["a prototype of the file", `__proto__: {x: 1}\n${LEGAL_FILE}`, LEGAL_FILE],
  ["a second spelling of the services", `Services: {}\n${LEGAL_FILE}`, LEGAL_FILE],
  ["an unknown term", `${LEGAL_FILE}x-berth: {region: eu}\n`, LEGAL_FILE],
  ["a prototype of the terms", `${LEGAL_FILE}x-berth: {__proto__: {}}\n`, LEGAL_FILE],
  ["an unknown part of a volume", LEGAL_FILE.replace("{data: }", "{data: {size: 1T}}"), LEGAL_FILE],
];

/** Every key of the Compose Specification that is refused, and keys that nobody knows. */
export const HOST_KEYS: readonly HostileCase[] = [
  ...inService("E_MANIFEST_KEY_REFUSED", "", MACHINE),
  ...inService("E_MANIFEST_KEY_REFUSED", "deploy: {resources: {}}", DEPLOY),
  ...inService("E_MANIFEST_KEY_REFUSED", "", PARTS),
  ...inService("E_MANIFEST_KEY_REFUSED", "", [["an extension of a service", "x-privileged: true"]]),
  ...wholeFiles("E_MANIFEST_KEY_REFUSED", [...TOP, ...VOLUMES]),
  ...inService("E_MANIFEST_KEY_UNKNOWN", "", UNKNOWN),
  ...inService("E_MANIFEST_KEY_UNKNOWN", "", UNKNOWN_IN_PARTS),
  ...wholeFiles("E_MANIFEST_KEY_UNKNOWN", UNKNOWN_IN_FILE),
];
