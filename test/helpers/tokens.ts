// SPDX-License-Identifier: Apache-2.0
import type { AddressLike, BaseContract, ContractTransactionResponse } from "ethers";
import type { MockUSD } from "../../typechain-types/mocks/MockUSD.ts";
import { ethers } from "./chain.ts";
import type { World } from "./world.ts";

type Send = (account: AddressLike, amount: bigint) => Promise<ContractTransactionResponse>;

interface Mintable extends BaseContract {
  mint: Send;
  approve: Send;
}

/** Gives provider, tenant and stranger so much of a token, and allows the market to take it. */
export async function fund(world: World, token: BaseContract, amount: bigint = 10n ** 12n): Promise<void> {
  for (const actor of [world.owner, world.tenant, world.stranger]) {
    const mintable = token.connect(actor) as Mintable;
    await mintable.mint(actor, amount);
    await mintable.approve(world.market, 2n ** 256n - 1n);
  }
}

/** Another dollar beside the world's own, in the same hands. */
export async function deploySecondToken(world: World): Promise<MockUSD> {
  const token = await ethers.deployContract("MockUSD", world.deployer);
  await fund(world, token);
  return token;
}
