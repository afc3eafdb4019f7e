// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { createPublicClient, createWalletClient, custom, keccak256, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { RetryableError } from "../errors.ts";
import { type GatewayRequest, isGatewayRequestFresh, MAX_REQUEST_LIFETIME } from "./request.ts";
import { signGatewayRequest } from "./sign.ts";
import { verifyGatewayRequest } from "./verify.ts";

const tenant = privateKeyToAccount(generatePrivateKey());
const other = privateKeyToAccount(generatePrivateKey());

const request: GatewayRequest = {
  chainId: 31_337,
  market: "0x4400000000000000000000000000000000000044",
  leaseId: 7n,
  method: "GET",
  path: "/v1/leases/7/logs?service=web&tail=10",
  bodyHash: keccak256("0x"),
  expiresAt: 1_800_000_060n,
};

/** Knows that nobody has code. */
const plainChain = createPublicClient({ transport: custom({ request: () => Promise.resolve("0x") }) });
const deadChain = createPublicClient({
  transport: custom({
    request: () => Promise.reject(Object.assign(new Error("fetch failed"), { name: "HttpRequestError" })),
  }),
});

const signatureOf = async (signed: GatewayRequest) =>
  (await signGatewayRequest(tenant, signed))["x-berth-signature"];

describe("a signed gateway request", () => {
  it("is accepted from the tenant's key, without asking the chain", async () => {
    const signature = await signatureOf(request);
    expect(await verifyGatewayRequest(deadChain, request, signature, tenant.address)).to.equal(true);
  });

  it("carries its expiry and is the same from a wallet as from a key", async () => {
    const wallet = createWalletClient({
      account: tenant,
      transport: custom({ request: () => Promise.reject(new Error("not asked")) }),
    });
    const headers = await signGatewayRequest(wallet, request);
    expect(headers).to.deep.equal(await signGatewayRequest(tenant, request));
    expect(headers["x-berth-expires"]).to.equal("1800000060");
  });

  it("is refused when any field differs from what was signed", async () => {
    const signature = await signatureOf(request);
    const forgeries: Required<{ [Key in keyof GatewayRequest]: GatewayRequest[Key] }> = {
      chainId: 1,
      market: "0x5500000000000000000000000000000000000055",
      leaseId: 8n,
      method: "PUT",
      path: "/v1/leases/7/logs?service=web&tail=11",
      bodyHash: keccak256(toHex("another body")),
      expiresAt: 1_800_000_061n,
    };
    for (const [key, value] of Object.entries(forgeries)) {
      const forged = { ...request, [key]: value };
      expect(await verifyGatewayRequest(plainChain, forged, signature, tenant.address), key).to.equal(false);
    }
  });

  it("is refused from another key, and with a signature that is none", async () => {
    const foreign = (await signGatewayRequest(other, request))["x-berth-signature"];
    for (const signature of [foreign, "0x", "0x1234", `0x${"00".repeat(65)}`] as const) {
      expect(await verifyGatewayRequest(plainChain, request, signature, tenant.address)).to.equal(false);
    }
  });

  it("is neither accepted nor refused while the chain cannot say whether the tenant is a contract", async () => {
    const foreign = (await signGatewayRequest(other, request))["x-berth-signature"];
    const error = await verifyGatewayRequest(deadChain, request, foreign, tenant.address).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_UNREACHABLE");
  });

  it("counts up to its last second, by the caller's clock", () => {
    expect(isGatewayRequestFresh(1_000n, 1_000n)).to.equal(true);
    expect(isGatewayRequestFresh(1_000n, 1_001n)).to.equal(false);
  });

  it("does not count when it was made to live too long", () => {
    expect(isGatewayRequestFresh(1_000n + MAX_REQUEST_LIFETIME, 1_000n)).to.equal(true);
    expect(isGatewayRequestFresh(1_001n + MAX_REQUEST_LIFETIME, 1_000n)).to.equal(false);
  });
});
