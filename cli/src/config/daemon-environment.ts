// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config.ts";
import { dataDirOf } from "./config.ts";
import { chosenKey, OPERATOR_KEY, OWN_KEY } from "./key-source.ts";
import { LOGINS_VARIABLE } from "./registry-logins.ts";
import type { SettingKey } from "./settings.ts";
import { daemonSettings, environmentName } from "./settings.ts";

/** Variables that the daemon must not see: the owner's key and his logins are none of its business. */
const WITHHELD: readonly string[] = [
  LOGINS_VARIABLE,
  OWN_KEY.keyVariable,
  OWN_KEY.passwordVariable,
  ...([OWN_KEY.file, OWN_KEY.passwordFile, OWN_KEY.signerUrl, OWN_KEY.signerAddress] as const).map(
    environmentName,
  ),
];

/** What belongs to the operator's key of one kind, and must not stand beside the other. */
const OF_FILE: readonly SettingKey[] = [OPERATOR_KEY.file, OPERATOR_KEY.passwordFile];
const OF_SIGNER: readonly SettingKey[] = [OPERATOR_KEY.signerUrl, OPERATOR_KEY.signerAddress];

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
  const isSigner = chosenKey(config, OPERATOR_KEY) === "signerUrl";
  const unused = isSigner ? OF_FILE : OF_SIGNER;
  const withheld = [
    ...WITHHELD,
    ...unused.map(environmentName),
    ...(isSigner ? [OPERATOR_KEY.passwordVariable] : []),
  ];
  const entries = Object.entries(config.sources.environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !withheld.includes(entry[0]),
  );
  const settings = HANDED_ON.filter((key) => !unused.includes(key)).flatMap((key) => {
    const value = config.get(key);
    return value === undefined ? [] : [[environmentName(key), String(value)]];
  });
  const dataDir = [environmentName("dataDir"), dataDirOf(config)];
  return Object.fromEntries([...entries, ...settings, dataDir]) as Record<string, string>;
}
