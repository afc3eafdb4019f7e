// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  type Abi,
  type AbiParameter,
  encodeErrorResult,
  HttpRequestError,
  InsufficientFundsError,
  RpcRequestError,
  TimeoutError,
  UserRejectedRequestError,
} from "viem";
import { BerthError, InvariantError, PermanentError, RetryableError, UserError } from "./errors.ts";
import { computeMarketAbi, mockUsdAbi } from "./generated/abi.ts";
import { explainRevert, explainRevertData } from "./reverts.ts";

const PROVIDER = "0x1100000000000000000000000000000000000011";
const CALLER = "0x2200000000000000000000000000000000000022";
const TOKEN = "0x3300000000000000000000000000000000000033";
const usdc = { symbol: "USDC", decimals: 6 };

function revert(errorName: string, args: readonly unknown[], abi: Abi = computeMarketAbi) {
  const data = encodeErrorResult({ abi, errorName, args });
  const error = { code: 3, message: "execution reverted", data };
  return new RpcRequestError({ body: {}, error, url: "http://127.0.0.1:8545" });
}

function sample({ type }: AbiParameter): unknown {
  const samples: Record<string, unknown> = {
    address: CALLER,
    uint8: 2,
    bytes32: `0x${"05".repeat(32)}`,
    string: "a text",
  };
  return samples[type] ?? 5n;
}

describe("the words of a revert", () => {
  it("every custom error of the market says what happened, what is at risk and what to do", () => {
    const errors = computeMarketAbi.filter((item) => item.type === "error");
    expect(errors).to.have.length.above(30);
    for (const { name, inputs } of errors) {
      const explained = explainRevert(revert(name, inputs.map(sample)), { token: usdc });
      expect(explained, name).to.be.instanceOf(UserError);
      expect(explained.code, name).to.match(/^E_[A-Z0-9_]+$/);
      for (const text of [explained.message, explained.atRisk, explained.next]) {
        expect(text.length, name).to.be.above(10);
        expect(text, name).not.to.match(/undefined|NaN|\[object/);
      }
      expect(Object.keys(explained.facts), name).to.deep.equal(inputs.map((input) => input.name));
    }
  });

  it("the code is the error's name in capitals", () => {
    expect(explainRevert(revert("LeaseStatusUnexpected", [7n, 4, 12n])).code).to.equal(
      "E_LEASE_STATUS_UNEXPECTED",
    );
    expect(explainRevert(revert("SafeERC20FailedOperation", [TOKEN])).code).to.equal(
      "E_SAFE_ERC20_FAILED_OPERATION",
    );
  });

  it("a status is named, and so is every status that would have done", () => {
    const { message, next } = explainRevert(revert("LeaseStatusUnexpected", [7n, 4, 0b101100n]));
    expect(message).to.equal(
      "Lease 7 is depleted; this can be done only while it is active, paused or lapsed.",
    );
    expect(next).to.include("top it up");
  });

  it("a late start names both times and where the money goes", () => {
    const { message, atRisk } = explainRevert(
      revert("LeaseStartTooLate", [7n, 1_800_000_061n, 1_800_000_000n]),
    );
    expect(message).to.equal(
      "Lease 7 was to be started by 2027-01-15T08:00:00Z; now it is 2027-01-15T08:01:01Z.",
    );
    expect(atRisk).to.include("goes back to the tenant");
  });

  it("amounts are in whole tokens where the token is known, else in base units", () => {
    const error = revert("EscrowBalanceInsufficient", [TOKEN, CALLER, 2_500_000n, 1n]);
    expect(explainRevert(error, { token: usdc }).message)
      .to.include("2.5 USDC")
      .and.to.include("0.000001 USDC");
    expect(explainRevert(error).message).to.include("2500000 base units");
  });

  it("a stale instance, a silent provider, missing stake and a full offer say what to do next", () => {
    expect(explainRevert(revert("ProviderInstanceStale", [PROVIDER, 1n, 2n])).next).to.include(
      "Stop this daemon",
    );
    expect(explainRevert(revert("ProviderSilent", [PROVIDER, 5n, 600n])).next).to.include("report first");
    expect(explainRevert(revert("StakeInsufficient", [PROVIDER, TOKEN, 9n, 1n])).next).to.include(
      "stake more",
    );
    expect(explainRevert(revert("OfferFull", [1n, 3n, 3n])).message).to.include("3 leases are open");
  });

  it("the token's own refusals have words too", () => {
    const poor = explainRevert(revert("ERC20InsufficientBalance", [CALLER, 1n, 3_000_001n], mockUsdAbi), {
      token: usdc,
    });
    expect(poor.next).to.include("3 USDC more");
    const shy = explainRevert(revert("ERC20InsufficientAllowance", [CALLER, 0n, 3_000_000n], mockUsdAbi), {
      token: usdc,
    });
    expect(shy.code).to.equal("E_ERC20_INSUFFICIENT_ALLOWANCE");
    expect(shy.next).to.include("Approve 3 USDC");
  });

  it("finds the bytes of the revert however deep a node nests them", () => {
    const data = encodeErrorResult({ abi: computeMarketAbi, errorName: "LeaseUnknown", args: [9n] });
    const nested = Object.assign(new Error("reverted"), { data: { message: "reverted", data } });
    const outer = new Error("call failed", { cause: new Error("inner", { cause: nested }) });
    expect(explainRevert(outer).message).to.equal("There is no lease 9.");
  });

  it("a foreign error, a plain reason and a panic are not taken for the market's words", () => {
    expect(explainRevertData("0xdeadbeef"))
      .to.be.instanceOf(PermanentError)
      .with.property("code", "E_REVERT_UNKNOWN");
    const abi = [{ type: "error", name: "Error", inputs: [{ name: "reason", type: "string" }] }] as const;
    const plain = explainRevert(revert("Error", ["frozen"], abi));
    expect(plain).to.be.instanceOf(UserError).with.property("code", "E_REVERT_REASON");
    expect(plain.message).to.include("frozen");
    const panicAbi = [{ type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] }] as const;
    expect(explainRevert(revert("Panic", [17n], panicAbi))).to.be.instanceOf(InvariantError);
  });

  it("a refusal without bytes is a refusal, and not taken for a node in trouble", () => {
    const bare = { code: 3, message: "execution reverted" };
    const explained = explainRevert(
      new RpcRequestError({ body: {}, error: bare, url: "http://127.0.0.1:8545" }),
    );
    expect(explained).to.be.instanceOf(PermanentError).with.property("code", "E_REVERT_UNKNOWN");
  });

  it("an error that is in words already comes back as it is", () => {
    const error = new UserError("E_X", "x", { atRisk: "nothing", next: "nothing" });
    expect(explainRevert(error)).to.equal(error);
  });
});

