// SPDX-License-Identifier: Apache-2.0
import type { AbiParameterToPrimitiveType } from "viem";
import { formatAmount } from "../amounts.ts";
import { computeMarketAbi, mockUsdAbi } from "../generated/abi.ts";
import type { TokenInfo } from "../types.ts";

type AbiError<Abi extends readonly unknown[]> = Extract<Abi[number], { readonly type: "error" }>;
type TokenErrorName = "ERC20InsufficientBalance" | "ERC20InsufficientAllowance";
type RevertError =
  AbiError<typeof computeMarketAbi> | Extract<AbiError<typeof mockUsdAbi>, { readonly name: TokenErrorName }>;
type InputOf<Name extends RevertName> = Extract<RevertError, { readonly name: Name }>["inputs"][number];

/** A custom error that a call of the market can end with: its own, and those of the token that it moves. */
export type RevertName = RevertError["name"];

/** The arguments of a custom error, by name. */
export type RevertArgs<Name extends RevertName> = {
  readonly [Input in InputOf<Name> as Input["name"]]: AbiParameterToPrimitiveType<Input>;
};

/** A revert for a person: what happened, what money is at risk, what to do next. */
export interface Words {
  readonly message: string;
  readonly atRisk: string;
  readonly next: string;
}

/** How figures are written. */
export interface Wording {
  /** Token base units; in whole tokens where the token is known. */
  amount(units: bigint): string;
}

/** The words of every custom error, by name. */
export type RevertTable = {
  readonly [Name in RevertName]: (args: RevertArgs<Name>, say: Wording) => Words;
};

/** The part of the table whose errors begin with a prefix. */
export type RevertTableOf<Prefix extends string> = Pick<
  RevertTable,
  Extract<RevertName, `${Prefix}${string}`>
>;

/** What most refusals put at risk: a revert undoes the whole call. */
export const NO_MONEY_MOVED = "nothing: the call was undone, no money has moved";

/** All errors that have words, for a decoder. */
export const revertErrors: readonly RevertError[] = [
  ...computeMarketAbi.filter((item) => item.type === "error"),
  ...mockUsdAbi.filter(
    (item) =>
      item.type === "error" &&
      (item.name === "ERC20InsufficientBalance" || item.name === "ERC20InsufficientAllowance"),
  ),
];

/** Amounts in whole tokens where the token is known, in base units where it is not. */
export function wordingFor(token: TokenInfo | undefined): Wording {
  return {
    amount: (units) =>
      token === undefined
        ? `${units} base units of the token`
        : `${formatAmount(units, token.decimals)} ${token.symbol}`,
  };
}

/** Seconds since 1970 as a date in UTC. */
export function date(seconds: bigint): string {
  const LAST_DATE = 8_640_000_000_000n;
  return seconds > LAST_DATE
    ? `second ${seconds}`
    : new Date(Number(seconds) * 1_000).toISOString().replace(".000Z", "Z");
}
