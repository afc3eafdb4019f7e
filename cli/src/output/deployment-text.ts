// SPDX-License-Identifier: Apache-2.0
import type { Deployment } from "../flows/deploy.ts";
import { inTokens } from "../flows/token.ts";
import { fields } from "./table.ts";

/** A deployment for people: where it answers, what it holds, what to type next. */
export function deploymentText({ leaseId, url, provider, money, token }: Deployment): string {
  return fields([
    ["lease", leaseId.toString()],
    ["url", url ?? "none: it publishes no port"],
    ["provider", provider],
    ["balance", inTokens(money.deposited - money.settled, token)],
    ["next", `berth status ${leaseId}, berth logs ${leaseId} --follow, berth close ${leaseId}`],
  ]);
}
