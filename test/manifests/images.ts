// SPDX-License-Identifier: Apache-2.0
import { inService, type HostileCase, type Row } from "./hostile-case.ts";

const LETTERS = "abcdefghij";
const SHA = "ab".repeat(32);

/** Image references of every malformed kind, by what is wrong with them. */
const MALFORMED: Readonly<Record<string, readonly string[]>> = {
  "no name": [
    "",
    " ",
    ":latest",
    `@sha256:${SHA}`,
    "/",
    "//",
    "/busybox",
    "busybox/",
    "a//b",
    ".",
    "..",
    "-",
    "_",
  ],
  "no repository": [
    "BusyBox",
    "library/Busy",
    "busy box",
    "busybox ",
    " busybox",
    "-busybox",
    "busybox-",
    "busy..box",
    "busy___box",
    "busy_.box",
    ".busybox",
    "busybox!",
    "busybox?x=1",
    "busybox#1",
    "busy%2fbox",
    "busy\\\\box",
    "$$busybox",
    "{busybox}",
    "busybox;id",
    "busybox|id",
    "busybox&&id",
    "`id`",
    "busybox\\n--privileged",
    "--privileged",
    "busyb\u043ex",
    "busybox\u200b",
    "\u202exobysub",
    "busybox\\0",
    "busybox\\r",
    "b\u00fcsybox",
    "\uff42usybox",
  ],
  "a path that climbs": [
    "../busybox",
    "a/../../b",
    "registry.example/../b",
    "registry.example/a/./b",
    "~/busybox",
  ],
  "a file or an address": [
    "file:///etc/passwd",
    "https://registry.example/x",
    "docker://busybox",
    "oci:/tmp/x",
    "docker-archive:/tmp/x.tar",
    "/var/lib/docker",
  ],
  "no registry": [
    "registry.example:port/x",
    "registry.example:123456/x",
    "registry.example:/x",
    "user:password@registry.example/x",
    "-registry.example/x",
    "registry-.example/x",
    "registry..example/x",
    ".registry/x",
    "[::1/x",
    "[::g]:5000/x",
    "registry.example:80:80/x",
    "reg_istry.example/x",
    "r\u00e9gistre.example/x",
  ],
  "no tag": [
    "busybox:",
    "busybox:.hidden",
    "busybox:-x",
    "busybox:a b",
    "busybox:a:b",
    "busybox:t\u00e4g",
    `busybox:${"t".repeat(129)}`,
    "busybox:$$(id)",
    "busybox:1\\n2",
  ],
  "no digest": [
    "busybox@",
    "busybox@sha256",
    "busybox@sha256:",
    `busybox@sha256:${SHA.slice(1)}`,
    `busybox@sha256:${SHA}0`,
    `busybox@sha256:${SHA.toUpperCase()}`,
    `busybox@md5:${"ab".repeat(16)}`,
    `busybox@sha512:${SHA}`,
    "busybox@sha256:ab@sha256:cd",
    `busybox@${SHA}`,
    "busybox@latest",
  ],
  "an image id": [SHA],
  "too long": [`${LETTERS.repeat(26)}`, `registry.example/${`${LETTERS}/`.repeat(30)}x`],
};

const TEXTS: readonly Row[] = Object.entries(MALFORMED).flatMap(([kind, references]) =>
  references.map((text, index): Row => [`${kind}, ${index + 1}: ${text.slice(0, 40)}`, `image: "${text}"`]),
);

const OTHER_KINDS: readonly Row[] = [
  ["an image that is a list", "image: [busybox]"],
  ["an image that is a map", "image: {name: busybox}"],
  ["an image that is nothing", "image: "],
  ["an image that is true", "image: true"],
  ["an image that reads back as another number", "image: 1e3"],
];

/** Image references of every malformed kind. */
export const IMAGES: readonly HostileCase[] = inService("E_MANIFEST_VALUE", "image: busybox", [
  ...TEXTS,
  ...OTHER_KINDS,
]);
