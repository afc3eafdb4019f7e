// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import { networkName, volumeName, containerName } from "../../domain/names.ts";
import type { ObservedContainer } from "../../domain/observed.ts";
import {
  ANYBODY,
  expectError,
  patient,
  run,
  sampleOf,
  see,
  service,
  workload,
} from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { newIdentity } from "./docker-fixtures.ts";
import type { DockerRuntime } from "./docker-runtime.ts";
import { runtimeOn, startFakeEngine } from "./fake-engine-fixtures.ts";

/** Bodies that are no answer to anything. */
const NO_ANSWERS = [
  "",
  "null",
  "0",
  "true",
  '"text"',
  "<html>bad gateway</html>",
  "[1,2]",
  "[null]",
  '{"a":',
];
const WRONG = { string: 5, number: "x", boolean: "x", object: 5 };

describe("answers of the engine that cannot be read", () => {
  const identity = newIdentity();
  let fake: FakeDockerEngine;
  let runtime: DockerRuntime;
  let running: ObservedContainer;

  beforeEach(async () => {
    fake = await startFakeEngine();
    runtime = runtimeOn(connectEngine({ socketPath: fake.socketPath }), identity);
    const volumes = [{ volume: "data", path: "/data", readOnly: false }];
    await run(runtime, 1n, service(HELLO_IMAGE, { volumes }));
    running = await see(runtime, 1n, "web");
  });
  afterEach(() => fake.close());

  /** Calls with each answer of the endpoint changed. */
  const garbled = async (
    endpoint: string,
    change: (body: string) => string,
    call: () => Promise<unknown>,
  ): Promise<unknown> => {
    let changed = 0;
    fake.faults = (request) => {
      if (request.endpoint !== endpoint) return null;
      changed += 1;
      return { kind: "garble", change };
    };
    const outcome = await call().catch((error: unknown) => error);
    fake.faults = () => null;
    expect(changed, `${endpoint} was asked for`).to.be.greaterThan(0);
    return outcome;
  };
  const genuine = async (endpoint: string, call: () => Promise<unknown>): Promise<string> => {
    let body = "";
    await garbled(endpoint, (text) => (body = text), call);
    return body;
  };

  const looks: Readonly<Record<string, readonly [string, () => Promise<unknown>]>> = {
    "the version": ["GET /version", () => runtime.describe(patient())],
    "the list of containers": ["GET /containers/json", () => runtime.observe(patient())],
    "a container": ["GET /containers/{id}/json", () => runtime.observe(patient())],
    "the list of networks": ["GET /networks", () => runtime.observe(patient())],
    "the engine's bridge": ["GET /networks/{id}", () => runtime.observeContainers(patient())],
    "the list of volumes": ["GET /volumes", () => runtime.observe(patient())],
    "the networks before one is made": ["GET /networks", () => runtime.createNetwork(1n, patient())],
    "the networks before one is removed": ["GET /networks", () => runtime.removeNetwork(1n, patient())],
    "a volume before one is made": [
      "GET /volumes/{id}",
      () => runtime.createVolume(1n, { name: "data", sizeMiB: 16 }, patient()),
    ],
    "a volume before one is removed": [
      "GET /volumes/{id}",
      () => runtime.removeVolume(1n, "data", patient()),
    ],
    "an image": ["GET /images/{id}/json", () => runtime.resolveImage(HELLO_IMAGE, ANYBODY, patient())],
    "its disk": ["GET /info", () => runtime.disk(patient())],
    "a container before it is started": [
      "GET /containers/{id}/json",
      () => runtime.startContainer(1n, "web", patient()),
    ],
    "a container before it is adopted": [
      "GET /containers/{id}/json",
      () => runtime.createContainer(workload(1n), service(HELLO_IMAGE), patient()),
    ],
  };

  for (const [what, [endpoint, call]] of Object.entries(looks)) {
    it(`${what} that is none is an error to try again, and never an empty answer`, async () => {
      const half = (body: string) => body.slice(0, body.length / 2);
      const changes = [...NO_ANSWERS.map((text) => () => text), half];
      for (const change of changes) {
        const error = expectError(
          Promise.reject(await garbled(endpoint, change, call)),
          "E_RUNTIME_UNREADABLE",
          "retryable",
        );
        expect((await error).message).to.include("cannot be read");
      }
    });

    it(`${what} with a field of another kind is the same answer, or an error to try again`, async () => {
      const right = await call().catch((error: unknown) => error);
      const body = JSON.parse(await genuine(endpoint, call)) as unknown;
      const wrongs = wrongBodies(body);
      expect(wrongs.length).to.be.greaterThan(1);
      for (const { path, wrong } of wrongs) {
        const outcome = await garbled(endpoint, () => JSON.stringify(wrong), call);
        if (outcome instanceof BerthError && outcome.code === "E_RUNTIME_UNREADABLE") continue;
        expect(told(outcome), `${what} with a wrong ${path}`).to.deep.equal(told(right));
      }
    });
  }

  it("statistics that are none are an error to try again, and never figures", async () => {
    const call = () => sampleOf(runtime, running);
    const endpoint = "GET /containers/{id}/stats";
    for (const text of [...NO_ANSWERS, "{}", '{"read":"5","cpu_stats":{}}']) {
      await expectError(
        Promise.reject(await garbled(endpoint, () => text, call)),
        "E_RUNTIME_UNREADABLE",
        "retryable",
      );
    }
    const body = JSON.parse(await genuine(endpoint, call)) as unknown;
    const same = () => JSON.stringify(body);
    const right = (await garbled(endpoint, same, call)) as Readonly<Record<string, unknown>>;
    expect(right).to.include.keys("takenAt", "cpuNanos", "memoryBytes", "networkRxBytes");
    let figures = 0;
    for (const bad of [-1, 1.5, 1e300, null, "7", true, [], {}]) {
      for (const { path, wrong } of wrongBodies(body, () => bad)) {
        const outcome = await garbled(endpoint, () => JSON.stringify(wrong), call);
        if (outcome instanceof BerthError && outcome.code === "E_RUNTIME_UNREADABLE") continue;
        for (const [field, figure] of Object.entries(outcome as object)) {
          expect(figure, `${field} with a ${path} of ${JSON.stringify(bad)}`).to.be.oneOf([
            right[field],
            null,
          ]);
          figures += 1;
        }
      }
    }
    expect(figures).to.be.greaterThan(100);
  });

  it("an archive that is none starts nothing, and gives no volume away", async () => {
    await runtime.createVolume(2n, { name: "data", sizeMiB: 16 }, patient());
    await runtime.createNetwork(2n, patient());
    const volumes = [{ volume: "data", path: "/data", readOnly: false }];
    await runtime.createContainer(workload(2n), service(HELLO_IMAGE, { volumes }), patient());
    const start = () => runtime.startContainer(2n, "web", patient());
    const name = volumeName(identity, 2n, "data");
    const owned = { uid: 0, gid: 0, files: [] };
    const header = (body: string) => body.slice(0, 512);
    for (const change of [() => "", () => "x".repeat(2048), () => "\0".repeat(2048), header]) {
      const outcome = await garbled("GET /containers/{id}/archive", change, start);
      await expectError(Promise.reject(outcome), "E_RUNTIME_UNREACHABLE", "retryable");
      expect(fake.truth.volume(name)).to.deep.equal(owned);
      expect(fake.truth.starts(containerName(identity, 2n, "web"))).to.deep.equal([]);
    }
    await start();
    expect(fake.truth.volume(name)).to.deep.equal({ uid: 1_900_000_002, gid: 1_900_000_002, files: [] });
    expect(fake.truth.networks()).to.include(networkName(identity, 2n));
  });
});

/** What can be compared of an outcome: an error by its code. */
function told(outcome: unknown): unknown {
  return outcome instanceof BerthError ? outcome.code : outcome instanceof Error ? String(outcome) : outcome;
}

/** The body with one field of it wrong, for every field at every depth. */
function wrongBodies(
  body: unknown,
  wrongFor = (value: unknown): unknown => WRONG[typeof value as keyof typeof WRONG],
): readonly { readonly path: string; readonly wrong: unknown }[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.keys(body).flatMap((key) => {
    const field = (body as Record<string, unknown>)[key];
    const put = (value: unknown) =>
      Array.isArray(body) ? body.with(Number(key), value) : { ...body, [key]: value };
    const deeper = wrongBodies(field, wrongFor).map(({ path, wrong }) => ({
      path: `${key}.${path}`,
      wrong: put(wrong),
    }));
    return [{ path: key, wrong: put(wrongFor(field)) }, ...deeper];
  });
}
