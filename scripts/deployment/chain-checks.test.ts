// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError, UserError } from "@berth/sdk";
import { expect } from "chai";
import type { Chain } from "./chain.ts";
import {
  CREATE_X,
  requireChainId,
  requireCreateX,
  requireDeployer,
  requireTransientStorage,
} from "./chain-checks.ts";

type Answers = Readonly<Record<string, (params: readonly unknown[]) => unknown>>;

/** A chain that knows the methods of `answers` and fails for every other. */
function chainOf(answers: Answers): Chain {
  return {
    request: async ({ method, params = [] }) => {
      const answer = answers[method];
      if (answer === undefined) throw new Error(`${method} is not served`);
      return answer(params);
    },
  };
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const WORD_42 = `0x${"2a".padStart(64, "0")}`;

describe("before a deployment, the chain's id", () => {
  const base = chainOf({ eth_chainId: () => "0x2105" });

  it("passes when it is the network's", async () => {
    expect(await thrownBy(requireChainId(base, "base", 8_453n))).to.equal(undefined);
  });

  it("stops it when it is another", async () => {
    const error = await thrownBy(requireChainId(base, "mainnet", 1n));
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_DEPLOY_CHAIN_MISMATCH");
  });

  it("may be asked again when no answer comes", async () => {
    const error = await thrownBy(requireChainId(chainOf({}), "base", 8_453n));
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_DEPLOY_CHAIN_UNANSWERED");
  });
});

describe("before a deployment, transient storage", () => {
  const code = ([call]: readonly unknown[]): string => (call as { data: string }).data;

  it("passes when a word comes through it", async () => {
    const chain = chainOf({ eth_call: () => WORD_42 });
    expect(await thrownBy(requireTransientStorage(chain))).to.equal(undefined);
  });

  for (const [title, answer] of Object.entries({
    "its opcodes are invalid": (): string => {
      throw new Error("invalid opcode: TSTORE");
    },
    "it forgets the word": (): string => `0x${"0".repeat(64)}`,
    "it answers nothing": (): string => "0x",
  }))
    it(`stops it when ${title}`, async () => {
      const old = (params: readonly unknown[]): string => (code(params).includes("5d") ? answer() : WORD_42);
      const error = await thrownBy(requireTransientStorage(chainOf({ eth_call: old })));
      expect(error)
        .to.be.instanceOf(PermanentError)
        .with.property("code", "E_DEPLOY_TRANSIENT_STORAGE_MISSING");
    });

  it("may be asked again when the chain answers no such question at all", async () => {
    const error = await thrownBy(requireTransientStorage(chainOf({})));
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_DEPLOY_CHAIN_UNANSWERED");
  });
});

describe("before a deployment, CreateX", () => {
  const chainWith = (code: string): Chain =>
    chainOf({ eth_getCode: ([address]) => (address === CREATE_X ? code : "0xdead") });

  it("may be missing on a local chain, where Ignition brings it", async () => {
    expect(await requireCreateX(chainWith("0x"), 31_337n)).to.equal(false);
  });

  for (const [title, code, chainId] of [
    ["it is missing", "0x", 1n],
    ["something else is at its address", "0x00", 1n],
    ["something else is at its address on a local chain", "0x00", 31_337n],
  ] as const)
    it(`stops it when ${title}`, async () => {
      const error = await thrownBy(requireCreateX(chainWith(code), chainId));
      expect(error).to.be.instanceOf(PermanentError).with.property("code", "E_DEPLOY_CREATEX_MISSING");
    });
});

describe("before a deployment, the deployer", () => {
  const accounts = { eth_accounts: () => ["0xaa", "0xbb"] };

  it("is the first account, with what it has", async () => {
    const chain = chainOf({
      ...accounts,
      eth_getBalance: ([address]) => (address === "0xaa" ? "0x7" : "0x0"),
    });
    expect(await requireDeployer(chain)).to.deep.equal({ address: "0xaa", balance: 7n });
  });

  it("stops it when there is none", async () => {
    const error = await thrownBy(requireDeployer(chainOf({ eth_accounts: () => [] })));
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_DEPLOY_ACCOUNT_MISSING");
  });

  it("stops it when it has nothing", async () => {
    const error = await thrownBy(requireDeployer(chainOf({ ...accounts, eth_getBalance: () => "0x0" })));
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_DEPLOY_BALANCE_EMPTY");
  });
});
