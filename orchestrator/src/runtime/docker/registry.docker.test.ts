// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import { expectError, patient } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { withDocker } from "./docker-fixtures.ts";
import { ensureImage } from "./images.ts";

/** Answers of a registry that has nothing, by the image's name. */
const ANSWERS: Readonly<Record<string, { status: number; code: string }>> = {
  absent: { status: 404, code: "MANIFEST_UNKNOWN" },
  secret: { status: 401, code: "UNAUTHORIZED" },
  broken: { status: 503, code: "UNAVAILABLE" },
};

await withDocker("a real engine and a registry", () => {
  describe("a real engine and a registry", function () {
    this.timeout(60_000);
    let server: Server;
    let host: string;

    before(async function () {
      if (process.platform !== "linux") this.skip();
      server = createServer((request, response) => {
        const name = /^\/v2\/(\w+)\/manifests\//.exec(request.url ?? "")?.[1];
        const { status, code } = ANSWERS[name ?? ""] ?? { status: 200, code: "" };
        response.writeHead(status, {
          "docker-distribution-api-version": "registry/2.0",
          "www-authenticate": "Basic",
        });
        response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replace("_", " ") }] }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    });
    after(() => {
      server?.closeAllConnections();
      server?.close();
    });

    const pull = (image: string) => ensureImage(connectEngine({}), image, patient());

    it("an image that the registry does not have is not found", async () => {
      await expectError(pull(`${host}/absent:1`), "E_IMAGE_NOT_FOUND", "permanent");
    });

    it("an image that the registry does not give is denied", async () => {
      await expectError(pull(`${host}/secret:1`), "E_IMAGE_DENIED", "permanent");
    });

    it("a registry that is broken or away leaves it open whether the image exists", async () => {
      await expectError(pull(`${host}/broken:1`), "E_REGISTRY_UNREACHABLE", "retryable");
      await expectError(pull("127.0.0.1:1/app:1"), "E_REGISTRY_UNREACHABLE", "retryable");
      await expectError(pull("registry.invalid/app:1"), "E_REGISTRY_UNREACHABLE", "retryable");
    });

    it("a name that no image can have is not found", async () => {
      await expectError(pull("NOT/a valid name"), "E_IMAGE_NOT_FOUND", "permanent");
    });
  });
});
