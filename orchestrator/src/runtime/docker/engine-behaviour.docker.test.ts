// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { containerName, networkName } from "../../domain/names.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import {
  collect,
  expectError,
  patient,
  run,
  sampleOf,
  see,
  seeUntil,
  service,
  sweep,
} from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { execIn, newIdentity, newRuntime, withDocker } from "./docker-fixtures.ts";

await withDocker("behaviour of the engine", () => {
  describe("behaviour of the engine", function () {
    this.timeout(60_000);
    const identity = newIdentity();
    const small = newRuntime(identity, "10.198.77.0/25");
    const web = (changes: Partial<ServiceSpec> = {}) => service(HELLO_IMAGE, changes);
    const { docker } = connectEngine({});
    const subnetOf = async (leaseId: bigint) => {
      const [network] = (await docker.listNetworks()).filter(
        ({ Name }) => Name === networkName(identity, leaseId),
      );
      return network?.IPAM?.Config?.[0]?.Subnet ?? "none";
    };

    before(() => ensureHelloImage(AbortSignal.timeout(60_000)));
    afterEach(() => sweep(small));

    it("leases with the same place in the pool get different subnets, asked for at the same time", async () => {
      await Promise.all([0n, 4n, 8n, 12n].map((leaseId) => small.createNetwork(leaseId, patient())));
      const subnets = await Promise.all([0n, 4n, 8n, 12n].map(subnetOf));
      expect(subnets).to.have.members([0, 32, 64, 96].map((last) => `10.198.77.${last}/27`));
    });

    it("a full pool is told as such, and a lease that goes makes room", async () => {
      for (const leaseId of [0n, 1n, 2n, 3n]) await small.createNetwork(leaseId, patient());
      await expectError(small.createNetwork(4n, patient()), "E_SUBNETS_EXHAUSTED", "retryable");
      await small.removeNetwork(2n, patient());
      expect(await small.createNetwork(4n, patient())).to.equal("created");
    });

    it("output of both streams comes line by line, long lines and other scripts whole", async () => {
      const script = [
        "echo first",
        "echo to stderr >&2",
        "echo",
        "i=0; while [ $i -lt 5000 ]; do printf 'é€😀%s' $i; i=$((i+1)); done; echo",
        "printf 'no newline'",
      ];
      await run(small, 1n, web({ command: ["sh", "-c", script.join("; ")] }));
      await seeUntil(small, 1n, "web", ({ state }) => state === "exited");
      const lines = await collect(small.logs(1n, { service: "web", tail: 100, follow: false }, patient()));
      const long = Array.from({ length: 5000 }, (_, index) => `é€😀${index}`).join("");
      const texts = (stream: string) =>
        lines.filter((line) => line.stream === stream).map(({ text }) => text);
      expect(texts("stdout")).to.deep.equal(["first", "", long, "no newline"]);
      expect(texts("stderr")).to.deep.equal(["to stderr"]);
      // The engine copies each stream by itself and stamps a line before it records it: only one stream's lines are in order.
      for (const stream of ["stdout", "stderr"]) {
        const times = lines.filter((line) => line.stream === stream).map(({ at }) => at);
        expect(times.every((at) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at))).to.equal(true);
        expect(times.join()).to.equal(times.toSorted().join());
      }
    });

    it("a followed log gives recorded lines and then new ones until the container ends", async () => {
      const command = ["sh", "-c", "echo one; sleep 1; echo two; sleep 1; echo three"];
      await run(small, 1n, web({ command }));
      const lines = await collect(small.logs(1n, { service: "web", tail: 100, follow: true }, patient()));
      expect(lines.map(({ text }) => text)).to.deep.equal(["one", "two", "three"]);
    });

    it("a flood of output keeps the last of it, and no more than 30 MiB", async () => {
      const written = 45_000;
      const command = [
        "sh",
        "-c",
        `busybox yes ${"x".repeat(999)} | busybox head -n ${written}; echo the end`,
      ];
      await run(small, 1n, web({ command, cpuMillis: 1000 }));
      await seeUntil(small, 1n, "web", ({ state }) => state === "exited");
      const lines = await collect(
        small.logs(1n, { service: "web", tail: written + 1, follow: false }, patient()),
      );
      expect(lines.at(-1)?.text).to.equal("the end");
      expect(lines.length * 1000).to.be.within(10 * 1024 * 1024, 30 * 1024 * 1024);
    });

    it("processor time and network totals grow with use, and begin again with a new incarnation", async () => {
      await run(small, 1n, web());
      const first = await see(small, 1n, "web");
      const idle = await sampleOf(small, first);
      await execIn(
        containerName(identity, 1n, "web"),
        "sh",
        "-c",
        "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done",
      );
      const [endpoint] = first.endpoints;
      for (let times = 0; times < 5; times += 1) {
        await (await fetch(`http://${endpoint?.address}:${endpoint?.port}/`)).text();
      }
      const busy = await sampleOf(small, first);
      expect(Number((busy?.cpuNanos ?? 0n) - (idle?.cpuNanos ?? 0n))).to.be.greaterThan(1_000_000);
      expect(Number((busy?.networkTxBytes ?? 0n) - (idle?.networkTxBytes ?? 0n))).to.be.greaterThan(
        5 * 1_500,
      );
      expect(Number(busy?.memoryBytes)).to.be.within(1, 32 * 1024 * 1024);
      await small.stopContainer(1n, "web", 5, patient());
      await small.startContainer(1n, "web", patient());
      const again = await sampleOf(small, await see(small, 1n, "web"));
      expect(Number(again?.cpuNanos)).to.be.lessThan(Number(busy?.cpuNanos));
      expect(again?.startedAt).not.to.equal(busy?.startedAt);
    });

    it("what ignores the request to end is killed after its grace", async () => {
      const command = ["sh", "-c", "trap '' TERM; while true; do sleep 1; done"];
      await run(small, 1n, web({ command, init: false }));
      const begin = Date.now();
      await small.stopContainer(1n, "web", 1, patient());
      expect(Date.now() - begin).to.be.within(900, 10_000);
      expect(await see(small, 1n, "web")).to.deep.include({
        state: "exited",
        exitCode: 137,
        oomKilled: false,
      });
    });
  });
});
