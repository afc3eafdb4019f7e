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

/** Milliseconds for which an inspection may speak: whoever is listed as up for a minute was up in the whole of the last one. */
const VALIDITY = 60_000;
/** How the engine says that a container has run for a minute or longer. */
const UP_FOR_LONG =
  /^Up (?:About an? (?:minute|hour)|\d+ (?:minutes|hours|days|weeks|months|years))(?: \((.+)\))?$/;

/**
 * Inspections of running containers, so that not every look asks for each of them anew: one of the last minute speaks for a container
 * that the engine lists, now, as up for a minute or more and in the same health, for then it is in the same incarnation. Every other
 * container is inspected each time.
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
    if (remembered === undefined || now - remembered.askedAt >= VALIDITY) return null;
    return isStillAs(remembered.container, listed) ? remembered : null;
  }
}

function isStillAs(
  { State: { Running, Paused, Health } }: Inspected,
  { State, Status = "" }: Listed,
): boolean {
  const up = UP_FOR_LONG.exec(Status);
  if (up === null || State !== "running" || !Running || Paused) return false;
  return (up[1] ?? "") === healthWords(Health?.Status);
}

/** As the list puts what an inspection calls its health. */
function healthWords(status: string | undefined): string {
  if (status === undefined || status === "none") return "";
  return status === "starting" ? "health: starting" : status;
}
