// SPDX-License-Identifier: Apache-2.0
import { canonicalManifestText, newManifestDocument, parseCompose, type RefusalCode } from "@berth/sdk";
import { composeOf, ENVIRONMENT, type HostileCase } from "./hostile-case.ts";

type Path = readonly (string | number)[];
type Row = readonly [name: string, path: Path, value: unknown];

const SALT = `0x${"5a".repeat(32)}` as const;
const LINES = [
  'command: ["sh"]',
  "environment: {A: x}",
  'ports: ["80"]',
  'volumes: ["data:/data"]',
  'tmpfs: ["/x:size=8m"]',
  "healthcheck: {test: x}",
  'user: "1000"',
  "depends_on: [side]",
  "labels: {a: b}",
];
const MANIFEST = parseCompose(composeOf(LINES.join("\n")), { environment: ENVIRONMENT });
/** A document that is accepted, in its one text. */
export const LEGAL_DOCUMENT = canonicalManifestText(newManifestDocument(MANIFEST, SALT));

const WEB: Path = ["manifest", "services", "web"];

/** The legal document with one value put in or changed, in canonical order: nothing but the value can be refused. */
function documentWith(path: Path, value: unknown): string {
  const document: unknown = JSON.parse(LEGAL_DOCUMENT);
  let parent = document as Record<string | number, unknown>;
  for (const segment of path.slice(0, -1)) parent = parent[segment] as Record<string | number, unknown>;
  const key = path.at(-1) ?? "";
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
  return JSON.stringify(sorted(document));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const copy = {};
  for (const [key, item] of Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) {
    Object.defineProperty(copy, key, { value: sorted(item), enumerable: true });
  }
  return copy;
}

function withValues(code: RefusalCode, rows: readonly Row[]): readonly HostileCase[] {
  return rows.map(([name, path, value]) => ({
    ...{ name: `document: ${name}`, code, door: "document", twin: LEGAL_DOCUMENT },
    text: documentWith(path, value),
  }));
}

const ENGINE_WORDS = {
  ...{
    Privileged: true,
    privileged: true,
    HostConfig: { Privileged: true },
    Binds: ["/:/host"],
    CapAdd: ["ALL"],
  },
  ...{ capAdd: ["ALL"], SecurityOpt: ["seccomp=unconfined"], Devices: ["/dev/mem"], devices: ["/dev/mem"] },
  ...{
    DeviceRequests: [{ Count: -1 }],
    NetworkMode: "host",
    PidMode: "host",
    IpcMode: "host",
    UTSMode: "host",
  },
  ...{ UsernsMode: "host", CgroupParent: "/", Sysctls: { "kernel.core_pattern": "|x" }, Runtime: "runc" },
  ...{
    Mounts: [{ Type: "bind", Source: "/", Target: "/x" }],
    VolumesFrom: ["other"],
    ExtraHosts: ["a:1.2.3.4"],
  },
  ...{
    Links: ["other"],
    PortBindings: {},
    PublishAllPorts: true,
    RestartPolicy: { Name: "always" },
    Ulimits: [],
  },
  ...{
    OomScoreAdj: -1000,
    ShmSize: 1e12,
    ReadonlyRootfs: false,
    MaskedPaths: [],
    ReadonlyPaths: [],
    GroupAdd: ["0"],
  },
  ...{ "berth.lease": "1", constructor: {}, toString: 1, hasOwnProperty: 1, "": 1, gpu: 1, Image: "evil" },
};

