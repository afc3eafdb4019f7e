// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InvariantError, PermanentError, UserError } from "@berth/sdk";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import config from "../../hardhat.config.ts";
import type { DeployOptions } from "./arguments.ts";
import { ask, type Chain } from "./chain.ts";
import { requireChainId, requireCreateX, requireDeployer, requireTransientStorage } from "./chain-checks.ts";
import { requireNetwork } from "./network.ts";
import { readPeriods } from "./parameters.ts";
import { planText, type Plan } from "./plan-text.ts";
import { parameterNames, predictAddress } from "./prediction.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FUTURE = "ComputeMarket#ComputeMarket";

type Hardhat = Awaited<ReturnType<typeof createHardhatRuntimeEnvironment>>;

/**
 * Checks the chain, says what will be done, and deploys the market through Ignition and CreateX. Ignition asks for a yes where the
 * chain is not a local one. Throws UserError, PermanentError or RetryableError before anything is sent, and PermanentError when
 * Ignition could not finish.
 */
export async function deployMarket(options: DeployOptions, say: (text: string) => void): Promise<void> {
  const { network, buildProfile } = options;
  const hardhat = await createHardhatRuntimeEnvironment(patient(), { network, buildProfile }, ROOT);
  const chainId = await requireNetwork(hardhat.config.networks, network);
  const { provider: chain } = await hardhat.network.create();
  await requireChainId(chain, network, chainId);
  await requireTransientStorage(chain);
  const createXThere = await requireCreateX(chain, chainId);
  const deployer = await requireDeployer(chain);
  const id = options.deploymentId ?? `chain-${chainId}`;
  const records = `deploy/deployments/${id}`;
  const { address, periods } = await compiled(hardhat, options);
  const plan: Plan = { network, chainId, deployer, periods, buildProfile, address, createXThere, records };
  say(planText(plan));
  await requireFree(chain, plan);
  if (options.dryRun) return say("Nothing was sent: this was a dry run.");
  await throughIgnition(hardhat, options, id, plan, say);
}

/** The configuration with Ignition's own patience, as shared chains need it: the local one is for nodes that mine at once. */
function patient(): typeof config {
  const { strategyConfig } = config.ignition ?? {};
  return { ...config, ignition: { strategyConfig } };
}

async function compiled(
  hardhat: Hardhat,
  options: DeployOptions,
): Promise<Pick<Plan, "address" | "periods">> {
  await hardhat.tasks.getTask("build").run({ quiet: true, noTests: true }).catch(uncompiled);
  const contract = await hardhat.artifacts.readArtifact("ComputeMarket");
  const periods = readPeriods(options.parameters, parameterNames(contract));
  const salt = config.ignition?.strategyConfig?.create2?.salt ?? "";
  const values = periods.map(({ seconds }) => seconds);
  return { periods, address: predictAddress(contract, values, salt) };
}

async function requireFree(chain: Chain, { address, records }: Plan): Promise<void> {
  if ((await ask(chain, "eth_getCode", [address, "latest"])) === "0x") return;
  if (existsSync(`${ROOT}${records}/journal.jsonl`)) return;
  throw new UserError("E_DEPLOY_ALREADY_THERE", `This market is at ${address} already.`, {
    atRisk:
      "nothing: the address itself proves that it is this code with these periods, whoever put it there",
    next: `Use it. Where its source is not verified yet, docs/deploying.md says how to verify it without a record.`,
    facts: { address },
  });
}

async function throughIgnition(
  hardhat: Hardhat,
  options: DeployOptions,
  deploymentId: string,
  plan: Plan,
  say: (text: string) => void,
): Promise<void> {
  const task = hardhat.tasks.getTask(["ignition", "deploy"]).run({
    modulePath: `${ROOT}deploy/modules/ComputeMarket.ts`,
    parameters: options.parameters,
    deploymentId,
    strategy: "create2",
  }) as Promise<IgnitionResult | null>;
  const result = await task.catch((cause: unknown) => {
    throw unfinished(wordsOf(cause), plan, cause);
  });
  if (result === null) return say("Nothing was sent.");
  if (result.type !== "SUCCESSFUL_DEPLOYMENT") throw unfinished(result.type, plan);
  const actual = result.contracts?.[FUTURE]?.address;
  if (actual !== plan.address) throw astray(plan.address, actual);
  say(`ComputeMarket is at ${actual} on ${plan.network}; ${plan.records} has the records.`);
}

interface IgnitionResult {
  readonly type: string;
  readonly contracts?: Readonly<Record<string, { readonly address?: string }>>;
}

function uncompiled(cause: unknown): never {
  throw new PermanentError("E_DEPLOY_BUILD_FAILED", `The market was not compiled: ${wordsOf(cause)}`, {
    atRisk: "nothing: nothing was sent",
    next: "Take a clean checkout and `npm ci`; see above for what the compiler says.",
    cause,
  });
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function unfinished(result: string, { records }: Plan, cause?: unknown): PermanentError {
  return new PermanentError("E_DEPLOY_UNFINISHED", `Ignition did not finish: ${result}.`, {
    atRisk: "the fees of what was sent; a transaction may still be on its way",
    next: `Read what Ignition says above, then give the same command again: ${records} lets it go on where it stopped.`,
    facts: { result },
    cause,
  });
}

function astray(expected: string, actual: string | undefined): InvariantError {
  return new InvariantError("E_DEPLOY_ADDRESS_ASTRAY", `The market is at ${actual} and not at ${expected}.`, {
    atRisk: "the address that every other chain has: do not announce this one",
    next: "Compare the build profile, the parameters and the salt with docs/deploying.md.",
    facts: { expected, actual: String(actual) },
  });
}
