// SPDX-License-Identifier: Apache-2.0
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { withDocker } from "../../orchestrator/src/runtime/docker/docker-fixtures.ts";
import { HELLO_IMAGE, ensureHelloImage } from "../../scripts/images/build-hello.ts";
import { describeDialogue } from "./dialogue.contract.ts";

await withDocker("requests to a real engine", () => {
  describeDialogue("a real engine", async () => {
    await ensureHelloImage(AbortSignal.timeout(60_000));
    return { socketPath: connectEngine({}).address.replace("unix://", ""), image: HELLO_IMAGE };
  });
});
