// SPDX-License-Identifier: Apache-2.0
import { inWords } from "./duration.ts";
import { well, type Finding } from "./health.ts";

/** What can be left of a lease that is over, in the order in which it is cleared away. `process`: a container that does not end. */
export const LEFTOVER_KINDS = ["process", "container", "network", "volume"] as const;

export type LeftoverKind = (typeof LEFTOVER_KINDS)[number];

/** What is left of a lease that is over because the machine does not let go of it. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** Name of the service or the volume in its manifest; empty for the network. */
  readonly name: string;
  /** Since when it counts as one, as the monotonic clock stood. */
  readonly since: number;
}

/** What a leftover means, and what to do about it. */
export type LeftoverAdvice = Pick<Finding, "atRisk" | "next">;

const ADVICE: Readonly<Record<LeftoverKind, LeftoverAdvice>> = {
  process: {
    atRisk:
      "cpu and memory that it still takes, no money: the lease is over; no new lease is begun until it is gone",
    next: "Look at its processes (`docker top`, `ps -eo pid,stat,wchan:32,cmd`): what is in state D is stuck in the kernel, and only a restart of the machine ends it.",
  },
  container: {
    atRisk: "the disk that it takes, no money: the lease is over",
    next: "Try `docker rm -f` by hand and read what it says: a mount that is busy is held by what `findmnt` and `fuser -vm` show.",
  },
  network: {
    atRisk: "its range of addresses, no money: the lease is over",
    next: "See with `docker network inspect` which container is in it that is not the lease's, and take that out.",
  },
  volume: {
    atRisk: "the disk that it takes, no money: the lease is over",
    next: "See with `docker ps -a --filter volume=<name>` and `fuser -vm` what holds it: a backup, a mount, a container of somebody else's.",
  },
};

export function adviceOn({ kind }: Pick<Leftover, "kind">): LeftoverAdvice {
  return ADVICE[kind];
}

/** Whether leases that are over leave anything; `now`: the monotonic clock. A warning at most: it costs no lease anything. */
export function judgeLeftovers(leftovers: readonly Leftover[], now: number): Finding {
  const worst = [...leftovers].sort((a, b) => placeOf(a) - placeOf(b))[0];
  if (worst === undefined) return well("Nothing is known to be left of leases that are over.");
  const counts = LEFTOVER_KINDS.flatMap((kind) => {
    const count = leftovers.filter((each) => each.kind === kind).length;
    return count === 0 ? [] : [`${count} of kind ${kind}`];
  });
  const oldest = Math.min(...leftovers.map(({ since }) => since));
  const { atRisk, next } = adviceOn(worst);
  return {
    state: "warning",
    what: `Of leases that are over, something cannot be cleared away since ${inWords((now - oldest) / 1_000)}: ${counts.join(", ")}.`,
    atRisk,
    next: `Read the daemon's log for \`cannot be cleared away\`, which names it. ${next}`,
  };
}

function placeOf({ kind }: Leftover): number {
  return LEFTOVER_KINDS.indexOf(kind);
}
