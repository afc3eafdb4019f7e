// SPDX-License-Identifier: Apache-2.0
import { CHECK_NAMES, unknown, type Check, type CheckName, type Finding } from "../domain/health.ts";
import type { Clock } from "../ports/clock.ts";

interface Noted extends Finding {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** As the monotonic clock stood. */
  readonly notedAt: number;
}

/** Milliseconds for which a finding speaks. */
const VALIDITY = 60_000;

/** What was last found of each check. What is too old to speak is unknown, not what it was. */
export class HealthBoard {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  readonly #madeAt: number;
  readonly #noted = new Map<CheckName, Noted>();

  constructor(clock: Pick<Clock, "now" | "monotonic">) {
    this.#clock = clock;
    this.#madeAt = clock.now();
  }

  note(name: CheckName, finding: Finding): void {
    const before = this.#check(name);
    const since = before.state === finding.state ? before.since : this.#clock.now();
    this.#noted.set(name, { ...finding, since, notedAt: this.#clock.monotonic() });
  }

  checks(): readonly Check[] {
    return CHECK_NAMES.map((name) => this.#check(name));
  }

  #check(name: CheckName): Check {
    const noted = this.#noted.get(name);
    if (noted === undefined) return { name, since: this.#madeAt, ...unknown("nobody has looked yet") };
    const { notedAt, ...finding } = noted;
    const staleFor = this.#clock.monotonic() - notedAt - VALIDITY;
    if (staleFor <= 0) return { name, ...finding };
    return { name, ...unknown("the last look is too long ago"), since: this.#clock.now() - staleFor };
  }
}
