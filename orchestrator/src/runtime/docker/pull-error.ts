// SPDX-License-Identifier: Apache-2.0
import type { BerthError, RegistryLogin } from "@berth/sdk";
import { imageHindered, imageRefused } from "../registry/registry-errors.ts";

const NOT_FOUND = /manifest unknown|not found|does not exist|no matching manifest|invalid reference/i;
const DENIED = /unauthorized|authentication required|no basic auth|access denied|denied: |forbidden/i;
const POISONED = /verification failed|digest mismatch|unexpected digest|did not match/i;
const NO_ROOM = /no space left/i;

interface Pulled {
  readonly pin: string;
  readonly login: RegistryLogin | null;
}

/** What the engine says of a pull that failed, in our words; a registry may have put the login into it, which is hidden. */
export function pullError({ pin, login }: Pulled, message: string, cause: unknown): BerthError {
  const said = hideLogin(message, login);
  if (POISONED.test(message)) return imageRefused("E_IMAGE_DIGEST", pin, said, cause);
  if (NOT_FOUND.test(message) && !/no such host/i.test(message))
    return imageRefused("E_IMAGE_NOT_FOUND", pin, said, cause);
  if (DENIED.test(message)) return imageRefused("E_IMAGE_DENIED", pin, said, cause);
  const code = NO_ROOM.test(message) ? "E_DISK_SHORT" : "E_REGISTRY_UNREACHABLE";
  return imageHindered(code, pin, said, cause);
}

/** The text without the login, in any form in which it travels. */
export function hideLogin(text: string, login: RegistryLogin | null): string {
  if (login === null) return text;
  const { username, password } = login;
  const pair = Buffer.from(`${username}:${password}`);
  const forms = [password, encodeURIComponent(password), pair.toString("base64"), pair.toString("base64url")];
  const quoted = [JSON.stringify(password).slice(1, -1), Buffer.from(password).toString("base64")];
  return [...forms, ...quoted].reduce((shown, form) => shown.replaceAll(form, "[hidden]"), text);
}
