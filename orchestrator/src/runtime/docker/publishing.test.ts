// SPDX-License-Identifier: Apache-2.0
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import { describePublishing } from "../publishing.contract.ts";
import { connectEngine } from "./client.ts";
import { newIdentity } from "./docker-fixtures.ts";
import { runtimeOn, startFakeEngine } from "./fake-engine-fixtures.ts";
import { proxies } from "./publishing-fixtures.ts";

describe("Docker's adapter on a fake engine", () => {
  let fake: FakeDockerEngine;
  after(() => fake.close());

  describePublishing("fake Docker Engine", async () => {
    const steeringImage = "berth/steering:local";
    const words = ["httpd", "-f"];
    fake = await startFakeEngine({ images: { [HELLO_IMAGE]: words, [steeringImage]: words } });
    fake.labelImage(steeringImage, { "Traefik.enable": "true" });
    const engine = connectEngine({ socketPath: fake.socketPath });
    const identity = newIdentity();
    let port = 20_000;
    return {
      runtime: (ingress) => runtimeOn(engine, identity, undefined, undefined, ingress),
      image: HELLO_IMAGE,
      steeringImage,
      freePort: async () => (port += 1),
      hold: async (held) => fake.holdPort(`${held}/tcp`),
      ...proxies(engine),
    };
  });
});
