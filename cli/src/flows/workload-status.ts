// SPDX-License-Identifier: Apache-2.0
import type { GatewayStatus } from "@berth/sdk";
import type { Address } from "viem";
import { openGateway } from "./gateway.ts";
import type { SigningSession } from "./session.ts";

/** What the provider says about a workload, or why he says nothing. */
export interface WorkloadReport {
  readonly status: GatewayStatus | null;
  /** Null where there is a status. */
  readonly trouble: string | null;
}

/** Asks the provider once; a gateway that does not answer in time is an answer too. */
export async function askWorkload(
  session: SigningSession,
  lease: { readonly leaseId: bigint; readonly provider: Address },
  patienceMs: number,
  signal: AbortSignal,
): Promise<WorkloadReport> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const gateway = await openGateway(session, lease, either);
    return { status: await gateway.status(either), trouble: null };
  } catch (error) {
    signal.throwIfAborted();
    return { status: null, trouble: error instanceof Error ? error.message : String(error) };
  }
}
