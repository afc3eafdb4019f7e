// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { builtImage, file } from "../../../../test/registry/built-image.ts";
import { LOGIN, RealRegistry, requireRegistry } from "../../../../test/registry/registry.ts";
import { ANYBODY, expectError, patient } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { newIdentity, PUBLISH_ADDRESS, SUBNET_POOL, withDocker } from "./docker-fixtures.ts";
import { createDockerRuntime } from "./docker-runtime.ts";

/** A registry's address at which nothing listens. */
const AWAY = "http://127.0.0.1:1";
const OPTIONS = {
  identity: newIdentity(),
  publishAddress: PUBLISH_ADDRESS,
  subnetPool: SUBNET_POOL,
  monotonic: () => performance.now(),
};

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

    const runtime = () =>
      createDockerRuntime({ ...OPTIONS, images: { localRegistries: [`http://${host}`, AWAY] } });
    const resolve = (image: string) => runtime().resolveImage(image, ANYBODY, patient());

    it("an image that the registry does not have is not found", async () => {
      await expectError(resolve(`${host}/absent:1`), "E_IMAGE_NOT_FOUND", "permanent");
    });

    it("an image that the registry does not give is denied", async () => {
      await expectError(resolve(`${host}/secret:1`), "E_IMAGE_DENIED", "permanent");
    });

    it("a registry that is broken or away leaves it open whether the image exists", async () => {
      await expectError(resolve(`${host}/broken:1`), "E_REGISTRY_UNREACHABLE", "retryable");
      await expectError(resolve("127.0.0.1:1/app:1"), "E_REGISTRY_UNREACHABLE", "retryable");
      await expectError(resolve("registry.invalid/app:1"), "E_REGISTRY_UNREACHABLE", "retryable");
    });

    it("a name that no image can have is not found", async () => {
      await expectError(resolve("NOT/a valid name"), "E_IMAGE_NOT_FOUND", "permanent");
    });
  });
});

await withDocker("a private registry", () => {
  describe("a private registry", function () {
    this.timeout(60_000);
    let registry: RealRegistry;
    let image: string;
    const pulled: string[] = [];

    before(async function () {
      requireRegistry(this);
      registry = await RealRegistry.start(LOGIN);
      const noise = file("noise", randomBytes(64));
      await registry.push("berth-test/private", "1", builtImage([noise]));
      image = `${registry.host}/berth-test/private:1`;
    });
    after(async () => {
      registry?.close();
      for (const pin of pulled)
        await connectEngine({}).docker.getImage(pin.replace("@sha256:", ":berth.")).remove();
    });

    const runtime = () => createDockerRuntime({ ...OPTIONS, images: { localRegistries: [registry.origin] } });

    it("gives its image to who has a login, and to nobody else, though the engine have it", async () => {
      const access = { ...ANYBODY, login: LOGIN };
      const wrong = { ...ANYBODY, login: { ...LOGIN, password: "a guess at it" } };
      for (const other of [ANYBODY, wrong]) {
        const error = await expectError(
          runtime().resolveImage(image, other, patient()),
          "E_IMAGE_DENIED",
          "permanent",
        );
        expect(JSON.stringify([error.message, error.next, error.facts])).not.to.contain(wrong.login.password);
      }
      const pin = await runtime().resolveImage(image, access, patient());
      await expectError(runtime().ensureImage(pin, wrong, patient()), "E_IMAGE_DENIED", "permanent");
      pulled.push(pin);
      await runtime().ensureImage(pin, access, patient());
      for (const name of [image, pin.replace(/^[^/]+/, registry.host)])
        await expectError(runtime().resolveImage(name, ANYBODY, patient()), "E_IMAGE_DENIED", "permanent");
    });
  });
});
