// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { IncomingMessage, ServerResponse } from "node:http";
import { STRICT_IMAGES, type DiskUse, type ImageRules, type PullProgress } from "../../domain/image.ts";
import { parseSubnetPool } from "../../domain/subnets.ts";
import { ANYBODY, expectError, patient } from "../contract-fixtures.ts";
import { imageOf, stubRegistry, type RegistryStub } from "../registry/registry-stub.ts";
import type { DockerContext } from "./context.ts";
import { newIdentity } from "./docker-fixtures.ts";
import { IMPATIENT, reply, stubEngine, type EngineStub } from "./engine-fixtures.ts";
import { ensureImage, resolveImage } from "./images.ts";
import { Inspections } from "./inspections.ts";
import { VolumeReads } from "./volume-reads.ts";
import { Survivors } from "./survivors.ts";

const MIB = 1024 * 1024;
const LAYER = 3_000;

describe("an image of a lease", () => {
  let stub: EngineStub;
  let registry: RegistryStub;
  let digest: string;
  let pin: string;
  let isThere: boolean;
  let found: object;
  let disk: DiskUse | null;
  let pull: (response: ServerResponse) => void;

  const answer = ({ method, url = "" }: IncomingMessage, response: ServerResponse) => {
    if (url === "/info") return reply(response, 200, { DockerRootDir: "/var/lib/engine" });
    if (url === "/version") return reply(response, 200, { Version: "1", Os: "linux", Arch: "amd64" });
    if (method === "DELETE") return reply(response, 200, []);
    if (url.includes("/tag?")) return reply(response, 201, null);
    if (method === "POST") return pull(response);
    reply(response, isThere ? 200 : 404, isThere ? found : { message: "No such image" });
  };
  const line = (response: ServerResponse, value: unknown) => response.write(`${JSON.stringify(value)}\r\n`);
  const context = (rules: Partial<ImageRules> = {}): DockerContext => ({
    engine: stub.engine,
    identity: newIdentity(),
    publishAddress: "127.0.0.1",
    subnets: parseSubnetPool("10.200.0.0/14"),
    survivors: new Survivors(),
    inspections: new Inspections(() => performance.now()),
    reads: new VolumeReads(),
    images: { ...STRICT_IMAGES, localRegistries: [registry.origin], ...rules },
    disk: async () => disk,
  });
  const ensure = (rules: Partial<ImageRules> = {}, signal = patient()) =>
    ensureImage(context(rules), pin, ANYBODY, signal);
  const resolve = (image: string, rules: Partial<ImageRules> = {}) =>
    resolveImage(context(rules), image, ANYBODY, patient());
  const asked = (method: string) => stub.requests.filter((request) => request.startsWith(method));
  const succeed = (response: ServerResponse) => {
    isThere = true;
    line(response, { status: "Pulling" });
    response.end();
  };

  beforeEach(async () => {
    isThere = false;
    disk = { totalBytes: 100 * 1024 * MIB, freeBytes: 50 * 1024 * MIB };
    stub = await stubEngine(answer);
    registry = await stubRegistry();
    digest = registry.put("team/app", "1", imageOf(LAYER));
    pin = `${registry.host}/team/app@${digest}`;
    found = { Id: `sha256:${"1".repeat(64)}`, RepoDigests: [pin], Size: 10 * MIB };
    pull = succeed;
  });
  afterEach(async () => {
    await stub.close();
    await registry.close();
  });

  it("is used as it is when the engine has it, and nobody is asked for it", async () => {
    isThere = true;
    await ensure();
    expect(asked("POST /images/create")).to.deep.equal([]);
    expect(registry.requests).to.deep.equal([]);
  });

  it("is named by a tag once: what the tag names is asked for in the registry, though the engine have it", async () => {
    isThere = true;
    expect(await resolve(`${registry.host}/team/app:1`)).to.equal(pin);
    const second = registry.put("team/app", "1", imageOf(LAYER, LAYER));
    expect(await resolve(`${registry.host}/team/app:1`)).to.equal(pin.replace(digest, second));
    expect(await resolve(`${registry.host}/team/app:1@${digest}`)).to.equal(pin);
    await expectError(resolve(`${registry.host}/team/app`), "E_IMAGE_NOT_FOUND", "permanent");
    registry.put("team/app", "latest", imageOf(LAYER));
    expect(await resolve(`${registry.host}/team/app`)).to.equal(pin);
    expect(asked("GET /images")).to.deep.equal([]);
  });

  it("that only the engine has is its id, where the provider allows it, and never an id that somebody guessed", async () => {
    isThere = true;
    found = { Id: `sha256:${"1".repeat(64)}`, RepoDigests: [], Size: 1 };
    const local = { localImages: true };
    expect(await resolve(`${registry.host}/team/app:2`, local)).to.equal(`sha256:${"1".repeat(64)}`);
    await expectError(resolve(`${registry.host}/team/app:2`), "E_IMAGE_NOT_FOUND", "permanent");
    await resolve(`sha256:${"1".repeat(64)}`, local);
    expect(asked("GET").at(-1)).to.equal(`GET /images/docker.io/library/sha256:${"1".repeat(64)}/json`);
    found = { Id: `sha256:${"1".repeat(64)}`, RepoDigests: [pin], Size: 1 };
    await expectError(resolve(`${registry.host}/team/app:2`, local), "E_IMAGE_NOT_FOUND", "permanent");
  });

  for (const image of ["", "a b", "../containers/json?all=1&x=", "app?x", "app#x", "app%2f", "a/../b"]) {
    it(`"${image}" is no image, and nobody is asked for it`, async () => {
      await expectError(resolve(image, { localImages: true }), "E_IMAGE_NOT_FOUND", "permanent");
      expect(stub.requests).to.deep.equal([]);
    });
  }

  it("is pulled by its digest alone, and marked as pulled", async () => {
    await ensure();
    const repo = encodeURIComponent(`${registry.host}/team/app`);
    expect(asked("POST")).to.deep.equal([
      `POST /images/create?fromImage=${repo}&tag=${encodeURIComponent(digest)}`,
      `POST /images/${pin}/tag?repo=${repo}&tag=berth.${digest.slice(7)}`,
    ]);
  });

  it("of which the registry has no such digest is lost, and no other one is pulled", async () => {
    pin = `${registry.host}/team/app@sha256:${"9".repeat(64)}`;
    await expectError(ensure(), "E_IMAGE_LOST", "permanent");
    pin = `sha256:${"9".repeat(64)}`;
    await expectError(ensure(), "E_IMAGE_LOST", "permanent");
    expect(asked("POST")).to.deep.equal([]);
  });

  it("that came and is another one than the pin names is removed", async () => {
    found = { Id: "sha256:2", RepoDigests: [pin.replace(digest, `sha256:${"2".repeat(64)}`)], Size: 1 };
    await expectError(ensure(), "E_IMAGE_DIGEST", "permanent");
    expect(asked("DELETE")).to.deep.equal([`DELETE /images/${pin}`]);
  });

  it("is not pulled if it is too large as sent, has too many layers, or parts elsewhere", async () => {
    const cases: readonly (readonly [object, string])[] = [
      [imageOf(40 * MIB, 30 * MIB), "E_IMAGE_TOO_LARGE"],
      [imageOf(...Array.from({ length: 65 }, () => 1)), "E_IMAGE_TOO_LARGE"],
      [{ schemaVersion: 2, layers: [{ size: 1, urls: ["http://10.0.0.1/"] }] }, "E_IMAGE_FORMAT"],
      [{ schemaVersion: 1, fsLayers: [] }, "E_IMAGE_FORMAT"],
    ];
    for (const [manifest, code] of cases) {
      pin = `${registry.host}/team/app@${registry.put("team/app", "2", manifest)}`;
      await expectError(ensure({ imageMiB: 64 }), code, "permanent");
    }
    expect(asked("POST")).to.deep.equal([]);
    const most = registry.put("team/app", "3", imageOf(...Array.from({ length: 64 }, () => MIB)));
    pin = `${registry.host}/team/app@${most}`;
    found = { Id: "sha256:1", RepoDigests: [pin], Size: 64 * MIB };
    await ensure({ imageMiB: 64 });
  });

  it("whose list names more images for this machine than it could need is not read through", async () => {
    const manifests = Array.from({ length: 17 }, (_, each) => ({
      digest: registry.put("team/app", `v${each}`, imageOf(each)),
      platform: { os: "linux", architecture: "amd64" },
    }));
    pin = `${registry.host}/team/app@${registry.put("team/app", "list", { schemaVersion: 2, manifests })}`;
    await expectError(ensure(), "E_IMAGE_FORMAT", "permanent");
    expect(registry.requests).to.have.length(1);
  });

  it("is not pulled if its configuration is too large: the engine reads it into its memory, whole", async () => {
    const config = { size: 4 * MIB + 1, digest: `sha256:${"c".repeat(64)}` };
    pin = `${registry.host}/team/app@${registry.put("team/app", "2", { ...imageOf(LAYER), config })}`;
    await expectError(ensure(), "E_IMAGE_TOO_LARGE", "permanent");
    expect(asked("POST")).to.deep.equal([]);
  });

  it("of several platforms is measured by the one that runs here", async () => {
    const entry = (architecture: string, sizes: readonly number[]) => ({
      digest: registry.put("team/app", architecture, imageOf(...sizes)),
      platform: { os: "linux", architecture },
    });
    const ensureListed = (...manifests: readonly object[]) => {
      pin = `${registry.host}/team/app@${registry.put("team/app", "list", { schemaVersion: 2, manifests })}`;
      found = { Id: "sha256:1", RepoDigests: [pin], Size: 1 };
      return ensure({ imageMiB: 64 });
    };
    await ensureListed(entry("amd64", [LAYER]), entry("arm64", [100 * MIB]));
    isThere = false;
    await expectError(
      ensureListed(entry("amd64", [100 * MIB]), entry("arm64", [1])),
      "E_IMAGE_TOO_LARGE",
      "permanent",
    );
    await expectError(ensureListed(entry("arm64", [LAYER])), "E_IMAGE_LOST", "permanent");
  });

  it("that is too large once it is unpacked is removed", async () => {
    found = { Id: "sha256:1", RepoDigests: [pin], Size: 65 * MIB };
    await expectError(ensure({ imageMiB: 64 }), "E_IMAGE_TOO_LARGE", "permanent");
    expect(asked("DELETE")).to.deep.equal([`DELETE /images/${pin}`]);
  });

  it("that is more than fifty times as large unpacked as it was sent is removed, unless it is small", async () => {
    const sent = 3 * MIB;
    pin = `${registry.host}/team/app@${registry.put("team/app", "2", imageOf(sent))}`;
    const unpacked = (Size: number) => {
      isThere = false;
      found = { Id: "sha256:1", RepoDigests: [pin], Size };
      return ensure();
    };
    await unpacked(50 * sent);
    const error = await expectError(unpacked(50 * sent + 1), "E_IMAGE_TOO_LARGE", "permanent");
    expect(error.message).to.contain("50 times");
    expect(asked("DELETE")).to.deep.equal([`DELETE /images/${pin}`]);
    pin = `${registry.host}/team/app@${registry.put("team/app", "3", imageOf(1))}`;
    await unpacked(128 * MIB);
  });

  it("is given up before it takes what has to stay free, as fast as it takes it", async () => {
    disk = { totalBytes: 1_000 * MIB, freeBytes: 500 * MIB };
    pull = (response) => {
      line(response, { status: "Downloading" });
      setTimeout(() => (disk = { totalBytes: 1_000 * MIB, freeBytes: 470 * MIB }), 100);
    };
    await expectError(ensure({ diskReserveMiB: 200 }), "E_DISK_SHORT", "retryable");
    disk = { totalBytes: 1_000 * MIB, freeBytes: 500 * MIB };
    const stalled = ensure({ diskReserveMiB: 150 });
    await expectError(stalled, "E_IMAGE_STALLED", "retryable");
  });

  it("that lies there too large is refused, and used where it was taken before", async () => {
    isThere = true;
    found = { Id: "sha256:1", RepoDigests: [pin], Size: 65 * MIB };
    await expectError(ensure({ imageMiB: 64 }), "E_IMAGE_TOO_LARGE", "permanent");
    expect(asked("DELETE")).to.deep.equal([]);
    found = { ...found, RepoTags: [`${registry.host}/team/app:berth.${digest.slice(7)}`] };
    await ensure({ imageMiB: 64 });
  });

  it("stays where a pull fails that another lease's pull overtook", async () => {
    pull = (response) => {
      isThere = true;
      found = { ...found, RepoTags: [`${registry.host}/team/app:berth.${digest.slice(7)}`] };
      reply(response, 500, { message: "unauthorized: authentication required" });
    };
    await expectError(ensure(), "E_IMAGE_DENIED", "permanent");
    expect(asked("DELETE")).to.deep.equal([]);
  });

  it("is not pulled where it would take what has to stay free, and given up where that begins to go", async () => {
    disk = { totalBytes: 100 * MIB, freeBytes: 10 * MIB };
    await expectError(ensure({ diskReserveMiB: 10 }), "E_DISK_SHORT", "retryable");
    expect(asked("POST")).to.deep.equal([]);
    pull = (response) => {
      line(response, { status: "Downloading" });
      disk = { totalBytes: 100 * MIB, freeBytes: 8 * MIB };
    };
    await expectError(ensure({ diskReserveMiB: 9 }), "E_DISK_SHORT", "retryable");
    expect(asked("DELETE")).to.deep.equal([`DELETE /images/${pin}`]);
    disk = null;
    pull = succeed;
    await ensure({ diskReserveMiB: 9 });
  });

  it("of which more comes than was stated is given up", async () => {
    const current = LAYER + 2 * MIB;
    pull = (response) => line(response, { id: "a", status: "Downloading", progressDetail: { current } });
    const error = await expectError(ensure(), "E_IMAGE_TOO_LARGE", "permanent");
    expect(error.message).to.contain("more than it stated");
  });

  it("tells how far it has come", async () => {
    pull = (response) => {
      for (const current of [1_000, 2_000])
        line(response, { id: "a", status: "Downloading", progressDetail: { current } });
      line(response, { id: "a", status: "Download complete" });
      succeed(response);
    };
    const seen: PullProgress[] = [];
    const onProgress = (progress: PullProgress): void => void seen.push(progress);
    await ensureImage(context(), pin, { login: null, onProgress }, patient());
    const fetched = seen.map(({ fetchedBytes, totalBytes }) => `${fetchedBytes}/${totalBytes}`);
    expect(fetched.slice(0, 2)).to.deep.equal(["1000/3000", "2000/3000"]);
    expect(seen.at(-1)).to.deep.include({ isUnpacking: true });
  });

  it("is asked for with the tenant's login, which no refusal repeats", async () => {
    const login = { username: "ada", password: "correct horse" };
    const pair = Buffer.from("ada:correct horse").toString("base64");
    pull = (response) =>
      reply(response, 500, { message: `unauthorized: "correct horse" of ${pair} is wrong` });
    const asking = ensureImage(context(), pin, { ...ANYBODY, login }, patient());
    const error = await expectError(asking, "E_IMAGE_DENIED", "permanent");
    for (const told of [error.message, error.stack ?? "", String(error.cause)])
      expect(told).not.to.contain("correct horse").and.not.to.contain(pair);
    const header = stub.headers.findLast((headers) => headers["x-registry-auth"] !== undefined)?.[
      "x-registry-auth"
    ];
    expect(JSON.parse(Buffer.from(String(header), "base64").toString())).to.deep.include(login);
  });

  it("is refused in words of our own: what the engine says may quote whatever a registry sent it to", async () => {
    const quoted = `error parsing HTTP 403 response body: invalid character 's': "secret of another machine"`;
    pull = (response) => reply(response, 500, { message: quoted });
    const error = await expectError(ensure(), "E_REGISTRY_UNREACHABLE", "retryable");
    expect([error.message, JSON.stringify(error.facts)].join()).not.to.contain("secret");
    expect(String(error.cause)).to.contain("secret");
  });

  const refusals = [
    ["manifest for app:1 not found: manifest unknown: manifest unknown", "E_IMAGE_LOST"],
    ["no matching manifest for linux/arm64/v8 in the manifest list entries", "E_IMAGE_LOST"],
    ["Get https://r.example/v2/app/manifests/1: no basic auth credentials", "E_IMAGE_DENIED"],
    ["unauthorized: authentication required", "E_IMAGE_DENIED"],
    ["denied: requested access to the resource is denied", "E_IMAGE_DENIED"],
    ["filesystem layer verification failed for digest sha256:12", "E_IMAGE_DIGEST"],
    [
      "Get https://registry-1.docker.io/v2/: dial tcp: lookup r on 10.0.0.1:53: no such host",
      "E_REGISTRY_UNREACHABLE",
    ],
    [
      "Get https://r.example/v2/: dial tcp 192.0.2.1:443: connect: connection refused",
      "E_REGISTRY_UNREACHABLE",
    ],
    ["toomanyrequests: You have reached your pull rate limit", "E_REGISTRY_UNREACHABLE"],
    ["write /var/lib/x: no space left on device", "E_DISK_SHORT"],
  ] as const;
  for (const [message, code] of refusals) {
    const kind = ["E_REGISTRY_UNREACHABLE", "E_DISK_SHORT"].includes(code) ? "retryable" : "permanent";
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
    const retry = (response: ServerResponse) => line(response, { id: "a", status: "Retrying in 5 seconds" });
    pull = (response) => {
      line(response, { status: "Downloading" });
      const timer = setInterval(() => retry(response), 50);
      response.once("close", () => clearInterval(timer));
    };
    const begin = Date.now();
    const error = await expectError(ensure(), "E_IMAGE_STALLED", "retryable");
    expect(error.message).to.include("no progress for 300 ms");
    expect(Date.now() - begin).to.be.lessThan(IMPATIENT.pull);
    expect(asked("DELETE")).to.deep.equal([`DELETE /images/${pin}`]);
    pull = (response) => {
      let lines = 0;
      const timer = setInterval(() => {
        line(response, { status: "Downloading" });
        lines += 1;
        if (lines < 4) return;
        clearInterval(timer);
        succeed(response);
      }, 150);
    };
    await ensure();
  });

  it("a pull that never begins, or never ends, is given up", async () => {
    pull = () => undefined;
    await expectError(ensure(), "E_IMAGE_STALLED", "retryable");
    let timer: NodeJS.Timeout | undefined;
    pull = (response) => {
      timer = setInterval(() => line(response, { status: "Downloading" }), 50);
    };
    const error = await expectError(ensure(), "E_IMAGE_STALLED", "retryable");
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
    setTimeout(() => leaving.abort(reason), 100);
    expect(await ensure({}, leaving.signal).catch((error: unknown) => error)).to.equal(reason);
  });
});
