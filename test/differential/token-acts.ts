// SPDX-License-Identifier: Apache-2.0
import { Interface } from "ethers";
import { move, walletOf } from "../model/tokens.ts";
import { copyOf, type Address, type State, type Token } from "../model/state.ts";
import type { Scene } from "./scene.ts";

/** Something that happens to a token outside the market. */
export interface TokenAct {
  readonly name: "ban" | "lie" | "donate";
  readonly token: Address;
  readonly from: Address;
  readonly to: Address;
  readonly amount: bigint;
}

const TOKEN = new Interface([
  "function ban(address account)",
  "function lie()",
  "function transfer(address to, uint256 amount)",
]);

/** A ban or a lie, which hold for the rest of the sequence, or a donation to the market. */
export function chooseTokenAct(scene: Scene): TokenAct {
  const { dice, state } = scene;
  const kind = dice.weigh([
    ["ban", 2],
    ["lie", 1],
    ["donate", 5],
  ] as const);
  const of = (wanted: Token["kind"]) => [...state.tokens.values()].filter((token) => token.kind === wanted);
  const from = scene.role("tenant", "otherTenant", "stranger");
  if (kind === "ban")
    return { name: kind, token: dice.pick(of("blocking")).address, from, to: scene.anyone(), amount: 0n };
  if (kind === "lie") return { name: kind, token: dice.pick(of("bare")).address, from, to: from, amount: 0n };
  const token = dice.pick(of("plain"));
  const amount = walletOf(token, from) < 5n ? 0n : 5n;
  return { name: kind, token: token.address, from, to: state.market, amount };
}

export function encodeAct({ name, to, amount }: TokenAct): string {
  if (name === "ban") return TOKEN.encodeFunctionData("ban", [to]);
  return name === "lie"
    ? TOKEN.encodeFunctionData("lie")
    : TOKEN.encodeFunctionData("transfer", [to, amount]);
}

/** The state after it. */
export function afterAct(state: State, { name, token, from, to, amount }: TokenAct): State {
  const after = copyOf(state);
  const touched = after.tokens.get(token);
  if (touched === undefined) throw new Error("there is no such token");
  if (name === "ban") touched.banned.add(to);
  if (name === "lie") touched.lying = true;
  if (name === "donate") move(touched, { from, to, amount });
  return after;
}
