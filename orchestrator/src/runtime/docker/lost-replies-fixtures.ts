// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { Dice } from "../../../../test/differential/dice.ts";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import type { MarketIdentity } from "../../domain/identity.ts";
import { containerName, networkName, volumeName } from "../../domain/names.ts";
import type { ContainerRuntime } from "../../ports/container-runtime.ts";
import { patient, service, workload } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { runtimeOn, startFakeEngine } from "./fake-engine-fixtures.ts";

/** What a lease should have by now. */
interface Expected {
  readonly leaseId: bigint;
  network: boolean;
  volume: boolean;
  container: "none" | "created" | "running" | "frozen" | "exited";
  starts: number;
}

interface Act {
  readonly name: string;
  readonly may: (lease: Expected) => boolean;
  readonly call: (runtime: ContainerRuntime, leaseId: bigint) => Promise<unknown>;
  readonly then: (lease: Expected) => void;
}

export interface Losses {
  /** Replies that were lost, by endpoint. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Acts that were done, each until its reply was not lost. */
  readonly acts: number;
}

const LEASES = [1n, 2n, 3n];
const LOST = 0.8;
const SPEC = service(HELLO_IMAGE, { volumes: [{ volume: "data", path: "/data", readOnly: false }] });
const isAlive = ({ container }: Expected) => container === "running" || container === "frozen";

const ACTS: readonly Act[] = [
  {
    name: "createNetwork",
    may: () => true,
    call: (runtime, leaseId) => runtime.createNetwork(leaseId, patient()),
    then: (lease) => (lease.network = true),
  },
  {
    name: "createVolume",
    may: () => true,
    call: (runtime, leaseId) => runtime.createVolume(leaseId, { name: "data", sizeMiB: 16 }, patient()),
    then: (lease) => (lease.volume = true),
  },
  {
    name: "createContainer",
    may: () => true,
    call: (runtime, leaseId) => runtime.createContainer(workload(leaseId), SPEC, patient()),
    then: (lease) => {
      lease.volume = true;
      if (lease.container === "none") lease.container = "created";
    },
  },
  {
    name: "startContainer",
    may: ({ network, container }) => network && container !== "none",
    call: (runtime, leaseId) => runtime.startContainer(leaseId, "web", patient()),
    then: (lease) => {
      if (isAlive(lease)) return;
      lease.container = "running";
      lease.starts += 1;
    },
  },
  {
    name: "stopContainer",
    may: () => true,
    call: (runtime, leaseId) => runtime.stopContainer(leaseId, "web", 5, patient()),
    then: (lease) => {
      if (isAlive(lease)) lease.container = "exited";
    },
  },
  {
    name: "freezeContainer",
    may: () => true,
    call: (runtime, leaseId) => runtime.freezeContainer(leaseId, "web", patient()),
    then: (lease) => {
      if (isAlive(lease)) lease.container = "frozen";
    },
  },
  {
    name: "thawContainer",
    may: () => true,
    call: (runtime, leaseId) => runtime.thawContainer(leaseId, "web", patient()),
    then: (lease) => {
      if (isAlive(lease)) lease.container = "running";
    },
  },
  {
    name: "removeContainer",
    may: () => true,
    call: (runtime, leaseId) => runtime.removeContainer(leaseId, "web", patient()),
    then: (lease) => (lease.container = "none"),
  },
  {
    name: "removeNetwork",
    may: (lease) => !isAlive(lease),
    call: (runtime, leaseId) => runtime.removeNetwork(leaseId, patient()),
    then: (lease) => (lease.network = false),
  },
  {
    name: "removeVolume",
    may: ({ container }) => container === "none",
    call: (runtime, leaseId) => runtime.removeVolume(leaseId, "data", patient()),
    then: (lease) => (lease.volume = false),
  },
];

/**
 * Does one thing after another to a few leases, and loses most replies to what changes anything until so many were lost. Each act
 * is called again until its reply comes; after each, what the engine has must be what was asked for, once.
 */
export async function loseReplies(seed: bigint, losses: number): Promise<Losses> {
  const identity = { chainId: 31_337, market: "0x1111111111111111111111111111111111111111" } as const;
  const fake = await startFakeEngine();
  const runtime = runtimeOn(connectEngine({ socketPath: fake.socketPath }), identity);
  const dice = new Dice(seed, 0n);
  const leases = LEASES.map((leaseId): Expected => ({
    ...{ leaseId, network: false, volume: false, container: "none", starts: 0 },
  }));
  const dropped = new Map<string, number>();
  let left = losses;
  fake.faults = ({ mutates, endpoint }) => {
    if (!mutates || left === 0 || !dice.chance(LOST)) return null;
    left -= 1;
    dropped.set(endpoint, (dropped.get(endpoint) ?? 0) + 1);
    return { kind: "drop" };
  };
  let acts = 0;
  while (left > 0) {
    const lease = dice.pick(leases);
    const act = dice.pick(ACTS.filter(({ may }) => may(lease)));
    while (!(await isDone(act, runtime, lease.leaseId)));
    act.then(lease);
    acts += 1;
    expectAll(fake, identity, leases, `act ${acts}, ${act.name} of lease ${lease.leaseId}`);
  }
  await fake.close();
  return { dropped, acts };
}

async function isDone({ call }: Act, runtime: ContainerRuntime, leaseId: bigint): Promise<boolean> {
  try {
    await call(runtime, leaseId);
    return true;
  } catch (error) {
    if (error instanceof BerthError && error.code === "E_RUNTIME_UNREACHABLE") return false;
    throw error;
  }
}

function expectAll(
  { truth }: FakeDockerEngine,
  identity: MarketIdentity,
  leases: readonly Expected[],
  when: string,
): void {
  const named = (name: (id: MarketIdentity, leaseId: bigint, part: string) => string, part: string) => ({
    of: (has: (lease: Expected) => boolean) =>
      leases.filter(has).map(({ leaseId }) => name(identity, leaseId, part)),
  });
  const containers = named(containerName, "web");
  expect(truth.containers(), when).to.have.members(containers.of(({ container }) => container !== "none"));
  expect(
    truth.running().map(({ name }) => name),
    when,
  ).to.have.members(containers.of(isAlive));
  expect(truth.networks(), when).to.have.members(named(networkName, "").of(({ network }) => network));
  expect(truth.volumes(), when).to.have.members(named(volumeName, "data").of(({ volume }) => volume));
  for (const { leaseId, starts } of leases)
    expect(truth.starts(containerName(identity, leaseId, "web")), when).to.have.length(starts);
}
