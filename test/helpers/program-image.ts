// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { tar, type TarEntry } from "../../orchestrator/src/runtime/docker/tar.ts";
import { findStaticBusybox } from "../../scripts/images/static-busybox.ts";

const run = promisify(execFile);
const APPLETS = ["cat", "httpd", "sh", "sleep"];

/** Where this machine has the program; null where it has none. */
export function findProgram(name: string): string | null {
  const places = ["/usr/bin", "/usr/sbin", "/bin"].map((folder) => `${folder}/${name}`);
  return places.find((place) => existsSync(place)) ?? null;
}

/**
 * Makes an image of one of this machine's own programs, the libraries that it is linked to, and a shell; it needs no registry. Answers
 * whether it could: it takes a Linux with a static busybox and the program.
 */
export async function makeProgramImage(
  repository: string,
  program: string,
  engine = connectEngine({}),
): Promise<boolean> {
  const busybox = findStaticBusybox();
  const place = findProgram(program);
  if (busybox === null || place === null) return false;
  const archive = Readable.from([
    tar([
      file("bin/busybox", busybox),
      ...APPLETS.map((name): TarEntry => ({ ...file(`bin/${name}`, "busybox"), type: "symlink" })),
      file(place.slice(1), readFileSync(place)),
      ...(await librariesOf(place)).map((library) =>
        file(library.slice(1), readFileSync(realpathSync(library))),
      ),
      { ...file("tmp", ""), type: "directory", mode: 0o1777, content: null },
    ]),
  ]);
  const stream = await engine.docker.importImage(archive, {
    ...{ repo: repository, tag: "local" },
    changes: ["USER 65534:65534", `CMD ["${place}"]`, "ENV PATH=/bin:/usr/bin:/usr/sbin"],
  });
  for await (const _ of stream as AsyncIterable<unknown>);
  return true;
}

/** Absolute paths of the shared libraries and of the loader, as the loader itself finds them. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run("ldd", [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

function file(name: string, content: Buffer | string): TarEntry {
  return { name, type: "file", mode: 0o755, uid: 0, gid: 0, content };
}
