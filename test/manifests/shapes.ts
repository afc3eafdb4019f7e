// SPDX-License-Identifier: Apache-2.0
import { wholeFiles, type HostileCase, type Row } from "./hostile-case.ts";

const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(", ");
const file = (name: string, services: string, rest = ""): string =>
  `name: ${name}\nservices: ${services}\n${rest}`;
const WEB = "{web: {image: busybox}}";
const LEGAL = file("corpus", WEB);
const named = (names: readonly string[], what: string, of: (name: string) => string): readonly Row[] =>
  names.map((name): Row => [`the ${what}'s name ${name.slice(0, 40)}`, of(name), LEGAL]);

const NAMES = [
  "../x",
  ".hidden",
  "-x",
  "_x",
  "UPPER",
  "a b",
  "a/b",
  "a.b",
  "a:b",
  `${"n".repeat(32)}`,
  '"a\\nb"',
]
  .concat([
    '"a\\0"',
    '""',
    "n\u00e4me",
    "\u0441orpus",
    '"a\u200bb"',
    '"\u202eb"',
    "__proto__",
    "a;id",
    '"$$(id)"',
  ])
  .concat(['"\\e[31m"', "\uff41", "a@b", "a=b", '"\\ud800"', "\ud83d\ude00"]);

const NAMED: readonly Row[] = [
  ...named(NAMES, "manifest", (name) => file(name, WEB)),
  ...named(NAMES, "service", (name) => file("corpus", `{${name}: {image: busybox}, web: {image: busybox}}`)),
  ...named(NAMES, "volume", (name) => file("corpus", WEB, `volumes: {${name}: }\n`)),
  ["a manifest's name that is a list", file("[corpus]", WEB), LEGAL],
  ["a manifest's name that is a map", file("{a: b}", WEB), LEGAL],
  ["a manifest's name that is nothing", file("", WEB), LEGAL],
  ["a manifest's name that is a number of another text", file("1e3", WEB), LEGAL],
];

const term = (key: string, value: string): string => `${LEGAL}x-berth: {${key}: ${value}}\n`;
const TERMS: readonly Row[] = [
  ...[
    "-1/h",
    "0/h",
    "1/d",
    "1e400/h",
    "1,5/h",
    "free",
    ".inf",
    "1/h/h",
    `0.${"0".repeat(18)}1/h`,
    "9".repeat(31) + "/h",
  ].map((rate): Row => [
    `the rate ${rate.slice(0, 30)}`,
    term("maxRate", `"${rate}"`),
    term("maxRate", '"1/h"'),
  ]),
  ...[
    "-1",
    "0",
    "0x10",
    "1e18",
    "all",
    "1,5",
    ".nan",
    "1.",
    ".5",
    " 1",
    "9".repeat(31),
    "0.0000000000000000001",
  ].map((deposit): Row => [
    `the deposit ${deposit.slice(0, 30)}`,
    term("deposit", `"${deposit}"`),
    term("deposit", '"1"'),
  ]),
  ["terms that are a text", `${LEGAL}x-berth: free\n`, LEGAL],
  ["terms that are a list", `${LEGAL}x-berth: [maxRate]\n`, LEGAL],
  ["a rate that is a map", term("maxRate", "{a: 1}"), term("maxRate", '"1/h"')],
  ["a deposit that is a list", term("deposit", "[1]"), term("deposit", '"1"')],
];

const SHAPES: readonly Row[] = [
  ["no name", `services: ${WEB}\n`, LEGAL],
  ["no services", "name: corpus\n", LEGAL],
  ["services that are a text", file("corpus", "web"), LEGAL],
  ["services that are true", file("corpus", "true"), LEGAL],
  ["services that are a list", file("corpus", "[web]"), LEGAL],
  ["a service that is a text", file("corpus", "{web: busybox}"), LEGAL],
  ["a service that is a list", file("corpus", "{db: [busybox]}"), LEGAL],
  ["a service that is nothing", file("corpus", "{cache: }"), LEGAL],
  [
    "a service without an image",
    file("corpus", "{web: {user: 1000}}"),
    file("corpus", "{web: {image: x, user: 1000}}"),
  ],
  ["seventeen services", file("corpus", `{${many(17, (index) => `s${index}: {image: x}`)}}`), LEGAL],
  [
    "volumes that are a list",
    file("corpus", WEB, "volumes: [data]\n"),
    file("corpus", WEB, "volumes: {data: }\n"),
  ],
  ["a volume that is a text", file("corpus", WEB, "volumes: {data: /etc}\n"), LEGAL],
  ["seventeen volumes", file("corpus", WEB, `volumes: {${many(17, (index) => `v${index}: `)}}\n`), LEGAL],
  [
    "services that wait for each other",
    file("corpus", "{a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}"),
    file("corpus", "{a: {image: x, depends_on: [b]}, b: {image: x}}"),
  ],
  ...["all", "0", "1M", "-1", "99999t", "[1G]"].map((size): Row => [
    `a volume of ${size}`,
    file("corpus", WEB, `volumes: {v${size.replace(/\W/g, "")}: {x-berth: {size: ${size}}}}\n`),
    file("corpus", WEB, "volumes: {data: {x-berth: {size: 1G}}}\n"),
  ]),
  ["a file that is a list", "- name: corpus\n"],
  ["a file that is a text", "corpus\n"],
  ["a file that is a number", "42\n"],
  ["a file that is true", "true\n"],
];

/** Names and terms that are none, and files of a wrong shape. */
export const SHAPED: readonly HostileCase[] = wholeFiles("E_MANIFEST_VALUE", [...NAMED, ...TERMS, ...SHAPES]);
