// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { BerthError, type ImageReference, type RegistryLogin } from "@berth/sdk";
import type { ImageAccess, ImageRules } from "../../domain/image.ts";
import { parseChallenge, type Challenge } from "./challenge.ts";
import { NOT_PUBLIC } from "./public-address.ts";
import { imageHindered, imageRefused } from "./registry-errors.ts";
import { MANIFEST_TYPES } from "./registry-manifest.ts";
import { askRegistry, type RegistryAnswer } from "./registry-request.ts";

/** The public hub's name in references, and where its registry is. */
const HUB = "docker.io";
const HUB_HOST = "registry-1.docker.io";
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const ACCEPT = MANIFEST_TYPES.join(", ");

export interface RegistryParts extends ImageAccess {
  readonly rules: Pick<ImageRules, "localRegistries">;
  readonly reference: ImageReference;
  /** How the image is called in errors. */
  readonly image: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * One image's repository in its registry, asked in a tenant's name. Errors: PermanentError E_IMAGE_NOT_FOUND, E_IMAGE_DENIED,
 * E_IMAGE_DIGEST, E_IMAGE_FORMAT, E_REGISTRY_REFUSED; RetryableError E_REGISTRY_UNREACHABLE. What a registry writes is never quoted.
 */
export class Registry {
  readonly #parts: RegistryParts;
  readonly #base: URL;
  readonly #isLocal: boolean;
  #authorization: string | null = null;

  constructor(parts: RegistryParts) {
    const { registry, repository } = parts.reference;
    const local = parts.rules.localRegistries.find((origin) => new URL(origin).host === registry);
    this.#parts = parts;
    this.#isLocal = local !== undefined;
    const host = registry === HUB ? HUB_HOST : registry;
    const origin = local ?? `https://${host}`;
    if (!URL.canParse(origin))
      throw imageRefused(
        "E_IMAGE_NOT_FOUND",
        parts.image,
        "its registry's name is none that a host can have",
      );
    this.#base = new URL(`/v2/${repository}/manifests/`, origin);
  }

  /** The digest that a tag or digest names now. */
  async digestOf(tagOrDigest: string): Promise<string> {
    const { headers } = await this.#ask("HEAD", tagOrDigest);
    const told = headers["docker-content-digest"];
    if (typeof told === "string" && DIGEST.test(told)) {
      if (DIGEST.test(tagOrDigest) && told !== tagOrDigest) throw this.#wrongDigest();
      return told;
    }
    const { body } = await this.#ask("GET", tagOrDigest);
    return digestOf(body);
  }

  /** The manifest with this digest, whole. */
  async manifest(digest: string): Promise<Buffer> {
    const { body } = await this.#ask("GET", digest);
    if (digestOf(body) !== digest) throw this.#wrongDigest();
    return body;
  }

  async #ask(method: "GET" | "HEAD", tagOrDigest: string): Promise<RegistryAnswer> {
    const url = new URL(`${this.#base.href}${tagOrDigest}`);
    const first = await this.#request(method, url, this.#isLocal, this.#authorization);
    if (first.status !== 401) return this.#judged(first);
    const challenge = parseChallenge(first.headers["www-authenticate"]);
    this.#authorization = challenge === null ? null : await this.#answer(challenge);
    if (this.#authorization === null) return this.#judged(first);
    return this.#judged(await this.#request(method, url, this.#isLocal, this.#authorization));
  }

  /** What is answered to a challenge; null where there is nothing to say. */
  async #answer(challenge: Challenge): Promise<string | null> {
    const { login } = this.#parts;
    if (challenge.scheme === "basic") return login === null ? null : basic(login);
    const realm = this.#realmOf(challenge);
    const isOwn = this.#isLocal && realm.host === this.#base.host;
    const answer = await this.#request("GET", realm, isOwn, login === null ? null : basic(login));
    const token = tokenOf(this.#judged(answer).body);
    if (token === null) throw this.#unreachable("its token cannot be read");
    return `Bearer ${token}`;
  }

  #realmOf({ realm, service, scope }: Extract<Challenge, { readonly scheme: "bearer" }>): URL {
    const url = URL.canParse(realm) ? new URL(realm) : null;
    const isSafe =
      url !== null && (url.protocol === "https:" || (this.#isLocal && url.host === this.#base.host));
    if (!isSafe) throw this.#refused("it sends a login where it would not be safe");
    if (service !== null) url.searchParams.set("service", service);
    const { repository } = this.#parts.reference;
    url.searchParams.set("scope", scope ?? `repository:${repository}:pull`);
    return url;
  }

  async #request(
    method: "GET" | "HEAD",
    url: URL,
    isLocal: boolean,
    authorization: string | null,
  ): Promise<RegistryAnswer> {
    const { limitMs, signal } = this.#parts;
    const headers: Record<string, string> = { accept: ACCEPT };
    if (authorization !== null) headers["authorization"] = authorization;
    try {
      return await askRegistry({ url, method, headers, isLocal, limitMs, signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const code = error instanceof Error && "code" in error ? String(error.code) : "no answer in time";
      if (code === NOT_PUBLIC)
        throw this.#refused("its registry is at an address of the provider's own network");
      throw this.#unreachable(`its registry does not answer (${code})`);
    }
  }

  #judged(answer: RegistryAnswer): RegistryAnswer {
    const { status } = answer;
    if (status === 200) return answer;
    const { image, login } = this.#parts;
    if (status === 404) throw imageRefused("E_IMAGE_NOT_FOUND", image, "its registry does not have it");
    if (status === 401 || status === 403) {
      const why = login === null ? "its registry wants a login" : "its registry does not take the login";
      throw imageRefused("E_IMAGE_DENIED", image, why);
    }
    throw this.#unreachable(`its registry answers with status ${status}`);
  }

  #wrongDigest(): BerthError {
    const why = "its registry gave something else than its digest names";
    return imageRefused("E_IMAGE_DIGEST", this.#parts.image, why);
  }

  #refused(why: string): BerthError {
    return imageRefused("E_REGISTRY_REFUSED", this.#parts.image, why);
  }

  #unreachable(why: string): BerthError {
    return imageHindered("E_REGISTRY_UNREACHABLE", this.#parts.image, why);
  }
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function basic({ username, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** `token` or `access_token`, if it can stand in a header. */
function tokenOf(body: Buffer): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const token = "token" in value ? value.token : "access_token" in value ? value.access_token : null;
  return typeof token === "string" && /^[\w.~+/=-]+$/.test(token) ? token : null;
}
