// SPDX-License-Identifier: Apache-2.0
/**
 * Assembles the witness, the program of the host's probe, for both architectures: `tsx scripts/generate-witness.ts`. Needs Debian's
 * binutils-x86-64-linux-gnu and binutils-aarch64-linux-gnu.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDER = "orchestrator/src/runtime/docker/probe";
const TOOLS = { amd64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

const work = mkdtempSync(join(tmpdir(), "berth-witness-"));
const programs = Object.entries(TOOLS).map(([architecture, tools]) => {
  const [object, program] = [join(work, "witness.o"), join(work, "witness")];
  execFileSync(`${tools}-as`, ["-o", object, join(FOLDER, `witness-${architecture}.s`)]);
  execFileSync(`${tools}-ld`, ["-s", "-n", "-o", program, object]);
  return [architecture, readFileSync(program).toString("base64")] as const;
});
rmSync(work, { recursive: true });
writeFileSync(join(FOLDER, "witness.json"), `${JSON.stringify(Object.fromEntries(programs), null, 2)}\n`);
