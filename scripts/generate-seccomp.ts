// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the profile of system calls that every container of a lease is filtered by, out of a Docker Engine's default:
 * `tsx scripts/generate-seccomp.ts <profiles/seccomp/default.json of moby/moby> <its release>`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { deriveSeccomp, type UpstreamProfile } from "./lib/derive-seccomp.ts";

const OUTPUT = "orchestrator/src/runtime/docker/seccomp.json";

const [source, release] = process.argv.slice(2);
if (source === undefined || release === undefined) {
  console.error("name the default profile of a Docker Engine, and the engine's release");
  process.exit(2);
}
const upstream = JSON.parse(readFileSync(source, "utf8")) as UpstreamProfile;
writeFileSync(OUTPUT, `${JSON.stringify(deriveSeccomp(upstream, release), null, 2)}\n`);
