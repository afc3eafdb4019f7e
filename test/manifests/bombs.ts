// SPDX-License-Identifier: Apache-2.0
import { composeOf, wholeFiles, type HostileCase, type Row } from "./hostile-case.ts";

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");
const references = (level: number): string => Array.from({ length: 20 }, () => `*a${level}`).join(", ");
const legal = composeOf("");

/** Ten levels, each of which names the one before it twenty times. */
const laughs = (indent: string): string =>
  `${indent}a0: &a0 [x, x]\n${lines(10, (level) => `${indent}a${level + 1}: &a${level + 1} [${references(level)}]`)}\n`;
const merges = (indent: string): string =>
  `${indent}a0: &a0 {k: x}\n${lines(10, (level) => `${indent}a${level + 1}: &a${level + 1} {<<: [${references(level)}]}`)}\n`;

const COMPLEX: readonly Row[] = [
  ["a billion laughs at the top", `${legal}${laughs("")}`, legal],
  ["a billion laughs in an environment", `${legal}x-berth:\n${laughs("  ")}`, legal],
  ["a billion laughs among volumes", legal.replace("{data: }", `\n${laughs("  ")}`), legal],
  ["a billion merges at the top", `${legal}${merges("")}`, legal],
  ["a billion merges among terms", `${legal}x-berth:\n${merges("  ")}`, legal],
  ["a list in itself", `${legal}a: &a [*a]\n`, legal],
  ["a map in itself", `${legal}b: &a {c: *a}\n`, legal],
  ["a map merged into itself", `${legal}d: &a {<<: *a}\n`, legal],
  ["two maps in each other", `${legal}e: &a {f: &b {g: *a, h: *b}}\n`, legal],
  ["lists in lists", "[".repeat(60_000)],
  ["lists in lists, closed", `${"[".repeat(9_000)}${"]".repeat(9_000)}`],
  ["a list 65 deep", `${legal}a: ${"[".repeat(65)}${"]".repeat(65)}\n`, `${legal}`],
  ["a list 13 deep", `${legal}b: ${"[".repeat(13)}${"]".repeat(13)}\n`, legal],
  ["a map 13 deep", `${legal}c: ${"{c: ".repeat(13)}${"}".repeat(13)}\n`, legal],
  ["maps in maps", "{a: ".repeat(15_000)],
  ["dashes in dashes", `${legal}${"- ".repeat(30_000)}`],
  ["keys of keys", `${"? ".repeat(3_000)}\na: 1`],
  ["keys of keys of keys", `keys:\n  ${"? ".repeat(32_000)}`],
  ["indents in indents", lines(300, (index) => `${" ".repeat(index)}a:`)],
  ["values of values", `values: ${": ".repeat(32_000)}`],
  ["a list of thirty thousand", `a: [${"1,".repeat(30_000)}]`],
  ["ports of thirty thousand", composeOf(`ports: [${"1,".repeat(30_000)}]`), legal],
  [
    "variables of four thousand",
    composeOf(`environment: {${lines(4_500, (index) => `K${index}: x,`).replaceAll("\n", " ")}}`),
    legal,
  ],
  [
    "services of five thousand",
    `name: corpus\nservices: {${lines(5_000, (index) => `s${index}: {},`)}}\n`,
    legal,
  ],
  ["maps of nine thousand", `name: corpus\nx: [${"{a: 1},".repeat(9_000)}]\n`],
  ["comments of thirty thousand", `${legal}${"#\n".repeat(30_000)}`, legal],
  ["empty lines of sixty thousand", `${legal}${"\n".repeat(65_000)}`, legal],
  ["documents of thirteen thousand", `${"---\n".repeat(13_000)}${legal}`, legal],
  ["one key thirteen thousand times", `${legal}${"a: 1\n".repeat(12_000)}`, legal],
  ["errors of thirteen thousand", `${legal}${"a: @ ?\n\n".repeat(7_000)}`, legal],
  ["anchors of twenty thousand", `${legal}a: ${"&x ".repeat(20_000)}x\n`, legal],
  ["tags of ten thousand", `${legal}b: ${"!!str ".repeat(10_000)}x\n`, legal],
  ["line ends of another system, ten thousand", `${legal}${"a: 1 #\r\n".repeat(8_000)}`, legal],
  [
    "a command of more than eight thousand words",
    composeOf(`command: sh ${"a ".repeat(9_000)}`),
    composeOf("command: sh a a"),
  ],
];

