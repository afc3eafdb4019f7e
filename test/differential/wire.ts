// SPDX-License-Identifier: Apache-2.0
import type { Interface, Result } from "ethers";
import type { MarketCall } from "../model/calls.ts";
import type { EventRecord } from "../model/context.ts";
import type { ErrorRecord } from "../model/refusal.ts";
import type { Log } from "./chain.ts";

/** Values with addresses and hashes in lower case and nothing of ethers' own around them. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, plain);
  return typeof value === "string" ? value.toLowerCase() : value;
}

function plainArgs(args: Result): readonly unknown[] {
  return plain(args.toArray()) as readonly unknown[];
}

/** One line that two records share exactly when they are equal. */
export function show({ name, args }: EventRecord | ErrorRecord, prefix = ""): string {
  return `${prefix}${name}(${showAll(args)})`;
}

function showAll(values: readonly unknown[]): string {
  return values.map((value) => (Array.isArray(value) ? `[${showAll(value)}]` : String(value))).join(", ");
}

export function encode(market: Interface, call: MarketCall): string {
  return market.encodeFunctionData(call.name, call.args);
}

/** The market's events among the logs. */
export function decodeEvents(market: Interface, address: string, logs: readonly Log[]): EventRecord[] {
  return logs
    .filter((log) => log.address === address)
    .map(({ topics, data }) => {
      const parsed = market.parseLog({ topics: [...topics], data });
      if (parsed === null) throw new Error(`the market emitted something unknown: ${topics.join(" ")}`);
      return { name: parsed.name, args: plainArgs(parsed.args) };
    });
}

/** What a revert says, in the market's words or in a token's. */
export function decodeError(interfaces: readonly Interface[], data: string): ErrorRecord {
  for (const known of interfaces) {
    const parsed = data === "0x" ? null : known.parseError(data);
    if (parsed !== null) return { name: parsed.name, args: plainArgs(parsed.args) };
  }
  return { name: "Undecoded", args: [data] };
}
