// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import {
  computeMarketAbi,
  explainRevertData,
  InvariantError,
  PermanentError,
  RetryableError,
  UserError,
} from "@berth/sdk";
import { expect } from "chai";
import type { Abi } from "viem";
import { encodeErrorResult, zeroAddress, zeroHash } from "viem";
import { EXIT, exitCodeOf } from "./exit-codes.ts";

const DETAILS = { atRisk: "nothing", next: "nothing" };

describe("exit codes", () => {
  it("follow from the class of an error whose code says nothing", () => {
    expect(exitCodeOf(new UserError("E_X", "x", DETAILS))).to.equal(2);
    expect(exitCodeOf(new RetryableError("E_X", "x", DETAILS))).to.equal(7);
    expect(exitCodeOf(new PermanentError("E_X", "x", DETAILS))).to.equal(1);
    expect(exitCodeOf(new InvariantError("E_X", "x", DETAILS))).to.equal(1);
  });

  it("follow from the code where that says more", () => {
    const exits = {
      E_LEASE_UNKNOWN: 3,
      E_OFFER_NONE_FITS: 3,
      E_BALANCE_INSUFFICIENT: 4,
      E_ERC20_INSUFFICIENT_ALLOWANCE: 4,
      E_STAKE_INSUFFICIENT: 4,
      E_PROVIDER_SILENT: 4,
      E_TIMED_OUT: 5,
      E_LEASE_CALLER_NOT_TENANT: 6,
      E_RPC_UNREACHABLE: 7,
      E_GATEWAY_UNREACHABLE: 7,
      E_INTERRUPTED: 130,
    };
    for (const [code, exit] of Object.entries(exits)) {
      const Kind = exit === 7 ? RetryableError : UserError;
      expect(exitCodeOf(new Kind(code, "x", DETAILS)), code).to.equal(exit);
    }
  });

  it("give every refusal of the contract 3, 4 or 6, never a usage error", () => {
    const errors = computeMarketAbi.filter((item) => item.type === "error");
    expect(errors.length).to.be.above(20);
    for (const item of errors) {
      const samples: Record<string, unknown> = { address: zeroAddress, bytes32: zeroHash, string: "a text" };
      const args = item.inputs.map(({ type }) => samples[type] ?? 0);
      const abi: Abi = [item];
      const data = encodeErrorResult({ abi, errorName: item.name, args });
      expect(exitCodeOf(explainRevertData(data)), item.name).to.be.oneOf([3, 4, 6]);
    }
  });

  it("are the ones that the documentation lists", () => {
    const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
    const documented = [...page.matchAll(/^\| +(\d+) +\|/gm)].map(([, code]) => Number(code));
    expect(documented).to.deep.equal(Object.values(EXIT));
  });
});