const UNKNOWN: readonly Row[] = [
  ...Object.entries(ENGINE_WORDS).map(([key, value]): Row => [
    `a service with ${key || "an empty key"}`,
    [...WEB, key],
    value,
  ]),
  ["a document with another part", ["signature"], "0x"],
  ["a manifest with another part", ["manifest", "networks"], {}],
  ["a manifest with a part that only Compose has", ["manifest", "x-berth"], {}],
  ["limits with another limit", [...WEB, "limits", "swapMiB"], 1],
  ["GPUs of one's choice", [...WEB, "gpus"], { driver: "nvidia", count: 1, ids: ["GPU-0"] }],
  ["a port with a port of the machine", [...WEB, "ports", 0, "hostPort"], 22],
  ["a mount with a source of the machine", [...WEB, "volumes", 0, "source"], "/"],
  ["a tmpfs with options", [...WEB, "tmpfs", 0, "options"], "exec"],
  ["a health check with a user", [...WEB, "healthcheck", "user"], "0"],
  ["a restart policy with a delay", [...WEB, "restart", "delay"], 0],
  ["terms with another term", ["manifest", "market", "arbitrator"], "0x"],
  ["a volume with a driver", ["manifest", "volumes", "data", "driver"], "local"],
];

const VALUES: readonly Row[] = [
  ["a version of tomorrow", ["version"], 2],
  ["a salt that is short", ["salt"], "0x5a"],
  ["a service that is null", ["manifest", "services", "web"], null],
  ["a service that is a list", ["manifest", "services", "side"], []],
  ["services that are a list", ["manifest", "services"], []],
  ["no services", ["manifest", "services"], {}],
  ["a manifest that is null", ["manifest"], null],
  ["a manifest's name that climbs", ["manifest", "name"], "../x"],
  ["a manifest's name that is a number", ["manifest", "name"], 1],
  ["an image that is a file", [...WEB, "image"], "file:///etc/passwd"],
  ["an image that is null", [...WEB, "image"], null],
  ["a command that is a text", [...WEB, "command"], "sh -c id"],
  ["a command of nothing", [...WEB, "command"], []],
  ["a command of numbers", [...WEB, "command", 0], 1],
  ["an entrypoint with a NUL", [...WEB, "entrypoint"], ["\0"]],
  ["an entrypoint of nothing at all", [...WEB, "entrypoint"], [""]],
  ["an environment that is a list", [...WEB, "environment"], ["A=1"]],
  ["a variable with a sign of equality", [...WEB, "environment", "A=B"], "x"],
  ["a variable with a line end", [...WEB, "environment", "A\nB"], "x"],
  ["a variable that is a number", [...WEB, "environment", "N"], 1],
  ["a variable that is null", [...WEB, "environment", "NOTHING"], null],
  ["a variable that is half a character", [...WEB, "environment", "HALF"], "\ud800"],
  ["a variable whose name is half a character", [...WEB, "environment", "\udc00"], "x"],
  ["a variable named as the prototype", [...WEB, "environment", "__proto__"], "x"],
  ["a variable with a NUL", [...WEB, "environment", "NUL"], "\0"],
  ["a variable that is too long", [...WEB, "environment", "LONG"], "x".repeat(4_097)],
  ["a port 0", [...WEB, "ports", 0, "containerPort"], 0],
  ["a port of less than nothing", [...WEB, "ports", 0, "containerPort"], -1],
  ["a port that is a fraction", [...WEB, "ports", 0, "containerPort"], 80.5],
  ["a port that is a text", [...WEB, "ports", 0, "containerPort"], "80"],
  ["a port of another protocol", [...WEB, "ports", 0, "protocol"], "sctp"],
  ["a port that is null", [...WEB, "ports", 0], null],
  ["cores without end", [...WEB, "limits", "cpuMillis"], 1e308],
  ["cores of less than nothing", [...WEB, "limits", "cpuMillis"], -1],
  ["memory without end", [...WEB, "limits", "memoryMiB"], 2 ** 40],
  ["memory that is a fraction", [...WEB, "limits", "memoryMiB"], 64.5],
  ["processes without end", [...WEB, "limits", "pids"], -1],
  ["GPUs that are null", [...WEB, "gpus"], null],
  ["GPUs of another driver", [...WEB, "gpus"], { driver: "cdi", count: 1 }],
  ["a thousand GPUs", [...WEB, "gpus"], { driver: "nvidia", count: 1_000 }],
  ["a fraction of a GPU", [...WEB, "gpus"], { driver: "nvidia", count: 0.5 }],
  ["processes that are true", [...WEB, "limits", "pids"], true],
  ["a mount of the machine", [...WEB, "volumes", 0, "volume"], "/etc"],
  ["a mount of another lease", [...WEB, "volumes", 0, "volume"], "berth-1-5fbdb231-1-vol-data"],
  ["a mount over the root", [...WEB, "volumes", 0, "path"], "/"],
  ["a mount by a climb", [...WEB, "volumes", 0, "path"], "/x/../proc"],
  ["a mount over the kernel", [...WEB, "volumes", 0, "path"], "/proc/sys"],
  ["a mount with an option", [...WEB, "volumes", 0, "path"], "/x:exec"],
  ["a mount that may be written, perhaps", [...WEB, "volumes", 0, "readOnly"], "false"],
  ["a tmpfs over the devices", [...WEB, "tmpfs", 0, "path"], "/dev"],
  ["a tmpfs of no size", [...WEB, "tmpfs", 0, "sizeMiB"], 0],
  ["a tmpfs with an option", [...WEB, "tmpfs", 0, "path"], "/x,exec"],
  ["a health check of another kind", [...WEB, "healthcheck", "test"], ["EXEC", "id"]],
  ["a health check every millisecond", [...WEB, "healthcheck", "intervalMs"], 1],
  ["a health check for a year", [...WEB, "healthcheck", "timeoutMs"], 3.2e10],
  ["a health check without end of tries", [...WEB, "healthcheck", "retries"], 1e9],
  ["a health check before it began", [...WEB, "healthcheck", "startPeriodMs"], -1],
  ["a user that is root", [...WEB, "user"], "0"],
  ["a user that is root by name", [...WEB, "user"], "root"],
  ["a user of root's group", [...WEB, "user"], "1000:0"],
  ["a user that is a number", [...WEB, "user"], 0],
  ["a folder to work in by a climb", [...WEB, "workingDir"], "/../.."],
  ["a restart policy of the engine", [...WEB, "restart"], { on: "unless-stopped" }],
  ["a restart policy that is a text", [...WEB, "restart"], "always"],
  ["a dependency on nobody", [...WEB, "dependsOn", "other"], "started"],
  ["a dependency on a method", [...WEB, "dependsOn", "valueOf"], "started"],
  ["a dependency on oneself", [...WEB, "dependsOn", "web"], "started"],
  ["a dependency until nobody knows", [...WEB, "dependsOn", "side"], "ready"],
  ["a process 1 of one's own", [...WEB, "init"], "/sbin/init"],
  ["a signal that stops nothing", [...WEB, "stopSignal"], "SIGSTOP"],
  ["a lease's own label", [...WEB, "labels", "berth.lease"], "2"],
  ["a label with a line end", [...WEB, "labels", "a\nb"], "x"],
  ["a label that is a number", [...WEB, "labels", "n"], 1],
  ["a label named as the prototype", [...WEB, "labels", "__proto__"], "x"],
  ["a service named as the prototype", ["manifest", "services", "__proto__"], {}],
  ["a volume that nobody may name", ["manifest", "volumes", "../x"], {}],
  ["a volume named as the prototype", ["manifest", "volumes", "__proto__"], {}],
  ["a volume that is null", ["manifest", "volumes", "data"], null],
  ["a prototype of the document", ["__proto__"], { version: 1 }],
  ["a prototype of a service", [...WEB, "__proto__"], { init: true }],
  ["a rate in another spelling", ["manifest", "market", "maxRatePerHour"], "1.0"],
  ["a deposit that is a number", ["manifest", "market", "deposit"], 1],
  ["a deposit of less than nothing", ["manifest", "market", "deposit"], "-1"],
];

