// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { IsolationTier } from "@berth/sdk";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import type { LeaseId, MarketIdentity } from "../../domain/identity.ts";
import { containerName, networkName, volumeName } from "../../domain/names.ts";
import type { RuntimeUnderTest } from "../container-runtime.contract.ts";
import { connectEngine, type Engine } from "./client.ts";
import { createDockerRuntime, type DockerRuntime } from "./docker-runtime.ts";

export const PUBLISH_ADDRESS = "127.0.0.1";
export const SUBNET_POOL = "10.200.0.0/14";

/** Defines the suite if an engine answers, or if BERTH_REQUIRE_DOCKER=1 makes its absence a failure. */
export async function withDocker(title: string, define: () => void): Promise<void> {
  const answers = await connectEngine({})
    .docker.ping()
    .then(
      () => true,
      () => false,
    );
  if (answers || process.env["BERTH_REQUIRE_DOCKER"] === "1") return define();
  describe.skip(title, () => {
    it("needs a Docker Engine that answers");
  });
}

/** A market of its own for a suite, so that suites beside each other on one engine never meet. */
export function newIdentity(): MarketIdentity {
  return { chainId: 31337, market: `0x${randomBytes(20).toString("hex")}` };
}

export function newRuntime(identity: MarketIdentity, subnetPool = SUBNET_POOL): DockerRuntime {
  return createDockerRuntime({
    identity,
    publishAddress: PUBLISH_ADDRESS,
    subnetPool,
    monotonic: () => performance.now(),
    images: { localImages: true },
  });
}

/** The real engine under the contract's laws. */
export async function makeDockerUnderTest(): Promise<RuntimeUnderTest> {
  const identity = newIdentity();
  await ensureHelloImage(AbortSignal.timeout(60_000));
  return {
    runtime: newRuntime(identity),
    otherMarket: newRuntime(newIdentity()),
    image: HELLO_IMAGE,
    unenforcedTiers: await unenforcedBy(connectEngine({})),
    ...planting(connectEngine({}), identity),
  };
}

/** What the shared engine has not been set up for. */
async function unenforcedBy({ docker }: Engine): Promise<readonly IsolationTier[]> {
  const { Runtimes, SecurityOptions } = (await docker.info()) as {
    readonly Runtimes: object;
    readonly SecurityOptions: readonly string[];
  };
  return [
    ...(SecurityOptions.some((option) => option.startsWith("name=userns")) ? [] : (["userns"] as const)),
    ...("runsc" in Runtimes ? [] : (["gvisor"] as const)),
  ];
}

type Planting = Pick<RuntimeUnderTest, "plantForeign" | "foreignStands" | "clearForeign">;

/** The means to put something of somebody else's on an engine that has the demonstration's image. */
export function planting(engine: Engine, identity: MarketIdentity): Planting {
  const planted: Planted[] = [];
  return {
    async plantForeign(kind, leaseId, part) {
      planted.push(await PLANTS[kind](engine, identity, leaseId, part));
    },
    async foreignStands() {
      const standing = await Promise.all(planted.map((object) => object.stands()));
      return standing.length > 0 && standing.every(Boolean);
    },
    async clearForeign() {
      for (const object of planted.splice(0)) await object.clear();
    },
  };
}

/** Runs the words in a running container; output of both streams together, and the exit code. */
export async function execIn(
  container: string,
  ...words: readonly string[]
): Promise<{ output: string; code: number | null }> {
  const { docker } = connectEngine({});
  const exec = await docker
    .getContainer(container)
    .exec({ Cmd: [...words], AttachStdout: true, AttachStderr: true, Tty: true });
  let output = "";
  const stream = await exec.start({ Tty: true });
  for await (const chunk of stream) output += String(chunk);
  return { output, code: (await exec.inspect()).ExitCode };
}

interface Planted {
  stands(): Promise<boolean>;
  clear(): Promise<void>;
}

type Plant = (engine: Engine, identity: MarketIdentity, leaseId: LeaseId, part: string) => Promise<Planted>;

const plantContainer: Plant = async ({ docker }, identity, leaseId, part) => {
  const name = containerName(identity, leaseId, part);
  const container = await docker.createContainer({
    name,
    Image: HELLO_IMAGE,
    HostConfig: { NetworkMode: "none" },
  });
  await container.start();
  const { State } = await container.inspect();
  return {
    stands: async () => (await container.inspect()).State.Pid === State.Pid,
    clear: () => container.remove({ force: true }),
  };
};

const plantNetwork: Plant = async ({ docker }, identity, leaseId) => {
  const name = networkName(identity, leaseId);
  const config = { IPAM: { Config: [{ Subnet: "10.199.255.240/28" }] } };
  const network = await docker.createNetwork({
    Name: name,
    CheckDuplicate: true,
    Driver: "bridge",
    ...config,
  });
  const { id } = network;
  return {
    stands: async () => {
      const named = (await docker.listNetworks()).filter(({ Name }) => Name === name);
      return named.length === 1 && named[0]?.Id === id;
    },
    clear: () => network.remove(),
  };
};

const plantVolume: Plant = async ({ docker }, identity, leaseId, part) => {
  const name = volumeName(identity, leaseId, part);
  await docker.createVolume({ Name: name, Labels: { whose: "somebody else's" } });
  const volume = docker.getVolume(name);
  return {
    stands: async () => Object.keys((await volume.inspect()).Labels).join() === "whose",
    clear: () => volume.remove(),
  };
};

const PLANTS = { container: plantContainer, network: plantNetwork, volume: plantVolume };
