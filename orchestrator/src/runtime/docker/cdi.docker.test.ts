// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import type { HeldGpu } from "../../domain/gpus.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import { patient, run, service, sweep, workload } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { driversOf } from "./device-requests.ts";
import { newIdentity, newRuntime } from "./docker-fixtures.ts";

/** The first GPU that the engine found in a CDI specification under its own id, real or made up; null where there is none. */
async function foundGpu(): Promise<HeldGpu | null> {
  const info: unknown = await connectEngine({})
    .docker.info()
    .catch(() => null);
  const ids = driversOf(info).cdi.flatMap(
    (name) => /^nvidia\.com\/gpu=(GPU-[0-9a-f-]{36})$/.exec(name)?.[1] ?? [],
  );
  return ids[0] === undefined ? null : { vendor: "nvidia", uuid: ids[0] };
}

const gpu = await foundGpu();

if (gpu === null) {
  describe.skip("a GPU through CDI", () => {
    it("needs an engine, 28 or later, that found nvidia.com/gpu=GPU-<id> in a CDI specification");
  });
} else {
  describe("a GPU through CDI", function () {
    this.timeout(60_000);
    const identity = newIdentity();
    const runtime = newRuntime(identity);
    const telling = (changes: Partial<ServiceSpec> = {}): ServiceSpec =>
      service(HELLO_IMAGE, {
        command: ["sh", "-c", "cd /dev && echo *; exec busybox sleep 1000"],
        ...changes,
      });
    /** What the service's own process sees, once it has said so. */
    const devicesOf = async (leaseId: bigint): Promise<readonly string[]> => {
      const ask = { service: "web", tail: 10, follow: true };
      for await (const { text } of runtime.logs(leaseId, ask, patient())) return text.trim().split(/\s+/);
      return expect.fail("it said nothing");
    };

    before(() => ensureHelloImage(AbortSignal.timeout(60_000)));
    afterEach(() => sweep(runtime));

    it("is there in the container that has it, and in no other, and is told by its label", async () => {
      await run(runtime, 1n, telling({ gpus: [gpu] }));
      await run(runtime, 2n, telling());
      const without = await devicesOf(2n);
      expect(without).to.include.members(["null", "urandom"]);
      expect((await devicesOf(1n)).filter((device) => !without.includes(device))).to.not.deep.equal([]);
      const seen = new Map(
        (await runtime.observe(patient())).map((each) => [each.leaseId, each.containers[0]?.gpus]),
      );
      expect(seen.get(1n)).to.deep.equal([gpu.uuid]);
      expect(seen.get(2n)).to.equal(undefined);
    });

    it("that the engine does not know is refused before anything is made", async () => {
      const other = { vendor: "nvidia", uuid: "GPU-00000000-0000-0000-0000-000000000000" } as const;
      const spec = service(HELLO_IMAGE, { gpus: [gpu, other] });
      await runtime.createNetwork(3n, patient());
      const failure: unknown = await runtime
        .createContainer(workload(3n), spec, patient())
        .catch((error: unknown) => error);
      expect(failure).to.include({ code: "E_GPU_NOT_GIVEN" });
      expect((await runtime.observe(patient())).flatMap(({ containers }) => containers)).to.deep.equal([]);
    });
  });
}