describe("the words of a chain that does not answer", () => {
  const secret = "https://user:hunter2@rpc.example.org:8545/v3/s3cr3tkey?k=v";

  it("an RPC that cannot be reached is retryable and named without its credentials", () => {
    for (const error of [
      new HttpRequestError({ url: secret, cause: new Error(`connect failed ${secret}`) }),
      new TimeoutError({ body: {}, url: secret }),
    ]) {
      const explained = explainRevert(new Error("call failed", { cause: error }));
      expect(explained).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_UNREACHABLE");
      expect(explained.facts["url"]).to.equal("https://rpc.example.org:8545");
      expect(everythingOf(explained)).not.to.match(/hunter2|s3cr3tkey/);
    }
  });

  it("says the HTTP status when there was an answer", () => {
    expect(explainRevert(new HttpRequestError({ url: secret, status: 503 })).message).to.include("HTTP 503");
  });

  it("an RPC that answers with an error of its own is retryable, and no revert", () => {
    const error = { code: -32_000, message: "header not found" };
    const explained = explainRevert(new RpcRequestError({ body: {}, error, url: secret }));
    expect(explained).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_FAILED");
    expect(explained.message).to.include("header not found");
    expect(everythingOf(explained)).not.to.match(/hunter2|s3cr3tkey/);
  });

  it("a sender without gas money and a person who declines are the caller's to mend", () => {
    const message = "Sender doesn't have enough funds to send tx. The max upfront cost is: 1";
    const inOwnWords = new RpcRequestError({ body: {}, error: { code: -32_000, message }, url: secret });
    for (const error of [new InsufficientFundsError({}), inOwnWords]) {
      expect(explainRevert(error))
        .to.be.instanceOf(UserError)
        .with.property("code", "E_GAS_MONEY_INSUFFICIENT");
    }
    expect(explainRevert(new UserRejectedRequestError(new Error("no"))))
      .to.be.instanceOf(UserError)
      .with.property("code", "E_WALLET_REJECTED");
  });

  it("what nobody recognises is not repeated blindly", () => {
    expect(explainRevert(new Error("boom"))).to.be.instanceOf(PermanentError);
    expect(explainRevert("boom")).to.be.instanceOf(PermanentError);
  });
});

function everythingOf(error: BerthError): string {
  const cause = error.cause instanceof Error ? `${error.cause.message} ${error.cause.stack}` : "";
  return `${error.message} ${error.atRisk} ${error.next} ${JSON.stringify(error.facts)} ${cause}`;
}
