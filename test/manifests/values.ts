// SPDX-License-Identifier: Apache-2.0
import { inService, type HostileCase, type Row } from "./hostile-case.ts";

const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(", ");
const limits = (name: string, key: string, values: readonly string[], legal: string): readonly Row[] =>
  values.map((value): Row => [
    `${name} ${value}`,
    `deploy: {resources: {limits: {${key}: ${value}}}}`,
    `deploy: {resources: {limits: {${key}: ${legal}}}}`,
  ]);

const CPUS = ["-1", "0", "0.0001", "1e400", "1e3", "-0", ".inf", "-.inf", ".nan", "0x10", "0o10", "1_000"];
const MORE_CPUS = [
  "many",
  '""',
  "1/2",
  '"1 "',
  '"1,5"',
  "100%",
  "99999999999",
  "[1]",
  "{a: 1}",
  "true",
  "1001",
];
const MEMORIES = [
  "-1",
  "0",
  "1e400",
  "1e30",
  ".inf",
  "64X",
  "9999999999999999",
  "99999999t",
  '"64 M B"',
  "-64M",
];
const MORE_MEMORIES = [
  "0x40000000",
  "many",
  '"64M; id"',
  "[64M]",
  "2026-11-30",
  "1:00",
  "15M",
  "1.2.3G",
  '"\u0666\u0664M"',
];
const PIDS = [
  "-1",
  "0",
  "4097",
  "1.5",
  "1e3",
  "unlimited",
  "99999999999999999999",
  "0x7f",
  "true",
  '"\uff11"',
];

const LIMITS: readonly Row[] = [
  ...limits("cores", "cpus", [...CPUS, ...MORE_CPUS], '"0.5"'),
  ...limits("memory", "memory", [...MEMORIES, ...MORE_MEMORIES], "64M"),
  ...limits("processes", "pids", PIDS, "64"),
  ["limits that are a list", "deploy: {resources: {limits: [cpus]}}", "deploy: {resources: {limits: {}}}"],
  ["resources that are a text", "deploy: {resources: all}", "deploy: {resources: {}}"],
  ["a deployment that is a list", "deploy: [resources]", "deploy: {}"],
];

const PORTS: readonly Row[] = [
  ...[
    "0",
    "65536",
    "-1",
    "99999",
    "1e3",
    "0x50",
    "80.0",
    "http",
    '""',
    "ssh/tcp",
    "80/sctp",
    "80/tcp/udp",
    "80/TCP",
  ],
  ...["22:80", "0.0.0.0:80:80", "127.0.0.1:5432:5432", "[::]:80:80", "169.254.169.254:80:80", "*:80"],
  ...["1-65535", "8080-8081:80-81", "80-", "80;id", "80\\n22", "8\u0660", "80 "],
].map((port): Row => [`port ${port}`, `ports: ["${port}"]`.replace('""""', '""')]);

const PORT_FORMS: readonly Row[] = [
  ["ports that are a text", 'ports: "80"'],
  ["ports that are a map", "ports: {80: 80}"],
  ["a port that is a list", 'ports: ["80", [81]]'],
  ["a port that is nothing", 'ports: ["80", "81", ]\nexpose: [~]'],
  ["a port twice", 'ports: ["80", 80]'],
  ["a port twice, in two forms", 'ports: ["80", "81", {target: 80}]'],
  ["a port without a target", "ports: [{protocol: tcp}]"],
  ["a port whose target is a fraction", "ports: [{target: 80.5}]"],
  ["a port whose target is negative", "ports: [{target: -80}]"],
  ["a port whose target is nothing", "ports: [{target: }]"],
  ["a port whose target is a map", "ports: [{target: {}}]"],
  ["a port of another protocol", "ports: [{target: 80, protocol: sctp}]"],
  ["a port of a protocol that is a list", "ports: [{target: 80, protocol: [tcp]}]"],
  ["a port that speaks another protocol", "ports: [{target: 80, app_protocol: h2c}]"],
  ["a port that speaks to the provider's proxy", 'ports: [{target: 80, app_protocol: "http`) || Host(`"}]'],
  ["a port that speaks a list", "ports: [{target: 80, app_protocol: [http]}]"],
  ["a port that speaks HTTP over UDP", "ports: [{target: 80, protocol: udp, app_protocol: http}]"],
  [
    "two ports that take one host name",
    'ports: ["81", {target: 80, app_protocol: http}, {target: 82, app_protocol: http}]',
  ],
  ["seventeen ports", `ports: [${many(17, (index) => `"${index + 1}"`)}]`],
];

