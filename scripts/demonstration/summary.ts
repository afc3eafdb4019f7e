// SPDX-License-Identifier: Apache-2.0
import type { DeployPhase } from "../../cli/src/flows/deploy-phases.ts";
import type { EndedLease } from "./ending.ts";
import type { Page } from "./serving.ts";

/** One life of a lease in figures; amounts and ids are decimal strings, amounts in token base units. */
export interface Summary {
  readonly leaseId: string;
  readonly url: string;
  readonly httpStatus: number;
  readonly reports: number;
  readonly deposited: string;
  readonly paid: string;
  readonly refunded: string;
  readonly claimed: string;
  readonly phasesMs: Readonly<Partial<Record<DeployPhase, number>>>;
}

/** What a finished lease amounts to. Throws where its money does not add up. */
export function summaryOf(
  life: Page & EndedLease & Pick<Summary, "reports" | "phasesMs"> & { leaseId: bigint },
): Summary {
  const { leaseId, url, httpStatus, reports, ledger, claimed, phasesMs } = life;
  const { deposited, paid, refunded } = ledger;
  if (deposited !== paid + refunded) throw new Error(`${deposited} went in, ${paid} + ${refunded} came out`);
  if (claimed !== paid) throw new Error(`the provider earned ${paid} and claimed ${claimed}`);
  return {
    leaseId: leaseId.toString(),
    url,
    httpStatus,
    reports,
    deposited: deposited.toString(),
    paid: paid.toString(),
    refunded: refunded.toString(),
    claimed: claimed.toString(),
    phasesMs: Object.fromEntries(Object.entries(phasesMs).map(([phase, ms]) => [phase, Math.round(ms)])),
  };
}
