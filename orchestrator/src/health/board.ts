// SPDX-License-Identifier: Apache-2.0
import { CHECK_NAMES, unknown, type Check, type CheckName, type Finding } from "../domain/health.ts";

interface Noted extends Finding {
  readonly since: number;
  readonly notedAt: number;
}

/** Milliseconds for which a finding speaks. */
const VALIDITY = 60_000;

/** What was last found of each check. What is too old to speak is unknown, not what it was. */
export class HealthBoard {
  readonly #now: () => number;
  readonly #madeAt: number;
  readonly #noted = new Map<CheckName, Noted>();

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
    this.#madeAt = now();
  }

  note(name: CheckName, finding: Finding): void {
    const notedAt = this.#now();
    const before = this.#check(name);
    const since = before.state === finding.state ? before.since : notedAt;
    this.#noted.set(name, { ...finding, since, notedAt });
  }

  checks(): readonly Check[] {
    return CHECK_NAMES.map((name) => this.#check(name));
  }

  #check(name: CheckName): Check {
    const noted = this.#noted.get(name);
    if (noted === undefined) return { name, since: this.#madeAt, ...unknown("nobody has looked yet") };
    const { notedAt, ...finding } = noted;
    if (Math.abs(this.#now() - notedAt) <= VALIDITY) return { name, ...finding };
    return { name, ...unknown("the last look is too long ago"), since: notedAt + VALIDITY };
  }
}
