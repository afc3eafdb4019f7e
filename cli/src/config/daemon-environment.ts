// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config.ts";
import { dataDirOf } from "./config.ts";
import { PRIVATE_KEY_VARIABLE } from "./private-key.ts";
import type { SettingKey } from "./settings.ts";
import { daemonSettings, environmentName } from "./settings.ts";

/** Variables that the daemon must not see: the owner's key is none of its business. */
const WITHHELD: readonly string[] = [PRIVATE_KEY_VARIABLE, environmentName("keyFile")];

const HANDED_ON: readonly SettingKey[] = [
  "rpcUrl",
  "chainId",
  "market",
  "provider",
  "startBlock",
  ...daemonSettings,
];

/** The environment of the daemon: ours, with every setting written out, and without the owner's key. */
export function daemonEnvironment(config: Config): Record<string, string> {
  const entries = Object.entries(config.sources.environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !WITHHELD.includes(entry[0]),
  );
  const settings = HANDED_ON.flatMap((key) => {
    const value = config.get(key);
    return value === undefined ? [] : [[environmentName(key), String(value)]];
  });
  const dataDir = [environmentName("dataDir"), dataDirOf(config)];
  return Object.fromEntries([...entries, ...settings, dataDir]) as Record<string, string>;
}
