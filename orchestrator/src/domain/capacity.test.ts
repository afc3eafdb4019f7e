// SPDX-License-Identifier: Apache-2.0
import { shortfalls, type Capacity, type Taken } from "@berth/sdk/hardware";
import { expect } from "chai";
import fc from "fast-check";
import { overCapacity, type Claim } from "./capacity.ts";

const gpus = ["GPU-1", "GPU-2"].map((uuid) => ({
  ...({ vendor: "nvidia", uuid, model: "nvidia-t4", memoryMiB: 15_360, driver: "580", fault: null } as const),
}));
const machine: Capacity = { cpuMillis: 4_000, memoryMiB: 8_192, storageMiB: 100_000, gpus };

function claim(leaseId: bigint, resources: Partial<Taken> = {}, isBegun = false): Claim {
  const none = { cpuMillis: 1_000, memoryMiB: 1_024, storageMiB: 1_024, gpuCount: 0, gpuModel: "" };
  return { leaseId, isBegun, resources: { ...none, ...resources } };
}

const refusedOf = (claims: readonly Claim[]): readonly bigint[] => [...overCapacity(machine, claims).keys()];

describe("room on a machine", () => {
  it("is there for as many leases as fit, the older first", () => {
    expect(refusedOf([claim(5n), claim(2n), claim(4n), claim(3n)])).to.deep.equal([]);
    expect(refusedOf([claim(6n), claim(5n), claim(2n), claim(4n), claim(3n)])).to.deep.equal([6n]);
  });

  it("is what begun leases leave, and none of those is ever turned out", () => {
    const begun = [8n, 9n, 10n, 11n, 12n].map((leaseId) => claim(leaseId, {}, true));
    expect(refusedOf([...begun, claim(2n)])).to.deep.equal([2n]);
  });

  it("lets a smaller lease in where a larger one does not fit", () => {
    expect(
      refusedOf([
        claim(1n, { memoryMiB: 8_000 }),
        claim(2n, { memoryMiB: 8_000 }),
        claim(3n, { memoryMiB: 100 }),
      ]),
    ).to.deep.equal([2n]);
  });

  it("gives GPUs of the model that is asked for, each once", () => {
    const t4 = { gpuCount: 1, gpuModel: "nvidia-t4" };
    expect(refusedOf([claim(1n, t4), claim(2n, t4), claim(3n, t4), claim(4n)])).to.deep.equal([3n]);
    expect(refusedOf([claim(1n, { gpuCount: 1, gpuModel: "nvidia-h100-80gb" })])).to.deep.equal([1n]);
  });

  it("says what is short, and that it is the provider's capacity", () => {
    const [refusal] = overCapacity(machine, [
      claim(1n, { cpuMillis: 5_000, gpuCount: 3, gpuModel: "nvidia-t4" }),
    ]).values();
    expect(refusal).to.include({ leaseId: 1n, code: "E_MACHINE_FULL", cause: "capacity" });
    expect(refusal?.message).to.contain(
      "thousandths of a core: 5000 are needed and 4000 are there; GPUs nvidia-t4: 3 are",
    );
  });

  it("is never given twice: whatever is asked, what is begun of it fits", () => {
    const asked = fc.record({
      isBegun: fc.constant(false),
      resources: fc.record({
        cpuMillis: fc.nat({ max: 5_000 }),
        memoryMiB: fc.nat({ max: 9_000 }),
        storageMiB: fc.nat({ max: 60_000 }),
        gpuCount: fc.nat({ max: 3 }),
        gpuModel: fc.constantFrom("nvidia-t4", "nvidia-h100-80gb"),
      }),
    });
    let refusals = 0;
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 12 }), (list) => {
        const claims = list.map((each, index) => ({ ...each, leaseId: BigInt(index) }));
        const refused = overCapacity(machine, claims);
        refusals += refused.size;
        const given = claims.filter(({ leaseId }) => !refused.has(leaseId)).map(({ resources }) => resources);
        expect(shortfalls(machine, given)).to.deep.equal([]);
      }),
    );
    expect(refusals).to.be.above(0);
  });
});
