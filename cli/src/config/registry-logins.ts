// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import {
  type Manifest,
  type ManifestSecrets,
  neededLogins,
  parseManifestSecrets,
  requireUsed,
  UserError,
} from "@berth/sdk";
import { readPrivateFile } from "@berth/sdk/keys";
import type { Config } from "./config.ts";

/** Variable of the environment that may hold the logins themselves, as JSON. */
export const LOGINS_VARIABLE = "BERTH_REGISTRY_LOGINS";

/** What of the logins the provider of a manifest is told; null where it is nothing. */
export type LoginsFor = (manifest: Manifest) => ManifestSecrets | null;

/**
 * The logins of a file, each of which the manifest must need, or those of the environment, as far as it needs them. UserError
 * E_LOGINS_UNREADABLE, E_SECRETS_INVALID, E_SECRETS_UNUSED; none quotes anything of them.
 */
export function readLogins(path: string | undefined, { sources }: Pick<Config, "sources">): LoginsFor {
  const variable = sources.environment[LOGINS_VARIABLE] || null;
  if (path === undefined && variable === null) return () => null;
  if (path === undefined) {
    const secrets = parsed(variable ?? "", LOGINS_VARIABLE);
    return (manifest) => neededLogins(secrets, manifest);
  }
  const secrets = parsed(textOf(resolve(sources.folder, path)), path);
  return (manifest) => {
    requireUsed(secrets, manifest);
    return neededLogins(secrets, manifest);
  };
}

function textOf(path: string): string {
  let file: ReturnType<typeof readPrivateFile>;
  try {
    file = readPrivateFile(path);
  } catch {
    throw unreadable(path, "it cannot be opened", `Name a file that exists, or give ${LOGINS_VARIABLE}.`);
  }
  if (file.isExposed)
    throw unreadable(path, "others on this machine may read it", `Run \`chmod 600 ${path}\`.`);
  return file.text;
}

function parsed(text: string, source: string): ManifestSecrets {
  let registries: unknown;
  try {
    registries = JSON.parse(text);
  } catch {
    const next =
      'Write {"registry.example":{"username":"...","password":"..."}}, each registry as the images name it.';
    throw unreadable(source, "it is not JSON", next);
  }
  return parseManifestSecrets({ registries });
}

function unreadable(source: string, why: string, next: string): UserError {
  return new UserError(
    "E_LOGINS_UNREADABLE",
    `The logins for registries in ${source} are not used: ${why}.`,
    {
      atRisk: "nothing: nothing was sent",
      next,
      facts: { source },
    },
  );
}
