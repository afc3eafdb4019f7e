// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { expect } from "chai";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import type { EngineCall, Fault } from "../../../../test/fake-engine/faults.ts";
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { containerName } from "../../domain/names.ts";
import type { ContainerRuntime } from "../../ports/container-runtime.ts";
import { ANYBODY, collect, patient, sampleOf, see, service, workload } from "../contract-fixtures.ts";
import { imageOf, stubRegistry } from "../registry/registry-stub.ts";
import { connectEngine, type Engine } from "./client.ts";
import { newIdentity } from "./docker-fixtures.ts";
import { runtimeOn, startFakeEngine } from "./fake-engine-fixtures.ts";

const REGISTRY = await stubRegistry();
/** An image that the registry has and the engine has not, and one that the engine alone has. */
const PULLED = `${REGISTRY.host}/team/app@${REGISTRY.put("team/app", "1", imageOf(1_000))}`;
const LOCAL_PIN = `sha256:${createHash("sha256").update(HELLO_IMAGE).digest("hex")}`;
const LEASE = 1n;

export interface Step {
  readonly name: string;
  readonly act: (runtime: ContainerRuntime) => Promise<unknown>;
}

/** The life of a lease, with every call of the port that the engine hears of. */
export const VOYAGE: readonly Step[] = [
  step("describe", (runtime) => runtime.describe(patient())),
  step("resolveImage", (runtime) => runtime.resolveImage(HELLO_IMAGE, ANYBODY, patient())),
  step("ensureImage", (runtime) => runtime.ensureImage(LOCAL_PIN, ANYBODY, patient())),
  step("ensureImage of a registry", (runtime) => runtime.ensureImage(PULLED, ANYBODY, patient())),
  step("createNetwork", (runtime) => runtime.createNetwork(LEASE, patient())),
  step("createVolume", (runtime) => runtime.createVolume(LEASE, { name: "data", sizeMiB: 16 }, patient())),
  step("createContainer", (runtime) => runtime.createContainer(workload(LEASE), SPEC, patient())),
  step("startContainer", (runtime) => runtime.startContainer(LEASE, "web", patient())),
  step("observe", (runtime) => runtime.observe(patient())),
  step("sample", async (runtime) => sampleOf(runtime, await see(runtime, LEASE, "web"))),
  step("logs", (runtime) => collect(runtime.logs(LEASE, RECORDED, patient()))),
  step("freezeContainer", (runtime) => runtime.freezeContainer(LEASE, "web", patient())),
  step("thawContainer", (runtime) => runtime.thawContainer(LEASE, "web", patient())),
  step("stopContainer", (runtime) => runtime.stopContainer(LEASE, "web", 5, patient())),
  step("removeNetwork of what has run", (runtime) => runtime.removeNetwork(LEASE, patient())),
  step("createNetwork again", (runtime) => runtime.createNetwork(LEASE, patient())),
  step("startContainer again", (runtime) => runtime.startContainer(LEASE, "web", patient())),
  step("removeContainer", (runtime) => runtime.removeContainer(LEASE, "web", patient())),
  step("removeNetwork", (runtime) => runtime.removeNetwork(LEASE, patient())),
  step("removeVolume", (runtime) => runtime.removeVolume(LEASE, "data", patient())),
];

/** Starts of the container that a voyage makes. */
const STARTS = 2;
const RECORDED = { service: "web", tail: 10, follow: false };
const SPEC = service(HELLO_IMAGE, { volumes: [{ volume: "data", path: "/data", readOnly: false }] });

/** One request of a voyage: the step that makes it, and its place among the step's requests. */
export interface Occasion {
  readonly step: Step;
  readonly place: number;
  readonly call: EngineCall;
}

/** Every request of a voyage on which nothing goes wrong. */
export async function occasions(): Promise<readonly Occasion[]> {
  const ship = await embark((engine) => engine);
  const all: Occasion[] = [];
  for (const step of VOYAGE) {
    let place = 0;
    ship.fake.faults = (call) => (all.push({ step, place: place++, call }), null);
    await step.act(ship.runtime);
  }
  await ship.arrive();
  return all;
}

/** The outcome of the call that met the fault; the voyage goes on after it, and must end as one without a fault. */
export async function voyage(
  { step: faulty, place }: Occasion,
  fault: Fault,
  client: (engine: Engine) => Engine,
): Promise<unknown> {
  const ship = await embark(client);
  let outcome: unknown;
  for (const step of VOYAGE) {
    if (step === faulty) outcome = await ship.meet(step, place, fault);
    await step.act(ship.runtime);
  }
  await ship.arrive();
  return outcome;
}

interface Ship {
  readonly fake: FakeDockerEngine;
  readonly runtime: ContainerRuntime;
  /** What the step ends with when its request number `place` meets the fault. */
  meet(step: Step, place: number, fault: Fault): Promise<unknown>;
  /** Nothing is left, nothing was started twice, nothing waits. */
  arrive(): Promise<void>;
}

async function embark(client: (engine: Engine) => Engine): Promise<Ship> {
  const fake = await startFakeEngine({ registry: { [PULLED]: ["httpd"] } });
  const identity = newIdentity();
  const engine = connectEngine({ socketPath: fake.socketPath });
  const images = { localRegistries: [REGISTRY.origin] };
  const runtime = runtimeOn(engine, identity, undefined, images);
  const tested = runtimeOn(client(engine), identity, undefined, images);
  return {
    fake,
    runtime,
    async meet(step, place, fault) {
      let count = 0;
      fake.faults = () => (count++ === place ? fault : null);
      const outcome = await step.act(tested).catch((error: unknown) => error);
      fake.faults = () => null;
      expect(count).to.be.greaterThan(place);
      await nothingWaits(fake, step.name);
      return outcome;
    },
    async arrive() {
      const { truth } = fake;
      expect([truth.containers(), truth.networks(), truth.volumes()]).to.deep.equal([[], [], []]);
      expect(truth.starts(containerName(identity, LEASE, "web"))).to.have.length(STARTS);
      await nothingWaits(fake, "the end");
      await fake.close();
    },
  };
}

/** The engine hears of a closed connection a moment after it was closed. */
async function nothingWaits({ truth }: FakeDockerEngine, when: string): Promise<void> {
  const end = Date.now() + 2_000;
  while (truth.openRequests() > 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 5));
  expect(truth.openRequests(), `open after ${when}`).to.equal(0);
}

function step(name: string, act: Step["act"]): Step {
  return { name, act };
}
