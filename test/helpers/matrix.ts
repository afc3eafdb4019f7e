// SPDX-License-Identifier: Apache-2.0
import type { Actor } from "./actors.ts";
import { usd } from "./amounts.ts";
import { Cause } from "./enums.ts";
import type { ReasonName, StatusName } from "./enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  openLease,
  pausedLease,
  report,
  serve,
  startLease,
} from "./leases.ts";
import { DISPUTE_WINDOW, advance } from "./time.ts";
import { REPORT_PERIOD, RETENTION_PERIOD, START_PERIOD } from "./world.ts";
import type { World } from "./world.ts";

/** What is expected of one call in one scene. */
export type Outcome =
  | { kind: "refused"; error: string }
  | { kind: "skipped" }
  | { kind: "settled" }
  | { kind: "released" }
  | { kind: "kept" }
  | { kind: "status"; status: StatusName }
  | { kind: "closed"; reason: ReasonName };

export interface Row {
  call: string;
  roles: string[];
  outcomes: Map<string, Outcome>;
}

interface Scene {
  status: StatusName;
  build: (world: World) => Promise<bigint>;
}

async function then(leaseId: Promise<bigint>, next: () => Promise<unknown>): Promise<bigint> {
  const id = await leaseId;
  await next();
  return id;
}

async function pendingOfASilentProvider(world: World): Promise<bigint> {
  await advance(REPORT_PERIOD);
  return then(openLease(world), () => advance(1n));
}

async function pastRetention(world: World): Promise<bigint> {
  const leaseId = await depletedLease(world);
  await report(world);
  await serve(world, RETENTION_PERIOD);
  return leaseId;
}

async function closedByTenant(world: World): Promise<bigint> {
  const leaseId = await startLease(world);
  await world.market.connect(world.tenant).close(leaseId);
  return leaseId;
}

/** Every status, with what else a rule asks about: lateness, silence, retention, the window, the collateral. */
export const SCENES: Record<string, Scene> = {
  None: { status: "None", build: async () => 99n },
  Pending: { status: "Pending", build: (world) => openLease(world) },
  "Pending late": {
    status: "Pending",
    build: (world) => then(openLease(world), () => advance(START_PERIOD + 1n)),
  },
  "Pending silent": { status: "Pending", build: pendingOfASilentProvider },
  Active: { status: "Active", build: (world) => then(startLease(world), () => advance(REPORT_PERIOD)) },
  "Active silent": {
    status: "Active",
    build: (world) => then(startLease(world), () => advance(REPORT_PERIOD + 1n)),
  },
  Paused: { status: "Paused", build: (world) => then(pausedLease(world), () => advance(REPORT_PERIOD)) },
  "Paused silent": {
    status: "Paused",
    build: (world) => then(pausedLease(world), () => advance(REPORT_PERIOD + 1n)),
  },
  Depleted: { status: "Depleted", build: (world) => depletedLease(world) },
  "Depleted silent": { status: "Depleted", build: (world) => then(depletedLease(world), () => advance(1n)) },
  "Depleted over": { status: "Depleted", build: pastRetention },
  Lapsed: { status: "Lapsed", build: (world) => then(startLease(world), () => lapse()) },
  "Lapsed paused": { status: "Lapsed", build: (world) => then(pausedLease(world), () => lapse()) },
  Closed: { status: "Closed", build: (world) => then(endedByProvider(world), () => advance(DISPUTE_WINDOW)) },
  "Closed over": {
    status: "Closed",
    build: (world) => then(endedByProvider(world), () => advance(DISPUTE_WINDOW + 1n)),
  },
  "Closed unlocked": { status: "Closed", build: closedByTenant },
};

const ABBREVIATIONS: Record<string, Outcome> = {
  U: { kind: "refused", error: "LeaseUnknown" },
  S: { kind: "refused", error: "LeaseStatusUnexpected" },
  C: { kind: "refused", error: "ProviderCallerNotAuthorized" },
  I: { kind: "refused", error: "ProviderInstanceStale" },
  T: { kind: "refused", error: "LeaseCallerNotTenant" },
  Q: { kind: "refused", error: "ProviderSilent" },
  L: { kind: "refused", error: "LeaseStartTooLate" },
  E: { kind: "refused", error: "LeaseStartPending" },
  R: { kind: "refused", error: "LeaseRetained" },
  ".": { kind: "skipped" },
  "=": { kind: "kept" },
  $: { kind: "settled" },
  free: { kind: "released" },
  active: { kind: "status", status: "Active" },
  paused: { kind: "status", status: "Paused" },
  tenant: { kind: "closed", reason: "TenantClosed" },
  provid: { kind: "closed", reason: "ProviderClosed" },
  declin: { kind: "closed", reason: "Declined" },
  notsta: { kind: "closed", reason: "NotStarted" },
  deplet: { kind: "closed", reason: "Depleted" },
  lapsed: { kind: "closed", reason: "Lapsed" },
  comple: { kind: "closed", reason: "Completed" },
};

/**
 * Status x function x role: one column a scene, in their order. Refusals: U unknown, S status, C caller, I instance, T tenant only,
 * Q silent, L too late, E too early, R retained. `.` skips, `=` succeeds and keeps the status, `$` settles, `free` unlocks the
 * collateral; a status is the next one; the rest are the reasons of a close.
 */