const EXPOSED: readonly Row[] = [
  ["an exposed port of the machine", 'expose: ["22:80"]'],
  ["an exposed range", 'expose: ["1-65535"]'],
  ["an exposed port 0", 'expose: ["0"]'],
  ["an exposed map", "expose: [{target: 80}]"],
  ["an exposed text", "expose: http"],
  ["an exposed port twice", "expose: [80, 80]"],
  ["seventeen exposed ports", `expose: [${many(17, (index) => String(index + 1))}]`],
];

const ENVIRONMENTS: readonly Row[] = [
  ["a variable whose name has a line end", 'environment: {"A\\nLD_PRELOAD": x}'],
  ["a variable whose name returns the carriage", 'environment: {"A\\rB": x}'],
  ["a variable whose name has a sign of equality", 'environment: {"A=B": x}'],
  ["a variable without a name", 'environment: {"": x}'],
  ["a variable with a blank", 'environment: {"A B": x}'],
  ["a variable with a dash", "environment: {A-B: x}"],
  ["a variable that begins with a digit", "environment: {1A: x}"],
  ["a variable with a dot", "environment: {a.b: x}"],
  ["a variable of another alphabet", "environment: {P\u0410TH: x}"],
  ["a variable of no width", 'environment: {"A\u200b": x}'],
  ["a variable with a NUL", 'environment: {"A\\0": x}'],
  ["a variable that is a shell's function", 'environment: {"BASH_FUNC_x%%": "() { id; }"}'],
  ["a variable with a name of 129 letters", `environment: {${"N".repeat(129)}: x}`],
  ["a variable named as the prototype", "environment: {__proto__: x}"],
  ["a list whose line break begins a second variable's name", 'environment: ["A\\nB=x"]'],
  ["a list with a variable twice", "environment: [A=1, B=1, A=2]"],
  ["a value with a NUL", 'environment: {NUL: "x\\0y"}'],
  ["a value of more than 4096 bytes", `environment: {LONG: ${"x".repeat(4_097)}}`],
  ["a value of more than 4096 bytes in fewer characters", `environment: {WIDE: ${"\u20ac".repeat(1_366)}}`],
  ["a value that is half a character", 'environment: {HALF: "\\ud83d"}'],
  ["a value that is the other half", 'environment: ["LOW=\\ude00"]'],
  ["a value of two halves in the wrong order", 'environment: {SWAPPED: "\\ude00\\ud83d"}'],
  ["a value that is a map", "environment: {MAP: {a: b}}"],
  ["a value that is a list", "environment: {LIST: [a]}"],
  ["a value without a definite end", "environment: {INF: .inf}"],
  ["a value that is no number", "environment: {NAN: .nan}"],
  ["a value that overflows", "environment: {BIG: 1e400}"],
  ["a value that is less than nothing's zero", "environment: {ZERO: -0}"],
  ["a value in octal", "environment: {OCTAL: 0o777}"],
  ["a value in hexadecimal", "environment: {HEX: 0xff}"],
  ["a value that loses its last zero", "environment: {VERSION: 1.10}"],
  ["a value beyond whole numbers", "environment: {WHOLE: 9007199254740993}"],
  ["a value with a sign before it", "environment: {PLUS: +1}"],
  ["a value with zeros before it", "environment: {ZEROS: 007}"],
  ["129 variables", `environment: {${many(129, (index) => `V${index}: x`)}}`],
  ["an environment that is a text", "environment: A=1"],
  ["an environment in an environment", "environment: [[A=1]]"],
  ["a map among lines", "environment: [A=1, {B: 1}]"],
];

const LABELS: readonly Row[] = [
  ["a lease's own label", 'labels: {berth.lease: "2"}'],
  ["a market's label", "labels: {berth.market: x}"],
  ["a chain's label in a list", 'labels: ["berth.chain=1"]'],
  ["the manifest's label", "labels: {berth.manifest: x}"],
  ["a service's label", "labels: {berth.service: other}"],
  ["a label without an end", "labels: {berth.: x}"],
  ["a label with a line end", 'labels: {"a\\nberth.lease": x}'],
  ["a label with a blank", "labels: {a b: x}"],
  ["a label of another alphabet", "labels: {b\u0435rth.lease: x}"],
  ["a label that is empty", 'labels: {"": x}'],
  ["a label with a sign of equality", 'labels: {"a=b": x}'],
  ["a label that colours a terminal", 'labels: {"\\e[31m": x}'],
  ["a label of 129 characters", `labels: {${"l".repeat(129)}: x}`],
  ["a label named as the prototype", "labels: {__proto__: x}"],
  ["a label twice", "labels: [a=1, a=2]"],
  ["a label that is a map", "labels: {a: {b: c}}"],
  ["a label with half a character", 'labels: {half: "\\udfff"}'],
  ["a label with a NUL", 'labels: {nul: "\\0"}'],
  ["labels that are a text", "labels: a=b"],
];

