// SPDX-License-Identifier: Apache-2.0
import type { Inventory } from "@berth/sdk/hardware";
import { type HostCapabilities, judgeHost } from "@berth/sdk";
import { dataDirOf } from "../config/config.ts";
import { settingKeys } from "../config/settings.ts";
import type { CommandContext } from "../context.ts";
import { lookHere, roomOf } from "../flows/machine-room.ts";
import { diagnoseChain } from "./diagnose-chain.ts";
import type { ChainDiagnosis } from "./diagnose-chain.ts";
import { after, factOf, valueOf } from "./fact.ts";
import type { Fact, Finding } from "./finding.ts";
import { failed, judged, ok, unknown } from "./finding.ts";
import { judgeCapacity, judgeInventory } from "./judge-capacity.ts";
import { judgeFirewall } from "./judge-firewall.ts";
import { judgeEndpoint, judgeEngine, judgeFolder, judgeGateway, judgeStrays } from "./judge-machine.ts";
import { judgeSubnets } from "./judge-subnets.ts";
import { askDaemon } from "./probe-firewall.ts";
import { judgeVolumes } from "./judge-volumes.ts";
import { probeHost } from "./probe-host.ts";
import type { ProviderOverview } from "../flows/provider-overview.ts";
import { listenerAt, probeEngine, probeFolder, probeGateway, probeStrays } from "./probe-machine.ts";
import { probeVolumes } from "./probe-volumes.ts";
import type { Stray } from "./probe-strays.ts";

/** What a provider cannot do without. */
const NEEDED = ["chainId", "publicEndpoint"] as const;

/** Looks at everything that a provider depends on, from this machine. Sends nothing, changes nothing. */
export async function diagnose(context: CommandContext): Promise<readonly Finding[]> {
  const configuration = await diagnoseConfiguration(context);
  const isConfigured = configuration.every(({ state }) => state === "ok");
  if (!isConfigured) return [...configuration, unknown("everything else", "the configuration comes first")];
  const chain = await diagnoseChain(context);
  return [...configuration, ...chain.findings, ...(await diagnoseMachine(context, chain))];
}

async function diagnoseConfiguration({ config, signal }: CommandContext): Promise<readonly Finding[]> {
  const check = "configuration";
  const list = await factOf(signal, () => config.get("rpcUrls"));
  const needed: readonly string[] = valueOf(list) === undefined ? ["rpcUrl", ...NEEDED] : NEEDED;
  const facts = await Promise.all(
    settingKeys.map((key) =>
      factOf(signal, () => (needed.includes(key) ? config.require(key) : config.get(key))),
    ),
  );
  const wrong = facts.flatMap((fact) =>
    fact !== null && "error" in fact ? [failed(check, fact.error)] : [],
  );
  if (wrong.length > 0) return wrong;
  return [ok(check, config.sources.file?.path ?? "from the environment")];
}

async function diagnoseMachine(
  { config, signal }: CommandContext,
  { overview, market }: ChainDiagnosis,
): Promise<readonly Finding[]> {
  const dockerHost = config.sources.environment["DOCKER_HOST"];
  const socket = config.get("dockerSocket");
  const engine = await factOf(signal, () => probeEngine(socket, dockerHost, signal));
  const strays = await after(engine, signal, () => probeStrays(socket, dockerHost, signal));
  const machine = await after(engine, signal, () => probeHost(config, signal));
  const folder = await factOf(signal, () => probeFolder(dataDirOf(config)));
  const inventory = await factOf(signal, () => lookHere(config, signal));
  const port = config.get("gatewayPort") ?? 0;
  const host = config.get("gatewayHost") ?? "127.0.0.1";
  const gateway = port === 0 ? null : await factOf(signal, () => probeGateway(host, port, signal));
  const configured = config.require("publicEndpoint");
  const listener = await factOf(signal, () => listenerAt(configured, signal));
  const isRunning = port === 0 || ["daemon", "stalled"].includes(valueOf(gateway)?.listener ?? "nobody");
  return [
    judged("engine", engine, judgeEngine),
    ...straysOf(strays),
    await diagnoseFirewall({ config, signal }, valueOf(machine)),
    ...machineOf(machine, overview),
    judged("data folder", folder, judgeFolder),
    judged("hardware", inventory, judgeInventory),
    ...capacityOf(config, valueOf(inventory), overview),
    volumesOf(config),
    judged("gateway", gateway, judgeGateway, "gatewayPort is 0: any free port"),
    judged("public endpoint", listener, (each) =>
      judgeEndpoint(
        market ?? "",
        { configured, onChain: overview?.endpoint ?? null, listener: each },
        isRunning,
      ),
    ),
  ];
}

/** Nothing where the machine or the offers are not known. */
function capacityOf(
  config: CommandContext["config"],
  inventory: Inventory | null,
  overview: ChainDiagnosis["overview"],
): readonly Finding[] {
  if (inventory === null || overview === null) return [];
  const open = overview.offers.filter(({ closed }) => !closed);
  const places = open.map(({ capacity, resources }) => ({ places: capacity, resources }));
  return [judgeCapacity(roomOf(config, inventory), places)];
}

async function diagnoseFirewall(
  { config, signal }: Pick<CommandContext, "config" | "signal">,
  tools: HostCapabilities | null,
): Promise<Finding> {
  const port = config.get("gatewayPort") ?? 0;
  const host = config.get("gatewayHost") ?? "127.0.0.1";
  return judgeFirewall({
    mode: config.get("egressFirewall") ?? null,
    chainId: config.require("chainId"),
    tools,
    daemon: port === 0 ? null : await askDaemon(host, port, signal),
  });
}

/** Nothing where there is no engine to ask. */
function machineOf(fact: Fact<HostCapabilities>, overview: ProviderOverview | null): readonly Finding[] {
  if (fact === null) return [];
  if ("error" in fact) return [failed("machine", fact.error)];
  return [judgeSubnets(fact.value.networks, overview?.offers ?? null), ...judgeHost(fact.value)];
}

/** Nothing where it made no sense to look: the engine is away, or on another machine. */
function straysOf(fact: Fact<readonly Stray[] | null>): readonly Finding[] {
  if (fact === null) return [];
  if ("error" in fact) return [failed("container processes", fact.error)];
  return fact.value === null ? [] : [judgeStrays(fact.value)];
}

function volumesOf(config: CommandContext["config"]): Finding {
  const [quota, chainId] = [config.get("volumeQuota") ?? null, config.require("chainId")];
  return judgeVolumes({ quota, chainId, ...probeVolumes() });
}
