// SPDX-License-Identifier: Apache-2.0
import { describeDialogue } from "./dialogue.contract.ts";
import { FakeDockerEngine } from "./fake-engine.ts";

describe("the fake engine answers as a real one", () => {
  const image = "berth/hello:local";
  let fake: FakeDockerEngine;
  after(() => fake.close());

  describeDialogue("the fake engine", async () => {
    fake = await FakeDockerEngine.start({ images: { [image]: ["httpd"] } });
    return { socketPath: fake.socketPath, image };
  });
});
