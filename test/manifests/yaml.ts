// SPDX-License-Identifier: Apache-2.0
import { inService, wholeFiles, type HostileCase, type Row } from "./hostile-case.ts";

const LEGAL = "name: corpus\nservices:\n  web:\n    image: busybox\n";

const TAGS: readonly Row[] = [
  ["a tag of Python", "environment: {A: !!python/object/apply:os.system [id]}", "environment: {A: id}"],
  ["a tag of Ruby", "environment: {B: !ruby/object:Gem::Installer x}", "environment: {B: x}"],
  ["a tag of Java", "environment: {C: !!javax.script.ScriptEngineManager [x]}", "environment: {C: x}"],
  ["a tag of JavaScript", 'environment: {D: !!js/function "function(){}"}', "environment: {D: x}"],
  ["a tag that resets", "ports: !reset []", "ports: []"],
  ["a tag that overrides", "expose: !override []", "expose: []"],
  ["a tag of bytes", "environment: {E: !!binary aWQ=}", "environment: {E: aWQ=}"],
  ["a tag that makes a text", "environment: {F: !!str 1}", "environment: {F: 1}"],
  ["a tag that makes a number", 'environment: {G: !!float "1"}', "environment: {G: 1}"],
  ["a tag that makes a set", "labels: !!set {a, b}", "labels: {a: , b: }"],
  ["a tag that makes an ordered map", "labels: !!omap [a: b]", "labels: [a=b]"],
  ["a tag of a time", "environment: {H: !!timestamp 2026-11-30}", "environment: {H: 2026-11-30}"],
  ["a tag of a file", "environment: {I: !include /etc/passwd}", "environment: {I: /etc/passwd}"],
  ["a tag of a variable", "environment: {J: !ENV HOME}", "environment: {J: HOME}"],
  ["a tag without a name", "environment: {K: ! x}", "environment: {K: x}"],
  ["a tag by its whole address", "environment: {L: !<tag:yaml.org,2002:str> x}", "environment: {L: x}"],
  ["a tag of a merge", "environment: {M: !!merge x}", "environment: {M: x}"],
  ["a tag on a key", "environment: {!!str N: x}", "environment: {N: x}"],
  ["a tag on a service's map", "labels: !!map {a: b}", "labels: {a: b}"],
];

const DOUBLED: readonly Row[] = [
  ["an image twice", "image: busybox\nimage: evil", "image: busybox"],
  ["a user twice, the second one root", 'user: "1000"\nuser: "0"', 'user: "1000"'],
  ["a variable twice", "environment: {A: 1, A: 2}", "environment: {A: 1}"],
  ["a variable twice by an escape", 'environment: {B: 1, "\\x42": 2}', "environment: {B: 1}"],
  ["a variable twice by quotes", "environment: {C: 1, 'C': 2}", "environment: {C: 1}"],
  ["a label twice in blocks", "labels:\n  a: 1\n  a: 2", "labels: {a: 1}"],
  ["a deployment twice", "deploy: {}\ndeploy: {resources: {}}", "deploy: {}"],
  [
    "a limit twice",
    "deploy: {resources: {limits: {pids: 1, pids: 2}}}",
    "deploy: {resources: {limits: {pids: 1}}}",
  ],
  ["a port's target twice", "ports: [{target: 80, target: 22}]", "ports: [{target: 80}]"],
  ["a number and a text for one key", 'environment: {D: 1}\nlabels: {1: a, "1": b}', "environment: {D: 1}"],
];

const DOUBLED_IN_FILE: readonly Row[] = [
  ["a name twice", `${LEGAL}name: other\n`, LEGAL],
  ["services twice", `${LEGAL}services: {}\n`, LEGAL],
  ["a service twice", `${LEGAL}  web: {image: evil}\n`, LEGAL],
  ["a volume twice", `${LEGAL}volumes: {data: , data: {}}\n`, LEGAL],
  ["a term twice", `${LEGAL}x-berth: {deposit: "1", deposit: "2"}\n`, LEGAL],
];

