// SPDX-License-Identifier: Apache-2.0
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "@berth/sdk";
import type { ConfigFile } from "./config-file.ts";
import { CONFIG_FILE, readConfigFile } from "./config-file.ts";
import type { Environment } from "./environment.ts";
import { withDotEnv } from "./environment.ts";
import type { SettingKey, SettingValue } from "./settings.ts";
import { environmentName, flagName, pathSettings, settingSchemas } from "./settings.ts";

/** Where the values come from, strongest first: flags, environment, file. */
export interface ConfigSources {
  /** Flags as given on the command line, by setting. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Environment;
  readonly file: ConfigFile | null;
  /** The working folder. */
  readonly folder: string;
}

/** Reads settings lazily, so that a wrong value harms only the commands that need it. */
export interface Config {
  readonly sources: ConfigSources;
  /** The value, or undefined where no source has one. Throws UserError E_CONFIG_INVALID. */
  get<K extends SettingKey>(key: K): SettingValue<K> | undefined;
  /** The value. Throws UserError E_CONFIG_MISSING, which names the key, the places that were searched and the fix. */
  require<K extends SettingKey>(key: K): SettingValue<K>;
}

interface Candidate {
  readonly raw: unknown;
  readonly origin: string;
  readonly folder: string;
}

/** Collects the sources. `flags.config` names the file. Throws what `readConfigFile` throws. */
export function loadConfig(
  flags: Readonly<Record<string, unknown>>,
  environment: Environment,
  folder: string,
): Config {
  const named = typeof flags["config"] === "string" ? flags["config"] : undefined;
  const file = readConfigFile(named, folder);
  return configOf({ flags, environment: withDotEnv(environment, folder), file, folder });
}

/** The configuration that these sources make. */
export function configOf(sources: ConfigSources): Config {
  const get = <K extends SettingKey>(key: K): SettingValue<K> | undefined => {
    const candidate = find(key, sources);
    return candidate === null ? undefined : checked(key, candidate);
  };
  const require = <K extends SettingKey>(key: K): SettingValue<K> => {
    const value = get(key);
    if (value === undefined) throw missing(key, sources);
    return value;
  };
  return { sources, get, require };
}

/** The folder for documents and journals: configured, else `$XDG_DATA_HOME/berth`, else `~/.local/share/berth`. */
export function dataDirOf(config: Config): string {
  const configured = config.get("dataDir");
  if (configured !== undefined) return configured;
  const shared = config.sources.environment["XDG_DATA_HOME"];
  return join(shared || join(homedir(), ".local", "share"), "berth");
}

function find(key: SettingKey, sources: ConfigSources): Candidate | null {
  const flag = sources.flags[key];
  if (flag !== undefined) return { raw: flag, origin: flagName(key), folder: sources.folder };
  const name = environmentName(key);
  const variable = sources.environment[name];
  if (variable !== undefined && variable !== "")
    return { raw: variable, origin: name, folder: sources.folder };
  const value = sources.file?.values[key];
  if (sources.file === null || value === undefined) return null;
  return { raw: value, origin: `${key} in ${sources.file.path}`, folder: sources.file.folder };
}

function checked<K extends SettingKey>(key: K, candidate: Candidate): SettingValue<K> {
  const parsed = settingSchemas[key].safeParse(candidate.raw);
  if (!parsed.success) throw invalid(key, candidate, parsed.error.issues[0]?.message ?? "not valid");
  const value = parsed.data as SettingValue<K>;
  if (typeof value !== "string" || !pathSettings.has(key)) return value;
  return resolve(candidate.folder, value) as SettingValue<K>;
}

function invalid(key: SettingKey, candidate: Candidate, what: string): UserError {
  return new UserError("E_CONFIG_INVALID", `${key} is not valid: ${what} (from ${candidate.origin}).`, {
    atRisk: "nothing: no command was carried out",
    next: `Correct ${candidate.origin}.`,
    facts: { key, origin: candidate.origin },
  });
}

function missing(key: SettingKey, sources: ConfigSources): UserError {
  const file = sources.file?.path ?? `${join(sources.folder, CONFIG_FILE)} (not there)`;
  const searched = `${flagName(key)}, ${environmentName(key)} and ${key} in ${file}`;
  return new UserError("E_CONFIG_MISSING", `${key} is not set; looked for ${searched}.`, {
    atRisk: "nothing: no command was carried out",
    next: `Pass ${flagName(key)}, set ${environmentName(key)} (in .env if you like), or write it into ${CONFIG_FILE}.`,
    facts: { key, searched },
  });
}
