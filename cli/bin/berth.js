#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`berth needs Node.js 22.13 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../src/main.ts");
}
