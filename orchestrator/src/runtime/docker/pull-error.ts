// SPDX-License-Identifier: Apache-2.0
import type { BerthError, RegistryLogin } from "@berth/sdk";
import { imageHindered, imageRefused } from "../registry/registry-errors.ts";

const NOT_FOUND = /manifest unknown|not found|does not exist|no matching manifest|invalid reference/i;
const DENIED = /unauthorized|authentication required|no basic auth|access denied|denied: |forbidden/i;
const POISONED = /verification failed|digest mismatch|unexpected digest|did not match/i;
const NO_ROOM = /no space left/i;
const TOO_MANY = /toomanyrequests|rate limit/i;

interface Pulled {
  readonly pin: string;
  readonly login: RegistryLogin | null;
}

/**
 * What the engine says of a pull that failed, in our words. Its own may quote what a registry wrote, or whoever it was sent on to, inside the
 * provider's network too: they are the error's cause, for his log alone, with the login hidden that a registry may have put into them.
 */
export function pullError({ pin, login }: Pulled, message: string): BerthError {
  const cause = new Error(hideLogin(message, login));
  if (POISONED.test(message))
    return imageRefused("E_IMAGE_DIGEST", pin, "what came is not what its digest names", cause);
  if (NOT_FOUND.test(message) && !/no such host/i.test(message))
    return imageRefused("E_IMAGE_NOT_FOUND", pin, "its registry does not have it for this machine", cause);
  if (DENIED.test(message))
    return imageRefused("E_IMAGE_DENIED", pin, "its registry does not give it", cause);
  if (NO_ROOM.test(message))
    return imageHindered("E_DISK_SHORT", pin, "there is no room on the provider's disk", cause);
  const why = TOO_MANY.test(message) ? "its registry gives no more for now" : "its registry cannot be read";
  return imageHindered("E_REGISTRY_UNREACHABLE", pin, why, cause);
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
