// SPDX-License-Identifier: Apache-2.0
import type { ManifestDocument, ManifestSecrets } from "@berth/sdk";
import { BerthError, PermanentError, RetryableError } from "@berth/sdk";
import type { Address } from "viem";
import { formatTime } from "../output/time.ts";
import { openGateway } from "./gateway.ts";
import { createPatience } from "./patience.ts";
import type { SigningSession } from "./session.ts";

/** A refusal that passes by itself: the provider has not seen the lease's block yet. */
const NOT_SEEN_YET = "E_LEASE_UNKNOWN";

/** The lease that the manifest is for. */
export interface AwaitedLease {
  readonly leaseId: bigint;
  readonly provider: Address;
  /** Last second in which the provider can start it, since 1970; only for the words of a failure. */
  readonly startBy?: bigint;
}

/** What goes to the provider: the document that the lease names, and what only he may know. */
export interface Delivery {
  readonly document: ManifestDocument;
  readonly secrets: ManifestSecrets | null;
}

/**
 * Hands the document to the provider's gateway, trying again while the gateway is unreachable or has not seen the lease. Throws
 * RetryableError E_UPLOAD_FAILED once the deadline is over, and the gateway's own refusal at once; both say how to go on. Every
 * new reason why it did not work yet goes to `onTrouble`.
 */
export async function sendManifest(
  session: SigningSession,
  lease: AwaitedLease,
  { document, secrets }: Delivery,
  deadline: AbortSignal,
  signal: AbortSignal,
  onTrouble: (text: string) => void = () => {},
): Promise<void> {
  const patience = createPatience();
  const either = AbortSignal.any([deadline, signal]);
  let trouble = "";
  while (!deadline.aborted) {
    try {
      const gateway = await openGateway(session, lease, either);
      return await gateway.putManifest(document, either, secrets);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) break;
      const text = troubleOf(lease, error);
      if (text !== trouble) onTrouble(text);
      trouble = text;
    }
    await patience.pause(either).catch(() => signal.throwIfAborted());
  }
  throw undelivered(lease, trouble);
}

/** The words of a failure that may pass; one that does not is thrown. */
function troubleOf(lease: AwaitedLease, error: unknown): string {
  if (!(error instanceof BerthError)) throw error;
  if (error.retryable || error.code === NOT_SEEN_YET) return error.message;
  throw refused(lease, error);
}

const AT_RISK =
  "nothing is lost: a lease that is not started in time can be closed, and its whole balance comes back";

function howToGoOn({ leaseId, startBy }: AwaitedLease): string {
  const over = startBy === undefined ? "once its start period is over" : `after ${formatTime(startBy)}`;
  return `\`berth deploy --resume ${leaseId}\` sends it again; ${over} \`berth close ${leaseId}\` takes the money back.`;
}

function undelivered(lease: AwaitedLease, trouble: string): RetryableError {
  const { leaseId } = lease;
  const why = trouble === "" ? " His gateway did not answer." : ` ${trouble}`;
  return new RetryableError(
    "E_UPLOAD_FAILED",
    `The manifest of lease ${leaseId} did not reach the provider.${why}`,
    {
      atRisk: AT_RISK,
      next: howToGoOn(lease),
      facts: { leaseId: leaseId.toString() },
    },
  );
}

function refused(lease: AwaitedLease, error: BerthError): PermanentError {
  const { leaseId } = lease;
  return new PermanentError(
    "E_UPLOAD_REFUSED",
    `The provider's gateway refused the manifest of lease ${leaseId}: ${error.message}`,
    {
      atRisk: AT_RISK,
      next: `${error.next} Then: ${howToGoOn(lease)}`,
      facts: {
        ...error.facts,
        leaseId: leaseId.toString(),
        refusal: error.code,
      },
      cause: error,
    },
  );
}
