// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import {
  addressOfSource,
  type KeySource,
  type KeyWords,
  openAccount,
  readPasswordFile,
} from "@berth/sdk/keys";
import type { Address, LocalAccount } from "viem";
import type { CommandContext } from "../context.ts";
import type { Config, ConfigSources } from "./config.ts";
import { LOGINS_VARIABLE } from "./registry-logins.ts";
import { environmentName, flagName, type SettingKey } from "./settings.ts";

/** Variable of the environment that may hold the key itself. */
const PRIVATE_KEY_VARIABLE = "BERTH_PRIVATE_KEY";

/** A key that is configured, by the names of its settings. */
export interface KeySettings {
  readonly file: SettingKey;
  readonly passwordFile: SettingKey;
  readonly signerUrl: SettingKey;
  readonly signerAddress: SettingKey;
  /** The variable with the keystore's password. */
  readonly passwordVariable: string;
  /** The variable with the key itself, where there is one. */
  readonly keyVariable?: string;
  readonly words: KeyWords;
}

/** The tenant's key, or the owner's of a provider. */
export const OWN_KEY = {
  file: "keyFile",
  passwordFile: "passwordFile",
  signerUrl: "signerUrl",
  signerAddress: "signerAddress",
  passwordVariable: "BERTH_PASSWORD",
  keyVariable: PRIVATE_KEY_VARIABLE,
  words: {
    key: "account's key",
    fileSetting: "--key-file or BERTH_KEY_FILE",
    passwordSetting: "--password-file or BERTH_PASSWORD_FILE",
    atRisk: "everything that the key controls",
  },
} as const satisfies KeySettings;

/** The key of the daemon. */
export const OPERATOR_KEY = {
  file: "operatorKeyFile",
  passwordFile: "operatorPasswordFile",
  signerUrl: "operatorSignerUrl",
  signerAddress: "operatorAddress",
  passwordVariable: "BERTH_OPERATOR_PASSWORD",
  words: {
    key: "operator's key",
    fileSetting: "--operator-key-file or BERTH_OPERATOR_KEY_FILE",
    passwordSetting: "--operator-password-file or BERTH_OPERATOR_PASSWORD_FILE",
    atRisk: "what the operator may do: reports, starts and closes of leases; neither stake nor earnings",
  },
} as const satisfies KeySettings;

/** Variables that hold a secret: they stay out of everything that is made of the environment. */
export const SECRET_VARIABLES: readonly string[] = [
  LOGINS_VARIABLE,
  OWN_KEY.keyVariable,
  OWN_KEY.passwordVariable,
  OPERATOR_KEY.passwordVariable,
];

/** The key variable, the file or the signer; null where none is configured. */
export type ChosenKey = "keyVariable" | "file" | "signerUrl" | null;

/**
 * Which source is configured: flags come before the environment, that before the file. Two in one place are a mistake: UserError
 * E_KEY_AMBIGUOUS.
 */
export function chosenKey({ sources }: Config, settings: KeySettings): ChosenKey {
  for (const named of [inFlags, inEnvironment, inFile]) {
    const found = (["keyVariable", "file", "signerUrl"] as const).filter((kind) =>
      named(sources, settings, kind),
    );
    const [only = null, ...others] = found;
    if (others.length > 0) throw ambiguous(found.map((kind) => nameOf(settings, kind)));
    if (only !== null) return only;
  }
  return null;
}

/** The account that signs. Throws UserError E_KEY_MISSING, E_KEY_AMBIGUOUS, and what `openAccount` throws. */
export function openKey(
  context: Pick<CommandContext, "config" | "prompt" | "signal">,
): Promise<LocalAccount> {
  const ask = (): Promise<string> => context.prompt.secret("Password of the keystore?", "--password-file");
  return openAccount(sourceOf(context.config, OWN_KEY, ask), OWN_KEY.words, context.signal);
}

/** Whose key is configured, without asking for a password. Throws as {@link openKey}. */
export function keyAddress(config: Config, settings: KeySettings): Address {
  return addressOfSource(
    sourceOf(config, settings, () => ""),
    settings.words,
  );
}

/** The password that file or environment have for a keystore, else what `ask` answers. */
export function configuredPassword(
  config: Config,
  settings: KeySettings,
  ask: () => string | Promise<string>,
): string | Promise<string> {
  const path = config.get(settings.passwordFile);
  if (path !== undefined) return readPasswordFile(String(path), settings.words);
  return config.sources.environment[settings.passwordVariable] || ask();
}

function sourceOf(config: Config, settings: KeySettings, ask: () => string | Promise<string>): KeySource {
  const chosen = chosenKey(config, settings);
  if (chosen === null) throw missing(settings);
  if (chosen === "signerUrl") {
    const address = config.require(settings.signerAddress) as Address;
    return { kind: "signer", url: String(config.require(settings.signerUrl)), address };
  }
  if (chosen === "keyVariable") {
    const origin = settings.keyVariable ?? "";
    return { kind: "key", key: config.sources.environment[origin] ?? "", origin };
  }
  const password = (): string | Promise<string> => configuredPassword(config, settings, ask);
  return { kind: "file", path: String(config.require(settings.file)), password };
}

type Kind = Exclude<ChosenKey, null>;

function inFlags({ flags }: ConfigSources, settings: KeySettings, kind: Kind): boolean {
  return kind !== "keyVariable" && flags[settings[kind]] !== undefined;
}

function inEnvironment({ environment }: ConfigSources, settings: KeySettings, kind: Kind): boolean {
  const name = nameOf(settings, kind);
  return name !== undefined && Boolean(environment[name]);
}

function inFile({ file }: ConfigSources, settings: KeySettings, kind: Kind): boolean {
  return kind !== "keyVariable" && file?.values[settings[kind]] !== undefined;
}

function nameOf(settings: KeySettings, kind: Kind): string | undefined {
  return kind === "keyVariable" ? settings.keyVariable : environmentName(settings[kind]);
}

function ambiguous(names: readonly (string | undefined)[]): UserError {
  const sources = names.join(" and ");
  return new UserError("E_KEY_AMBIGUOUS", `More than one source of a key is configured: ${sources}.`, {
    atRisk: "nothing: nothing was signed",
    next: "Keep one of them; a flag goes before all of them.",
    facts: { sources },
  });
}

function missing(settings: KeySettings): UserError {
  const { file, signerUrl, keyVariable } = settings;
  const names = [flagName(file), ...(keyVariable === undefined ? [] : [keyVariable]), environmentName(file)];
  const searched = [...names, flagName(signerUrl), environmentName(signerUrl)].join(", ");
  return new UserError(
    "E_KEY_MISSING",
    `The ${settings.words.key} is not configured; looked for ${searched}.`,
    {
      atRisk: "nothing: nothing was signed",
      next: `Make a keystore with \`berth key new <file>\` and name it with ${flagName(file)}, or name an external signer.`,
      facts: { searched },
    },
  );
}
