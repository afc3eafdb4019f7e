// SPDX-License-Identifier: Apache-2.0
import { describeDialogue } from "./dialogue.contract.ts";
import { FakeEngine } from "./fake-engine.ts";

describe("the fake engine answers as a real one", () => {
  const image = "berth/hello:local";
  let fake: FakeEngine;
  after(() => fake.close());

  describeDialogue("the fake engine", async () => {
    fake = await FakeEngine.start({ images: { [image]: ["httpd"] } });
    return { socketPath: fake.socketPath, image };
  });
});
