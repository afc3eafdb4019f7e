// SPDX-License-Identifier: Apache-2.0
import { backoffDelay } from "./backoff.ts";
import type { Failure } from "./failure.ts";
import type { ObservedContainer } from "./observed.ts";

/** A time in which a container's own health check said that it was not well. Milliseconds since 1970. */
export interface Spell {
  readonly service: string;
  readonly containerId: string;
  readonly from: number;
  /** Null while it lasts. */
  readonly until: number | null;
}

/** What the spells of a lease come to; null while its tenant pays. */
export interface IllHealth {
  readonly service: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** Whether its health check fails at this moment. */
  readonly lasts: boolean;
  /** True once it has run unpaid for so long that its workload rests. */
  readonly isGivenUp: boolean;
}

const HOUR = 3_600_000;
const LONGEST_RECOVERY = 600_000;
/** Milliseconds for which a workload may run unpaid: a tenant whose check never succeeds has no machine for nothing. */
const UNPAID_RUN = 900_000;
/** Milliseconds for which a spell counts. */
export const SPELL_MEMORY = HOUR;

/** Spells that belong together: what lay between them was no recovery. */
interface Bout {
  readonly from: number;
  readonly until: number | null;
  /** How many bouts of the last hour, this one among them, stopped the payment. */
  readonly stops: number;
}

/**
 * Whether a lease is not paid because a service's own check has failed for the grace; the engine counts retries and start period before
 * it calls a container unhealthy. Health that lasts less than the grace ends no bout, so that flapping does not go on for ever unseen.
 * After the first bout the tenant pays again as soon as the service is well; after each further one of the same hour it must have been
 * well for longer, so that no flapping service makes more than a few transactions an hour.
 */
export function judgeSpells(spells: readonly Spell[], grace: number, now: number): IllHealth | null {
  const services = [...new Set(spells.map(({ service }) => service))];
  const ill = services.flatMap((service) => {
    const bout = lastBout(
      spells.filter((spell) => spell.service === service),
      grace,
      now,
    );
    return bout === null || !isOpen(bout, grace, now)
      ? []
      : [{ service, since: bout.from, lasts: bout.until === null, isGivenUp: now - bout.from >= UNPAID_RUN }];
  });
  return ill.toSorted((one, other) => one.since - other.since)[0] ?? null;
}

/**
 * The spells that this look begins and ends, to be noted in the place of what was known of the same. The spell of a service that was given
 * up lasts for as long as its container is there: that it rests makes nobody well.
 */
export function changedSpells(
  known: readonly Spell[],
  containers: readonly ObservedContainer[],
  now: number,
  before: IllHealth | null = null,
): readonly Spell[] {
  const isHeld = ({ service }: ObservedContainer): boolean =>
    before?.isGivenUp === true && service === before.service;
  const ill = containers.filter((container) => isIll(container) || isHeld(container));
  const lasting = known.filter(({ until }) => until === null);
  const begun = ill.filter(({ id }) => !lasting.some(({ containerId }) => containerId === id));
  const ended = lasting.filter(({ containerId }) => !ill.some(({ id }) => id === containerId));
  return [
    ...begun.map(({ id, service }) => ({ service, containerId: id, from: now, until: null })),
    ...ended.map((spell) => ({ ...spell, until: Math.max(now, spell.from) })),
  ];
}

/** What a tenant is told. */
export function failureOfIllness({ service, since, lasts, isGivenUp }: IllHealth): Failure {
  const when = new Date(since).toISOString();
  if (isGivenUp) {
    const message = `Service ${service} has not been well since ${when}: its workload rests, with its data, until another manifest is sent.`;
    return { code: "E_SERVICE_GIVEN_UP", message };
  }
  const message = lasts
    ? `The health check of service ${service} has failed since ${when}: nothing is paid until it is well.`
    : `The health check of service ${service} has failed again and again since ${when}: nothing is paid until it has been well for a while.`;
  return { code: "E_SERVICE_UNHEALTHY", message };
}

function isIll({ state, health }: ObservedContainer): boolean {
  return (state === "running" || state === "frozen") && health === "unhealthy";
}

function lastBout(spells: readonly Spell[], grace: number, now: number): Bout | null {
  const inOrder = spells.toSorted((one, other) => one.from - other.from);
  return inOrder.reduce<Bout | null>((bout, spell) => {
    const goesOn = bout !== null && (bout.until === null || spell.from - bout.until < gapOf(bout, grace));
    const from = goesOn ? bout.from : spell.from;
    const lasted = (spell.until ?? now) - from;
    const before = goesOn ? stopsBefore(bout, grace) : (bout?.stops ?? 0);
    return { from, until: spell.until, stops: before + (lasted >= grace ? 1 : 0) };
  }, null);
}

/** Milliseconds of health that end a bout. */
function gapOf(bout: Bout, grace: number): number {
  return hasStopped(bout, grace) ? recoveryOf(bout, grace) : grace;
}

function recoveryOf({ stops }: Bout, grace: number): number {
  return backoffDelay({ first: grace, longest: LONGEST_RECOVERY }, stops - 1, 1);
}

function hasStopped({ from, until, stops }: Bout, grace: number): boolean {
  return stops > 0 && until !== null && until - from >= grace;
}

function stopsBefore(bout: Bout, grace: number): number {
  return bout.stops - (hasStopped(bout, grace) ? 1 : 0);
}

/** A beginning that is yet to come shows that the machine's clock was set back since: it counts as long enough. */
function isOpen(bout: Bout, grace: number, now: number): boolean {
  const { from, until } = bout;
  if (until === null) return now < from || now - from >= grace;
  return hasStopped(bout, grace) && now - until < recoveryOf(bout, grace);
}
