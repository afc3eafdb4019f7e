// SPDX-License-Identifier: Apache-2.0
import { PermanentError, UserError } from "@berth/sdk";
import type { Journal } from "../ports/journal.ts";
import type { MarketActions, MarketChain } from "../ports/market-chain.ts";
import { claimsOf, type newestInstance, openClaims, ownsInstance } from "./claims.ts";

export interface InstanceOptions {
  readonly chain: Pick<MarketChain, "head" | "provider">;
  readonly actions: Pick<MarketActions, "claimInstance">;
  /** See `newestInstance`: the newest block may not be acted on yet. */
  readonly newest: ReturnType<typeof newestInstance>;
  readonly journal: Pick<Journal, "instance" | "setInstance" | "minedFor" | "pendingOutbox">;
  /** Sees through what an earlier run signed. */
  readonly recover: (signal: AbortSignal) => Promise<void>;
  /** True where a person said that this daemon is to take over from another. */
  readonly takeover: boolean;
}

/** How often the chain must not hold our claim until it counts as taken back: behind one address one node may be ahead of others. */
const LOOKS = 3;

/**
 * Our instance number as the chain shows it, never on the journal's word alone: a reorganisation may have taken our claim back, and
 * another daemon's may have made the same number since. Where the block that is acted on is older than our claim, the newest one tells.
 * It is claimed on the first boot or with `takeover` only, never in a crash loop, so that two daemons do not take turns; a claim of ours
 * that is signed, or was taken back and nobody has claimed since, is seen through, for it was asked for then. Throws PermanentError
 * E_INSTANCE_TAKEN when another daemon took over: then this one is to stand still; UserError E_PROVIDER_NOT_REGISTERED when there is no
 * provider.
 */
export async function ensureInstance(options: InstanceOptions, signal: AbortSignal): Promise<number> {
  const { actions, journal, recover, takeover } = options;
  const begun = openClaims(journal);
  if (begun.length > 0) await recover(signal);
  const ours = journal.instance();
  const current = await currentInstance(options, signal);
  const proven = await provenInstance(options, begun, current, signal);
  if (proven !== null) {
    if (proven !== ours) journal.setInstance(proven);
    return proven;
  }
  if (ours === null || takeover || isOpen(journal, current + 1))
    return actions.claimInstance(current, signal);
  throw current < ours ? claimUnknown(ours, current) : instanceTaken(ours, current);
}

/** The instance in the block that is acted on, or in the newest one where that block may be older than our claim. */
async function currentInstance(
  { chain, journal, newest }: InstanceOptions,
  signal: AbortSignal,
): Promise<number> {
  const { reportPeriod, instance } = await chain.provider(await chain.head(signal), signal);
  if (reportPeriod === 0n) throw notRegistered();
  const [ours, shown] = [journal.instance(), Number(instance)];
  return ours !== null && ours > shown ? (await newest([], signal)).instance : shown;
}

/** Ours by what the chain holds: a claim that was just seen through, or the instance that is shown; null where neither is. */
async function provenInstance(
  { journal, newest }: InstanceOptions,
  begun: readonly number[],
  current: number,
  signal: AbortSignal,
): Promise<number | null> {
  const seenThrough = begun.filter((each) => each > current && claimsOf(journal, each).length > 0);
  if (seenThrough.length > 0) return Math.max(...seenThrough);
  const isOurs = await ownsInstance(journal, current, async (hashes) => {
    for (let look = 0; look < LOOKS; look += 1) if ((await newest(hashes, signal)).isHeld) return true;
    return false;
  });
  return isOurs ? current : null;
}

/** Whether we have signed a claim of the instance that may still come true, or was taken back after a block had held it. */
function isOpen(
  journal: Pick<Journal, "instance" | "minedFor" | "pendingOutbox">,
  instance: number,
): boolean {
  const isTakenBack = journal.instance() === instance && claimsOf(journal, instance).length > 0;
  return isTakenBack || openClaims(journal).includes(instance);
}

function notRegistered(): UserError {
  return new UserError(
    "E_PROVIDER_NOT_REGISTERED",
    "The provider that this daemon serves is not registered.",
    {
      atRisk: "nothing",
      next: "Register it with `berth provider register`, or check the provider's address, the market and the chain.",
    },
  );
}

/** Another daemon of this provider may act, and this one may not. */
export function instanceTaken(ours: number, current: number): PermanentError {
  return new PermanentError(
    "E_INSTANCE_TAKEN",
    `Another daemon of this provider took over: it is instance ${current}, this one is ${ours}.`,
    {
      atRisk:
        "nothing runs twice: this daemon does not act, and the contract refuses its transactions; containers go on running",
      next: "If this is the daemon that is to run, stop the other one and start this one with --takeover.",
      facts: { ours: String(ours), current: String(current) },
    },
  );
}

/** The journal tells of a claim that the chain does not know: whose instance that is which it shows, nobody can tell. */
function claimUnknown(ours: number, current: number): PermanentError {
  return new PermanentError(
    "E_INSTANCE_TAKEN",
    `The chain does not know this daemon's claim of instance ${ours}: it shows ${current}, which may be another daemon's.`,
    {
      atRisk:
        "the pay of every lease, unless another daemon reports: this one does not act; containers go on running",
      next: "If this is the daemon that is to run, stop any other one and start this one with --takeover.",
      facts: { ours: String(ours), current: String(current) },
    },
  );
}
