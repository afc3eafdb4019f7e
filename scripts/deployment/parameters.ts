// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { UserError } from "@berth/sdk";

/** One period that the constructor fixes for ever. */
export interface Period {
  readonly name: string;
  readonly seconds: bigint;
}

/** The market's periods in the order of `names`. Throws UserError where the file has no whole number of seconds for one. */
export function readPeriods(path: string, names: readonly string[]): readonly Period[] {
  const market = contentOf(path)["ComputeMarket"] ?? {};
  return names.map((name) => {
    const seconds = market[name];
    if (Number.isSafeInteger(seconds) && Number(seconds) > 0)
      return { name, seconds: BigInt(Number(seconds)) };
    throw new UserError("E_DEPLOY_PARAMETER_INVALID", `${path} has no whole number of seconds for ${name}.`, {
      atRisk: "nothing: nothing was sent",
      next: `Write ComputeMarket.${name} into it; deploy/parameters/production.json is the example.`,
      facts: { path, name },
    });
  });
}

function contentOf(path: string): Record<string, Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, unknown>>;
  } catch (cause) {
    throw new UserError("E_DEPLOY_PARAMETERS_UNREADABLE", `${path} is no file of parameters.`, {
      atRisk: "nothing: nothing was sent",
      next: "Name a JSON file like deploy/parameters/production.json with --parameters.",
      facts: { path },
      cause,
    });
  }
}
