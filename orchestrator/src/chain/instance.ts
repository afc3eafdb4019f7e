// SPDX-License-Identifier: Apache-2.0
import { PermanentError, UserError } from "@berth/sdk";
import type { Journal } from "../ports/journal.ts";
import type { MarketActions, MarketChain } from "../ports/market-chain.ts";

export interface InstanceOptions {
  readonly chain: Pick<MarketChain, "head" | "provider">;
  readonly actions: Pick<MarketActions, "claimInstance">;
  readonly journal: Pick<Journal, "instance" | "setInstance" | "isMined" | "pendingOutbox">;
  /** Sees through what an earlier run signed. */
  readonly recover: (signal: AbortSignal) => Promise<void>;
  /** True where a person said that this daemon is to take over from another. */
  readonly takeover: boolean;
}

/** What a claim is sent for. Only one transaction can make an instance: where ours with this purpose is mined, it is ours. */
export function purposeOfClaim(instance: number): string {
  return `claim instance ${instance}`;
}

/**
 * Our instance number: the journal's, also where the block that is read is older than our claim, or one that an earlier run
 * claimed and died before it could note it. It is claimed on the first boot or with `takeover` only, never in a crash loop, so that
 * two daemons do not take turns; a claim that an earlier run signed is seen through first, for it was asked for then. Throws
 * PermanentError E_INSTANCE_TAKEN when another daemon took over: then this one is to stand still; UserError E_PROVIDER_NOT_REGISTERED when there is no provider.
 */
export async function ensureInstance(
  { chain, actions, journal, recover, takeover }: InstanceOptions,
  signal: AbortSignal,
): Promise<number> {
  const claimsBefore = pendingClaims(journal);
  if (claimsBefore.length > 0) await recover(signal);
  const { reportPeriod, instance } = await chain.provider(await chain.head(signal), signal);
  if (reportPeriod === 0n) throw notRegistered();
  const [ours, current] = [journal.instance(), Number(instance)];
  if (ours === current) return current;
  const claimed = newestMined(journal, [current, ...claimsBefore]);
  if (claimed >= current) {
    journal.setInstance(claimed);
    return claimed;
  }
  const isWanted = takeover || pendingClaims(journal).includes(current + 1);
  if (ours === null || isWanted) return actions.claimInstance(current, signal);
  if (ours > current) return ours;
  throw instanceTaken(ours, current);
}

/** The instances of the claims that are signed and not seen through. */
function pendingClaims(journal: Pick<Journal, "pendingOutbox">): readonly number[] {
  return journal.pendingOutbox().flatMap(({ purpose }) => {
    const claimed = /^claim instance (\d+)$/.exec(purpose)?.[1];
    return claimed === undefined ? [] : [Number(claimed)];
  });
}

/** The newest of these instances of which the claim is ours and mined; -1 where none is. */
function newestMined(journal: Pick<Journal, "isMined">, instances: readonly number[]): number {
  return Math.max(-1, ...instances.filter((instance) => journal.isMined(purposeOfClaim(instance))));
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