const COMMANDS: readonly Row[] = [
  ...["a; id", "a | id", "a && id", "a > /x", "a < /x", "`id`", "(id)", 'a "b', "abc 'd", "a \\\\n"].map(
    (command): Row => [`command ${command}`, `command: "${command.replaceAll('"', '\\"')}"`],
  ),
  ["a command that is a map", "command: {a: b}"],
  ["a command that is a number in a list", "command: [a, 1e3]"],
  ["a command of lists", "command: [[sh]]"],
  ["a command of nothing", "command: []"],
  ["a command with a NUL", 'command: ["sh", "a", "\\0"]'],
  ["a command with half a character", 'command: ["sh", "a", "b", "\\ud800"]'],
  ["an entrypoint of nothing", 'entrypoint: ""'],
  ["an entrypoint that is a map", "entrypoint: {a: b}"],
  ["an entrypoint with a NUL", 'entrypoint: ["/bin/sh\\0"]'],
  ["an entrypoint for a shell", "entrypoint: sh -c $$(id)"],
];

const USERS: readonly Row[] = [
  "root",
  "0",
  "0:0",
  "1000:0",
  "0:1000",
  "00",
  "+0",
  "-1",
  "1e0",
  "0x0",
  "4294967296",
]
  .concat([
    "2147483648",
    "1000:",
    ":1000",
    "1000:1000:0",
    " 1000",
    "1000\\n0",
    "nobody",
    "\u0661",
    "docker",
    "",
  ])
  .map((user): Row => [`user "${user}"`, `user: "${user}"`]);

const HEALTHCHECKS: readonly Row[] = [
  ["a health check of nothing", "healthcheck: {test: []}"],
  ["a health check without a test", "healthcheck: {interval: 5s}"],
  ["a health check that is on and off", "healthcheck: {test: x, disable: true}"],
  ["a health check that is perhaps off", "healthcheck: {test: x, disable: perhaps}"],
  ["a health check every nanosecond", "healthcheck: {test: x, interval: 1ns}"],
  ["a health check every millisecond", "healthcheck: {test: x, interval: 1ms}"],
  ["a health check every 0", "healthcheck: {test: x, interval: 0}"],
  ["a health check that never ends", "healthcheck: {test: x, timeout: 9999h}"],
  ["a health check that ends before it began", "healthcheck: {test: x, timeout: -1s}"],
  ["a health check without end of tries", "healthcheck: {test: x, retries: 1000000}"],
  ["a health check of no tries", "healthcheck: {test: x, retries: 0}"],
  ["a health check of a fraction of a try", "healthcheck: {test: x, retries: 1e-3}"],
  ["a health check that starts in a year", "healthcheck: {test: x, start_period: 8760h}"],
  ["a health check that starts at a date", "healthcheck: {test: x, start_period: 2026-11-30}"],
  ["a health check with a NUL", 'healthcheck: {test: ["CMD", "\\0"]}'],
  ["a health check with half a character", 'healthcheck: {test: ["CMD", "x", "\\ud800"]}'],
  ["a health check that is a text", "healthcheck: curl"],
  ["a health check that is a list", "healthcheck: [CMD]"],
  ["a health check whose test is a map", "healthcheck: {test: {a: b}}"],
];

const gpu = (fields: string): string => `deploy: {resources: {reservations: {devices: [{${fields}}]}}}`;
const GPUS: readonly Row[] = [
  ["all GPUs", gpu("count: all, capabilities: [gpu]")],
  ["all GPUs by a number below zero", gpu("count: -1, capabilities: [gpu]")],
  ["no GPU", gpu("count: 0, capabilities: [gpu]")],
  ["a thousand GPUs", gpu("count: 1000, capabilities: [gpu]")],
  ["half a GPU", gpu("count: 0.5, capabilities: [gpu]")],
  ["GPUs without a count", gpu("capabilities: [gpu]")],
  ["a count that is a list", gpu("count: [1], capabilities: [gpu]")],
  ["a device without a capability", gpu("count: 1")],
  ["a device of another kind", gpu("count: 1, capabilities: [tpu]")],
  ["a capability too many", gpu("count: 1, capabilities: [gpu, graphics]")],
  ["capabilities that are none", gpu("count: 1, capabilities: []")],
  ["a capability of lists", gpu("count: 1, capabilities: [[gpu]]")],
  ["a capability that is a text", gpu("count: 1, capabilities: gpu")],
  ["a driver for devices of every kind", gpu("driver: cdi, count: 1, capabilities: [gpu]")],
  ["a driver that is a path", gpu("driver: /dev/nvidia0, count: 1, capabilities: [gpu]")],
  ["a driver in capitals", gpu("driver: NVIDIA, count: 1, capabilities: [gpu]")],
  ["a driver that is a list", gpu("driver: [nvidia], count: 1, capabilities: [gpu]")],
  ["two entries of devices", gpu("count: 1, capabilities: [gpu]}, {count: 1, capabilities: [gpu]")],
  ["devices that are a map", "deploy: {resources: {reservations: {devices: {count: 1}}}}"],
  ["a device that is a text", "deploy: {resources: {reservations: {devices: [/dev/kvm]}}}"],
  ["reservations that are a list", "deploy: {resources: {reservations: [devices]}}"],
];