function nested(depth: number): unknown {
  return depth === 0 ? "x" : [nested(depth - 1)];
}

const COMPLEX: readonly Row[] = [
  ["a command nine deep", [...WEB, "command"], nested(9)],
  ["a label nine deep", [...WEB, "labels", "a"], nested(9)],
  ["ten thousand words", [...WEB, "command"], Array.from({ length: 10_000 }, () => "a")],
];

const edited = (from: string, to: string): string => {
  if (!LEGAL_DOCUMENT.includes(from)) throw new Error(`the legal document has no ${from}`);
  return LEGAL_DOCUMENT.replace(from, to);
};

const SPELLINGS: Readonly<Record<string, string>> = {
  "a blank before it": ` ${LEGAL_DOCUMENT}`,
  "a line end after it": `${LEGAL_DOCUMENT}\n`,
  "a version twice": edited('"version":1', '"version":1,"version":1'),
  "a user twice, the first one root": edited('"user":"1000"', '"user":"0","user":"1000"'),
  "an image twice": edited('"image":', '"image":"evil","image":'),
  "a number in another spelling": edited('"containerPort":80', '"containerPort":8e1'),
  "a number with a fraction of nothing": edited('"sizeMiB":8', '"sizeMiB":8.0'),
  "an escape that is not needed": edited('"busybox"', '"busy\\u0062ox"'),
  "a slash that is escaped": edited('"/data"', '"\\/data"'),
  "the lines of a person": JSON.stringify(JSON.parse(LEGAL_DOCUMENT), null, 2),
  "a service twice": edited('"services":{', '"services":{"side":{},'),
};

