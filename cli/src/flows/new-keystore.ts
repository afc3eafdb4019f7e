// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { UserError } from "@berth/sdk";
import { fileExists } from "@berth/sdk/keys";
import { configuredPassword, type KeySettings } from "../config/key-source.ts";
import { flagName } from "../config/settings.ts";
import type { CommandContext } from "../context.ts";

/** Throws UserError E_FILE_EXISTS, before anybody is asked for a password. */
export function requireFree(path: string): void {
  if (existsSync(path)) throw fileExists(path);
}

/**
 * The password of a keystore that is to be made: configured, else asked for twice. Throws UserError E_PASSWORD_EMPTY or
 * E_PASSWORD_DIFFERS.
 */
export async function newPassword(
  { config, prompt }: Pick<CommandContext, "config" | "prompt">,
  settings: KeySettings,
): Promise<string> {
  const flag = flagName(settings.passwordFile);
  const twice = async (): Promise<string> => {
    const said = await prompt.secret("New password of the keystore?", flag);
    if (said !== (await prompt.secret("The same again?", flag))) throw differs();
    return said;
  };
  const password = await configuredPassword(config, settings, twice);
  if (password !== "") return password;
  throw new UserError("E_PASSWORD_EMPTY", "The password is empty.", {
    atRisk: "nothing: nothing was written",
    next: "Put a password into the file: a keystore without one is a plain key.",
  });
}

function differs(): UserError {
  return new UserError("E_PASSWORD_DIFFERS", "The two passwords are not the same.", {
    atRisk: "nothing: nothing was written",
    next: "Run the command again.",
  });
}
