// SPDX-License-Identifier: Apache-2.0
import type { LeaseStatus } from "@berth/sdk";
import { expect } from "chai";
import { lease, provider, tenant } from "../test/builders.ts";
import { ACCEPT_ALL, type AcceptanceRules, refusedLeases } from "./acceptance.ts";
import type { LeaseKnowledge } from "./desired.ts";

const stranger = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";

function known(leaseId: bigint, status: LeaseStatus, by: `0x${string}` = tenant): LeaseKnowledge {
  return { kind: "known", leaseId, lease: lease({ status, tenant: by }) };
}

function refused(rules: Partial<AcceptanceRules>, knowledge: readonly LeaseKnowledge[]): readonly string[] {
  const all = refusedLeases({ ...ACCEPT_ALL, ...rules }, provider, knowledge);
  return [...all.values()].map(({ leaseId, code, cause }) => `${leaseId} ${code} ${cause}`);
}

describe("a lease is taken", () => {
  it("from everybody where nothing is said", () => {
    expect(refused({}, [known(1n, "pending"), known(2n, "pending", stranger)])).to.deep.equal([]);
  });

  it("from none of the denied, and where some are allowed from nobody else, in any spelling", () => {
    const both = [known(1n, "pending"), known(2n, "pending", stranger)];
    const lower = [stranger.toLowerCase() as `0x${string}`];
    expect(refused({ deniedTenants: lower }, both)).to.deep.equal(["2 E_TENANT_NOT_SERVED unspecified"]);
    expect(refused({ allowedTenants: lower }, both)).to.deep.equal(["1 E_TENANT_NOT_SERVED unspecified"]);
    expect(refused({ allowedTenants: [] }, both)).to.have.length(2);
    expect(refused({ allowedTenants: [tenant, stranger], deniedTenants: [stranger] }, both)).to.deep.equal([
      "2 E_TENANT_NOT_SERVED unspecified",
    ]);
  });

  it("up to so many of one tenant's at once, the older ones, and another's are not counted", () => {
    const three = [known(3n, "pending"), known(2n, "pending", stranger), known(1n, "pending")];
    expect(refused({ leasesPerTenant: 1 }, three)).to.deep.equal(["3 E_TENANT_LEASES_TOO_MANY capacity"]);
    expect(refused({ leasesPerTenant: 2 }, three)).to.deep.equal([]);
  });

  it("counting what was started first, also a lease that rests, and nothing that is closed, gone or another provider's", () => {
    for (const status of ["active", "paused", "depleted", "lapsed"] as const) {
      expect(refused({ leasesPerTenant: 1 }, [known(1n, "pending"), known(2n, status)])).to.deep.equal([
        "1 E_TENANT_LEASES_TOO_MANY capacity",
      ]);
    }
    const elsewhere = lease({ status: "active", tenant, provider: stranger });
    const uncounted: readonly LeaseKnowledge[] = [
      known(1n, "closed"),
      { kind: "absent", leaseId: 2n },
      { kind: "unknown", leaseId: 3n, why: "nobody told" },
      { kind: "known", leaseId: 4n, lease: elsewhere },
    ];
    expect(refused({ leasesPerTenant: 1 }, [...uncounted, known(5n, "pending")])).to.deep.equal([]);
  });

  it("for good once it was started: no rule ever ends it, nor touches another provider's", () => {
    const none = { deniedTenants: [tenant], allowedTenants: [], leasesPerTenant: 1 } as const;
    const started = (["active", "paused", "depleted", "lapsed"] as const).map((status, index) =>
      known(BigInt(index), status),
    );
    expect(refused(none, started)).to.deep.equal([]);
    const elsewhere = lease({ status: "pending", tenant, provider: stranger });
    expect(refused(none, [{ kind: "known", leaseId: 1n, lease: elsewhere }])).to.deep.equal([]);
  });
});
