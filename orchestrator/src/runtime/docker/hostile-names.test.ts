// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { MarketIdentity } from "../../domain/identity.ts";
import { parseSubnetPool } from "../../domain/subnets.ts";
import { collect, expectError, patient } from "../contract-fixtures.ts";
import { STRICT_IMAGES } from "../../domain/image.ts";
import { readDisk } from "./disk/engine-disk.ts";
import { DockerRuntime } from "./docker-runtime.ts";
import { Inspections } from "./inspections.ts";
import { VolumeReads } from "./volume-reads.ts";
import { Survivors } from "./survivors.ts";
import { reply, stubEngine, type EngineStub } from "./engine-fixtures.ts";

const identity: MarketIdentity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" };

describe("names that would lead a request elsewhere", () => {
  let stub: EngineStub;
  let runtime: DockerRuntime;

  before(async () => {
    stub = await stubEngine((_, response) => reply(response, 200, {}));
    const subnets = parseSubnetPool("10.200.0.0/14");
    const survivors = new Survivors();
    runtime = new DockerRuntime({
      engine: stub.engine,
      identity,
      publishAddress: "127.0.0.1",
      subnets,
      survivors,
      inspections: new Inspections(() => performance.now()),
      reads: new VolumeReads(),
      images: STRICT_IMAGES,
      disk: readDisk,
    });
  });
  after(() => stub.close());

  for (const name of ["../../images/json?x=", "web/json?", "a b", "web#", "web%2F", "é"]) {
    it(`"${name}" is refused before the engine hears of it`, async () => {
      const request = { service: name, tail: 1, follow: false };
      const calls = [
        runtime.startContainer(1n, name, patient()),
        runtime.stopContainer(1n, name, 1, patient()),
        runtime.removeContainer(1n, name, patient()),
        collect(runtime.logs(1n, request, patient())),
        runtime.createVolume(1n, { name, sizeMiB: 16 }, patient()),
        runtime.removeVolume(1n, name, patient()),
      ];
      for (const call of calls) await expectError(call, "E_NAME_REFUSED", "permanent");
      expect(stub.requests).to.deep.equal([]);
    });
  }
});