const OTHERS: readonly Row[] = [
  ["a folder to work in by a climb", "working_dir: /srv/../proc", "working_dir: /srv"],
  ["a folder to work in that is relative", "working_dir: ../..", "working_dir: /srv"],
  ["a folder to work in with a line end", 'working_dir: "/a\\nb"', "working_dir: /srv"],
  ["a folder to work in that is too long", `working_dir: /${"w".repeat(300)}`, "working_dir: /srv"],
  ["a folder to work in that is a list", "working_dir: [/srv]", "working_dir: /srv"],
  ...["SIGSTOP", "SIGKILL; id", "9", "0", "SIGRTMIN+64", "sigterm", "KILL", ""].map((signal): Row => [
    `the signal "${signal}"`,
    `stop_signal: "${signal}"`,
    "stop_signal: SIGTERM",
  ]),
  ...["sometimes", "on-failure:-1", "on-failure:0", "on-failure:1001", "on-failure:1e9", "always:5", ""].map(
    (policy): Row => [`the restart policy "${policy}"`, `restart: "${policy}"`, "restart: always"],
  ),
  ["a restart policy that is false", "restart: false", 'restart: "no"'],
  ["a restart policy that is a map", "restart: {condition: any}", 'restart: "no"'],
  ["a process 1 of one's own", "init: /sbin/init", "init: true"],
  ["a dependency on oneself", "depends_on: [web]", "depends_on: [side]"],
  ["a dependency on another lease", "depends_on: [berth-1-5fbdb231-1-web]", "depends_on: [side]"],
  ["a dependency on a method", "depends_on: [hasOwnProperty]", "depends_on: [side]"],
  ["a dependency on the prototype", "depends_on: [__proto__]", "depends_on: [side]"],
  ["a dependency twice", "depends_on: [side, side]", "depends_on: [side]"],
  ["a dependency in a dependency", "depends_on: [[side]]", "depends_on: [side]"],
  ["a dependency that is a text", "depends_on: side", "depends_on: [side]"],
  ...["service_ready", "", "toString", "service_started "].map((condition): Row => [
    `a dependency until "${condition}"`,
    `depends_on: {side: {condition: "${condition}"}}`,
    "depends_on: {side: {condition: service_started}}",
  ]),
  [
    "a dependency that is never well",
    "depends_on: {side: {condition: service_healthy}}",
    "depends_on: {side: {condition: service_started}}",
  ],
  [
    "a dependency whose condition is a list",
    "depends_on: {side: {condition: [service_started]}}",
    "depends_on: {side: {condition: service_started}}",
  ],
];

/** Values of a service that are outside their rules. */
export const VALUES: readonly HostileCase[] = [
  ...inService("E_MANIFEST_VALUE", "", LIMITS),
  ...inService("E_MANIFEST_VALUE", 'ports: ["80"]', [...PORTS, ...PORT_FORMS]),
  ...inService("E_MANIFEST_VALUE", 'expose: ["80"]', EXPOSED),
  ...inService("E_MANIFEST_VALUE", "environment: {A: x}", ENVIRONMENTS),
  ...inService("E_MANIFEST_VALUE", "labels: {a: x}", LABELS),
  ...inService("E_MANIFEST_VALUE", 'command: ["sh", "-c", "a; id"]', COMMANDS),
  ...inService("E_MANIFEST_VALUE", 'user: "1000:1000"', USERS),
  ...inService("E_MANIFEST_VALUE", "healthcheck: {test: x, interval: 30s}", HEALTHCHECKS),
  ...inService("E_MANIFEST_VALUE", gpu("count: 1, capabilities: [gpu]"), GPUS),
  ...inService("E_MANIFEST_VALUE", "", OTHERS),
];
