// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { createPublicClient, custom, type Hex, keccak256, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { PermanentError, RetryableError, UserError } from "../errors.ts";
import { canonicalManifestText } from "../manifest/document.ts";
import type { ManifestDocument } from "../manifest/types.ts";
import type { GatewayLogLine, GatewayStatus } from "./bodies.ts";
import { createGatewayClient } from "./client.ts";
import { isGatewayRequestFresh } from "./request.ts";
import { verifyGatewayRequest } from "./verify.ts";

const NOW = 1_800_000_000n;
const MARKET = "0x4400000000000000000000000000000000000044";
const signer = privateKeyToAccount(generatePrivateKey());
const chain = createPublicClient({ transport: custom({ request: () => Promise.resolve("0x") }) });
const document: ManifestDocument = {
  version: 1,
  salt: `0x${"11".repeat(32)}`,
  manifest: {
    name: "é",
    services: {},
    volumes: {},
    market: { maxRatePerHour: null, deposit: null, tier: null },
  },
};
const status: GatewayStatus = {
  leaseId: "7",
  status: "active",
  phase: "running",
  services: [{ name: "web", state: "running", health: "healthy", exitCode: null }],
  endpoints: [{ service: "web", containerPort: 80, protocol: "tcp", address: "127.0.0.1", port: 32_768 }],
  lastError: null,
  chainBlock: { number: "12", timestamp: "1800000000" },
};

interface Asked {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Record<string, string> };
}

function clientOf(answer: () => Response | Promise<Response>, endpoint = "https://provider.example/berth/") {
  const asked: Asked[] = [];
  const fetchFn: typeof fetch = async (input, init) => {
    asked.push({ url: input as string, init: init as Asked["init"] });
    return answer();
  };
  const gateway = createGatewayClient({
    endpoint,
    chainId: 31_337,
    market: MARKET,
    leaseId: 7n,
    signer,
    now: () => NOW,
    fetch: fetchFn,
  });
  return { gateway, asked };
}

const json =
  (body: unknown, code = 200) =>
  () =>
    new Response(JSON.stringify(body), { status: code });

async function failure(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function linesOf(lines: AsyncIterable<GatewayLogLine>): Promise<GatewayLogLine[]> {
  const all: GatewayLogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

describe("the tenant's client of a gateway", () => {
  it("signs exactly what it sends: method, path, body, and an expiry that counts", async () => {
    const { gateway, asked } = clientOf(() => new Response(null, { status: 204 }));
    await gateway.putManifest(document);
    const [put] = asked;
    expect(put?.url).to.equal("https://provider.example/berth/v1/leases/7/manifest");
    const text = canonicalManifestText(document);
    expect(new TextDecoder().decode(put?.init.body as Uint8Array)).to.equal(text);
    const expiresAt = BigInt(put?.init.headers["x-berth-expires"] ?? 0n);
    expect(isGatewayRequestFresh(expiresAt, NOW)).to.equal(true);
    const request = {
      chainId: 31_337,
      market: MARKET,
      leaseId: 7n,
      method: "PUT",
      path: "/v1/leases/7/manifest",
      bodyHash: keccak256(toHex(text)),
      expiresAt,
    } as const;
    const signature = put?.init.headers["x-berth-signature"] as Hex;
    expect(await verifyGatewayRequest(chain, request, signature, signer.address)).to.equal(true);
  });

  it("reads a status, and refuses an answer that is none", async () => {
    expect(await clientOf(json(status)).gateway.status()).to.deep.equal(status);
    for (const answer of [json({ ...status, phase: "dancing" }), json({}), () => new Response("<html>")]) {
      expect(await failure(clientOf(answer).gateway.status()))
        .to.be.instanceOf(PermanentError)
        .with.property("code", "E_GATEWAY_ANSWER_UNREADABLE");
    }
  });

  it("reads log lines however the network cuts them", async () => {
    const line: GatewayLogLine = {
      service: "web",
      stream: "stdout",
      text: "héllo\u0007",
      at: "2027-01-15T08:00:00Z",
    };
    const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n${JSON.stringify(line)}`);
    for (const size of [1, 7, bytes.length]) {
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.slice(index * size, (index + 1) * size),
      );
      const { gateway, asked } = clientOf(() => new Response(ReadableStream.from(parts)));
      const query = { service: "web", tail: 10, follow: false };
      expect(await linesOf(gateway.logs(query, new AbortController().signal))).to.deep.equal([line, line]);
      expect(asked[0]?.url).to.match(/\/v1\/leases\/7\/logs\?service=web&tail=10&follow=false$/);
    }
  });

  it("stops a log with the signal's reason", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const endless = new ReadableStream({
      start: (stream) => signal.addEventListener("abort", () => stream.error(new Error("cut"))),
    });
    const reading = linesOf(clientOf(() => new Response(endless)).gateway.logs({}, signal));
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 5);
    expect(await failure(reading)).to.equal(reason);
  });

  it("does not take a line without an end into memory", async () => {
    const flood = ReadableStream.from(
      (function* () {
        for (;;) yield new Uint8Array(65_536).fill(97);
      })(),
    );
    const { gateway } = clientOf(() => new Response(flood));
    expect(await failure(linesOf(gateway.logs({}, new AbortController().signal))))
      .to.be.instanceOf(PermanentError)
      .with.property("code", "E_GATEWAY_ANSWER_UNREADABLE");
  });

  it("gives a refusal back in the gateway's own words", async () => {
    const body = {
      code: "E_MANIFEST_HASH",
      message: "wrong",
      atRisk: "nothing",
      next: "send",
      facts: { a: "b" },
    };
    const refused = await failure(clientOf(json(body, 409)).gateway.putManifest(document));
    expect(refused).to.be.instanceOf(UserError).and.to.include({ code: "E_MANIFEST_HASH", next: "send" });
    expect(await failure(clientOf(json(body, 503)).gateway.status())).to.be.instanceOf(RetryableError);
  });

  it("tells an answer of something in between from the gateway's", async () => {
    for (const [code, kind] of [
      [502, RetryableError],
      [404, PermanentError],
    ] as const) {
      const error = await failure(clientOf(() => new Response("<html>", { status: code })).gateway.status());
      expect(error).to.be.instanceOf(kind).with.property("code", "E_GATEWAY_REFUSED");
    }
  });

  it("a gateway that does not answer is retryable and named without credentials", async () => {
    const gone = (): Promise<Response> => Promise.reject(new TypeError("fetch failed"));
    const error = await failure(clientOf(gone, "http://me:pw@gone.example:9/x").gateway.status());
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_GATEWAY_UNREACHABLE");
    expect(String(error)).to.include("http://gone.example:9").and.not.to.include("pw");
  });
});
