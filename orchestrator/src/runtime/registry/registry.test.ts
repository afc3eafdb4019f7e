// SPDX-License-Identifier: Apache-2.0
import { BerthError, parseImageReference, type RegistryLogin } from "@berth/sdk";
import { expect } from "chai";
import { expectError, patient } from "../contract-fixtures.ts";
import { parseChallenge } from "./challenge.ts";
import { isPublicAddress } from "./public-address.ts";
import { imagesFor, parseRegistryManifest } from "./registry-manifest.ts";
import { digestOf, imageOf, stubRegistry, type RegistryStub } from "./registry-stub.ts";
import { Registry } from "./registry.ts";

const LOGIN: RegistryLogin = { username: "ada", password: "correct horse" };
const BASIC = `Basic ${Buffer.from("ada:correct horse").toString("base64")}`;

describe("a registry", () => {
  let stub: RegistryStub;
  beforeEach(async () => void (stub = await stubRegistry()));
  afterEach(() => stub.close());

  function registry(
    login: RegistryLogin | null = null,
    localRegistries = [stub.origin],
    limitMs = 1_000,
  ): Registry {
    const image = `${stub.host}/team/app:1`;
    const reference = parseImageReference(image);
    return new Registry({ rules: { localRegistries }, image, reference, login, limitMs, signal: patient() });
  }

  it("tells the digest of a tag, and gives the manifest that has it", async () => {
    const digest = stub.put("team/app", "1", imageOf(5));
    expect(await registry().digestOf("1")).to.equal(digest);
    expect(digestOf(await registry().manifest(digest))).to.equal(digest);
    expect(stub.requests).to.deep.equal([
      "HEAD /v2/team/app/manifests/1",
      `GET /v2/team/app/manifests/${digest}`,
    ]);
  });

  it("is believed by the manifest's own bytes where it tells no digest", async () => {
    const digest = stub.put("team/app", "1", imageOf(5));
    stub.intercept = ({ method }, response) => (method === "HEAD" ? (response.end(), true) : null);
    expect(await registry().digestOf("1")).to.equal(digest);
  });

  it("that gives something else than the digest names is not believed", async () => {
    const digest = stub.put("team/app", "1", imageOf(5));
    stub.intercept = (_, response) => (response.end(JSON.stringify(imageOf(6))), true);
    await expectError(registry().manifest(digest), "E_IMAGE_DIGEST", "permanent");
    stub.intercept = (_, response) => {
      response.writeHead(200, { "docker-content-digest": `sha256:${"e".repeat(64)}` }).end();
      return true;
    };
    await expectError(registry().digestOf(digest), "E_IMAGE_DIGEST", "permanent");
  });

  it("is told a login only when it asks for one, and by its own kind of question", async () => {
    const digest = stub.put("team/app", "1", imageOf(5));
    stub.intercept = ({ headers }, response) => {
      if (headers.authorization === BASIC) return null;
      response.writeHead(401, { "www-authenticate": 'Basic realm="a registry"' }).end();
      return true;
    };
    expect(await registry(LOGIN).digestOf("1")).to.equal(digest);
    expect(stub.headers.map(({ authorization }) => authorization)).to.deep.equal([undefined, BASIC]);
    await expectError(registry().digestOf("1"), "E_IMAGE_DENIED", "permanent");
    const wrong = await expectError(
      registry({ ...LOGIN, password: "battery staple" }).digestOf("1"),
      "E_IMAGE_DENIED",
      "permanent",
    );
    expect(wrong.message).not.to.contain("battery staple");
  });

  it("that sends for a token gets one, for this repository alone", async () => {
    const digest = stub.put("team/app", "1", imageOf(5));
    stub.intercept = ({ url = "", headers }, response) => {
      if (url.startsWith("/token")) return (response.end(JSON.stringify({ token: "t0ken" })), true);
      if (headers.authorization === "Bearer t0ken") return null;
      const challenge = `Bearer realm="${stub.origin}/token",service="reg",scope="repository:team/app:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return true;
    };
    const asked = registry(LOGIN);
    expect(await asked.digestOf("1")).to.equal(digest);
    await asked.manifest(digest);
    const tokens = stub.requests.filter((request) => request.includes("/token"));
    expect(tokens).to.deep.equal(["GET /token?service=reg&scope=repository%3Ateam%2Fapp%3Apull"]);
    expect(stub.headers[1]?.authorization).to.equal(BASIC);
  });

  it("that sends a login somewhere unsafe does not get it there", async () => {
    for (const realm of [
      "http://other.example/token",
      "http://169.254.169.254/token",
      "https://10.0.0.1/token",
      "x",
    ]) {
      stub.intercept = (_, response) => {
        response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
        return true;
      };
      await expectError(registry(LOGIN).digestOf("1"), "E_REGISTRY_REFUSED", "permanent");
    }
    expect(stub.headers.every(({ authorization }) => authorization === undefined)).to.equal(true);
  });

  it("on the provider's own network is not asked unless he names it", async () => {
    stub.put("team/app", "1", imageOf(5));
    await expectError(registry(null, []).digestOf("1"), "E_REGISTRY_REFUSED", "permanent");
    await expectError(
      registry(null, ["http://127.0.0.1:1"]).digestOf("1"),
      "E_REGISTRY_REFUSED",
      "permanent",
    );
    expect(stub.requests).to.deep.equal([]);
    const image = "localhost:1/app:1";
    const reference = parseImageReference(image);
    const parts = { rules: { localRegistries: [] }, login: null, limitMs: 1_000, signal: patient() };
    await expectError(
      new Registry({ ...parts, image, reference }).digestOf("1"),
      "E_REGISTRY_REFUSED",
      "permanent",
    );
  });

  it("whose name no host can have is not looked for", () => {
    const parts = { rules: { localRegistries: [] }, login: null, limitMs: 1_000, signal: patient() };
    for (const image of ["registry.1/app:1", "registry.example:65536/app:1", "[::::]/app:1"]) {
      const reference = parseImageReference(image);
      expect(() => new Registry({ ...parts, image, reference }), image)
        .to.throw(BerthError)
        .with.property("code", "E_IMAGE_NOT_FOUND");
    }
  });

  it("that changes the protocol instead of answering has not answered", async () => {
    stub.intercept = ({ socket }) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
      return true;
    };
    await expectError(registry().digestOf("1"), "E_REGISTRY_UNREACHABLE", "retryable");
  });

  it("that has no such image, is broken, hangs or is away, is told apart", async () => {
    await expectError(registry().digestOf("2"), "E_IMAGE_NOT_FOUND", "permanent");
    for (const status of [301, 429, 500, 503]) {
      stub.intercept = (_, response) => (
        response.writeHead(status, { location: "/elsewhere" }).end("secret word"),
        true
      );
      const error = await expectError(registry().digestOf("1"), "E_REGISTRY_UNREACHABLE", "retryable");
      expect(error.message).to.contain(String(status)).and.not.to.contain("secret word");
    }
    stub.intercept = () => true;
    await expectError(registry(null, [stub.origin], 50).digestOf("1"), "E_REGISTRY_UNREACHABLE", "retryable");
    await stub.close();
    await expectError(registry().digestOf("1"), "E_REGISTRY_UNREACHABLE", "retryable");
    stub = await stubRegistry();
  });

  it("that answers without end is cut off", async () => {
    stub.intercept = (_, response) => {
      const pour = (): void => void (response.destroyed || response.write("x".repeat(65_536), pour));
      pour();
      return true;
    };
    await expectError(registry().manifest(`sha256:${"0".repeat(64)}`), "E_REGISTRY_UNREACHABLE", "retryable");
  });

  it("the caller's abort ends the question with its own reason", async () => {
    stub.intercept = () => true;
    const leaving = new AbortController();
    const reason = new Error("the lease was closed");
    setTimeout(() => leaving.abort(reason), 20);
    const image = `${stub.host}/team/app:1`;
    const parts = {
      rules: { localRegistries: [stub.origin] },
      login: null,
      limitMs: 5_000,
      signal: leaving.signal,
    };
    const asked = new Registry({ ...parts, image, reference: parseImageReference(image) }).digestOf("1");
    const error: unknown = await asked.catch((thrown: unknown) => thrown);
    expect(error).to.equal(reason).and.not.to.be.instanceOf(BerthError);
  });
});

describe("addresses of registries", () => {
  it("are public, or they are the provider's own", () => {
    const own = [
      ...[
        "10.1.2.3",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
      ],
      ...[
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:a00:1",
        "x",
      ],
      ...["168.63.129.16", "::ffff:168.63.129.16", "192.0.2.1", "192.88.99.1", "2001::a9fe:a9fe", "4000::1"],
    ];
    for (const address of own) expect(isPublicAddress(address), address).to.equal(false);
    for (const address of ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"])
      expect(isPublicAddress(address), address).to.equal(true);
  });
});

describe("challenges and manifests of registries", () => {
  it("a challenge is Basic or Bearer with a realm; anything else is none", () => {
    expect(parseChallenge('Basic realm="x"')).to.deep.equal({ scheme: "basic" });
    expect(parseChallenge('bearer Realm="https://a/t",service="s"')).to.deep.equal({
      scheme: "bearer",
      realm: "https://a/t",
      service: "s",
      scope: null,
    });
    for (const header of [undefined, "", "Negotiate", "Bearer service=x", "Digest realm=y"])
      expect(parseChallenge(header), String(header)).to.equal(null);
  });

  it("an image is read by its layers, a list by its platforms, and nothing else is read", () => {
    const read = (value: unknown) => parseRegistryManifest(Buffer.from(JSON.stringify(value)));
    expect(read(imageOf(3, 4))).to.deep.equal({
      kind: "image",
      config: 100,
      layers: [3, 4],
      hasForeignLayers: false,
    });
    const foreign = { schemaVersion: 2, layers: [{ size: 1, urls: ["http://169.254.169.254/"] }] };
    expect(read(foreign)).to.deep.include({ hasForeignLayers: true });
    const [amd, arm] = [`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`];
    const platformOf = (architecture: string) => ({ os: "linux", architecture });
    const list = read({
      schemaVersion: 2,
      manifests: [
        { digest: amd, platform: platformOf("amd64") },
        { digest: arm, platform: { ...platformOf("arm64"), variant: "v8" } },
        { digest: arm },
      ],
    });
    if (list?.kind !== "index") throw new Error("it was not read as a list");
    expect(imagesFor(list, platformOf("amd64"))).to.deep.equal([amd]);
    expect(imagesFor(list, platformOf("riscv64"))).to.deep.equal([]);
    for (const odd of [
      null,
      [],
      {},
      { schemaVersion: 1, fsLayers: [] },
      { schemaVersion: 2, layers: [{ size: -1 }] },
    ])
      expect(read(odd)).to.equal(null);
    expect(parseRegistryManifest(Buffer.from("{"))).to.equal(null);
  });
});
