// SPDX-License-Identifier: Apache-2.0
import { provenTiers } from "@berth/sdk";
import { expect } from "chai";
import { connectEngine } from "../client.ts";
import { withDocker } from "../docker-fixtures.ts";
import { patient } from "../../contract-fixtures.ts";
import { createDockerHostProbe } from "./docker-host-probe.ts";
import { PROBE_LABEL } from "./witness.ts";

await withDocker("the probe on a real engine", () => {
  describe("the probe on a real engine", function () {
    this.timeout(120_000);
    const { docker } = connectEngine({});

    const probes = async (): Promise<readonly string[]> => {
      const filters = { label: [`${PROBE_LABEL}=1`] };
      return (await docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
    };

    it("sees that plain containers are shut in, tells the engine's versions, and leaves nothing behind", async () => {
      const before = await probes();
      const measured = await createDockerHostProbe({ subnetPool: "10.200.0.0/14" }).measure(patient());
      const info = (await docker.info()) as {
        readonly Runtimes: object;
        readonly SecurityOptions: readonly string[];
      };
      const has = (option: string): boolean =>
        info.SecurityOptions.some((each) => each.startsWith(`name=${option}`));
      expect(measured.seccomp, measured.seccomp.how).to.deep.include({ proven: true });
      expect(provenTiers(measured)).to.include("runc");
      expect(measured.appArmor.proven).to.equal(has("apparmor"));
      expect(measured.userns.proven).to.equal(has("userns"));
      expect(measured.gvisor.proven).to.equal("runsc" in info.Runtimes);
      expect(measured.engine.version).to.equal((await docker.version()).Version);
      expect(measured.engine.runcVersion).to.match(/^\d+\.\d+\.\d+/);
      expect(measured.networks).to.equal(8_192);
      expect((await probes()).filter((id) => !before.includes(id))).to.deep.equal([]);
    });
  });
});