const TABLE = `
None Pending late   silent Active silent Paused silent Deplet silent over   Lapsed paused Closed over   unlocked
start             | owner operator        | U active L      Q      S      S      S      S      S      S      S      S      S      S    S    S
start             | tenant stranger       | U C      C      C      C      C      C      C      C      C      C      C      C      C    C    C
start             | stale                 | U I      I      I      I      I      I      I      I      I      I      I      I      I    I    I
pause             | owner operator        | U S      S      S      paused paused S      S      S      S      S      =      S      S    S    S
pause             | tenant stranger       | U C      C      C      C      C      C      C      C      C      C      C      C      C    C    C
pause             | stale                 | U I      I      I      I      I      I      I      I      I      I      I      I      I    I    I
resume            | owner operator        | U S      S      S      S      S      active Q      S      S      S      S      S      S    S    S
resume            | tenant stranger       | U C      C      C      C      C      C      C      C      C      C      C      C      C    C    C
resume            | stale                 | U I      I      I      I      I      I      I      I      I      I      I      I      I    I    I
topUp             | tenant                | U =      =      =      =      =      =      =      paused Q      paused S      S      S    S    S
topUp             | owner operator stranger | U =    =      =      =      =      =      =      T      T      T      S      S      S    S    S
topUpFromBalance  | tenant                | U =      =      =      =      =      =      =      paused Q      paused S      S      S    S    S
topUpFromBalance  | owner operator stranger | U =    =      =      =      =      =      =      T      T      T      S      S      S    S    S
setManifest       | tenant                | U =      =      =      =      =      =      =      =      =      =      S      S      S    S    S
setManifest       | owner operator stranger | U T    T      T      T      T      T      T      T      T      T      T      T      T    T    T
settle            | owner operator tenant stranger | . . .  .      $      $      .      .      $      $      $      $      .      .    .    .
claim             | owner                 | . .      .      .      $      $      .      .      $      $      $      $      .      .    .    .
claim             | operator tenant stranger | . .   .      .      .      .      .      .      .      .      .      .      .      .    .    .
close             | tenant                | U E      notsta E      tenant tenant tenant tenant tenant tenant tenant lapsed lapsed S    S    S
close             | owner operator stranger | U E    notsta E      T      T      T      T      R      R      deplet T      T      S    S    S
closeByProvider   | owner operator        | U declin declin declin provid provid provid provid provid provid deplet lapsed lapsed S    S    S
closeByProvider   | tenant stranger       | U C      C      C      C      C      C      C      C      C      C      C      C      C    C    C
closeByProvider   | stale                 | U I      I      I      I      I      I      I      I      I      I      I      I      I    I    I
complete          | owner operator        | U S      S      S      comple comple comple comple comple comple comple S      S      S    S    S
complete          | tenant stranger       | U C      C      C      C      C      C      C      C      C      C      C      C      C    C    C
complete          | stale                 | U I      I      I      I      I      I      I      I      I      I      I      I      I    I    I
releaseCollateral | tenant                | . .      .      .      .      .      .      .      .      .      .      .      .      free free .
releaseCollateral | owner operator stranger | . .    .      .      .      .      .      .      .      .      .      .      .      .    free .
`;

function parseRow(line: string): Row {
  const [call = "", roles = "", cells = ""] = line.split("|").map((part) => part.trim());
  const words = cells.split(/\s+/);
  const scenes = Object.keys(SCENES);
  if (words.length !== scenes.length)
    throw new Error(`${call}: ${words.length} cells for ${scenes.length} scenes`);
  const outcomes = new Map<string, Outcome>();
  for (const [index, scene] of scenes.entries()) {
    const outcome = ABBREVIATIONS[words[index] ?? ""];
    if (outcome === undefined) throw new Error(`${call}, ${scene}: unknown outcome ${words[index]}`);
    outcomes.set(scene, outcome);
  }
  return { call, roles: roles.split(/\s+/), outcomes };
}

export const MATRIX: Row[] = TABLE.trim().split("\n").slice(1).map(parseRow);

/** Sends one call of the matrix as a role: `stale` is the operator under an instance that is not current. */
export async function send(world: World, call: string, role: string, leaseId: bigint): Promise<unknown> {
  const { owner, operator, tenant, stranger } = world;
  const actors: Record<string, Actor> = { owner, operator, tenant, stranger, stale: operator };
  const actor = actors[role];
  if (actor === undefined) throw new Error(`nobody is called ${role}`);
  const market = world.market.connect(actor);
  const instance = role === "stale" ? 7n : 0n;
  const calls: Record<string, () => Promise<unknown>> = {
    start: () => market.start(instance, [leaseId]),
    pause: () => market.pause(instance, leaseId),
    resume: () => market.resume(instance, leaseId),
    topUp: () => market.topUp(leaseId, usd(2)),
    topUpFromBalance: () => market.topUpFromBalance(leaseId, usd(2)),
    setManifest: () => market.setManifest(leaseId, `0x${"11".repeat(32)}`),
    settle: () => market.settle([leaseId]),
    claim: () => market.claim(world.usd, [leaseId], world.payee),
    close: () => market.close(leaseId),
    closeByProvider: () => market.closeByProvider(instance, [leaseId], Cause.Unspecified),
    complete: () => market.complete(instance, leaseId, 0n, ""),
    releaseCollateral: () => market.releaseCollateral([leaseId]),
  };
  const chosen = calls[call];
  if (chosen === undefined) throw new Error(`the matrix has no call ${call}`);
  return chosen();
}