const SYNTAX: readonly Row[] = [
  ["escapes of thirty thousand, all of them wrong", `${legal}a: "${"\\q".repeat(30_000)}"\n`, legal],
  ["anchors of nine thousand on one value", `${legal}a: ${"&x ".repeat(9_000)}x\n`, legal],
  ["tags of nine thousand on one value", `${legal}b: ${"!a ".repeat(9_000)}x\n`, legal],
  ["reserved signs on three thousand lines", `${legal}${lines(2_500, (index) => `k${index}: @`)}\n`, legal],
  ["directives of six thousand", `${"%YAML 1.2\n".repeat(6_000)}${legal}`, legal],
];

const LARGE: readonly Row[] = [
  ["a million keys", `{${lines(1_000_000, (index) => `k${index}: 1,`)}}`],
  ["a million variables", composeOf(`environment:\n${lines(1_000_000, (index) => `  V${index}: x`)}`), legal],
  ["a million labels", composeOf(`labels: [${lines(1_000_000, (index) => `l${index},`)}]`), legal],
  [
    "a million services",
    `name: corpus\nservices:\n${lines(1_000_000, (index) => `  s${index}: {}`)}\n`,
    legal,
  ],
  ["a variable of sixteen megabytes", composeOf(`environment: {A: ${"x".repeat(16_777_216)}}`), legal],
  ["a name of one byte too many", `name: ${"n".repeat(65_531)}`],
  ["few characters of many bytes", `${legal}# ${"\u20ac".repeat(30_000)}\n`, legal],
  ["lone halves, which are three bytes each", `# ${"\ud800".repeat(25_000)}\n${legal}`, legal],
];

const REGULAR: readonly Row[] = [
  ["an image that a slow expression dies of", composeOf(`image: ${"a-".repeat(120)}!`)],
  ["a registry that a slow expression dies of", composeOf(`image: ${"a.".repeat(120)}-/x`)],
  [
    "a size that a slow expression dies of",
    composeOf(`deploy: {resources: {limits: {memory: "${"1".repeat(50_000)}x"}}}`),
  ],
  [
    "a duration that a slow expression dies of",
    composeOf(`healthcheck: {test: x, interval: "${"1m1s".repeat(10_000)}x"}`),
  ],
  ["a path that a slow expression dies of", composeOf(`working_dir: "${"/ ".repeat(25_000)}\\n"`)],
  ["a mount that a slow expression dies of", composeOf(`volumes: ["data:${"/a".repeat(25_000)}\\t"]`)],
  ["a label that a slow expression dies of", composeOf(`labels: {"${"a".repeat(900)}\\u00e9": x}`)],
  ["a rate that a slow expression dies of", `${legal}x-berth: {maxRate: "${"1 ".repeat(25_000)}/h"}\n`],
  ["a port that a slow expression dies of", composeOf(`ports: ["${":".repeat(50_000)}80;"]`)],
  ["a command that a slow expression dies of", composeOf(`command: '${'\\\\"'.repeat(14_000)} "'`)],
].map(([name = "", text = ""]): Row => [name, text, legal]);

/** Texts that are meant to cost the reader time or memory. */
export const BOMBS: readonly HostileCase[] = [
  ...wholeFiles("E_MANIFEST_TOO_COMPLEX", COMPLEX),
  ...wholeFiles("E_MANIFEST_SYNTAX", SYNTAX),
  ...wholeFiles("E_MANIFEST_TOO_LARGE", LARGE),
  ...wholeFiles("E_MANIFEST_VALUE", REGULAR),
  ...wholeFiles("E_MANIFEST_VARIABLE", [
    ["dollars of thirty thousand", composeOf(`command: ["sh", "${"${".repeat(14_000)}"]`), legal],
  ]),
];
