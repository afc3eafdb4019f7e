// SPDX-License-Identifier: Apache-2.0
import { ensureHelloImage, HELLO_IMAGE } from "../../../../../scripts/images/build-hello.ts";
import { expect } from "chai";
import { systemClock } from "../../../config/system-clock.ts";
import { keepingLog } from "../../../test/logs.ts";
import type { MarketIdentity } from "../../../domain/identity.ts";
import { patient, sweep } from "../../contract-fixtures.ts";
import { describeVolumes } from "../../volumes.contract.ts";
import { newIdentity, PUBLISH_ADDRESS, SUBNET_POOL, withDocker } from "../docker-fixtures.ts";
import type { DockerRuntime } from "../docker-runtime.ts";
import { openDockerRuntime } from "../open-runtime.ts";
import { requireLoops, VolumeFolder } from "./store-fixtures.ts";

function open(folder: string, identity: MarketIdentity): Promise<DockerRuntime> {
  return openDockerRuntime(
    {
      identity,
      publishAddress: PUBLISH_ADDRESS,
      subnetPool: SUBNET_POOL,
      monotonic: () => performance.now(),
      volumes: { folder, quota: "ext4" },
      clock: systemClock,
      log: keepingLog(),
    },
    patient(),
  );
}

await withDocker("volumes with a size: Docker Engine", () => {
  describe("Docker Engine with volumes in files of their own", () => {
    let folder: VolumeFolder | null = null;

    before(function () {
      requireLoops(this);
    });

    after(() => {
      const left = [...(folder?.mounts() ?? []), ...(folder?.loops() ?? [])];
      folder?.takeDown();
      expect(left).to.deep.equal([]);
    });

    describeVolumes("Docker Engine", async () => {
      await ensureHelloImage(AbortSignal.timeout(60_000));
      folder = new VolumeFolder();
      const runtime = await open(folder.path, newIdentity());
      await sweep(runtime);
      return { runtime, image: HELLO_IMAGE };
    });
  });
});
