// SPDX-License-Identifier: Apache-2.0
import { ZeroHash } from "ethers";
import type { QuoteStruct } from "../../typechain-types/ComputeMarket.ts";
import type { Actor } from "./actors.ts";
import { Cause, statusSet } from "./enums.ts";
import type { StatusName } from "./enums.ts";
import type { Ledger } from "./ledger.ts";
import { MANIFEST } from "./leases.ts";
import { ASKED, AWARD, TOP_UP } from "./scenes.ts";
import type { Caller, Fact, Line, Outcome, Row } from "./state-machine.ts";
import { DISPUTE_WINDOW, now } from "./time.ts";
import { CAPACITY, RATE, REPORT_PERIOD, RETENTION_PERIOD } from "./world.ts";
import type { World } from "./world.ts";

const STALE_INSTANCE = 7n;

/** Everybody who calls: his place in the cast, what the page calls him, the instance that he names. */
export const ROLES = {
  owner: { actor: "owner", callers: ["owner", "provider"], instance: 0n },
  operator: { actor: "operator", callers: ["provider"], instance: 0n },
  "operator under an older instance": {
    actor: "operator",
    callers: ["provider"],
    instance: STALE_INSTANCE,
  },
  tenant: { actor: "tenant", callers: ["tenant"], instance: 0n },
  delegate: { actor: "otherTenant", callers: ["delegate"], instance: 0n },
  arbitrator: { actor: "arbitrator", callers: ["arbitrator"], instance: 0n },
  stranger: { actor: "stranger", callers: [], instance: 0n },
  "tenant who is the provider": { actor: "owner", callers: ["owner", "provider", "tenant"], instance: 0n },
} as const satisfies Record<string, Role>;

interface Role {
  actor: "owner" | "operator" | "tenant" | "otherTenant" | "arbitrator" | "stranger";
  callers: readonly Caller[];
  instance: bigint;
}

export type RoleName = keyof typeof ROLES;

/** One call of the page by one role on one lease, before it is made. */
export interface Case {
  world: World;
  row: Row;
  role: RoleName;
  leaseId: bigint;
  before: Ledger;
}

interface Parties {
  world: World;
  leaseId: bigint;
  instance: bigint;
  caller: Actor;
}

async function halfRate({ world, leaseId, caller }: Parties): Promise<[QuoteStruct, string]> {
  const quote = {
    offerId: (await world.market.leaseSummary(leaseId)).offerId,
    tenant: caller.address,
    milliRatePerSecond: RATE / 2n,
    resourcesHash: ZeroHash,
    leaseId,
    expiresAt: now(),
    salt: ZeroHash,
  };
  const { name, version, chainId, verifyingContract } = await world.market.eip712Domain();
  const types = {
    Quote: Object.keys(quote).map((field) => ({ name: field, type: QUOTE_TYPES[field] ?? "uint256" })),
  };
  const domain = { name, version, chainId, verifyingContract };
  return [quote, await world.operator.signTypedData(domain, types, quote)];
}

const QUOTE_TYPES: Record<string, string> = { tenant: "address", resourcesHash: "bytes32", salt: "bytes32" };

const ARGUMENTS: Record<string, (parties: Parties) => unknown[] | Promise<unknown[]>> = {
  start: ({ instance, leaseId }) => [instance, [leaseId]],
  pause: ({ instance, leaseId }) => [instance, leaseId],
  resume: ({ instance, leaseId }) => [instance, leaseId],
  topUp: ({ leaseId }) => [leaseId, TOP_UP],
  topUpFromBalance: ({ leaseId }) => [leaseId, TOP_UP],
  setManifest: ({ leaseId }) => [leaseId, MANIFEST],
  amend: async (parties) => [parties.leaseId, ...(await halfRate(parties))],
  settle: ({ leaseId }) => [[leaseId]],
  claim: ({ world, leaseId }) => [world.usd, [leaseId], world.payee],
  close: ({ leaseId }) => [leaseId],
  closeByProvider: ({ instance, leaseId }) => [instance, [leaseId], Cause.Unspecified],
  complete: ({ instance, leaseId }) => [instance, leaseId, 0n, ""],
  releaseCollateral: ({ leaseId }) => [[leaseId]],
  openDispute: ({ leaseId }) => [leaseId, ASKED, ""],
  "rule with an award": ({ leaseId }) => [leaseId, AWARD, ""],
  "rule with 0": ({ leaseId }) => [leaseId, 0n, ""],
  expireDispute: ({ leaseId }) => [leaseId],
  report: ({ world, instance }) => [world.owner, instance, ZeroHash, "", []],
  claimInstance: ({ world, instance }) => [world.owner, instance],
  setOperator: ({ world }) => [world.payee],
  setCapacity: ({ world, instance }) => [instance, world.offerId, CAPACITY + 1n],
  closeOffer: ({ world, instance }) => [instance, world.offerId],
  withdrawStake: ({ world }) => [world.usd, 1n, world.payee],
};

/** The function that a row calls. */
export function functionOf({ call }: Row): string {
  return call.split(" ", 1)[0] ?? "";
}

/** Makes the call, or only tries it where it is to be refused. */
export async function make({ world, row, role, leaseId }: Case, way: "sent" | "tried"): Promise<unknown> {
  const { actor, instance } = ROLES[role];
  const caller = world[actor];
  const argumentsOf = ARGUMENTS[row.call];
  if (argumentsOf === undefined) throw new Error(`nobody knows how to call ${row.call}`);
  const call = world.market.connect(caller).getFunction(functionOf(row));
  const values = await argumentsOf({ world, leaseId, instance, caller });
  return way === "sent" ? call(...values) : call.staticCall(...values);
}

