// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Cleanup } from "../../scripts/demonstration/cleanup.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { setUpStage, type Stage } from "../../scripts/demonstration/stage.ts";
import { leaseHello } from "../../scripts/demonstration/tenant.ts";
import { startChainNode } from "../../scripts/lib/chain-node.ts";
import { freePort } from "../../scripts/lib/free-port.ts";

/**
 * What a whole daemon did with a lease that ran and one that was new, while its firewall could not be proved, and afterwards. Told on
 * standard output by the process that runs this file, in a network of a test's own.
 */
export interface EgressScene {
  /** When the container of the lease that ran was started, as seen at each moment. */
  readonly first: readonly string[];
  readonly held: Moment;
  readonly begun: Moment;
  readonly restored: Moment;
  /** Whether the rules stand after the daemon has ended. */
  readonly outliveIt: boolean;
}

interface Moment {
  readonly workloads: number;
  /** Checks that are failing or unknown. */
  readonly amiss: readonly string[];
  readonly applied: readonly string[];
  readonly log: string;
}

const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 90_000;
/** Lets no probe through: that nothing is reached proves nothing. */
const BLOCK = `table ip blocker {
  chain forward { type filter hook forward priority -50; iifname "berthprobe*" drop; }
}`;
const signal = new AbortController().signal;

function nft(words: readonly string[], input = ""): string {
  return execFileSync("nft", [...words], { input, encoding: "utf8" });
}

async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`it was never so: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

async function play(stage: Stage): Promise<EgressScene> {
  const metricsPort = await freePort();
  const at = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${metricsPort}${path}`)).text();
  const observe = () => stage.runtime.observe(signal);
  const amiss = async (): Promise<readonly string[]> => {
    const told = JSON.parse(await at("/readyz")) as Record<
      "failing" | "unknown",
      readonly { check: string }[]
    >;
    return [...told.failing, ...told.unknown].map(({ check }) => check);
  };
  const moment = async (): Promise<Moment> => ({
    workloads: (await observe()).length,
    amiss: await amiss(),
    applied: (await at("/metrics"))
      .split("\n")
      .filter((line) => line.startsWith("berth_egress_applied_total{")),
    log: stage.orchestrator.log(),
  });
  const { leaseId } = await leaseHello(stage, () => undefined, signal);
  const startOfFirst = async (): Promise<string> => {
    const own = (await observe()).find((each) => each.leaseId === leaseId);
    return String(own?.containers[0]?.startedAt);
  };
  const first = [await startOfFirst()];
  await stage.orchestrator.stop();
  nft(["-f", "-"], BLOCK);
  const environment = { BERTH_EGRESS_FIREWALL: "required", BERTH_METRICS_PORT: String(metricsPort) };
  stage.orchestrator = await startOrchestrator({ ...stage.daemon, environment });
  const second = leaseHello(stage, () => undefined, signal);
  await until("the new lease is held", () => stage.orchestrator.log().includes("E_EGRESS_UNPROVED"));
  await until("the probe is known to fail", async () => (await amiss()).includes("egress"));
  const held = await moment();
  first.push(await startOfFirst());
  nft(["delete", "table", "ip", "blocker"]);
  await second;
  await until("all is well", async () => (await amiss()).length === 0);
  const begun = await moment();
  nft(["delete", "table", "inet", "berth"]);
  await until("the rules stand again", () => nft(["list", "tables"]).includes("inet berth"));
  await until("all is well again", async () => (await amiss()).length === 0);
  const restored = await moment();
  first.push(await startOfFirst());
  await stage.orchestrator.stop();
  return { first, held, begun, restored, outliveIt: nft(["list", "tables"]).includes("inet berth") };
}

async function main(): Promise<void> {
  const cleanup = new Cleanup();
  try {
    const stage = await setUpStage(cleanup, {
      reportIntervalSeconds: 2,
      startChain: startChainNode,
      phase: (_name, body) => body(),
      signal,
    });
    process.stdout.write(`${JSON.stringify(await play(stage))}\n`);
  } finally {
    await cleanup.run();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
  process.exit(0);
}
