// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../errors.ts";
import { allotStorage } from "./allot-storage.ts";
import { FULL_SERVICE, manifestOf } from "./manifest.fixture.ts";
import type { Manifest } from "./types.ts";

const of = (
  sizes: Readonly<Record<string, number | null>>,
  tmpfs: Manifest["services"][string]["tmpfs"] = [],
): Pick<Manifest, "services" | "volumes"> => ({
  services: manifestOf({ web: { ...FULL_SERVICE, tmpfs } }).services,
  volumes: Object.fromEntries(Object.entries(sizes).map(([name, sizeMiB]) => [name, { sizeMiB }])),
});

const refusalOf = (attempt: () => unknown): UserError => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  return expect.fail("it was accepted");
};

describe("allotStorage", () => {
  it("gives each volume its size, and those without one equal shares of the rest", () => {
    expect(allotStorage(of({ a: 100, b: null, c: null }), { storageMiB: 1_001 })).to.deep.equal({
      a: 100,
      b: 450,
      c: 450,
    });
  });

  it("counts memory-backed folders against the storage", () => {
    const manifest = of({ a: 100, b: null }, [{ path: "/cache", sizeMiB: 50 }]);
    expect(allotStorage(manifest, { storageMiB: 166 })).to.deep.equal({ a: 100, b: 16 });
    expect(refusalOf(() => allotStorage(manifest, { storageMiB: 165 })).facts).to.deep.equal({
      path: "volumes.b.x-berth.size",
      asked: "166",
      offered: "165",
    });
  });

  it("a lease without volumes needs no storage", () => {
    expect(allotStorage(of({}, [{ path: "/cache", sizeMiB: 50 }]), { storageMiB: 0 })).to.deep.equal({});
  });

  it("refuses sizes above the offer's storage, to the MiB", () => {
    expect(allotStorage(of({ a: 60, b: 40 }), { storageMiB: 100 })).to.deep.equal({ a: 60, b: 40 });
    expect(refusalOf(() => allotStorage(of({ a: 60, b: 41 }), { storageMiB: 100 }))).to.include({
      code: "E_RESOURCES_ABOVE_OFFER",
    });
  });

  it("never gives more than there is, nor a share that no file system fits on", () => {
    const size = fc.option(fc.integer({ min: 16, max: 5_000 }));
    const sizes = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), size, { minKeys: 1 });
    let given = 0;
    fc.assert(
      fc.property(sizes, fc.nat(20_000), (wanted, storageMiB) => {
        const attempt = (): number[] => Object.values(allotStorage(of(wanted), { storageMiB }));
        const asked = Object.values(wanted).reduce<number>((sum, each) => sum + (each ?? 16), 0);
        if (asked > storageMiB) return void refusalOf(attempt);
        const all = attempt();
        given += 1;
        expect(all.reduce((sum, each) => sum + each, 0)).to.be.at.most(storageMiB);
        expect(Math.min(...all)).to.be.at.least(16);
      }),
    );
    expect(given).to.be.greaterThan(10);
  });
});
