// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { RuntimeUnderTest } from "./container-runtime.contract.ts";
import { ANYBODY, expectError, patient, run, see, service } from "./contract-fixtures.ts";

/** The laws of the port about images and the disk that they are on. */
export function describeImageLaws(under: () => Pick<RuntimeUnderTest, "runtime" | "image">): void {
  describe("images", () => {
    it("makes an image's name into a pin, has what it names, and tells it of what was made of it", async () => {
      const pin = await under().runtime.resolveImage(under().image, ANYBODY, patient());
      expect(pin).to.match(/^(?:.+@)?sha256:[0-9a-f]{64}$/);
      expect(await under().runtime.resolveImage(under().image, ANYBODY, patient())).to.equal(pin);
      await under().runtime.ensureImage(pin, ANYBODY, patient());
      await run(under().runtime, 1n, service(pin));
      expect(await see(under().runtime, 1n, "web")).to.deep.include({ image: pin, state: "running" });
    });

    it("a pin that nobody has any more is lost, whatever else there is", async () => {
      const pin = `sha256:${"0".repeat(64)}`;
      await expectError(under().runtime.ensureImage(pin, ANYBODY, patient()), "E_IMAGE_LOST", "permanent");
    });

    it("tells how full the disk is, where it can be seen", async () => {
      const disk = await under().runtime.disk(patient());
      if (disk !== null) expect(disk.freeBytes).to.be.within(0, disk.totalBytes);
    });
  });
}
