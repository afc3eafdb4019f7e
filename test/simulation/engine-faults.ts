// SPDX-License-Identifier: Apache-2.0
import type { Dice } from "../differential/dice.ts";
import type { EngineCall, Fault, Faults } from "../fake-engine/faults.ts";
import type { Fates } from "./fates.ts";

/** How often what goes wrong, for each request, 0 to 1. */
export interface EngineFaultRates {
  readonly refuse: number;
  readonly drop: number;
  readonly hang: number;
  readonly garble: number;
}

/** Faults as the fates say; `seen` is told of every request first. */
export function engineFaults(
  fates: Fates,
  rates: EngineFaultRates,
  seen: (call: EngineCall) => void,
): Faults {
  return (call) => {
    seen(call);
    const dice = fates.of(`${call.endpoint} ${call.subject}`);
    if (dice.chance(rates.hang)) return { kind: "hang" };
    if (dice.chance(rates.refuse)) return { kind: "refuse", status: 500, message: "something went wrong" };
    if (call.mutates && dice.chance(rates.drop)) return { kind: "drop" };
    return isStats(call) && dice.chance(rates.garble) ? garbled(dice) : null;
  };
}

function isStats({ endpoint }: EngineCall): boolean {
  return endpoint.endsWith("/stats");
}

function garbled(dice: Dice): Fault {
  const bodies = ["{}", '{"cpu_stats":null}', '{"cpu_stats":{"cpu_usage":{"total_usage":-1}}}', "not JSON"];
  const body = dice.pick(bodies);
  return { kind: "garble", change: () => body };
}
