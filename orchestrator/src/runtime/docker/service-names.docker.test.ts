// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { makeProgramImage } from "../../../../test/helpers/program-image.ts";
import { containerName } from "../../domain/names.ts";
import { patient, run, seeUntil, service, sweep, workload } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { execIn, newIdentity, newRuntime, withDocker } from "./docker-fixtures.ts";

const LOOKUP = "berth/lookup";

await withDocker("names of services", () => {
  describe("names of services", function () {
    this.timeout(60_000);
    const identity = newIdentity();
    const runtime = newRuntime(identity);
    const cache = service(HELLO_IMAGE, {
      ...{ name: "cache", ports: [], expose: [{ containerPort: 6379, protocol: "tcp" }] },
      command: ["httpd", "-f", "-p", "6379", "-h", "/www"],
    });
    const client = service(`${LOOKUP}:local`, { name: "client", ports: [], command: ["sleep", "600"] });

    before(async () => {
      await ensureHelloImage(AbortSignal.timeout(60_000));
      expect(await makeProgramImage(LOOKUP, "getent"), "a machine with getent and a static busybox").to.equal(
        true,
      );
    });
    afterEach(() => sweep(runtime));

    const clientOf = (leaseId: bigint) => containerName(identity, leaseId, "client");
    /** What the C library of a service makes of a name: an address, or nothing. */
    const lookUp = async (leaseId: bigint, name: string): Promise<string> => {
      const { output, code } = await execIn(clientOf(leaseId), "getent", "ahostsv4", name);
      return code === 0 ? (/^\S+/.exec(output)?.[0] ?? "") : "";
    };
    const isAnswered = async (leaseId: bigint, address: string) => {
      const request = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 3 ${address} 6379`;
      return (await execIn(clientOf(leaseId), "sh", "-c", request)).output.includes("200 OK");
    };
    const expectAnswer = async (leaseId: bigint) => {
      const address = await lookUp(leaseId, "cache");
      expect(address).to.match(/^10\./);
      expect(await isAnswered(leaseId, address)).to.equal(true);
    };
    const serve = async (leaseId: bigint) => {
      await run(runtime, leaseId, cache);
      await runtime.createContainer(workload(leaseId), client, patient());
      await runtime.startContainer(leaseId, "client", patient());
    };

    it("resolve in the lease's network, after a restart and after a freeze too", async () => {
      await serve(1n);
      await expectAnswer(1n);
      await runtime.stopContainer(1n, "cache", 0, patient());
      expect(await lookUp(1n, "cache"), "while it is down").to.equal("");
      await runtime.startContainer(1n, "cache", patient());
      await expectAnswer(1n);
      for (const name of ["cache", "client"]) await runtime.freezeContainer(1n, name, patient());
      for (const name of ["cache", "client"]) await runtime.thawContainer(1n, name, patient());
      await expectAnswer(1n);
    });

    it("resolve again once network and service were made anew", async () => {
      await serve(1n);
      for (const name of ["cache", "client"]) await runtime.stopContainer(1n, name, 0, patient());
      await runtime.removeContainer(1n, "cache", patient());
      await runtime.removeNetwork(1n, patient());
      await run(runtime, 1n, cache);
      await runtime.startContainer(1n, "client", patient());
      await expectAnswer(1n);
    });

    it("mean the own lease's service, and nobody else's", async () => {
      await serve(1n);
      await run(runtime, 2n, client);
      await expectAnswer(1n);
      for (const name of ["cache", containerName(identity, 1n, "cache")])
        expect(await lookUp(2n, name), name).to.equal("");
    });

    it("go on when another service ends, which the engine does not start again by itself", async () => {
      await serve(1n);
      const { docker } = connectEngine({});
      const of = (name: string) => docker.getContainer(containerName(identity, 1n, name)).inspect();
      const before = await of("cache");
      await docker.getContainer(containerName(identity, 1n, "client")).kill();
      const ended = await seeUntil(runtime, 1n, "client", ({ state }) => state === "exited");
      expect(ended.exitCode).to.equal(137);
      const after = await of("cache");
      expect(after.State.Pid).to.equal(before.State.Pid);
      for (const { HostConfig } of [after, await of("client")])
        expect(HostConfig.RestartPolicy?.Name).to.equal("no");
    });
  });
});
