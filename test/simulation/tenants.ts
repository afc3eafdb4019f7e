// SPDX-License-Identifier: Apache-2.0
import {
  computeMarketAbi,
  createGatewayClient,
  manifestHash,
  marketCalls,
  newManifestDocument,
  parseCompose,
  type ContractCall,
  type ManifestDocument,
} from "@berth/sdk";
import {
  encodeFunctionData,
  parseEventLogs,
  toHex,
  type Address,
  type Hex,
  type LocalAccount,
  type Log,
} from "viem";
import type { Dice } from "../differential/dice.ts";
import { composeOf, drawKind, type Kind } from "./kinds.ts";
import type { Network } from "./network.ts";
import { askNode, tellNode } from "./node-rpc.ts";
import type { Stage } from "./stage.ts";

export interface TenantsOptions {
  readonly node: string;
  readonly network: Network;
  readonly stage: Stage;
  readonly dice: Dice;
  readonly accounts: readonly LocalAccount[];
  readonly chainId: number;
  readonly market: Address;
  readonly provider: Address;
  readonly offerId: bigint;
  readonly milliRate: bigint;
  /** Where the provider's gateway listens just now; null while he is away. */
  readonly gateway: () => string | null;
}

/** A lease as its tenant means it. */
export interface Visit {
  readonly tenant: LocalAccount;
  readonly kind: Kind;
  readonly document: ManifestDocument;
  readonly hash: Hex;
  /** Milliseconds since 1970 at which the gateway took the manifest; null while it has not. */
  deliveredAt: number | null;
}

const [MINUTE, HOUR] = [60_000, 3_600_000];
const DELIVERY_EVERY_MS = 15_000;
/** A tenant of the field gives up at the end of the start period. */
const DELIVERY_TRIES = 40;
const FEES = { gas: 600_000n, maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };

/** Tenants who come, pay, bring manifests, top up and leave, or let the money run out. */
export class Tenants {
  readonly visits: Visit[] = [];
  readonly #options: TenantsOptions;
  #salt = 0;
  #isCalm = false;

  constructor(options: TenantsOptions) {
    this.#options = options;
  }

  /** Plans so many visits over the milliseconds to come. */
  plan(visits: number, within: number): void {
    const { stage, dice } = this.#options;
    for (let count = 0; count < visits; count += 1) stage.after(dice.below(within), () => this.#visit());
  }

  /** From now on no tenant changes anything any more: what is to come to rest must not be stirred at the end. */
  calm(): void {
    this.#isCalm = true;
  }

  async #visit(): Promise<void> {
    const { dice, accounts, stage, market, provider, offerId, milliRate } = this.#options;
    const tenant = dice.pick(accounts);
    const kind = drawKind(dice);
    const document = newManifestDocument(
      parseCompose(composeOf(kind), { environment: {} }),
      toHex((this.#salt += 1), { size: 32 }),
    );
    const hash = manifestHash(document);
    const visit: Visit = { tenant, kind, document, hash, deliveredAt: null };
    this.visits.push(visit);
    const seconds = dice.between(600n, 30_000n);
    const amount = (milliRate * seconds) / 1_000n;
    const opening = {
      offerId,
      provider,
      maxMilliRate: milliRate,
      amount,
      manifestHash: hash,
      tenant: tenant.address,
    };
    await this.#send(tenant, marketCalls(market).open(opening));
    if (!dice.chance(0.05)) this.#deliver(visit, DELIVERY_TRIES);
    if (dice.chance(0.3)) stage.after(dice.below(6 * HOUR), () => this.#topUp(visit));
    if (dice.chance(0.7)) this.#leave(visit, 2 * MINUTE + dice.below(8 * HOUR));
  }

  #deliver(visit: Visit, triesLeft: number): void {
    if (triesLeft === 0) return;
    const { stage } = this.#options;
    stage.after(DELIVERY_EVERY_MS, async () => {
      const leaseId = await this.leaseOf(visit);
      if (leaseId === null) return this.#deliver(visit, triesLeft - 1);
      // Nobody waits for it here: the gateway may be patient, and time stands still while this is awaited.
      void this.#put(visit, leaseId).then(
        () => (visit.deliveredAt ??= stage.time.now()),
        () => this.#deliver(visit, triesLeft - 1),
      );
    });
  }

  async #put({ tenant, document }: Visit, leaseId: bigint): Promise<void> {
    const { gateway, chainId, market, stage } = this.#options;
    const endpoint = gateway();
    if (endpoint === null) throw new Error("the provider is away");
    const now = (): bigint => BigInt(Math.floor(stage.time.now() / 1_000));
    const client = createGatewayClient({ endpoint, chainId, market, leaseId, signer: tenant, now });
    await client.putManifest(document);
  }

  async #topUp(visit: Visit): Promise<void> {
    const leaseId = await this.leaseOf(visit);
    const { market, milliRate, dice } = this.#options;
    const amount = (milliRate * dice.between(1_200n, 20_000n)) / 1_000n;
    if (leaseId !== null) await this.#send(visit.tenant, marketCalls(market).topUp(leaseId, amount));
  }

  #leave(visit: Visit, within: number): void {
    const { market, stage } = this.#options;
    stage.after(within, async () => {
      const leaseId = await this.leaseOf(visit);
      if (leaseId !== null) await this.#send(visit.tenant, marketCalls(market).close(leaseId));
      // What is taken back with its block is said again; closing twice is refused and costs a fee.
      stage.after(10 * MINUTE, async () => {
        if ((await this.leaseOf(visit)) !== null)
          await this.#send(visit.tenant, marketCalls(market).close(leaseId ?? 0n));
      });
    });
  }

  /** The lease of a visit, as the node shows it now; null where there is none. */
  async leaseOf({ hash }: Visit): Promise<bigint | null> {
    const { node, market } = this.#options;
    const filter = { fromBlock: "0x0", toBlock: "latest", address: market };
    const logs = await tellNode<Log[]>(node, "eth_getLogs", [filter]);
    const opened = parseEventLogs({ abi: computeMarketAbi, eventName: "LeaseOpened", logs });
    return opened.find(({ args }) => args.manifestHash === hash)?.args.leaseId ?? null;
  }

  /** Signs and sends; a call that the chain will refuse is sent all the same, as a hasty wallet would. */
  async #send(account: LocalAccount, call: ContractCall): Promise<void> {
    if (this.#isCalm) return;
    const { node, network, chainId } = this.#options;
    const nonce = Number(await tellNode<Hex>(node, "eth_getTransactionCount", [account.address, "pending"]));
    const data = encodeFunctionData(call);
    const raw = await account.signTransaction({
      ...FEES,
      chainId,
      nonce,
      to: call.address,
      data,
      type: "eip1559",
    });
    const { error } = await askNode(node, "eth_sendRawTransaction", [raw]);
    if (error === undefined) network.send(raw);
  }
}
