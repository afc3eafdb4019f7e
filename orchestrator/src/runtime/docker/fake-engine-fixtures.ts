// SPDX-License-Identifier: Apache-2.0
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { FakeDockerEngine, type FakeEngineOptions } from "../../../../test/fake-engine/fake-engine.ts";
import type { Ingress } from "../../domain/ingress.ts";
import type { MarketIdentity } from "../../domain/identity.ts";
import { parseSubnetPool } from "../../domain/subnets.ts";
import type { RuntimeUnderTest } from "../container-runtime.contract.ts";
import { STRICT_IMAGES, type ImageRules } from "../../domain/image.ts";
import { connectEngine, type Engine } from "./client.ts";
import { readDisk } from "./disk/engine-disk.ts";
import { PUBLISH_ADDRESS, SUBNET_POOL, newIdentity, planting } from "./docker-fixtures.ts";
import { DockerRuntime } from "./docker-runtime.ts";
import { IMPATIENT } from "./engine-fixtures.ts";
import { Inspections } from "./inspections.ts";
import { VolumeReads } from "./volume-reads.ts";
import { Survivors } from "./survivors.ts";

/** A fake engine that has the demonstration's image. */
export function startFakeEngine(options: FakeEngineOptions = {}): Promise<FakeDockerEngine> {
  const words = ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"];
  return FakeDockerEngine.start({ images: { [HELLO_IMAGE]: words }, ...options });
}

/** A client of the fake engine's that gives up as soon as a test can wait for. */
export function impatientClient({ socketPath }: FakeDockerEngine): Engine {
  return { ...connectEngine({ socketPath }), deadlines: IMPATIENT };
}

/** The adapter as it is, on an engine of the test's. */
export function runtimeOn(
  engine: Engine,
  identity: MarketIdentity,
  monotonic: () => number = () => performance.now(),
  images: Partial<ImageRules> = {},
  ingress?: Ingress,
): DockerRuntime {
  const subnets = parseSubnetPool(SUBNET_POOL);
  return new DockerRuntime({
    engine,
    identity,
    publishAddress: PUBLISH_ADDRESS,
    ingress,
    subnets,
    survivors: new Survivors(),
    inspections: new Inspections(monotonic),
    reads: new VolumeReads(),
    images: { ...STRICT_IMAGES, localImages: true, ...images },
    disk: readDisk,
  });
}

/** The adapter on a fake engine, under the contract's laws. */
export function fakeUnderTest(fake: FakeDockerEngine): RuntimeUnderTest {
  const identity = newIdentity();
  const engine = connectEngine({ socketPath: fake.socketPath });
  return {
    runtime: runtimeOn(engine, identity),
    otherMarket: runtimeOn(engine, newIdentity()),
    image: HELLO_IMAGE,
    unenforcedTiers: ["userns", "gvisor"],
    ...planting(engine, identity),
  };
}
