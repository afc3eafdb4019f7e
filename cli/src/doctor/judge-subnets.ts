// SPDX-License-Identifier: Apache-2.0
import type { ProviderOffer } from "../flows/provider-overview.ts";
import type { Finding } from "./finding.ts";
import { failing, ok, unknown, warning } from "./finding.ts";

const CHECK = "subnet pool";
/** A lease that is over can hold its network for a while beside the next one's. */
const ROOM = 2n;

/** Whether there are networks for all leases that the offers promise room for; `offers` is null where they are not known. */
export function judgeSubnets(
  networks: number,
  offers: readonly Pick<ProviderOffer, "capacity" | "closed">[] | null,
): Finding {
  if (offers === null) return unknown(CHECK, "the offers are not known");
  const leases = offers.reduce((sum, { capacity, closed }) => (closed ? sum : sum + capacity), 0n);
  const says = `it has ${networks} networks, the offers have room for ${leases} leases`;
  const fix = "give BERTH_SUBNET_POOL a range of twice as many /27; or berth provider set-capacity";
  if (leases > networks) return failing(CHECK, says, fix);
  return leases * ROOM > networks ? warning(CHECK, says, fix) : ok(CHECK, says);
}
