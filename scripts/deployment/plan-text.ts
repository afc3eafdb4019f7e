// SPDX-License-Identifier: Apache-2.0
import { formatEther } from "ethers";
import { CREATE_X, type Deployer } from "./chain-checks.ts";
import type { Period } from "./parameters.ts";

/** Everything that a deployment is about to do. */
export interface Plan {
  readonly network: string;
  readonly chainId: bigint;
  readonly deployer: Deployer;
  readonly periods: readonly Period[];
  readonly buildProfile: string;
  readonly address: string;
  readonly createXThere: boolean;
  /** Folder of the records, from the root of the repository. */
  readonly records: string;
}

const UNITS: readonly (readonly [string, bigint])[] = [
  ["day", 86_400n],
  ["hour", 3_600n],
  ["minute", 60n],
  ["second", 1n],
];

/** Seconds in words, exactly: 97200 is "1 day 3 hours". */
export function durationInWords(seconds: bigint): string {
  let left = seconds;
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = left / size;
    left %= size;
    return count === 0n ? [] : [`${count} ${unit}${count === 1n ? "" : "s"}`];
  });
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}

/** A plan for a person to read before he says yes. */
export function planText(plan: Plan): string {
  const through = plan.createXThere ? CREATE_X : `${CREATE_X}, which is put there first`;
  const rows: readonly (readonly [string, string])[] = [
    ["network", `${plan.network}, chain id ${plan.chainId}`],
    ["deployer", `${plan.deployer.address}, who has ${formatEther(plan.deployer.balance)}`],
    ...plan.periods.map(
      ({ name, seconds }) => [name, `${durationInWords(seconds)} (${seconds}), for ever`] as const,
    ),
    ["build profile", plan.buildProfile],
    ["through", `CreateX ${through}`],
    ["address", plan.address],
    ["records", plan.records],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return ["ComputeMarket is about to be deployed:", ...lines].join("\n");
}
