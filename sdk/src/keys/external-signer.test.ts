// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  type Hex,
  recoverMessageAddress,
  recoverTransactionAddress,
  type TransactionSerializable,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { BerthError, PermanentError, RetryableError } from "../errors.ts";
import { externalSigner } from "./external-signer.ts";
import {
  honest,
  type SignerStub,
  startSignerStub,
  transactionOf,
  typedDataOf,
  unknownMethod,
} from "./signer.fixture.ts";

const TRANSACTION = {
  type: "eip1559",
  chainId: 31_337,
  nonce: 7,
  to: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  data: "0x12345678",
  gas: 100_000n,
  maxFeePerGas: 3_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
} as const;

const TYPED_DATA = {
  domain: { name: "Berth", version: "1", chainId: 31_337, verifyingContract: TRANSACTION.to },
  types: { Word: [{ name: "number", type: "uint256" }] },
  primaryType: "Word",
  message: { number: 2n ** 200n },
} as const;

describe("external signer", () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const stranger = privateKeyToAccount(generatePrivateKey());
  const never = new AbortController().signal;
  let stub: SignerStub;

  before(async () => {
    stub = await startSignerStub(honest(account));
  });
  beforeEach(() => {
    stub.temper = honest(account);
    stub.asked.length = 0;
  });
  after(() => stub.stop());

  const signer = (signal: AbortSignal = never, timeoutMs = 5_000, url = stub.url) =>
    externalSigner({ url, address: account.address, signal, timeoutMs });
  const sign = (transaction: TransactionSerializable = TRANSACTION) => signer().signTransaction(transaction);
  const refusal = async (work: Promise<unknown>): Promise<BerthError> => {
    try {
      await work;
    } catch (error) {
      expect(error).to.be.instanceOf(BerthError);
      expect(error, "a verdict on a lease").to.not.be.instanceOf(PermanentError);
      return error as BerthError;
    }
    throw new Error("it was not refused");
  };

  it("signs transactions, typed data and messages as its account would", async () => {
    expect(await sign()).to.equal(await account.signTransaction(TRANSACTION));
    expect(await signer().signTypedData(TYPED_DATA)).to.equal(await account.signTypedData(TYPED_DATA));
    for (const message of ["hello", { raw: "0x00ff" as Hex }] as const) {
      const signature = await signer().signMessage({ message });
      expect(await recoverMessageAddress({ message, signature })).to.equal(account.address);
    }
  });

  it("takes the answer of geth and Clef, an object with the bytes, as well", async () => {
    stub.temper = async (method, params) => {
      if (method !== "account_signTransaction") return unknownMethod;
      return { result: { raw: await account.signTransaction(transactionOf(params[0])), tx: {} } };
    };
    const raw = (await sign()) as `0x02${string}`;
    expect(await recoverTransactionAddress({ serializedTransaction: raw })).to.equal(account.address);
    expect(stub.asked).to.deep.equal(["eth_signTransaction", "account_signTransaction"]);
  });

  it("asks in other words where the first are not known, as with Web3Signer and Clef", async () => {
    for (const unknown of [unknownMethod, { status: 502 }] as const) {
      stub.temper = async (method, params) =>
        method === "eth_signTypedData"
          ? { result: await account.signTypedData(typedDataOf(params[1])) }
          : unknown;
      expect(await signer().signTypedData(TYPED_DATA)).to.equal(await account.signTypedData(TYPED_DATA));
    }
    stub.temper = async (method, params) =>
      method === "account_signTypedData"
        ? { result: await account.signTypedData(params[1] as typeof TYPED_DATA) }
        : unknownMethod;
    expect(await signer().signTypedData(TYPED_DATA)).to.equal(await account.signTypedData(TYPED_DATA));
  });

  it("ends every signature with 27 or 28, whatever the signer writes", async () => {
    const signature = await account.signMessage({ message: "hello" });
    const last = Number(`0x${signature.slice(-2)}`) - 27;
    stub.temper = () => ({ result: `${signature.slice(0, -2)}0${last}` });
    expect(await signer().signMessage({ message: "hello" })).to.equal(signature);
  });

  it("is not believed when another key signed", async () => {
    stub.temper = honest(stranger);
    const asked = [sign(), signer().signTypedData(TYPED_DATA), signer().signMessage({ message: "hello" })];
    for (const work of asked) {
      const error = await refusal(work);
      expect(error.code).to.equal("E_SIGNER_OTHER_ADDRESS");
      expect(error.facts).to.include({ expected: account.address });
    }
  });

  it("is not believed when it signed something else than it was asked for", async () => {
    const changes = {
      chainId: 1,
      nonce: 8,
      to: stranger.address,
      value: 1n,
      data: "0x87654321",
      gas: 1n,
      maxFeePerGas: 4_000_000_000n,
      maxPriorityFeePerGas: 1n,
    } as const;
    for (const [field, value] of Object.entries(changes)) {
      stub.temper = async (_method, [asked]) => ({
        result: await account.signTransaction({ ...transactionOf(asked), [field]: value }),
      });
      const error = await refusal(sign());
      expect(error.code, field).to.equal("E_SIGNER_OTHER_TRANSACTION");
      expect(error.facts["fields"], field).to.equal(field);
    }
    stub.temper = async () => ({
      result: await account.signTypedData({ ...TYPED_DATA, message: { number: 1n } }),
    });
    expect((await refusal(signer().signTypedData(TYPED_DATA))).code).to.equal("E_SIGNER_OTHER_ADDRESS");
  });

  it("is not believed when it adds what nobody asked for", async () => {
    const accessList = [{ address: stranger.address, storageKeys: [] }];
    stub.temper = async (_method, [asked]) => ({
      result: await account.signTransaction({ ...transactionOf(asked), accessList }),
    });
    expect((await refusal(sign())).code).to.equal("E_SIGNER_OTHER_TRANSACTION");
  });

  it("that answers with what is no signature is refused", async () => {
    for (const result of [null, "", "0x", "0x02", 7, {}, { raw: "word" }, `0x${"0".repeat(130)}`, "0x02c0"]) {
      stub.temper = () => ({ result });
      expect((await refusal(sign())).code, JSON.stringify(result)).to.equal("E_SIGNER_ANSWER_INVALID");
      const typed = await refusal(signer().signTypedData(TYPED_DATA));
      expect(typed.code, JSON.stringify(result)).to.equal("E_SIGNER_ANSWER_INVALID");
    }
  });

  it("that refuses is asked once, and its reason is told", async () => {
    stub.temper = () => ({ error: { code: -32_000, message: "request denied" } });
    const error = await refusal(sign());
    expect(error.code).to.equal("E_SIGNER_REFUSED");
    expect(error.message).to.contain("request denied");
    expect(stub.asked).to.have.length(1);
  });

  it("that knows none of the methods refuses", async () => {
    stub.temper = () => unknownMethod;
    expect((await refusal(signer().signTypedData(TYPED_DATA))).code).to.equal("E_SIGNER_REFUSED");
    expect(stub.asked).to.have.length(3);
  });

  it("that cannot be reached, fails or says nothing may be asked again, and its URL is not told", async () => {
    const url = `${stub.url}/secret-path`;
    const gone = "http://127.0.0.1:1/secret-path";
    const unanswered = signer(never, 5_000, gone).signTransaction(TRANSACTION);
    expect(await refusal(unanswered)).to.be.instanceOf(RetryableError);
    for (const answer of [{ status: 503 }, { status: 401 }, "silence", "nonsense"] as const) {
      stub.temper = () => answer;
      const error = await refusal(signer(never, 300, url).signTransaction(TRANSACTION));
      expect(error.code, JSON.stringify(answer)).to.equal("E_SIGNER_UNREACHABLE");
      expect([error.message, JSON.stringify(error.facts), String(error.cause)].join()).to.not.contain(
        "secret",
      );
    }
  });

  it("is asked no longer once the signal is aborted", async () => {
    const stop = new AbortController();
    stub.temper = () => {
      stop.abort("enough");
      return "silence";
    };
    const ended = await signer(stop.signal)
      .signTransaction(TRANSACTION)
      .catch((error: unknown) => error);
    expect(ended).to.equal("enough");
    const again = await signer(stop.signal)
      .signTransaction(TRANSACTION)
      .catch((error: unknown) => error);
    expect(again).to.equal("enough");
    expect(stub.asked).to.have.length(1);
  });

  it("is asked for plain EIP-1559 transactions alone", async () => {
    const legacy = { type: "legacy", chainId: 1, gasPrice: 1n } as const;
    const listed = { ...TRANSACTION, accessList: [{ address: stranger.address, storageKeys: [] }] } as const;
    for (const transaction of [legacy, listed])
      expect((await refusal(sign(transaction))).code).to.equal("E_SIGNER_TRANSACTION_TYPE");
    expect(stub.asked).to.deep.equal([]);
  });
});