/** Documents that are not what a client of Berth writes. */
export const DOCUMENTS: readonly HostileCase[] = [
  ...withValues("E_MANIFEST_KEY_UNKNOWN", UNKNOWN),
  ...withValues("E_MANIFEST_VALUE", VALUES),
  ...withValues("E_MANIFEST_TOO_COMPLEX", COMPLEX),
  ...Object.entries(SPELLINGS).map(([name, text]): HostileCase => ({
    ...{ name: `document: ${name}`, door: "document", text },
    ...{ code: "E_MANIFEST_NOT_CANONICAL", twin: LEGAL_DOCUMENT },
  })),
  {
    ...{
      name: "document: nine hundred thousand keys",
      door: "document",
      code: "E_MANIFEST_TOO_LARGE",
      twin: LEGAL_DOCUMENT,
    },
    text: `{${Array.from({ length: 900_000 }, (_, index) => `"k${index}":1`).join(",")}}`,
  },
  {
    ...{ name: "document: a name of ten megabytes", door: "document", code: "E_MANIFEST_TOO_LARGE" },
    ...{ twin: LEGAL_DOCUMENT, text: edited('"corpus"', `"${"n".repeat(10_000_000)}"`) },
  },
  {
    ...{
      name: "document: a text of Compose",
      door: "document",
      code: "E_MANIFEST_SYNTAX",
      twin: LEGAL_DOCUMENT,
    },
    text: composeOf(""),
  },
];

/** What is no JSON has one reason and no place: none of these may be read, and none needs a row of its own. */
export const NOT_JSON: Readonly<Record<string, string>> = {
  nothing: "",
  "a mark of byte order": `\ufeff${LEGAL_DOCUMENT}`,
  "a NUL after it": `${LEGAL_DOCUMENT}\0`,
  "two documents": `${LEGAL_DOCUMENT}${LEGAL_DOCUMENT}`,
  "a comment": `${LEGAL_DOCUMENT}// x`,
  "a comma too many": edited('"version":1', '"version":1,'),
  "no number": edited('"version":1', '"version":NaN'),
  "a number without end": edited('"version":1', '"version":Infinity'),
  "a number in hexadecimal": edited('"version":1', '"version":0x1'),
  "a number with a zero before it": edited('"version":1', '"version":01'),
  "single quotes": LEGAL_DOCUMENT.replaceAll('"', "'"),
  "a line end in a text": edited('"busybox"', '"busy\nbox"'),
  "an escape of nobody": edited('"busybox"', '"busy\\xbox"'),
  "half of it": LEGAL_DOCUMENT.slice(0, 200),
  "lists in lists": "[".repeat(65_000),
  "maps in maps": '{"a":'.repeat(13_000),
  "a prefix against scripts": `)]}',\n${LEGAL_DOCUMENT}`,
};
