// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { cidrs } from "../domain/cidr.ts";
import { allowProblem, EGRESS_MODES, isRefused, type EgressMode } from "../domain/egress.ts";

/** Null for what suits the chain. */
export const egressFirewall = z
  .enum(EGRESS_MODES, "is neither required, off nor unprotected")
  .nullable()
  .default(null);

/** What leases may reach besides the internet. */
export const egressAllow = z
  .string()
  .transform((list) =>
    list
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean),
  )
  .superRefine((entries, context) => {
    for (const entry of entries) {
      const problem = allowProblem(entry);
      if (problem !== null) context.addIssue({ code: "custom", message: `has ${entry}, which ${problem}` });
    }
  })
  .transform((entries) => cidrs(...entries))
  .default([]);

/** What one lease may send, in millions of bits a second; above the most, the rules of both back-ends cannot count. */
export const egressMbit = z.coerce
  .number("is not a whole number")
  .int("is not a whole number")
  .positive("is below 1")
  .max(10_000, "is above 10000")
  .default(100);

/** A firewall that is off by one short word, where strangers come. */
export function egressProblems(given: {
  readonly egressFirewall?: unknown;
  readonly chainId?: unknown;
}): readonly { readonly key: "egressFirewall"; readonly problem: string }[] {
  const refused = isRefused(given.egressFirewall as EgressMode, Number(given.chainId));
  return refused ? [{ key: "egressFirewall", problem: "is off on a chain that strangers use" }] : [];
}
