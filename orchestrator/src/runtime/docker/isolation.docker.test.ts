// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { awaitFirstAnswer } from "../../../../scripts/bench/first-answer.ts";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { containerName, leaseLabels, marketLabels, networkName, volumeName } from "../../domain/names.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import { patient, run, seeUntil, service, sweep, workload } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { securityOptions } from "./confinement.ts";
import { labelFilter } from "./context.ts";
import { execIn, newIdentity, newRuntime, withDocker } from "./docker-fixtures.ts";

await withDocker("isolation of a lease's containers", () => {
  describe("isolation of a lease's containers", function () {
    this.timeout(60_000);
    const identity = newIdentity();
    const runtime = newRuntime(identity);
    const { docker } = connectEngine({});
    const nameOf = (leaseId: bigint, name = "web") => containerName(identity, leaseId, name);
    const web = (changes: Partial<ServiceSpec> = {}) => service(HELLO_IMAGE, changes);
    const shell = (leaseId: bigint, script: string, name = "web") =>
      execIn(nameOf(leaseId, name), "sh", "-c", script);
    const addressOf = async (leaseId: bigint) => {
      const { NetworkSettings } = await docker.getContainer(nameOf(leaseId)).inspect();
      return NetworkSettings.Networks[networkName(identity, leaseId)]?.IPAddress ?? "";
    };

    before(() => ensureHelloImage(AbortSignal.timeout(60_000)));
    afterEach(() => sweep(runtime));

    it("a process has no capability, cannot gain one, is filtered and is not root", async () => {
      await run(runtime, 1n, web());
      const { output } = await shell(1n, "cat /proc/self/status; id");
      expect(output).to.match(/CapEff:\s+0{16}\b/);
      expect(output).to.match(/CapBnd:\s+0{16}\b/);
      expect(output).to.match(/NoNewPrivs:\s+1\b/);
      expect(output).to.match(/Seccomp:\s+2\b/);
      expect(output).to.match(/uid=1900000001 gid=1900000001 groups=1900000001\b/);
    });

    it("a user without a group gets a group of its own number, never root's", async () => {
      await run(runtime, 1n, web({ user: "1234" }));
      expect((await shell(1n, "id")).output).to.include("uid=1234 gid=1234 groups=1234");
    });

    it("the filter lets programs work, and refuses what kernels were broken into through", async () => {
      await run(runtime, 1n, web());
      const { HostConfig } = await docker.getContainer(nameOf(1n)).inspect();
      expect(HostConfig).to.deep.include({ SecurityOpt: securityOptions() });
      expect((await shell(1n, "busybox unshare -m true")).output).to.include("not permitted");
    });

    it("no name of the provider's own network is searched", async () => {
      await run(runtime, 1n, web());
      expect((await shell(1n, "cat /etc/resolv.conf")).output).not.to.match(/^search/m);
    });

    it("the root folder is read-only, and /tmp is writable, small and runs no program", async () => {
      await run(runtime, 1n, web({ tmpfs: [{ path: "/cache", sizeMiB: 1 }] }));
      expect((await shell(1n, "touch /here")).output).to.include("Read-only file system");
      expect((await shell(1n, "touch /tmp/here /cache/here && echo written")).output).to.include("written");
      const copy = await shell(1n, "busybox cp /bin/busybox /tmp/busybox && /tmp/busybox true");
      expect(copy.output).to.include("Permission denied");
      const flood = await shell(1n, "busybox dd if=/dev/zero of=/cache/flood bs=1M count=3");
      expect(flood.output).to.include("No space left on device");
    });

    it("what takes more memory than its limit is killed, and the reason is told", async () => {
      await run(runtime, 1n, web({ command: ["busybox", "tail", "/dev/zero"], memoryMiB: 16, init: false }));
      const ended = await seeUntil(runtime, 1n, "web", ({ state }) => state === "exited");
      expect(ended).to.deep.include({ oomKilled: true, exitCode: 137 });
    });

    it("no more processes than the limit are begun", async () => {
      await run(runtime, 1n, web({ pids: 24 }));
      const { output } = await shell(
        1n,
        "i=0; while [ $i -lt 40 ]; do sleep 3 & i=$((i+1)); done; echo survived",
      );
      expect(output).to.include("can't fork");
      expect(output).not.to.include("survived");
    });

    it("the engine keeps every limit that it was given", async () => {
      await run(runtime, 1n, web());
      const { HostConfig } = await docker.getContainer(nameOf(1n)).inspect();
      expect(HostConfig).to.deep.include({
        Memory: 32 * 1024 * 1024,
        MemorySwap: 32 * 1024 * 1024,
        NanoCpus: 250_000_000,
        PidsLimit: 16,
        Privileged: false,
        ReadonlyRootfs: true,
        IpcMode: "private",
        CgroupnsMode: "private",
        OomScoreAdj: 500,
        AutoRemove: false,
        NetworkMode: networkName(identity, 1n),
        LogConfig: { Type: "local", Config: { "max-size": "10m", "max-file": "3" } },
      });
      expect(HostConfig.RestartPolicy?.Name).to.equal("no");
      expect(HostConfig.MaskedPaths).to.include("/proc/kcore");
      expect(HostConfig.ReadonlyPaths).to.include("/proc/sys");
    });

    it("two services of a lease find each other by name, on published and exposed ports", async () => {
      await run(runtime, 1n, web());
      await run(
        runtime,
        1n,
        web({ name: "db", ports: [], expose: [{ containerPort: 8080, protocol: "tcp" }] }),
      );
      expect((await shell(1n, "nc -w 2 db 8080 -e true")).code).to.equal(0);
      expect((await shell(1n, "nc -w 2 web 8080 -e true", "db")).code).to.equal(0);
      expect((await shell(1n, "nc -w 2 nobody 8080 -e true")).output).to.include("bad address");
    });

    it("another lease's services are reached neither by name nor by address", async () => {
      await run(runtime, 1n, web());
      await run(runtime, 2n, web({ name: "web" }));
      await run(runtime, 2n, web({ name: "db" }));
      const address = await addressOf(2n);
      expect((await shell(2n, `nc -w 2 ${address} 8080 -e true`, "db")).code).to.equal(0);
      expect((await shell(1n, `nc -w 2 ${address} 8080 -e true`)).code).not.to.equal(0);
      expect((await shell(1n, "nc -w 2 db 8080 -e true")).output).to.include("bad address");
    });

    it("a published port answers over HTTP at its endpoint", async () => {
      await run(runtime, 1n, web());
      const { endpoints } = await seeUntil(runtime, 1n, "web", ({ state }) => state === "running");
      const [endpoint] = endpoints;
      const url = `http://${endpoint?.address}:${endpoint?.port}/`;
      await awaitFirstAnswer(url, patient());
      const response = await fetch(url);
      expect(response.status).to.equal(200);
      expect(await response.text()).to.include("Berth: this page is served from a lease");
    });

    it("a volume is the user's to write, is never given away again, and outlives its container", async () => {
      const volumes = [{ volume: "data", path: "/var/lib/data", readOnly: false }];
      await runtime.createVolume(1n, { name: "data", sizeMiB: 16 }, patient());
      await run(runtime, 1n, web({ volumes, user: "1000:1001" }));
      expect((await shell(1n, "echo kept > /var/lib/data/file")).code).to.equal(0);
      await runtime.removeContainer(1n, "web", patient());
      await run(runtime, 1n, web({ volumes, user: "2000" }));
      expect((await shell(1n, "cat /var/lib/data/file")).output.trim()).to.equal("kept");
      expect((await shell(1n, "ls -ldn /var/lib/data")).output).to.match(/\b1000 +1001\b/);
      expect((await shell(1n, "touch /var/lib/data/mine")).output).to.include("Permission denied");
    });

    it("a volume that holds the lease's data is not held by a helper that was left behind", async () => {
      await runtime.createVolume(1n, { name: "data", sizeMiB: 16 }, patient());
      const volume = volumeName(identity, 1n, "data");
      const left = { name: `owner.${volume}`, Image: HELLO_IMAGE, Labels: leaseLabels(identity, 1n) };
      const HostConfig = { Mounts: [{ Type: "volume" as const, Source: volume, Target: "/held" }] };
      await docker.createContainer({ ...left, HostConfig });
      expect((await runtime.observe(patient()))[0]).to.deep.include({
        containers: [],
        volumes: [{ name: "data", sizeMiB: null, isWhole: true }],
      });
      await runtime.removeVolume(1n, "data", patient());
      expect(await runtime.observe(patient())).to.deep.equal([]);
    });

    it("a volume mounted read-only cannot be written, whoever wrote it before", async () => {
      const mount = (readOnly: boolean) => [{ volume: "data", path: "/data", readOnly }];
      await runtime.createVolume(1n, { name: "data", sizeMiB: 16 }, patient());
      await run(runtime, 1n, web({ name: "reader", volumes: mount(true) }));
      await run(runtime, 1n, web({ name: "writer", volumes: mount(false), user: "4000000:4000000" }));
      expect((await shell(1n, "touch /data/file", "writer")).code).to.equal(0);
      expect((await shell(1n, "touch /data/other", "reader")).output).to.include("Read-only file system");
      expect((await shell(1n, "ls -n /data", "reader")).output).to.match(/4000000 +4000000 .*file/);
    });

    it("container, network and volume carry the lease, the chain and the market as labels", async () => {
      await runtime.createVolume(7n, { name: "data", sizeMiB: 16 }, patient());
      await run(runtime, 7n, web({ volumes: [{ volume: "data", path: "/data", readOnly: false }] }));
      const container = await docker.getContainer(nameOf(7n)).inspect();
      const [network] = (await docker.listNetworks()).filter(
        ({ Name }) => Name === networkName(identity, 7n),
      );
      const volume = await docker.getVolume(volumeName(identity, 7n, "data")).inspect();
      for (const labels of [container.Config.Labels, network?.Labels, volume.Labels]) {
        expect(labels).to.include({ ...marketLabels(identity), "berth.lease": "7" });
      }
      expect(network?.Options?.["com.docker.network.bridge.name"]).to.match(/^berth.{10}$/);
      expect(network?.IPAM?.Config?.[0]?.Subnet).to.match(/^10\.20[0-3]\..*\/27$/);
    });

    it("the page's health check of the demonstration tells healthy from unhealthy", async () => {
      const check = (port: number) => ({
        test: ["CMD-SHELL", `echo 'GET / HTTP/1.0' | nc 127.0.0.1 ${port} | grep -q '200 OK'`],
        intervalMs: 200,
        timeoutMs: 2_000,
        retries: 1,
        startPeriodMs: 0,
      });
      await run(runtime, 1n, web({ healthcheck: check(8080) }));
      await run(runtime, 1n, web({ name: "deaf", healthcheck: check(9999) }));
      await seeUntil(runtime, 1n, "web", ({ health }) => health === "healthy");
      await seeUntil(runtime, 1n, "deaf", ({ health }) => health === "unhealthy");
    });

    it("a command that is not there is a permanent error, and the container never ran", async () => {
      await runtime.createNetwork(1n, patient());
      await runtime.createContainer(workload(1n), web({ command: ["absent"], init: false }), patient());
      const error = await runtime.startContainer(1n, "web", patient()).catch((caught: unknown) => caught);
      expect(error).to.include({ code: "E_CANNOT_START", retryable: false });
      expect(await seeUntil(runtime, 1n, "web", () => true)).to.deep.include({
        state: "created",
        startedAt: null,
      });
    });

    it("a volume that the image asks for goes with the container, and the lease's own stays", async () => {
      const image = `berth/hello:volume-${identity.market.slice(2, 10)}`;
      const maker = await docker.createContainer({ Image: HELLO_IMAGE });
      await maker.commit({ repo: "berth/hello", tag: image.split(":")[1], changes: "VOLUME /scratch" });
      await maker.remove();
      const volumes = [{ volume: "data", path: "/data", readOnly: false }];
      await run(runtime, 1n, web({ image, volumes }));
      const { Mounts } = await docker.getContainer(nameOf(1n)).inspect();
      const scratch = Mounts.find(({ Destination }) => Destination === "/scratch")?.Name ?? "";
      expect((await docker.getVolume(scratch).inspect()).Name).to.equal(scratch);
      await runtime.removeContainer(1n, "web", patient());
      await docker.getImage(image).remove();
      const lookedUp = await docker
        .getVolume(scratch)
        .inspect()
        .catch((error: unknown) => error);
      expect(lookedUp).to.include({ statusCode: 404 });
      expect((await runtime.observe(patient()))[0]?.volumes?.map(({ name }) => name)).to.deep.equal(["data"]);
    });

    it("nothing is left behind: no container, network or volume", async () => {
      const count = async () => ({
        containers: (await docker.listContainers({ all: true, filters: labelFilter(marketLabels(identity)) }))
          .length,
        networks: (await docker.listNetworks({ filters: labelFilter(marketLabels(identity)) })).length,
        volumes: (await docker.listVolumes({ filters: labelFilter(marketLabels(identity)) })).Volumes.length,
      });
      await runtime.createVolume(1n, { name: "data", sizeMiB: 16 }, patient());
      await run(runtime, 1n, web({ volumes: [{ volume: "data", path: "/data", readOnly: false }] }));
      expect(await count()).to.deep.equal({ containers: 1, networks: 1, volumes: 1 });
      await sweep(runtime);
      expect(await count()).to.deep.equal({ containers: 0, networks: 0, volumes: 0 });
    });
  });
});
