// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { UserError } from "../errors.ts";
import { isRegistryHost, parseImageReference } from "./image-reference.ts";
import { MAX_ITEMS } from "./rules.ts";
import type { Manifest } from "./types.ts";

/** Largest private part beside a manifest, in bytes of its JSON. */
export const MAX_SECRETS_BYTES = 16_384;

/** What a registry asks for before it gives an image. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * What a provider must know beside the manifest, and nobody else: never hashed, published, logged or shown. It travels in a signed request
 * to the gateway, and in nothing else.
 */
export interface ManifestSecrets {
  /** By the registry's host, as images name it; `docker.io` for the public hub. */
  readonly registries: Readonly<Record<string, RegistryLogin>>;
}

const MAX_USERNAME = 256;
const MAX_PASSWORD = 4_096;
/** A header carries them: a colon would end the name, and a control character the header. */
const USERNAME = new RegExp(`^[^\\p{Cc}\\p{Cs}:]{1,${MAX_USERNAME}}$`, "u");
const PASSWORD = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${MAX_PASSWORD}}$`, "u");

const secretsSchema: z.ZodType<ManifestSecrets> = z.strictObject({
  registries: z.record(
    z.string(),
    z.strictObject({ username: z.string().regex(USERNAME), password: z.string().regex(PASSWORD) }),
  ),
});

/**
 * Reads a private part. UserError E_SECRETS_INVALID, which quotes neither a name nor a password: a value put in the wrong place could be
 * the secret itself.
 */
export function parseManifestSecrets(value: unknown): ManifestSecrets {
  const parsed = secretsSchema.safeParse(value);
  if (!parsed.success || !isWhole(value, parsed.data))
    throw invalid("it is not {registries: {host: {username, password}}}, each of its length");
  const { registries } = parsed.data;
  const hosts = Object.keys(registries);
  if (hosts.length > MAX_ITEMS) throw invalid(`it names more than ${MAX_ITEMS} registries`);
  if (!hosts.every(isRegistryHost)) throw invalid("it names a registry that is no host");
  const size = new TextEncoder().encode(JSON.stringify(parsed.data)).length;
  if (size > MAX_SECRETS_BYTES) throw invalid(`it is larger than ${MAX_SECRETS_BYTES} bytes`);
  return parsed.data;
}

/** Those logins that the manifest's images can need: a provider is told of no other registry. Null where they need none. */
export function neededLogins(secrets: ManifestSecrets, manifest: Manifest): ManifestSecrets | null {
  const needed = registriesOf(manifest);
  const logins = Object.entries(secrets.registries).filter(([host]) => needed.has(host));
  return logins.length === 0 ? null : { registries: Object.fromEntries(logins) };
}

/** UserError E_SECRETS_UNUSED where a login is for a registry that none of the manifest's images comes from, most often a slip of the pen. */
export function requireUsed(secrets: ManifestSecrets, manifest: Manifest): void {
  const needed = registriesOf(manifest);
  const unused = Object.keys(secrets.registries).filter((host) => !needed.has(host));
  if (unused.length === 0) return;
  throw new UserError(
    "E_SECRETS_UNUSED",
    `No image of the manifest comes from ${unused.join(", ")}, which a login is given for.`,
    {
      atRisk: "nothing: nothing was sent on",
      next: "Name each registry as the images do, docker.io where they name none, and leave out the others.",
      facts: { registries: unused.join(",") },
    },
  );
}

function registriesOf(manifest: Manifest): ReadonlySet<string> {
  return new Set(Object.values(manifest.services).map(({ image }) => parseImageReference(image).registry));
}

/** Whether nothing was left out on the way: a key such as `__proto__` is. */
function isWhole(value: unknown, { registries }: ManifestSecrets): boolean {
  const given = (value as ManifestSecrets).registries;
  return Object.keys(given).length === Object.keys(registries).length;
}

function invalid(why: string): UserError {
  return new UserError("E_SECRETS_INVALID", `The private part beside the manifest is refused: ${why}.`, {
    atRisk: "nothing: nothing of it was kept",
    next:
      `Write {"registries":{"registry.example":{"username":"...","password":"..."}}}: up to ${MAX_ITEMS} hosts as images name them, names of ` +
      `1 to ${MAX_USERNAME} characters without a colon, passwords of 1 to ${MAX_PASSWORD}, no control characters.`,
  });
}
