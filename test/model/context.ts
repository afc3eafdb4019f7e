// SPDX-License-Identifier: Apache-2.0
import type { Address, State } from "./state.ts";

/** An event: its name and its arguments in the order of its declaration, addresses in lower case. */
export interface EventRecord {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** One call under way: who calls, what he changes, what he is heard to say. */
export interface Context {
  readonly state: State;
  readonly caller: Address;
  readonly events: EventRecord[];
}

/** Notes an event. */
export function emit({ events }: Context, name: string, ...args: readonly unknown[]): void {
  events.push({ name, args });
}
