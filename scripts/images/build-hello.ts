// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { RetryableError } from "@berth/sdk";
import { ask, askStream } from "../../orchestrator/src/runtime/docker/ask.ts";
import { connectEngine, type Engine } from "../../orchestrator/src/runtime/docker/client.ts";
import { endOfProgress } from "../../orchestrator/src/runtime/docker/progress.ts";
import { tar, type TarEntry } from "../../orchestrator/src/runtime/docker/tar.ts";
import { findStaticBusybox } from "./static-busybox.ts";

const REPOSITORY = "berth/hello";
const TAG = "local";
/** The image's name, as `templates/hello/compose.yaml` asks for it. */
export const HELLO_IMAGE = `${REPOSITORY}:${TAG}`;

const CONTENT_LABEL = "berth.content";
const APPLETS = ["cat", "echo", "false", "grep", "httpd", "id", "ls", "nc", "sh", "sleep", "touch", "true"];
const PASSWD = "root:x:0:0:root:/:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/sh\n";
const GROUP = "root:x:0:\nnogroup:x:65534:\n";
const INSTRUCTIONS = [
  "USER 65534:65534",
  'CMD ["httpd","-f","-v","-p","8080","-h","/www"]',
  "LABEL berth.image=hello",
];

/** An archive that the engine makes the image of: a whole root, or a build on the public busybox. */
interface Recipe {
  readonly from: "scratch" | "busybox";
  readonly archive: Buffer;
  /** Names the archive and the instructions. */
  readonly content: string;
}

/**
 * Builds the demonstration's image, a web server with one page, unless the engine has this very content. It needs no registry where a static
 * busybox is installed, and the public `busybox` elsewhere.
 */
export async function ensureHelloImage(
  signal: AbortSignal,
  engine = connectEngine({}),
): Promise<"built" | "exists"> {
  const busybox = findStaticBusybox();
  const recipe = busybox === null ? recipeFromBusybox() : recipeFromScratch(busybox);
  if ((await contentOfImage(engine, signal)) === recipe.content) return "exists";
  const stream = await askStream(engine, {
    what: `build image ${HELLO_IMAGE}`,
    limitMs: engine.deadlines.pull,
    signal,
    run: (abortSignal) => build(engine, recipe, abortSignal),
  });
  const failure = await endOfProgress(engine, stream, () => undefined);
  if (failure === null) return "built";
  throw new RetryableError("E_IMAGE_BUILD", `Image ${HELLO_IMAGE} cannot be built: ${failure}`, {
    atRisk: "nothing",
    next: "Install busybox-static (Debian, Ubuntu), or let this machine reach the public registry.",
  });
}

function build(engine: Engine, recipe: Recipe, abortSignal: AbortSignal): Promise<NodeJS.ReadableStream> {
  const archive = Readable.from([recipe.archive]);
  const label = `LABEL ${CONTENT_LABEL}=${recipe.content}`;
  if (recipe.from === "busybox") {
    const labels = { [CONTENT_LABEL]: recipe.content };
    return engine.docker.buildImage(archive, { t: HELLO_IMAGE, labels, abortSignal });
  }
  const changes = [...INSTRUCTIONS, label];
  return engine.docker.importImage(archive, { repo: REPOSITORY, tag: TAG, changes, abortSignal });
}

async function contentOfImage(engine: Engine, signal: AbortSignal): Promise<string | null> {
  return ask(engine, {
    what: `inspect image ${HELLO_IMAGE}`,
    limitMs: engine.deadlines.look,
    signal,
    run: async () =>
      (await engine.docker.getImage(HELLO_IMAGE).inspect()).Config.Labels?.[CONTENT_LABEL] ?? null,
    outcomes: { 404: () => null },
  });
}

function recipeFromScratch(busybox: Buffer): Recipe {
  const archive = tar([
    ...["bin", "etc", "www"].map((name) => directory(name, 0o755)),
    directory("tmp", 0o1777),
    file("bin/busybox", busybox, 0o755),
    ...APPLETS.map((applet): TarEntry =>
      entry({ name: `bin/${applet}`, type: "symlink", content: "busybox" }),
    ),
    file("etc/passwd", PASSWD, 0o644),
    file("etc/group", GROUP, 0o644),
    file("www/index.html", page(), 0o644),
  ]);
  return { from: "scratch", archive, content: contentName(archive) };
}

function recipeFromBusybox(): Recipe {
  const dockerfile = ["FROM busybox", "COPY index.html /www/index.html", ...INSTRUCTIONS].join("\n");
  const archive = tar([file("Dockerfile", dockerfile, 0o644), file("index.html", page(), 0o644)]);
  return { from: "busybox", archive, content: contentName(archive) };
}

function contentName(archive: Buffer): string {
  return createHash("sha256").update(archive).update(INSTRUCTIONS.join("\n")).digest("hex");
}

function page(): string {
  return readFileSync(new URL("hello/index.html", import.meta.url), "utf8");
}

function directory(name: string, mode: number): TarEntry {
  return entry({ name: `${name}/`, type: "directory", mode });
}

function file(name: string, content: Buffer | string, mode: number): TarEntry {
  return entry({ name, type: "file", content, mode });
}

function entry(part: Pick<TarEntry, "name" | "type"> & Partial<TarEntry>): TarEntry {
  return { mode: 0o777, uid: 0, gid: 0, content: null, ...part };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outcome = await ensureHelloImage(AbortSignal.timeout(10 * 60_000));
  process.stderr.write(`image ${HELLO_IMAGE}: ${outcome}\n`);
}
