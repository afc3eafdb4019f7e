// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RegistryLogin } from "@berth/sdk";
import type { Context } from "mocha";
import type { BuiltImage } from "./built-image.ts";

const START_MS = 20_000;
const CONFIG_TYPE = "application/vnd.docker.container.image.v1+json";
const LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";

/** Whom a registry with a login lets in, and the line of its password file (bcrypt, cost 5). */
export const LOGIN: RegistryLogin = { username: "ada", password: "Tr0ub4dor-and-3-hidden-words" };
const HTPASSWD = `ada:$2y$05$abcdefghijklmnopqrstuuHyfBFXBG/WYQHPenjhljs/N1OJAR1Ni\n`;

/** Skips where Debian's registry is not installed; fails there when an engine and what belongs to it are required. */
export function requireRegistry(context: Context): void {
  if (spawnSync("docker-registry", ["--version"]).status === 0) return;
  if (process.env["BERTH_REQUIRE_DOCKER"] === "1")
    throw new Error("docker-registry is missing: apt-get install docker-registry");
  context.skip();
}

/** Debian's docker-registry on a free port of loopback, empty at first. */
export class RealRegistry {
  readonly host: string;
  readonly origin: string;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #login: RegistryLogin | null;

  private constructor(folder: string, port: number, login: RegistryLogin | null) {
    this.host = `127.0.0.1:${port}`;
    this.origin = `http://${this.host}`;
    this.#folder = folder;
    this.#login = login;
    const config = join(folder, "config.json");
    const auth = { htpasswd: { realm: "berth", path: join(folder, "htpasswd") } };
    writeFileSync(auth.htpasswd.path, HTPASSWD, { mode: 0o600 });
    writeFileSync(
      config,
      JSON.stringify({
        version: "0.1",
        log: { level: "warn" },
        storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
        http: { addr: this.host },
        ...(login === null ? {} : { auth }),
      }),
    );
    this.#process = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
    process.once("exit", this.#onExit);
  }

  readonly #onExit = (): void => void this.#process.kill("SIGKILL");

  static async start(login: RegistryLogin | null = null): Promise<RealRegistry> {
    const registry = new RealRegistry(
      mkdtempSync(join(tmpdir(), "berth-registry-")),
      await freePort(),
      login,
    );
    const until = Date.now() + START_MS;
    while (Date.now() < until) {
      const answers = await fetch(`${registry.origin}/v2/`).then(
        ({ status }) => status === 200 || status === 401,
        () => false,
      );
      if (answers) return registry;
      await delay(50);
    }
    registry.close();
    throw new Error("docker-registry did not come up");
  }

  /** Pushes the image under a tag; the digest of its manifest. */
  async push(repository: string, tag: string, { config, layers }: BuiltImage): Promise<string> {
    const descriptors = [];
    for (const layer of layers) descriptors.push(await this.#upload(repository, layer, LAYER_TYPE));
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: await this.#upload(repository, config, CONFIG_TYPE),
      layers: descriptors,
    };
    const body = Buffer.from(JSON.stringify(manifest));
    await this.#ask("PUT", `/v2/${repository}/manifests/${tag}`, body, MANIFEST_TYPE);
    return digestOf(body);
  }

  /** Deletes a manifest, as whoever owns the repository can. */
  async drop(repository: string, digest: string): Promise<void> {
    await this.#ask("DELETE", `/v2/${repository}/manifests/${digest}`);
  }

  close(): void {
    this.#process.kill("SIGKILL");
    process.removeListener("exit", this.#onExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #upload(repository: string, content: Buffer, mediaType: string) {
    const digest = digestOf(content);
    const begun = await this.#ask("POST", `/v2/${repository}/blobs/uploads/`);
    const place = new URL(begun.headers.get("location") ?? "", this.origin);
    place.searchParams.set("digest", digest);
    await this.#ask("PUT", place.pathname + place.search, content, "application/octet-stream");
    return { mediaType, size: content.length, digest };
  }

  async #ask(method: string, path: string, body?: Buffer, type?: string): Promise<Response> {
    const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
    if (this.#login !== null) headers["authorization"] = basic(this.#login);
    const response = await fetch(this.origin + path, { method, headers, body: body && new Uint8Array(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

export function basic({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
