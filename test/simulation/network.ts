// SPDX-License-Identifier: Apache-2.0
import { keccak256, type Hex } from "viem";
import type { Dice } from "../differential/dice.ts";
import { tellNode } from "./node-rpc.ts";
import type { Stage } from "./stage.ts";

export interface NetworkOptions {
  /** A node that mines nothing by itself. */
  readonly url: string;
  readonly stage: Stage;
  readonly dice: Dice;
  /** How often a new block takes earlier ones back, 0 to 1, and how often that goes deep. */
  readonly reorgs: ReorgRates;
}

export interface ReorgRates {
  readonly shallow: number;
  readonly deep: number;
}

interface Block {
  readonly number: number;
  readonly hash: Hex;
  readonly timestamp: number;
  readonly transactions: readonly Hex[];
}

interface RawBlock {
  readonly number: Hex;
  readonly hash: Hex;
  readonly timestamp: Hex;
  readonly transactions: readonly Hex[];
}

/** The longest between two blocks. */
export const IDLE_MS = 60_000;
const [SOONEST_MS, LATEST_MS] = [300, 3_000];
const SHALLOW = 6;
const DEEP = 12;
/** How often a transaction that was taken back is sent again by somebody who kept it. */
const REMEMBERED = 0.7;
const REMEMBERED_WITHIN_MS = 120_000;

/** The network behind the node: blocks by virtual time, a moment after a transaction and now and then without, some of them taken back. */
export class Network {
  readonly #options: NetworkOptions;
  #reorgs: ReorgRates;
  readonly #sent = new Map<Hex, Hex>();
  readonly #chain: Block[] = [];
  #base = 0;
  #isDue = false;
  /** Blocks taken back so far. */
  takenBack = 0;
  /** Called after each block and each reorganisation. */
  onChange: () => Promise<void> = () => Promise.resolve();

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#reorgs = options.reorgs;
  }

  /** From now on no block is taken back. */
  calm(): void {
    this.#reorgs = { shallow: 0, deep: 0 };
  }

  get height(): number {
    return this.#chain.at(-1)?.number ?? this.#base;
  }

  /** Makes the first block of the run; none before it is ever taken back. */
  async begin(): Promise<void> {
    await this.#mine();
    this.#base = this.height;
    this.#idle();
  }

  /** A signed transaction reaches the node; answers what the node answers. */
  send(raw: Hex): Hex {
    const hash = keccak256(raw);
    this.#sent.set(hash, raw);
    this.#awaitBlock();
    return hash;
  }

  #awaitBlock(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const { stage, dice } = this.#options;
    stage.after(SOONEST_MS + dice.below(LATEST_MS - SOONEST_MS), async () => {
      this.#isDue = false;
      await this.#mine();
      await this.#perhapsTakeBack();
      await this.onChange();
    });
  }

  #idle(): void {
    this.#options.stage.after(IDLE_MS, async () => {
      await this.#mine();
      await this.#perhapsTakeBack();
      await this.onChange();
      this.#idle();
    });
  }

  async #mine(): Promise<void> {
    const { url, stage } = this.#options;
    const last = this.#chain.at(-1)?.timestamp ?? 0;
    await tellNode(url, "evm_mine", [Math.max(last, Math.floor(stage.time.now() / 1_000))]);
    await this.#read();
  }

  async #read(): Promise<void> {
    const { number, hash, timestamp, transactions } = await tellNode<RawBlock>(
      this.#options.url,
      "eth_getBlockByNumber",
      ["latest", false],
    );
    this.#chain.push({ number: Number(number), hash, timestamp: Number(timestamp), transactions });
  }

  async #perhapsTakeBack(): Promise<void> {
    const { dice } = this.#options;
    if (dice.chance(this.#reorgs.deep)) return this.#takeBack(DEEP);
    if (dice.chance(this.#reorgs.shallow)) return this.#takeBack(1 + dice.below(SHALLOW));
  }

  /** Other blocks take the place of the last ones, with none of their transactions. */
  async #takeBack(wanted: number): Promise<void> {
    const depth = Math.min(wanted, this.height - this.#base);
    if (depth === 0) return;
    const { url, stage, dice } = this.#options;
    await tellNode(url, "anvil_reorg", [depth, []]);
    this.takenBack += depth;
    const gone = this.#chain.splice(-depth);
    const last = this.#chain.at(-1)?.timestamp ?? 0;
    for (const { number } of gone)
      this.#chain.push({ number, hash: "0x", timestamp: last, transactions: [] });
    for (const raw of gone
      .flatMap(({ transactions }) => transactions)
      .flatMap((hash) => this.#sent.get(hash) ?? []))
      if (dice.chance(REMEMBERED)) stage.after(dice.below(REMEMBERED_WITHIN_MS), () => this.#resend(raw));
  }

  async #resend(raw: Hex): Promise<void> {
    const { url } = this.#options;
    await tellNode(url, "eth_sendRawTransaction", [raw]).catch(() => undefined);
    this.#awaitBlock();
  }
}
