// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expectError, patient } from "../contract-fixtures.ts";
import { IMPATIENT, reply, stubEngine, type EngineStub } from "./engine-fixtures.ts";
import { ensureImage } from "./images.ts";

describe("an image of a lease", () => {
  let stub: EngineStub;
  let isThere: boolean;
  let pull: (response: ServerResponse) => void;

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === "POST") return pull(response);
    reply(response, isThere ? 200 : 404, isThere ? { Id: "sha256:1" } : { message: "No such image" });
  };
  const line = (response: ServerResponse, value: unknown) => response.write(`${JSON.stringify(value)}\r\n`);
  const ensure = (image = "quay.example/team/app:1", signal = patient()) =>
    ensureImage(stub.engine, image, signal);

  beforeEach(async () => {
    isThere = false;
    stub = await stubEngine(answer);
  });
  afterEach(() => stub.close());

  it("is used as it is when the engine has it", async () => {
    isThere = true;
    await ensure();
    expect(stub.requests.filter((request) => request.startsWith("POST"))).to.deep.equal([]);
  });

  for (const image of ["", "a b", "../containers/json?all=1&x=", "app?x", "app#x", "app%2f", "a/../b"]) {
    it(`"${image}" is no image, and the engine is not asked for it`, async () => {
      await expectError(ensure(image), "E_IMAGE_NOT_FOUND", "permanent");
      expect(stub.requests).to.deep.equal([]);
    });
  }

  it("is pulled by its tag or digest, and by the tag `latest` where it has neither", async () => {
    pull = (response) => {
      isThere = true;
      line(response, { status: "Pulling" });
      response.end();
    };
    const asked: Record<string, string> = {
      "team/app": "fromImage=team%2Fapp&tag=latest",
      "localhost:5000/app": "fromImage=localhost%3A5000%2Fapp&tag=latest",
      "team/app:1.2": "fromImage=team%2Fapp&tag=1.2",
      "localhost:5000/app:2": "fromImage=localhost%3A5000%2Fapp&tag=2",
      [`app@sha256:${"0".repeat(64)}`]: `fromImage=app&tag=sha256%3A${"0".repeat(64)}`,
    };
    for (const [image, query] of Object.entries(asked)) {
      isThere = false;
      await ensure(image);
      expect(stub.requests.findLast((request) => request.startsWith("POST"))).to.equal(
        `POST /images/create?${query}`,
      );
    }
  });

  const refusals = [
    [
      "pull access denied for app, repository does not exist or may require 'docker login'",
      "E_IMAGE_NOT_FOUND",
    ],
    ["manifest for app:1 not found: manifest unknown: manifest unknown", "E_IMAGE_NOT_FOUND"],
    ["no matching manifest for linux/arm64/v8 in the manifest list entries", "E_IMAGE_NOT_FOUND"],
    ["invalid reference format", "E_IMAGE_NOT_FOUND"],
    ["Get https://r.example/v2/app/manifests/1: no basic auth credentials", "E_IMAGE_DENIED"],
    ["unauthorized: authentication required", "E_IMAGE_DENIED"],
    ["denied: requested access to the resource is denied", "E_IMAGE_DENIED"],
    [
      "Get https://registry-1.docker.io/v2/: dial tcp: lookup r on 10.0.0.1:53: no such host",
      "E_REGISTRY_UNREACHABLE",
    ],
    [
      "Get https://r.example/v2/: dial tcp 192.0.2.1:443: connect: connection refused",
      "E_REGISTRY_UNREACHABLE",
    ],
    ["toomanyrequests: You have reached your pull rate limit", "E_REGISTRY_UNREACHABLE"],
    ["write /var/lib/x: no space left on device", "E_REGISTRY_UNREACHABLE"],
  ] as const;
  for (const [message, code] of refusals) {
    const kind = code === "E_REGISTRY_UNREACHABLE" ? "retryable" : "permanent";
    it(`${code} for "${message}", as an answer and inside the stream`, async () => {
      for (const status of [404, 500, 502]) {
        pull = (response) => reply(response, status, { message });
        await expectError(ensure(), code, kind);
      }
      pull = (response) => {
        line(response, { status: "Pulling" });
        line(response, { error: message, errorDetail: { message } });
        response.end();
      };
      await expectError(ensure(), code, kind);
    });
  }

  it("a pull that ends without the image is not taken for a success", async () => {
    pull = (response) => response.end();
    await expectError(ensure(), "E_REGISTRY_UNREACHABLE", "retryable");
  });

  it("a pull that stops moving is given up, one that moves slowly is not", async () => {
    pull = (response) => line(response, { status: "Downloading" });
    const begin = Date.now();
    const error = await expectError(ensure(), "E_REGISTRY_UNREACHABLE", "retryable");
    expect(error.message).to.include("no progress for 300 ms");
    expect(Date.now() - begin).to.be.lessThan(IMPATIENT.pull);
    pull = (response) => {
      let lines = 0;
      const timer = setInterval(() => {
        line(response, { status: "Downloading" });
        lines += 1;
        if (lines < 4) return;
        clearInterval(timer);
        isThere = true;
        response.end();
      }, 150);
    };
    await ensure();
  });

  it("a pull that never begins, or never ends, is given up", async () => {
    pull = () => undefined;
    await expectError(ensure(), "E_REGISTRY_UNREACHABLE", "retryable");
    let timer: NodeJS.Timeout | undefined;
    pull = (response) => {
      timer = setInterval(() => line(response, { status: "Downloading" }), 50);
    };
    const error = await expectError(ensure(), "E_REGISTRY_UNREACHABLE", "retryable");
    clearInterval(timer);
    expect(error.message).to.include("not finished within 1000 ms");
  });

  it("a stream that breaks off is the engine's failure, not the registry's", async () => {
    pull = (response) => {
      line(response, { status: "Downloading" });
      setTimeout(() => response.destroy(), 20);
    };
    await expectError(ensure(), "E_RUNTIME_UNREACHABLE", "retryable");
  });

  it("the caller's abort ends the pull with its own reason", async () => {
    pull = (response) => line(response, { status: "Downloading" });
    const leaving = new AbortController();
    const reason = new Error("the lease was closed");
    setTimeout(() => leaving.abort(reason), 50);
    expect(await ensure("app:1", leaving.signal).catch((error: unknown) => error)).to.equal(reason);
  });
});
