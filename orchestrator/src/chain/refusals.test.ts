// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { HttpRequestError, RpcRequestError, TimeoutError } from "viem";
import { type Refusal, refusalOf, transactionRefused } from "./refusals.ts";

const url = "https://rpc.example/v1/secret-key";
const body = { method: "eth_sendRawTransaction" };

describe("refusals of a node", () => {
  const words: readonly (readonly [string, Refusal])[] = [
    ["already known", "known"],
    ["transaction already imported", "known"],
    ["ALREADY_EXISTS: already known", "known"],
    ["nonce too low: next nonce 5, tx nonce 4", "nonceUsed"],
    ["Nonce too low. Expected nonce to be 5 but got 4.", "nonceUsed"],
    ["replacement transaction underpriced", "outbid"],
    ["insufficient funds for gas * price + value: balance 0", "unpayable"],
    ["Sender doesn't have enough funds to send tx.", "unpayable"],
    ["Insufficient funds for gas * price + value", "unpayable"],
    ["transaction underpriced: gas tip cap 0, minimum needed 1", "refused"],
    ["max fee per gas less than block base fee", "refused"],
    ["exceeds block gas limit", "refused"],
  ];

  for (const [message, refusal] of words) {
    it(`understands "${message}"`, () => {
      const error = new RpcRequestError({ body, url, error: { code: -32000, message } });
      expect(refusalOf(error)).to.equal(refusal);
    });
  }

  it("does not take silence for a refusal: the transaction may have arrived", () => {
    expect(refusalOf(new HttpRequestError({ body, url, details: "fetch failed" }))).to.equal("unreachable");
    expect(refusalOf(new HttpRequestError({ body, url, status: 502 }))).to.equal("unreachable");
    expect(refusalOf(new TimeoutError({ body, url }))).to.equal("unreachable");
  });

  it("keeps the RPC's key out of what is told", () => {
    const error = transactionRefused(
      "report",
      new RpcRequestError({ body, url, error: { code: -32000, message: "no" } }),
    );
    const told: string[] = [];
    for (let next: unknown = error; next instanceof Error; next = next.cause) told.push(String(next.stack));
    expect(told.join("\n")).to.contain("to report").and.not.to.contain("secret-key");
  });
});
