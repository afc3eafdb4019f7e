// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { systemClock } from "../../config/system-clock.ts";
import { keepingLog } from "../../test/logs.ts";
import { expectError, patient } from "../contract-fixtures.ts";
import { newIdentity, PUBLISH_ADDRESS, SUBNET_POOL } from "./docker-fixtures.ts";
import type { DockerRuntime } from "./docker-runtime.ts";
import type { VolumeQuota } from "./disk/volume-store.ts";
import { reply, stubEngine, type EngineStub } from "./engine-fixtures.ts";
import { openDockerRuntime } from "./open-runtime.ts";

describe("opening an engine", () => {
  let folder: string;
  let stub: EngineStub;
  const log = keepingLog();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "berth-open-"));
    stub = await stubEngine((request, response) =>
      reply(response, request.method === "DELETE" ? 404 : 400, { message: "no" }),
    );
  });

  afterEach(async () => {
    await stub.close();
    rmSync(folder, { recursive: true });
  });

  const open = (quota: VolumeQuota): Promise<DockerRuntime> =>
    openDockerRuntime(
      {
        ...{ identity: newIdentity(), publishAddress: PUBLISH_ADDRESS, subnetPool: SUBNET_POOL },
        ...{ socketPath: stub.engine.address, monotonic: () => performance.now() },
        ...{ clock: systemClock, log, volumes: { folder, quota } },
      },
      patient(),
    );

  it("with a bound on volumes that cannot be proved fails, and falls back to nothing", async () => {
    const error = await expectError(open("ext4"), "E_VOLUME_QUOTA_IMPOSSIBLE", "permanent");
    expect(error.next).to.contain("BERTH_VOLUME_QUOTA=none");
    expect(stub.requests.length).to.be.greaterThan(0);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("without a bound asks nothing, says so, and clears away what was cut off", async () => {
    writeFileSync(join(folder, "berth-1-00000000-1-vol-data.img.new"), "half");
    await open("none");
    expect(stub.requests).to.deep.equal([]);
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(log.said.some(({ level, message }) => level === "warn" && /not bounded/.test(message))).to.equal(
      true,
    );
  });
});
