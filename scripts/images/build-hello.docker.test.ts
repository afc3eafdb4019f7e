// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { withDocker } from "../../orchestrator/src/runtime/docker/docker-fixtures.ts";
import { ensureHelloImage, HELLO_IMAGE } from "./build-hello.ts";

const signal = () => AbortSignal.timeout(60_000);

await withDocker("the demonstration's image", () => {
  describe("the demonstration's image", function () {
    this.timeout(60_000);
    const { docker } = connectEngine({});

    it("is built once, and known by its content the second time", async () => {
      await ensureHelloImage(signal());
      const first = await docker.getImage(HELLO_IMAGE).inspect();
      expect(await ensureHelloImage(signal())).to.equal("exists");
      expect((await docker.getImage(HELLO_IMAGE).inspect()).Id).to.equal(first.Id);
    });

    it("serves its page as an unprivileged user, and is no lease's", async () => {
      await ensureHelloImage(signal());
      const { Config } = await docker.getImage(HELLO_IMAGE).inspect();
      expect(Config.User).to.equal("65534:65534");
      expect(Config.Cmd).to.deep.equal(["httpd", "-f", "-v", "-p", "8080", "-h", "/www"]);
      expect(Config.Labels).to.include({ "berth.image": "hello" });
      expect(Config.Labels).not.to.have.any.keys("berth.lease", "berth.chain", "berth.market");
    });
  });
});
