// SPDX-License-Identifier: Apache-2.0
import { InvariantError } from "@berth/sdk";
import type { Journal } from "../ports/journal.ts";

/** Our instance number as the contract takes it. */
export function ownInstance(journal: Pick<Journal, "instance">): bigint {
  const instance = journal.instance();
  if (instance !== null) return BigInt(instance);
  throw new InvariantError(
    "E_INSTANCE_UNCLAIMED",
    "The daemon was to act before it had claimed its instance.",
    {
      atRisk: "nothing: nothing was sent",
      next: "Report this as a defect.",
    },
  );
}
