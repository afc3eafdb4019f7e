// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseCompose, UserError } from "@berth/sdk";
import type { Manifest } from "@berth/sdk";
import type { Command } from "commander";
import { Option } from "commander";
import type { Address } from "viem";
import { bytesToHex } from "viem";
import { connectSigning } from "../chain/connect.ts";
import { dataDirOf } from "../config/config.ts";
import type { Config } from "../config/config.ts";
import { SECRET_VARIABLES } from "../config/key-source.ts";
import { LOGINS_VARIABLE, readLogins } from "../config/registry-logins.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import { createDocumentStore } from "../documents/store.ts";
import { DEPLOY_PHASES } from "../flows/deploy-phases.ts";
import type { Deployment, DeployPorts } from "../flows/deploy.ts";
import { deploy, resumeDeploy } from "../flows/deploy.ts";
import type { SigningSession } from "../flows/session.ts";
import { parseAddress } from "../input/address.ts";
import { parseDuration, parseHourlyRate, parseTokens, parseWhole } from "../input/units.ts";
import { deploymentText } from "../output/deployment-text.ts";
import { createPhaseView } from "../output/phases.ts";

const SALT_BYTES = 32;
const MILLISECONDS = 1_000;
/** The longest that a timer can wait. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

interface DeployOptions {
  readonly offer?: bigint;
  readonly token?: Address;
  readonly deposit?: string;
  readonly maxRate?: string;
  readonly timeout: bigint;
  readonly resume?: bigint;
  readonly registryLogins?: string;
}

/** `berth deploy`: opens a lease for a Compose file and waits until it answers. */
export function addDeploy(program: Command, bind: CommandBinder): void {
  const timeout = new Option("--timeout <time>", "how long the workload may take to be healthy");
  timeout.argParser(parseDuration).default(600n, "10m");
  const command = program
    .command("deploy")
    .description("open a lease for a Compose file, send it to the provider and wait until it is healthy")
    .argument("[compose]", "the Compose file")
    .option("--offer <id>", "lease from this offer instead of the cheapest that fits", parseWhole)
    .option("--token <address>", "only offers in this token", parseAddress)
    .option(
      "--deposit <amount>",
      "what to put into the lease, in tokens; instead of x-berth.deposit",
      parseTokens,
    )
    .option(
      "--max-rate <amount>",
      "highest rate in tokens an hour; instead of x-berth.maxRate",
      parseHourlyRate,
    )
    .addOption(timeout)
    .option(
      "--registry-logins <file>",
      `JSON file, mode 0600, with logins for private registries; or ${LOGINS_VARIABLE} with its content`,
    )
    .option("--resume <lease>", "send the manifest of an open lease again and wait for it", parseWhole);
  bind(command, runDeploy);
}

async function runDeploy(
  context: CommandContext,
  [path]: readonly [string | undefined],
  options: DeployOptions,
): Promise<void> {
  const manifest = options.resume === undefined ? readCompose(path, context.config) : null;
  const loginsFor = readLogins(options.registryLogins, context.config);
  if (manifest !== null) loginsFor(manifest);
  const session = await connectSigning(context);
  const view = createPhaseView(DEPLOY_PHASES, context.output, context.now);
  const ports = { ...portsFor(context, session, options, view.progress), loginsFor };
  try {
    const deployment =
      manifest === null
        ? await resumeDeploy(options.resume ?? 0n, ports)
        : await open(manifest, options, ports);
    await view.finish();
    showDeployment(deployment, context);
  } catch (error) {
    await view.finish(error);
    throw error;
  }
}

function open(manifest: Manifest, options: DeployOptions, ports: DeployPorts): Promise<Deployment> {
  const request = {
    manifest,
    salt: bytesToHex(randomBytes(SALT_BYTES)),
    offerId: options.offer ?? null,
    token: options.token ?? null,
    maxRatePerHour: options.maxRate ?? null,
    deposit: options.deposit ?? null,
  };
  return deploy(request, ports);
}

function portsFor(
  { config, signal }: CommandContext,
  session: SigningSession,
  { timeout }: DeployOptions,
  onProgress: DeployPorts["onProgress"],
): Omit<DeployPorts, "loginsFor"> {
  const { chainId, address } = session.market;
  const store = createDocumentStore(dataDirOf(config), { chainId, market: address });
  const timeoutMs = Math.min(Number(timeout) * MILLISECONDS, LONGEST_TIMEOUT_MS);
  return { session, store, onProgress, now: () => performance.now(), timeoutMs, signal };
}

/** The manifest of a Compose file. Variables with keys and passwords are out of its reach. */
function readCompose(path: string | undefined, config: Config): Manifest {
  if (path === undefined) throw unreadable("no Compose file was named", "`berth deploy compose.yaml`", null);
  const environment = Object.fromEntries(
    Object.entries(config.sources.environment).flatMap(([name, value]) =>
      value === undefined || SECRET_VARIABLES.includes(name) ? [] : [[name, value]],
    ),
  );
  let text: string;
  try {
    text = readFileSync(resolve(config.sources.folder, path), "utf8");
  } catch (error) {
    throw unreadable(`the Compose file ${path} cannot be read`, "the path of a file that exists", error);
  }
  return parseCompose(text, { environment });
}

function unreadable(what: string, instead: string, cause: unknown): UserError {
  return new UserError("E_COMPOSE_UNREADABLE", `There is nothing to deploy: ${what}.`, {
    atRisk: "nothing: no lease was opened",
    next: `Write ${instead}.`,
    cause,
  });
}

function showDeployment(deployment: Deployment, { output, now }: CommandContext): void {
  output.data({ step: "deployed", at: now().toISOString(), ...deployment }, deploymentText(deployment));
}
