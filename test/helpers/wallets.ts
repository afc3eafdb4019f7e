// SPDX-License-Identifier: Apache-2.0
import { Interface, concat } from "ethers";
import type { TransactionRequest, TransactionResponse } from "ethers";
import type { ContractWallet } from "../../typechain-types/mocks/ContractWallet.ts";
import { Actor } from "./actors.ts";
import { usd } from "./amounts.ts";
import { ethers, networkHelpers } from "./chain.ts";
import type { World } from "./world.ts";

/** What EIP-7702 writes where an account has no code of its own, before the address of the code that it runs. */
const DELEGATION = "0xef0100";

const WALLET = new Interface(["function execute(address target, bytes data) returns (bytes answer)"]);

/** Somebody who is a contract: what he sends is sent by his code, and somebody with a key pays for it. */
export class Wallet extends Actor {
  override readonly address: string;
  readonly keeper: Actor;

  constructor(address: string, keeper: Actor) {
    super(keeper.signer);
    this.address = address;
    this.keeper = keeper;
  }

  override connect(): Wallet {
    return new Wallet(this.address, this.keeper);
  }

  override sendTransaction({ to, data }: TransactionRequest): Promise<TransactionResponse> {
    const call = WALLET.encodeFunctionData("execute", [to, data]);
    return this.keeper.sendTransaction({ to: this.address, data: call });
  }
}

/** A contract wallet with a thousand dollars more than a provider's stake, all of it allowed to the market. */
export async function deployWallet({ market, usd: token, stranger }: World): Promise<Wallet> {
  const contract: ContractWallet = await ethers.deployContract("ContractWallet", stranger);
  const wallet = new Wallet(await contract.getAddress(), stranger);
  await token.mint(wallet.address, usd(2_000));
  await token.connect(wallet).approve(market, 2n ** 256n - 1n);
  return wallet;
}

/** Puts a wallet's code where there was none: the account is reached by its code from now on. */
export async function giveCode({ stranger }: World, actor: Actor): Promise<Wallet> {
  const contract = await ethers.deployContract("ContractWallet", stranger);
  await networkHelpers.setCode(actor.address, await ethers.provider.getCode(contract));
  return new Wallet(actor.address, stranger);
}

/** Has an account with a key run a wallet's code, as EIP-7702 lets it: it can be reached by key and by code. */
export async function delegateCode({ stranger }: World, actor: Actor): Promise<Wallet> {
  const contract = await ethers.deployContract("ContractWallet", stranger);
  await networkHelpers.setCode(actor.address, concat([DELEGATION, await contract.getAddress()]));
  return new Wallet(actor.address, stranger);
}

/** Takes an account's code away again. */
export async function takeCode(actor: Actor): Promise<void> {
  await networkHelpers.setCode(actor.address, "0x");
}
