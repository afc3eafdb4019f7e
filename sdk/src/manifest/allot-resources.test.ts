// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../errors.ts";
import { allotResources, DEFAULT_PIDS } from "./allot-resources.ts";
import { manifestOf } from "./manifest.fixture.ts";

const NO_GPU = { gpuCount: 0, gpuModel: "" };
const OFFER = { cpuMillis: 1000, memoryMiB: 1024, ...NO_GPU };

function limited(cpuMillis: number | null, memoryMiB: number | null, pids: number | null = null) {
  return { limits: { cpuMillis, memoryMiB, pids } };
}

function factsOf(call: () => unknown): Readonly<Record<string, string>> {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).code).to.equal("E_RESOURCES_ABOVE_OFFER");
    return (error as UserError).facts;
  }
  return expect.fail("it was allotted");
}

describe("allotResources on GPUs", () => {
  const asking = (count: number, driver: "nvidia" | "amd" = "nvidia") => ({ gpus: { driver, count } });
  const offer = { ...OFFER, gpuCount: 2, gpuModel: "nvidia-t4" };
  const codeOf = (call: () => unknown): unknown => {
    try {
      return call() && "allotted";
    } catch (error) {
      return error instanceof UserError ? error.code : error;
    }
  };

  it("takes as many as the offer has, over all services", () => {
    expect(codeOf(() => allotResources(manifestOf({ a: asking(1), b: asking(1), c: {} }), offer))).to.equal(
      "allotted",
    );
  });

  it("refuses more, and says of which service the sum is told", () => {
    expect(
      factsOf(() => allotResources(manifestOf({ a: {}, b: asking(1), c: asking(2) }), offer)),
    ).to.deep.equal({
      path: "services.b.deploy.resources.reservations.devices",
      asked: "3",
      offered: "2",
    });
    expect(factsOf(() => allotResources(manifestOf({ a: asking(1) }), OFFER))).to.include({ offered: "0" });
  });

  it("refuses a driver that the offer's GPUs do not have", () => {
    const other = manifestOf({ a: asking(1, "amd") });
    expect(codeOf(() => allotResources(other, offer))).to.equal("E_GPU_OF_ANOTHER_DRIVER");
    expect(codeOf(() => allotResources(other, { ...offer, gpuModel: "amd-mi300x" }))).to.equal("allotted");
  });
});

describe("allotResources", () => {
  it("gives explicit limits as they are written", () => {
    expect(allotResources(manifestOf({ web: limited(250, 64, 20) }), OFFER)).to.deep.equal({
      web: { cpuMillis: 250, memoryMiB: 64, pids: 20 },
    });
  });

  it("shares what is left equally, rounded down, and each resource by itself", () => {
    const manifest = manifestOf({
      a: limited(300, null),
      b: limited(null, 24),
      c: limited(null, null),
      d: {},
    });
    expect(allotResources(manifest, OFFER)).to.deep.equal({
      a: { cpuMillis: 300, memoryMiB: 333, pids: DEFAULT_PIDS },
      b: { cpuMillis: 233, memoryMiB: 24, pids: DEFAULT_PIDS },
      c: { cpuMillis: 233, memoryMiB: 333, pids: DEFAULT_PIDS },
      d: { cpuMillis: 233, memoryMiB: 333, pids: DEFAULT_PIDS },
    });
  });

  it("takes an offer to its last unit and refuses one unit more", () => {
    const full = manifestOf({ a: limited(600, 1000), b: limited(400, 24) });
    expect(allotResources(full, OFFER)["b"]).to.include({ cpuMillis: 400, memoryMiB: 24 });
    const above = manifestOf({ a: limited(600, 1000), b: limited(401, 24) });
    expect(factsOf(() => allotResources(above, OFFER))).to.deep.equal({
      path: "services.*.deploy.resources.limits.cpus",
      asked: "1001",
      offered: "1000",
    });
  });

  it("refuses a share below 10 thousandths of a core", () => {
    const manifest = manifestOf({ a: limited(991, 16), b: {} });
    expect(factsOf(() => allotResources(manifest, OFFER))).to.include({
      path: "services.b.deploy.resources.limits.cpus",
      asked: "1001",
    });
    expect(allotResources(manifestOf({ a: limited(990, 16), b: {} }), OFFER)["b"]?.cpuMillis).to.equal(10);
  });

  it("refuses a share below 16 MiB", () => {
    const manifest = manifestOf({ a: limited(10, 1009), b: {} });
    expect(factsOf(() => allotResources(manifest, OFFER))).to.include({
      path: "services.b.deploy.resources.limits.memory",
      asked: "1025",
    });
  });

  it("refuses tmpfs mounts that leave their service less than 2 MiB of its memory", () => {
    const tmpfs = [
      { path: "/a", sizeMiB: 40 },
      { path: "/b", sizeMiB: 25 },
    ];
    const facts = factsOf(() => allotResources(manifestOf({ a: { ...limited(10, 64), tmpfs } }), OFFER));
    expect(facts).to.deep.equal({ path: "services.a.tmpfs", asked: "67", offered: "64" });
    const full = manifestOf({ a: { ...limited(10, 66), tmpfs } });
    expect(factsOf(() => allotResources(full, OFFER))).to.include({ asked: "67", offered: "66" });
    const most = manifestOf({ a: { ...limited(10, 67), tmpfs } });
    expect(allotResources(most, OFFER)["a"]?.memoryMiB).to.equal(67);
  });

  it("never gives more than the offer has, nor less than a container needs", () => {
    const limit = fc.option(fc.integer({ min: 16, max: 400 }));
    const services = fc.array(fc.tuple(limit, limit), { minLength: 1, maxLength: 16 });
    let allotted = 0;
    fc.assert(
      fc.property(services, fc.integer({ min: 100, max: 8000 }), (limits, size) => {
        const manifest = manifestOf(
          Object.fromEntries(limits.map(([cpu, memory], id) => [`s${id}`, limited(cpu, memory)])),
        );
        let all;
        try {
          all = Object.values(allotResources(manifest, { cpuMillis: size, memoryMiB: size, ...NO_GPU }));
        } catch (error) {
          expect(error).to.be.instanceOf(UserError);
          return;
        }
        allotted += 1;
        for (const field of ["cpuMillis", "memoryMiB"] as const) {
          expect(all.reduce((sum, allotment) => sum + allotment[field], 0)).to.be.at.most(size);
          expect(Math.min(...all.map((allotment) => allotment[field]))).to.be.at.least(
            field === "cpuMillis" ? 10 : 16,
          );
        }
      }),
    );
    expect(allotted).to.be.above(0);
  });
});
