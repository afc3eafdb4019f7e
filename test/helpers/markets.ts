// SPDX-License-Identifier: Apache-2.0
import { network } from "hardhat";
import { ethers } from "./chain.ts";
import { DISPUTE_WINDOW, LAPSE_PERIOD, RULING_PERIOD } from "./time.ts";
import {
  CAPACITY,
  ENDPOINT,
  METADATA,
  REPORT_PERIOD,
  RESOURCES,
  STAKE,
  createOffer,
  termsOf,
} from "./world.ts";
import type { World } from "./world.ts";

const PERIODS = [LAPSE_PERIOD, DISPUTE_WINDOW, RULING_PERIOD];

/** A second market on the chain of the first, with the same provider, operator and offer number. */
export async function deploySecondMarket(world: World): Promise<World> {
  const { deployer, owner, operator, tenant, usd: token } = world;
  const market = await ethers.deployContract("ComputeMarket", PERIODS, deployer);
  await token.connect(owner).approve(market, 2n ** 256n - 1n);
  await token.connect(tenant).approve(market, 2n ** 256n - 1n);
  await market.connect(owner).register(operator, REPORT_PERIOD, ENDPOINT, METADATA);
  await market.connect(owner).stake(token, STAKE);
  await createOffer(market, owner, termsOf(token));
  return { ...world, market };
}

/** Another chain of the same accounts, where market and dollar have the addresses that they have in the world. */
export async function openOtherChain(world: World, chainId: number) {
  const connection = await network.create({ override: { chainId } });
  const market = await connection.ethers.deployContract("ComputeMarket", PERIODS);
  const token = await connection.ethers.deployContract("MockUSD");
  const [, owner, operator, tenant] = await connection.ethers.getSigners();
  if (owner === undefined || operator === undefined || tenant === undefined) {
    throw new Error("the other chain has too few accounts");
  }
  await token.connect(tenant).mint(tenant, STAKE);
  await token.connect(tenant).approve(market, STAKE);
  await market.connect(owner).register(operator, REPORT_PERIOD, ENDPOINT, METADATA);
  const terms = termsOf(world.usd, { collateral: 0n });
  await market.connect(owner).createOffer(terms, CAPACITY, RESOURCES, METADATA);
  return { ...connection, market, tenant };
}
