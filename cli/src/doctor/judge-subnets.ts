// SPDX-License-Identifier: Apache-2.0
import type { ProviderOffer } from "../flows/provider-overview.ts";
import type { Finding } from "./finding.ts";
import { failing, ok, unknown, warning } from "./finding.ts";

const CHECK = "subnet pool";
const USUAL_POOL = "10.200.0.0/14";
/** Each lease's network is a /28. */
const LEASE_PREFIX = 28;
/** A lease that is over can hold its network for a while beside the next one's. */
const ROOM = 2n;

/** Whether there are networks for all leases that the offers promise room for; `offers` is null where they are not known. */
export function judgeSubnets(
  pool: string = USUAL_POOL,
  offers: readonly Pick<ProviderOffer, "capacity" | "closed">[] | null,
): Finding {
  const prefix = Number(/\/(\d{1,2})$/.exec(pool)?.[1] ?? Number.NaN);
  if (!(prefix <= LEASE_PREFIX))
    return failing(CHECK, `${pool} is no range of at least one /28`, `BERTH_SUBNET_POOL=${USUAL_POOL}`);
  if (offers === null) return unknown(CHECK, "the offers are not known");
  const networks = 1n << BigInt(LEASE_PREFIX - prefix);
  const leases = offers.reduce((sum, { capacity, closed }) => (closed ? sum : sum + capacity), 0n);
  const says = `${pool} has ${networks} networks, the offers have room for ${leases} leases`;
  const fix = `BERTH_SUBNET_POOL=${USUAL_POOL}, or a larger range of your own; or berth provider set-capacity`;
  if (leases > networks) return failing(CHECK, says, fix);
  return leases * ROOM > networks ? warning(CHECK, says, fix) : ok(CHECK, says);
}
