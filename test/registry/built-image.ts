// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tar, type TarEntry } from "../../orchestrator/src/runtime/docker/tar.ts";
import { findStaticBusybox } from "../../scripts/images/static-busybox.ts";

/** An image as a registry takes it: its configuration, and its layers compressed. */
export interface BuiltImage {
  readonly config: Buffer;
  readonly layers: readonly Buffer[];
}

/** An image of these layers, each an archive. */
export function builtImage(archives: readonly Buffer[], words: readonly string[] = ["sh"]): BuiltImage {
  const diffs = archives.map((archive) => `sha256:${createHash("sha256").update(archive).digest("hex")}`);
  const config = {
    architecture: "amd64",
    os: "linux",
    config: { Cmd: words, Env: ["PATH=/bin"] },
    rootfs: { type: "layers", diff_ids: diffs },
    history: diffs.map(() => ({ created: "1970-01-01T00:00:00Z", created_by: "a test" })),
  };
  return {
    config: Buffer.from(JSON.stringify(config)),
    layers: archives.map((archive) => gzipSync(archive)),
  };
}

/** A busybox that serves its own version as a page, so that what runs can be told apart. */
export function versionImage(version: string): BuiltImage {
  const busybox = findStaticBusybox();
  if (busybox === null) throw new Error("busybox-static is missing");
  const applets = ["httpd", "sh", "cat", "sleep"];
  const base = tar([
    entry({ name: "bin/", type: "directory" }),
    entry({ name: "www/", type: "directory" }),
    entry({ name: "bin/busybox", type: "file", content: busybox }),
    ...applets.map((name) => entry({ name: `bin/${name}`, type: "symlink", content: "busybox" })),
  ]);
  return builtImage([base, file("www/index.html", Buffer.from(version))], ["sleep", "1000"]);
}

/** A layer with one file. */
export function file(name: string, content: Buffer): Buffer {
  return tar([entry({ name, type: "file", content })]);
}

function entry(part: Pick<TarEntry, "name" | "type"> & Partial<TarEntry>): TarEntry {
  return { mode: 0o755, uid: 0, gid: 0, content: null, ...part };
}
