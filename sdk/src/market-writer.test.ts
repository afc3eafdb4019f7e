// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  createPublicClient,
  createWalletClient,
  custom,
  hexToBigInt,
  numberToHex,
  WaitForTransactionReceiptTimeoutError,
  zeroHash,
} from "viem";
import { foundry } from "viem/chains";
import { type BerthError, RetryableError, UserError } from "./errors.ts";
import { marketCalls } from "./market-calls.ts";
import { gasWithMargin, sendCall, type SentCall } from "./market-writer.ts";

const MARKET = "0x4400000000000000000000000000000000000044";
const TENANT = "0x2200000000000000000000000000000000000022";
const HASH = `0x${"ab".repeat(32)}` as const;
const ESTIMATE = 35_000n;
const call = marketCalls(MARKET).settle([7n]);

const gone = Object.assign(new Error("fetch failed"), {
  name: "HttpRequestError",
  url: "http://127.0.0.1:1",
});

const receipt = {
  blockHash: zeroHash,
  blockNumber: "0xc",
  contractAddress: null,
  cumulativeGasUsed: "0x1",
  effectiveGasPrice: "0x1",
  from: TENANT,
  gasUsed: "0x1",
  logs: [],
  logsBloom: "0x",
  status: "0x1",
  to: MARKET,
  transactionHash: HASH,
  transactionIndex: "0x0",
  type: "0x2",
};

/** What a node answers, by method: a value, or an error to fail with. */
type Answers = Readonly<Record<string, unknown>>;

const willing: Answers = {
  eth_chainId: numberToHex(foundry.id),
  eth_call: "0x",
  eth_estimateGas: numberToHex(ESTIMATE),
  eth_sendTransaction: HASH,
  eth_blockNumber: "0xc",
  eth_getTransactionReceipt: receipt,
  eth_getTransactionByHash: null,
};

interface Asked {
  readonly method: string;
  readonly params?: readonly unknown[];
}

function clients(changed: Answers) {
  const asked: Asked[] = [];
  const answers = { ...willing, ...changed };
  const request = async (one: Asked): Promise<unknown> => {
    asked.push(one);
    const answer = answers[one.method];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const transport = custom({ request }, { retryCount: 0 });
  const publicClient = createPublicClient({ chain: foundry, transport, pollingInterval: 1 });
  const wallet = createWalletClient({ account: TENANT, chain: foundry, transport });
  return { asked, publicClient, wallet };
}

function send(changed: Answers): { readonly asked: Asked[]; readonly sent: Promise<SentCall> } {
  const { asked, publicClient, wallet } = clients(changed);
  return { asked, sent: sendCall(wallet, publicClient, call) };
}

async function failureOf(
  changed: Answers,
): Promise<{ readonly error: BerthError; readonly methods: string[] }> {
  const { asked, sent } = send(changed);
  const error: unknown = await sent.catch((failure: unknown) => failure);
  return { error: error as BerthError, methods: asked.map(({ method }) => method) };
}

describe("sending a call", () => {
  it("gives it more gas than the estimate: what settled nothing then may bill in its block", async () => {
    const { asked, sent } = send({});
    expect(await sent).to.deep.equal({ hash: HASH, blockNumber: 12n, events: [] });
    const [transaction] = asked.find(({ method }) => method === "eth_sendTransaction")?.params ?? [];
    expect(hexToBigInt((transaction as { gas: `0x${string}` }).gas)).to.equal(gasWithMargin(ESTIMATE));
    expect(gasWithMargin(ESTIMATE)).to.equal(152_500n);
  });

  it("sends nothing that the simulation refuses", async () => {
    const refused = Object.assign(new Error("execution reverted"), { code: 3, data: "0xdeadbeef" });
    const { error, methods } = await failureOf({ eth_call: refused });
    expect(error.code).to.equal("E_REVERT_UNKNOWN");
    expect(methods).not.to.include("eth_sendTransaction");
  });

  it("does not call nothing lost when the RPC goes away while it sends", async () => {
    const { error } = await failureOf({ eth_sendTransaction: gone });
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_SENDING_UNKNOWN");
    expect(error.atRisk).to.include("pay twice");
  });

  it("names the transaction of which no receipt can be had", async () => {
    const { publicClient, wallet } = clients({});
    const impatient = {
      ...publicClient,
      waitForTransactionReceipt: () =>
        Promise.reject(new WaitForTransactionReceiptTimeoutError({ hash: HASH })),
    };
    const error: unknown = await sendCall(wallet, impatient, call).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_RECEIPT_UNKNOWN");
    expect((error as BerthError).facts).to.deep.equal({ hash: HASH });
  });

  it("waits no longer than the signal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { publicClient, wallet } = clients({ eth_getTransactionReceipt: null });
    setTimeout(() => controller.abort(reason), 20);
    const sending = sendCall(wallet, publicClient, call, { signal: controller.signal });
    expect(await sending.catch((failure: unknown) => failure)).to.equal(reason);
  });

  it("a wallet's no is the caller's own", async () => {
    const no = Object.assign(new Error("User rejected the request."), { code: 4001 });
    const { error } = await failureOf({ eth_sendTransaction: no });
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_WALLET_REJECTED");
  });

  it("tells a call that its block undid from one that cannot be done", async () => {
    const { error } = await failureOf({ eth_getTransactionReceipt: { ...receipt, status: "0x0" } });
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_TRANSACTION_REVERTED");
  });
});