/** What the page calls a role: nobody is the arbitrator of a lease that has none. */
function callersOf(role: RoleName, facts: readonly Fact[]): readonly Caller[] {
  const callers: readonly Caller[] = ["anyone", ...ROLES[role].callers];
  return facts.includes("unjudged") ? callers.filter((caller) => caller !== "arbitrator") : callers;
}

/** The refusal of a caller who is not the one in the column `who`; none where he is. */
function turnedAway({ who }: Row, role: RoleName, facts: readonly Fact[]): string | undefined {
  const isStale = who.includes("provider") && ROLES[role].instance === STALE_INSTANCE;
  const callers = callersOf(role, facts);
  if (who.some((caller) => callers.includes(caller))) return isStale ? "ProviderInstanceStale" : undefined;
  const refusals: Record<Caller, string> = {
    anyone: "",
    owner: "ProviderUnknown",
    provider: "ProviderCallerNotAuthorized",
    tenant: "LeaseCallerNotTenant",
    delegate: "LeaseCallerNotTenant",
    arbitrator: "DisputeCallerNotArbitrator",
  };
  return refusals[who[0] ?? "anyone"];
}

/** The line of a cell that fits a role and the facts: the first, reading from the left. */
export function lineFor(
  row: Row,
  status: StatusName,
  role: RoleName,
  facts: readonly Fact[],
): Line | undefined {
  const callers = callersOf(role, facts);
  return row.cells
    .get(status)
    ?.find(
      (line) =>
        line.callers.some((caller) => callers.includes(caller)) &&
        line.facts.every(({ fact, holds }) => facts.includes(fact) === holds),
    );
}

/** What the page says of a call: whether there is a lease, who calls, then the cell. */
export function outcomeFor(row: Row, status: StatusName, role: RoleName, facts: readonly Fact[]): Outcome {
  const line = lineFor(row, status, role, facts);
  if (line === undefined)
    throw new Error(`${row.call}, ${status}, ${role}: no line fits ${facts.join(", ")}`);
  const isUnknown = line.outcome.kind === "refused" && line.outcome.error === "LeaseUnknown";
  const error = isUnknown ? undefined : turnedAway(row, role, facts);
  return error === undefined ? line.outcome : { kind: "refused", error };
}

function allowedBy({ cells }: Row, actual: bigint): bigint {
  const names = Array.from(cells)
    .filter(([, lines]) => lines.some(({ outcome }) => !isRefusedFlatly(outcome)))
    .map(([name]) => name);
  return statusSet(...names) & ~(1n << actual);
}

function isRefusedFlatly(outcome: Outcome): boolean {
  return outcome.kind === "refused" && ["LeaseUnknown", "LeaseStatusUnexpected"].includes(outcome.error);
}

type Witness = Case & { caller: string };

const WITNESSES: Record<string, (witness: Witness) => unknown[]> = {
  LeaseUnknown: ({ leaseId }) => [leaseId],
  LeaseStatusUnexpected: ({ leaseId, row, before: { lease } }) => [
    leaseId,
    lease.status,
    allowedBy(row, lease.status),
  ],
  LeaseCallerNotTenant: ({ leaseId, caller }) => [leaseId, caller],
  LeaseStartTooLate: ({ leaseId, before: { lease } }) => [leaseId, now(), lease.startBy],
  LeaseStartPending: ({ leaseId, before: { lease } }) => [leaseId, now(), lease.startBy],
  LeaseRetained: ({ leaseId, before: { lease } }) => [
    leaseId,
    lease.clockNow,
    lease.depletionClock + RETENTION_PERIOD,
  ],
  ProviderUnknown: ({ caller }) => [caller],
  ProviderCallerNotAuthorized: ({ world, caller }) => [world.owner, caller],
  ProviderInstanceStale: ({ world }) => [world.owner, STALE_INSTANCE, 0n],
  ProviderSilent: ({ world, before: { provider } }) => [world.owner, provider.lastReportAt, REPORT_PERIOD],
  StakeInsufficient: ({ world, caller }) => [caller, world.usd, 1n, 0n],
  DisputeAlreadyOpened: ({ leaseId }) => [leaseId],
  DisputeArbitratorAbsent: ({ leaseId }) => [leaseId],
  DisputeCollateralAbsent: ({ leaseId }) => [leaseId],
  DisputeNotOpen: ({ leaseId }) => [leaseId],
  DisputeCallerNotArbitrator: ({ leaseId, caller }) => [leaseId, caller],
  DisputeTooLate: ({ leaseId, before: { lease } }) => [leaseId, now(), lease.closedAt + DISPUTE_WINDOW],
  DisputeRulingTooLate: ({ leaseId, before: { dispute } }) => [leaseId, now(), dispute.ruleBy],
  DisputeRulingPending: ({ leaseId, before: { dispute } }) => [leaseId, now(), dispute.ruleBy],
};

/** What a refusal says besides its name. Throws where it is none that the page names. */
export function argumentsOf(refusal: string, refused: Case): unknown[] {
  const witness = WITNESSES[refusal];
  if (witness === undefined) throw new Error(`nobody knows what ${refusal} says`);
  return witness({ ...refused, caller: refused.world[ROLES[refused.role].actor].address });
}
