// SPDX-License-Identifier: Apache-2.0
import type { Cgroup } from "../../../../test/fake-engine/stats.ts";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import { describeContainerRuntime } from "../container-runtime.contract.ts";
import { fakeUnderTest, startFakeEngine } from "./fake-engine-fixtures.ts";

for (const cgroup of [1, 2] satisfies Cgroup[]) {
  describe(`Docker's adapter on a fake engine with cgroup v${cgroup}`, () => {
    let fake: FakeDockerEngine;
    after(() => fake.close());

    describeContainerRuntime("fake Docker Engine", async () => {
      fake = await startFakeEngine({ cgroup });
      return fakeUnderTest(fake);
    });
  });
}
