// SPDX-License-Identifier: Apache-2.0

/** A custom error: its name and its arguments, addresses in lower case. */
export interface ErrorRecord {
  readonly name: string;
  readonly args: readonly unknown[];
}

/**
 * The call must be refused. The specification orders the checks down to the status and leaves the order of the rest open:
 * where several of the rest fail at once, any of them may be named.
 */
export class Refusal extends Error {
  readonly alternatives: readonly ErrorRecord[];

  constructor(alternatives: readonly ErrorRecord[]) {
    super(alternatives.map(({ name }) => name).join(" or "));
    this.alternatives = alternatives;
  }
}

/** One condition that must hold, and what is said where it does not. */
export type Check = readonly [holds: boolean, name: string, ...args: readonly unknown[]];

/** Refuses where the condition does not hold; for the checks whose order is specified. */
export function need(...check: Check): void {
  needAll([check]);
}

/** Refuses where any of the conditions does not hold; for the checks whose order is open. */
export function needAll(checks: readonly Check[]): void {
  const failed = checks.filter(([holds]) => !holds);
  if (failed.length > 0) throw new Refusal(failed.map(([, name, ...args]) => ({ name, args })));
}

/** What must be there once the checks before have passed. */
export function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the model lost something that its checks had found");
  return value;
}
