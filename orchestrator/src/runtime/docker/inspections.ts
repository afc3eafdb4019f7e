// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";

type Inspected = Dockerode.ContainerInspectInfo;

/** A container as the engine lists it, without all that only an inspection tells. */
export interface Listed {
  readonly Id: string;
  readonly State?: string;
  /** Such as `Up 5 minutes (healthy)`. */
  readonly Status?: string;
}

interface Remembered {
  readonly container: Inspected;
  /** When the inspection was asked for, in milliseconds that only go forwards. */
  readonly askedAt: number;
}

/** The most milliseconds for which an inspection speaks. */
const LONGEST = 300_000;
const SECOND = 1_000;
const MINUTE = 60_000;
/** How the engine says for how long a container has run, and in which health. */
const UP =
  /^Up (?:About an? (minute|hour)|(\d+) (seconds?|minutes|hours|days|weeks|months|years))(?: \((.+)\))?$/;

/**
 * Inspections of running containers, so that not every look asks for each of them anew: an earlier one speaks for a container that the
 * engine lists, now, as up for longer than that is ago, and in the same health, for then it is in the same incarnation. None speaks for
 * more than five minutes, and not all of them for the same time, lest all have to be asked for at once. Every other container is
 * inspected each time.
 */
export class Inspections {
  readonly #monotonic: () => number;
  #remembered: ReadonlyMap<string, Remembered> = new Map();

  /** `monotonic`: milliseconds that only go forwards. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** The listed containers inspected, those that are gone meanwhile left out; `all` asks for each of those it is given. */
  async of(
    listed: readonly Listed[],
    all: (ids: readonly string[]) => Promise<readonly (Inspected | null)[]>,
  ): Promise<readonly Inspected[]> {
    const askedAt = this.#monotonic();
    const known = listed.map((each) => this.#speaksFor(each, askedAt));
    const missing = listed.filter((_, index) => known[index] === null);
    const answers = (await all(missing.map(({ Id }) => Id))).values();
    const found = known.flatMap((remembered) => {
      if (remembered !== null) return remembered;
      const container = answers.next().value ?? null;
      return container === null ? [] : { container, askedAt };
    });
    this.#remembered = new Map(found.map((each) => [each.container.Id, each]));
    return found.map(({ container }) => container);
  }

  #speaksFor(listed: Listed, now: number): Remembered | null {
    const remembered = this.#remembered.get(listed.Id);
    if (remembered === undefined) return null;
    const speaks = now - remembered.askedAt < Math.min(upFor(listed), patienceWith(listed));
    return speaks && isStillAs(remembered.container, listed) ? remembered : null;
  }
}

/** Milliseconds for which the container is up at the least, as the engine words it; 0 where it does not say. */
function upFor({ Status = "" }: Listed): number {
  const up = UP.exec(Status);
  if (up === null) return 0;
  const [, one, count = 1, unit = one] = up;
  if (unit === "second" || unit === "seconds") return Number(count) * SECOND;
  return unit === "minute" || unit === "minutes" ? Number(count) * MINUTE : LONGEST;
}

/** From half of the longest time to all of it, by the container's id. */
function patienceWith({ Id }: Listed): number {
  return LONGEST / 2 + (Number.parseInt(Id.slice(0, 4), 16) / 0xffff) * (LONGEST / 2);
}

function isStillAs(
  { State: { Running, Paused, Health } }: Inspected,
  { State, Status = "" }: Listed,
): boolean {
  if (State !== "running" || !Running || Paused) return false;
  return (UP.exec(Status)?.[4] ?? "") === healthWords(Health?.Status);
}

/** As the list puts what an inspection calls its health. */
function healthWords(status: string | undefined): string {
  if (status === undefined || status === "none") return "";
  return status === "starting" ? "health: starting" : status;
}
