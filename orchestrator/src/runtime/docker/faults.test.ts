// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { BerthError } from "@berth/sdk";
import type { Fault } from "../../../../test/fake-engine/faults.ts";
import type { Engine } from "./client.ts";
import { IMPATIENT } from "./engine-fixtures.ts";
import { mapLimit } from "./map-limit.ts";
import { VOYAGE, occasions, voyage, type Occasion } from "./voyage-fixtures.ts";

const AT_ONCE = 4;
const asItIs = (engine: Engine) => engine;
const impatient = (engine: Engine) => ({ ...engine, deadlines: IMPATIENT });

/** Outcomes of a fault at each of the requests, by where it was. */
async function outcomes(
  places: readonly Occasion[],
  fault: Fault,
  client: (engine: Engine) => Engine,
): Promise<ReadonlyMap<string, unknown>> {
  const entries = await mapLimit(places, AT_ONCE, async (place) => {
    const where = `${place.step.name}, request ${place.place}: ${place.call.endpoint}`;
    return [where, await voyage(place, fault, client)] as const;
  });
  return new Map(entries);
}

function expectRetryable(all: ReadonlyMap<string, unknown>, codes: readonly string[]): void {
  for (const [where, outcome] of all) {
    expect(outcome, where).to.be.instanceOf(BerthError);
    expect(outcome, where).to.have.property("retryable", true);
    expect((outcome as BerthError).code, where).to.be.oneOf(codes);
  }
}

describe("a fault at any request of a lease's life", function () {
  this.timeout(60_000);
  let all: readonly Occasion[];

  before(async () => {
    all = await occasions();
  });

  it("is tried at each request of each step", () => {
    expect(new Set(all.map(({ step }) => step))).to.have.length(VOYAGE.length);
    const endpoints = new Set(all.map(({ call }) => call.endpoint));
    expect(endpoints).to.have.length(26);
  });

  it("a 500 is an error to try again, changes nothing, and the same call again succeeds", async () => {
    const fault = { kind: "refuse", status: 500, message: "device or resource busy" } as const;
    expectRetryable(await outcomes(all, fault, asItIs), ["E_RUNTIME_FAILED", "E_REGISTRY_UNREACHABLE"]);
  });

  it("a reply that is lost after the effect is an error to try again, and the effect is had once", async () => {
    expectRetryable(await outcomes(all, { kind: "drop" }, asItIs), ["E_RUNTIME_UNREACHABLE"]);
  });

  it("an engine that accepts and never answers is given up at the deadline, and not kept waiting", async () => {
    const codes = ["E_RUNTIME_UNREACHABLE", "E_IMAGE_STALLED"];
    expectRetryable(await outcomes(all, { kind: "hang" }, impatient), codes);
  });

  it("an answer that stops half way is given up at the deadline", async () => {
    const answers = all.filter(
      ({ call }) => call.endpoint.startsWith("GET ") || /create$/.test(call.endpoint),
    );
    const codes = ["E_RUNTIME_UNREACHABLE", "E_IMAGE_STALLED"];
    expectRetryable(await outcomes(answers, { kind: "stall" }, impatient), codes);
  });
});
