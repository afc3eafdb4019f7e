// SPDX-License-Identifier: Apache-2.0
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { marketAddresses, UserError } from "@berth/sdk";
import { writeKeystore } from "@berth/sdk/keys";
import type { Command } from "commander";
import type { Address } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { CONFIG_FILE } from "../../config/config-file.ts";
import type { Config } from "../../config/config.ts";
import { configOf, dataDirOf } from "../../config/config.ts";
import { chosenKey, configuredPassword, keyAddress, OPERATOR_KEY, OWN_KEY } from "../../config/key-source.ts";
import { createKeyFile, moveAside } from "../../config/new-key-file.ts";
import type { SettingKey } from "../../config/settings.ts";
import {
  daemonSettings,
  environmentName,
  flagName,
  settingKeys,
  settingPurposes,
} from "../../config/settings.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { jsonText } from "../../output/json.ts";
import { fields } from "../../output/table.ts";

/** What a provider cannot do without. */
const NEEDED: readonly SettingKey[] = ["rpcUrl", "chainId", "market", "publicEndpoint"];
const KEY_FILE = "operator.key";

interface InitOptions {
  readonly out?: string;
  readonly force?: boolean;
}

/** `berth provider init`: writes the configuration and a key for the daemon. */
export function addInit(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("init")
    .description("write berth.config.json and a new key for the daemon")
    .option("--out <file>", "file to write instead of berth.config.json")
    .option("--force", "replace the file; a key that is there is moved aside");
  for (const key of daemonSettings) {
    if (key !== "takeover") command.option(`${flagName(key)} <value>`, settingPurposes[key]);
  }
  bind(command, runInit);
}

async function runInit(
  context: CommandContext,
  _args: readonly [],
  { out, force = false }: InitOptions,
): Promise<void> {
  const { output } = context;
  const folder = context.config.sources.folder;
  const path = resolve(folder, out ?? CONFIG_FILE);
  const config = await withAnswers(context);
  const keyPath = keyPathOf(config);
  if (!force) requireAbsent([path, keyPath ?? path]);
  const provider = providerOf(config);
  const values = {
    ...writtenValues(config),
    ...(provider === null ? {} : { provider }),
    ...gatewayPortOf(config),
    ...(keyPath === null ? {} : { operatorKeyFile: keyPath }),
  };
  const operator = await operatorOf(config, keyPath);
  writeFileSync(path, jsonText(values), { flag: force ? "w" : "wx" });
  output.data(
    { configFile: path, operatorKeyFile: keyPath, operator, provider },
    initText(path, keyPath, operator, provider),
  );
}

/** The configuration, with answers for what no source has. A market that is known for the chain needs no answer. */
async function withAnswers({ config, prompt }: CommandContext): Promise<Config> {
  let complete = config;
  for (const key of NEEDED) {
    if (complete.get(key) !== undefined) continue;
    if (key === "rpcUrl" && complete.get("rpcUrls") !== undefined) continue;
    if (key === "market" && marketAddresses[complete.require("chainId")] !== undefined) continue;
    const answer = await prompt.ask(`${settingPurposes[key]}?`, flagName(key));
    complete = configOf({ ...complete.sources, flags: { ...complete.sources.flags, [key]: answer } });
    complete.get(key);
  }
  return complete;
}

/** Values that came by flag, answer or file; what the environment holds stays there, since it may be secret. */
function writtenValues(config: Config): Readonly<Record<string, unknown>> {
  const { flags, environment, file } = config.sources;
  const isWritten = (key: SettingKey): boolean =>
    flags[key] !== undefined || (file?.values[key] !== undefined && !environment[environmentName(key)]);
  const keys = settingKeys.filter((key) => key !== "json" && isWritten(key));
  return Object.fromEntries(keys.map((key) => [key, config.get(key)]));
}

/** The gateway listens on the port that tenants are told, unless something else was said. */
function gatewayPortOf(config: Config): { readonly gatewayPort?: number } {
  const port = new URL(config.require("publicEndpoint")).port;
  return config.get("gatewayPort") === undefined && port !== "" ? { gatewayPort: Number(port) } : {};
}

function providerOf(config: Config): Address | null {
  const configured = config.get("provider");
  if (configured !== undefined) return configured;
  return chosenKey(config, OWN_KEY) === null ? null : keyAddress(config, OWN_KEY);
}

/** Where the new key of the daemon goes; null where an external signer holds it. */
function keyPathOf(config: Config): string | null {
  if (chosenKey(config, OPERATOR_KEY) === "signerUrl") return null;
  return config.get("operatorKeyFile") ?? join(dataDirOf(config), KEY_FILE);
}

/** The signer's account, or that of a new key: a keystore where a password is configured, else plain for local development. */
async function operatorOf(config: Config, path: string | null): Promise<Address> {
  if (path === null) return keyAddress(config, OPERATOR_KEY);
  const password = await configuredPassword(config, OPERATOR_KEY, () => "");
  if (password === "") return createKeyFile(path);
  moveAside(path);
  return writeKeystore(path, generatePrivateKey(), password);
}

function initText(path: string, keyPath: string | null, operator: Address, provider: Address | null): string {
  return fields([
    ["configuration", path],
    ["operator key", keyPath ?? "held by the external signer"],
    ["operator", operator],
    ["provider", provider ?? "not known yet: name the owner's key with --key-file"],
    ["next", `send the operator some coin for gas, then \`berth provider register\``],
  ]);
}

function requireAbsent(files: readonly string[]): void {
  for (const file of files) if (existsSync(file)) throw alreadyThere(file);
}

function alreadyThere(file: string): UserError {
  return new UserError("E_FILE_EXISTS", `${file} is there already.`, {
    atRisk: "nothing: nothing was written",
    next: "Pass --force to replace it, or choose another name with --out and --operator-key-file.",
    facts: { file },
  });
}