const ALIASES: readonly Row[] = [
  ["an alias without an anchor", "environment: {A: *none}", "environment: {A: none}"],
  ["an alias before its anchor", "user: *later\nworking_dir: &later /srv", "working_dir: &later /srv"],
  [
    "an alias of an anchor's other spelling",
    "stop_signal: *sigterm\nuser: &Sigterm 1000",
    "user: &Sigterm 1000",
  ],
  ["a merge of a text", "environment: {<<: text}", "environment: {A: text}"],
  ["a merge of a list of texts", "labels: {<<: [a, b]}", "labels: {a: b}"],
  ["a merge of nothing", "healthcheck: {<<: , test: x}", "healthcheck: {test: x}"],
  ["a merge of an alias without an anchor", "deploy: {<<: *none}", "deploy: {}"],
];

const beside = (web: string, side: string): string =>
  `name: corpus\nservices:\n  web: {image: busybox${web}}\n  side: {image: busybox${side}}\n`;
const MERGED: readonly Row[] = [
  ["a poison that comes by a merge", beside("", ", <<: {privileged: true}"), beside("", "")],
  [
    "a poison that comes by a merge of merges",
    beside("", ", <<: [{<<: {devices: [/dev/kvm]}}]"),
    beside("", ""),
  ],
  [
    "a poison that is a label until it is merged",
    beside(", labels: &p {pid: host}", ", <<: *p"),
    beside(", labels: &p {pid: host}", ""),
  ],
];

const SYNTAX: readonly Row[] = [
  ["an open bracket", "services: {web: {image: busybox\n", LEGAL],
  ["a closed bracket that nobody opened", `${LEGAL}  db: ]\n`, LEGAL],
  ["a tab for an indent", "name: corpus\nservices:\n\tweb: {image: busybox}\n", LEGAL],
  [
    "an indent that fits nowhere",
    "name: corpus\nservices:\n    web: {image: busybox}\n  db: {image: busybox}\n",
    LEGAL,
  ],
  ["a value of two values", "name: corpus: x\n", LEGAL],
  ["an open quote", 'name: "corpus\n', LEGAL],
  ["a sign that is kept for later", "name: corpus\nservices: `id`\n", LEGAL],
  ["a sign that begins a name of nobody", "name: @corpus\n", LEGAL],
  ["a percent sign where none may stand", "name: corpus\nservices: %x\n", LEGAL],
  ["an escape of no character", 'name: "\\q"\n', LEGAL],
  ["an escape that ends too soon", 'name: corpus\nservices: "\\u00"\n', LEGAL],
  ["two anchors on one value", "name: corpus\nservices: &a &b {}\n", LEGAL],
  ["an anchor on an alias", "name: &a corpus\nservices: &b *a\n", LEGAL],
  ["a list for a key", `${LEGAL}? [a, b]\n: x\n`, LEGAL],
  ["an alias for a key", `name: &n corpus\nservices: {}\n*n : x\n`, LEGAL],
  ["an older YAML", `%YAML 1.1\n---\n${LEGAL}`, LEGAL],
  ["two documents", `${LEGAL}---\n${LEGAL}`, LEGAL],
  ["a tag's handle of nobody", "name: !evil!x corpus\n", LEGAL],
  [
    "a block that is indented with a tab",
    "name: corpus\nservices:\n  web:\n    image: |\n\t    busybox\n",
    LEGAL,
  ],
  ["a comment without a blank before it", 'name: "corpus"#x\n', LEGAL],
  ["a number of JSON with a comma after it", '{"name": "corpus",, "services": {}}\n', LEGAL],
];

