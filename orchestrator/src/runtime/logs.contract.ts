// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { RuntimeUnderTest } from "./container-runtime.contract.ts";
import { collect, expectError, patient, run, seeUntil, service } from "./contract-fixtures.ts";

/** The laws of the port about what a container says. */
export function describeLogLaws(under: () => Pick<RuntimeUnderTest, "runtime" | "image">): void {
  describe("logs", () => {
    it("gives the recorded lines with their time, and the last ones first to go", async () => {
      await run(under().runtime, 1n, service(under().image, { command: ["echo", "a berth in the harbour"] }));
      await seeUntil(under().runtime, 1n, "web", ({ state }) => state === "exited");
      const read = (tail: number) =>
        collect(under().runtime.logs(1n, { service: "web", tail, follow: false }, patient()));
      const [line, ...rest] = await read(10);
      expect(rest).to.deep.equal([]);
      expect(line).to.deep.include({ service: "web", stream: "stdout", text: "a berth in the harbour" });
      expect(Number.isNaN(Date.parse(line?.at ?? ""))).to.equal(false);
      expect(await read(0)).to.deep.equal([]);
    });

    it("ends a followed log with the container, and with the signal", async () => {
      await run(under().runtime, 1n, service(under().image));
      const request = { service: "web", tail: 10, follow: true };
      const leaving = new AbortController();
      const left = collect(under().runtime.logs(1n, request, leaving.signal));
      const stayed = collect(under().runtime.logs(1n, request, patient()));
      setTimeout(() => leaving.abort(), 100);
      expect(await left).to.deep.equal([]);
      await under().runtime.stopContainer(1n, "web", 5, patient());
      expect(await stayed).to.deep.equal([]);
    });

    it("has no log of a container that is not there", async () => {
      const request = { service: "web", tail: 10, follow: false };
      await expectError(
        collect(under().runtime.logs(1n, request, patient())),
        "E_CONTAINER_GONE",
        "retryable",
      );
    });
  });
}
