// SPDX-License-Identifier: Apache-2.0
import { inService, type HostileCase, type Row } from "./hostile-case.ts";

const quoted = (texts: Readonly<Record<string, string>>, key: string): readonly Row[] =>
  Object.entries(texts).map(([name, text]): Row => [name, `${key}: ["${text}"]`]);

/** Sources that lie on the machine, and what an engine could read as one. */
const SOURCES = {
  "the root": "/:/host",
  "passwords of the machine": "/etc/shadow:/shadow:ro",
  "the engine's socket": "/var/run/docker.sock:/var/run/docker.sock",
  "the engine's socket in its other place": "/run/docker.sock:/x",
  "the engine's socket by a climb": "/tmp/../var/run/docker.sock:/x",
  "the engine's socket as a place": "data:/run/docker.sock",
  "the engine's socket from a variable": "${SOCKET}:/x",
  "containerd's socket": "/run/containerd/containerd.sock:/x",
  "the engine's data": "/var/lib/docker:/x",
  "the kernel's view": "/proc:/host/proc",
  "the kernel's switches": "/sys/kernel:/x",
  "devices of the machine": "/dev:/host-dev",
  "keys of root": "/root/.ssh:/x",
  "a folder beside the file": "./src:/src",
  "a folder above the file": "../../../etc:/x",
  "a climb out of a volume": "data/../../../etc:/x",
  "a folder of somebody's": "~root:/x",
  "the tenant's own folder from a variable": "${HOME}/.ssh:/x",
  "a drive": "C:\\\\Windows:/x",
  "a share of the network": "\\\\\\\\10.0.0.1\\\\share:/x",
  "a folder with a blank before it": " /etc:/x",
  "a folder after a line end": "x\\n/etc:/x",
  "a hidden folder": ".:/x",
  "a volume of another lease": "berth-1-5fbdb231-1-vol-data:/x",
  "a volume that nobody declared": "other:/x",
  "a volume named as a method": "constructor:/x",
  "a volume named as the prototype": "__proto__:/x",
  "a volume of no name": ":/x",
  "a volume that looks like another": "d\u0430ta:/x",
  "a volume in capitals": "DATA:/x",
  "a volume without a place": "data",
  "a place without a volume": "/x",
} as const;

/** Places in the container that are none, or that hide what must be seen. */
const PLACES = {
  "over the root": "data:/",
  "over the kernel's view": "data:/proc",
  "over a switch of the kernel": "data:/proc/sys/kernel/core_pattern",
  "over the kernel's objects": "data:/sys",
  "over control groups": "data:/sys/fs/cgroup",
  "over the devices": "data:/dev",
  "over the shared memory": "data:/dev/shm",
  "by a climb": "data:/data/../proc",
  "by a climb at the end": "data:/data/..",
  "by standing still": "data:/./proc",
  "by a doubled slash": "data://proc",
  "with a slash at the end": "data:/data/",
  "that is relative": "data:data",
  "with a comma, which begins an option": "data:/x,readonly=false",
  "with a line end": "data:/x\\n/proc",
  "with a NUL": "data:/x\\0",
  "that is not ASCII": "data:/d\u00e4ta",
  "with a mark that turns the text": "data:/\u202ecorp",
  "that is too long": `data:/${"x".repeat(255)}`,
  "with a backslash": "data:/a\\\\b",
  "of a drive": "data:\\\\x",
} as const;

const OPTIONS = {
  "that relabels": "data:/x:z",
  "that relabels for one": "data:/x:Z",
  "that shares mounts": "data:/x:rshared",
  "that copies nothing": "data:/x:nocopy",
  "that runs what it should not": "data:/x:exec,suid,dev",
  twice: "data:/x:ro:rw",
  "of nothing": "data:/x:",
  "in capitals": "data:/x:RO",
  "for Windows": "data:/x:ro,delegated",
} as const;

const LONG: readonly Row[] = [
  ["a bind in the long form", "volumes: [{type: bind, source: /, target: /host}]"],
  ["a pipe in the long form", "volumes: [{type: npipe, source: docker_engine, target: /x}]"],
  ["a cluster's volume in the long form", "volumes: [{type: cluster, source: x, target: /x}]"],
  ["an image in the long form", "volumes: [{type: image, source: x, target: /x}]"],
  ["a tmpfs in the long form", "volumes: [{type: tmpfs, target: /x}]"],
  ["a folder that calls itself a volume", "volumes: [{type: volume, source: /opt, target: /x}]"],
  ["a socket that calls itself a volume", "volumes: [{type: volume, source: docker.sock, target: /x}]"],
  [
    "a place with an option in the long form",
    "volumes: [{type: volume, source: data, target: '/x:rw,exec'}]",
  ],
  ["no type", "volumes: [{source: data, target: /x}]"],
  ["no source", "volumes: [{type: volume, target: /x}]"],
  ["no target", "volumes: [{type: volume, source: data}]"],
  ["a type named as a method", "volumes: [{type: toString, target: /x}]"],
  ["a source that is a list", "volumes: [{type: volume, source: [data], target: /x}]"],
  ["a half-true read-only", "volumes: [{type: volume, source: data, target: /x, read_only: perhaps}]"],
  ["mounts as a map", "volumes: {data: /data}"],
  ["a mount in a mount's place", 'volumes: ["data:/x", [data, /y]]'],
  ["two mounts in one place", 'volumes: ["data:/x", "data:/x"]'],
  [
    "seventeen mounts",
    `volumes: [${Array.from({ length: 17 }, (_, index) => `"data:/${index}"`).join(", ")}]`,
  ],
];

const TMPFS: readonly Row[] = [
  ["a tmpfs with the right to run programs", 'tmpfs: ["/x:exec"]'],
  ["a tmpfs with devices", 'tmpfs: ["/x:size=8m,dev,suid"]'],
  ["a tmpfs of another owner", 'tmpfs: ["/x:uid=0"]'],
  ["a tmpfs by percent", 'tmpfs: ["/x:size=100%"]'],
  ["a tmpfs of less than nothing", 'tmpfs: ["/x:size=-1"]'],
  ["a tmpfs of no size", 'tmpfs: ["/x:size=0"]'],
  ["a tmpfs that is larger than any machine", 'tmpfs: ["/x:size=99999t"]'],
  ["a tmpfs over the root", 'tmpfs: ["/"]'],
  ["a tmpfs over the kernel's view", 'tmpfs: ["/proc"]'],
  ["a tmpfs over the devices", 'tmpfs: ["/dev"]'],
  ["a tmpfs by a climb", 'tmpfs: ["/x/../proc"]'],
  ["a tmpfs of no place", 'tmpfs: ["x"]'],
  ["a tmpfs over another", 'tmpfs: ["/x", "/x:size=1m"]'],
  ["seventeen tmpfs", `tmpfs: [${Array.from({ length: 17 }, (_, index) => `/t${index}`).join(", ")}]`],
];

/** What would mount the machine, hide the kernel's own files, or set a mount's options. */
export const MOUNTS: readonly HostileCase[] = [
  ...inService("E_MANIFEST_VALUE", 'volumes: ["data:/x"]', [
    ...quoted(SOURCES, "volumes").map(([name, poison]): Row => [`mounts ${name}`, poison]),
    ...quoted(PLACES, "volumes").map(([name, poison]): Row => [`mounts a place ${name}`, poison]),
    ...quoted(OPTIONS, "volumes").map(([name, poison]): Row => [`mounts with an option ${name}`, poison]),
    ...LONG,
  ]),
  ...inService("E_MANIFEST_VALUE", 'tmpfs: ["/x:size=8m"]', TMPFS),
];
