// SPDX-License-Identifier: Apache-2.0
import type { Cidr } from "../../domain/cidr.ts";
import { egressObstacle, judgeEgress, type EgressSight } from "../../domain/egress.ts";
import { failureOf, type Failure } from "../../domain/failure.ts";
import type { Finding } from "../../domain/health.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Backend } from "./backend.ts";
import type { EgressPolicy, HostFacts } from "./policy.ts";
import type { ProbeReport } from "./probe.ts";

/** Why rules were put in force: the daemon came up, somebody took them away or changed them, this machine or its name servers changed. */
export const APPLICATIONS = ["started", "disturbed", "changed"] as const;

export type Application = (typeof APPLICATIONS)[number];

export interface GuardParts {
  /** What this machine has to make rules with, and what it is like. */
  readonly choose: (signal: AbortSignal) => Promise<Backend>;
  readonly facts: (signal: AbortSignal) => Promise<HostFacts>;
  readonly prove: (signal: AbortSignal) => Promise<ProbeReport>;
  readonly allowed: readonly Cidr[];
  /** What one lease may send, in millions of bits a second. */
  readonly mbit: number;
  /** Milliseconds between two looks. */
  readonly interval: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Told each time that rules were put in force. */
  readonly applied: (why: Application) => void;
}

interface Standing {
  readonly policy: string;
  readonly listing: string;
}

/** Milliseconds that a look may take, with a probe in it. */
const LOOK_LIMIT = 60_000;
const TIMED_OUT: Failure = { code: "E_TIMED_OUT", message: "The look at the firewall took too long." };

/**
 * Keeps the rules around all leases in force: looks at what stands, puts it right, and has a probe prove it after each time. It never
 * takes them away: leases go on when the daemon ends.
 */
export class EgressGuard {
  readonly #parts: GuardParts;
  #backend: Backend | null = null;
  #standing: Standing | null = null;
  #isProved = false;
  #sight: EgressSight = { state: "unknown", code: "E_NOT_LOOKED_YET" };

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  sight(): EgressSight {
    return this.#sight;
  }

  finding(): Finding {
    return judgeEgress(this.#sight);
  }

  obstacle(): Failure | null {
    return egressObstacle(this.#sight);
  }

  /** Looks at a pace until the signal; `proved` is called whenever new leases may be begun again. */
  async run(proved: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const before = this.obstacle();
      await this.look(signal);
      if (before !== null && this.obstacle() === null) proved();
      await this.#parts.clock.sleep(this.#parts.interval, signal).catch(() => undefined);
    }
  }

  /** Puts right what is not, and proves it. Never throws: what fails is unknown, and holds new leases up. */
  async look(signal: AbortSignal): Promise<void> {
    const before = this.#sight;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT)]);
    try {
      await this.apply(limit);
      this.#sight = await this.#proof(limit);
    } catch (error) {
      if (signal.aborted) return;
      const failure = limit.aborted ? TIMED_OUT : failureOf(error);
      this.#sight = { state: "unknown", code: failure.code };
      if (JSON.stringify(before) !== JSON.stringify(this.#sight))
        this.#parts.log.warn({ egress: "unknown", ...failure }, "the firewall around leases is not known");
    }
  }

  /** Sees to it that the rules stand, and proves nothing. Throws what kept it from that. */
  async apply(signal: AbortSignal): Promise<void> {
    const { choose, facts, allowed, mbit } = this.#parts;
    this.#backend ??= await choose(signal);
    const policy = { allowed, mbit, ...(await facts(signal)) };
    const why = await this.#reason(this.#backend, policy, signal);
    if (why !== null) await this.#putInForce(this.#backend, policy, why, signal);
  }

  /** Null where all stands as it was left. */
  async #reason(backend: Backend, policy: EgressPolicy, signal: AbortSignal): Promise<Application | null> {
    if (this.#standing === null) return "started";
    if (this.#standing.policy !== wordsOf(policy)) return "changed";
    return this.#standing.listing === (await backend.listing(policy, signal)) ? null : "disturbed";
  }

  async #putInForce(
    backend: Backend,
    policy: EgressPolicy,
    why: Application,
    signal: AbortSignal,
  ): Promise<void> {
    this.#isProved = false;
    this.#sight = { state: "unknown", code: "E_PROBE_UNDER_WAY" };
    await backend.apply(policy, signal);
    this.#standing = { policy: wordsOf(policy), listing: await backend.listing(policy, signal) };
    this.#parts.applied(why);
    const fields = { egress: why, backend: backend.name };
    if (why === "disturbed")
      this.#parts.log.warn(
        fields,
        "somebody took the firewall around leases away or changed it: it stands again",
      );
    else this.#parts.log.info(fields, "the firewall around leases was put in force");
  }

  async #proof(signal: AbortSignal): Promise<EgressSight> {
    const { prove, log } = this.#parts;
    const backend = this.#backend?.name ?? "none";
    if (this.#isProved) return { state: "proved", backend };
    const { verdict, trials } = await prove(signal);
    this.#isProved = verdict === "proved";
    if (this.#isProved) log.info({ egress: verdict, backend }, "a probe proved the firewall around leases");
    else
      log.warn(
        { egress: verdict, backend, ...amiss(trials) },
        "a probe did not prove the firewall around leases",
      );
    return { state: verdict, backend };
  }
}

function amiss(trials: ProbeReport["trials"]): { readonly amiss: string } {
  const wrong = trials.filter(({ wanted, found }) => wanted !== found);
  return { amiss: wrong.map(({ what, found }) => `${what}: ${found}`).join("; ") };
}

/** Equal for policies that make the same rules. */
function wordsOf({ families, bridged, allowed, resolvers, mbit }: EgressPolicy): string {
  const texts = (ranges: readonly Cidr[]): readonly string[] => ranges.map(({ text }) => text);
  return JSON.stringify([families, bridged, texts(allowed), texts(resolvers), mbit]);
}