const MARKS: readonly Row[] = [
  ["a mark of byte order in the middle", `${LEGAL}\ufeffservices: {}\n`, LEGAL],
  ["a key after a mark of no width", `\u2060${LEGAL}`, LEGAL],
  ["a key after a hard blank", `${LEGAL}\u00a0privileged: true\n`, LEGAL],
  ["a key after a line end of Unicode", `${LEGAL}\u2028privileged: true\n`, LEGAL],
  ["a key after a form feed", `${LEGAL}\fprivileged: true\n`, LEGAL],
  ["a key after a NUL", `${LEGAL}\0privileged: true\n`, LEGAL],
  ["a lone half of a character as a key", `${LEGAL}\ud800: true\n`, LEGAL],
];

/** What YAML itself offers to somebody who wants one text to be read in two ways. */
export const YAML: readonly HostileCase[] = [
  ...inService("E_MANIFEST_SYNTAX", "", TAGS),
  ...inService("E_MANIFEST_SYNTAX", "", DOUBLED),
  ...wholeFiles("E_MANIFEST_SYNTAX", DOUBLED_IN_FILE),
  ...inService("E_MANIFEST_SYNTAX", "", ALIASES),
  ...wholeFiles("E_MANIFEST_KEY_REFUSED", MERGED),
  ...wholeFiles("E_MANIFEST_SYNTAX", SYNTAX),
  ...wholeFiles("E_MANIFEST_KEY_UNKNOWN", MARKS),
];

const VARIABLE_ROWS: readonly Row[] = [
  ["a variable that nobody set", "environment: {A: $BERTH_OPERATOR_PASSWORD}"],
  ["a variable that nobody set, in braces", "environment: {B: '${AWS_SECRET_ACCESS_KEY}'}"],
  ["a variable that is required", "environment: {C: '${NONE:?it must be there}'}"],
  ["a variable that is required and empty", "environment: {D: '${EMPTY:?it must be more}'}"],
  ["a variable that is a method", "environment: {E: '${toString}'}"],
  ["a variable that is the prototype", "environment: {F: '${__proto__}'}"],
  ["a variable that is a command", "environment: {G: '$(id)'}"],
  ["a variable of variables", "environment: {H: '${HOME:-${EVIL}}'}"],
  ["a variable with a replacement", "environment: {I: '${HOME:+evil}'}"],
  ["a variable of positions", "environment: {J: '$1'}"],
  ["a variable without an end", "environment: {K: '${HOME'}"],
  ["a variable in empty braces", "environment: {L: '${}'}"],
  ["a variable with a substring", "environment: {M: '${HOME:0:1}'}"],
  ["a variable by another's name", "environment: {N: '${!HOME}'}"],
  ["a variable's length", "environment: {O: '${#HOME}'}"],
  ["a dollar at the end", "environment: {P: 'x$'}"],
  ["an entry that takes what is not there", "environment: {BERTH_OPERATOR_PASSWORD: }"],
  ["a line that takes what is not there", "environment: [A=1, BERTH_OPERATOR_PASSWORD]"],
  ["a line that takes a method", "environment: [A=1, B=1, valueOf]"],
  ["variables of more than a manifest", `command: [sh, "${"$BIG".repeat(20)}"]`, "command: [sh]"],
];

/** Variables that would take what is not the tenant's to give, or what cannot be read. */
export const VARIABLES: readonly HostileCase[] = [
  ...inService("E_MANIFEST_VARIABLE", "environment: {A: '${HOME}'}", VARIABLE_ROWS),
  ...inService("E_MANIFEST_VALUE", "environment: {A: '${HOME}'}", [
    ["a variable that brings further lines into an image", "image: $EVIL", "image: busybox"],
    ["a variable that brings a number of cores", "deploy: {resources: {limits: {cpus: $EVIL}}}"],
    ["a variable that brings a user", "user: $EVIL"],
    ["a variable that brings a folder to work in", "working_dir: $EVIL"],
    ["a variable that brings a large value", "environment: {HUGE: $BIG}"],
  ]),
];
