// SPDX-License-Identifier: Apache-2.0
import { startGatewayStub, type GatewayStub } from "./gateway-stub.ts";
import { startMarketWorld, type MarketWorld } from "./market-world.ts";

const DOLLAR = 1_000_000n;

/** A market with a provider's gateway, a tenant of 100 dollars and an owner of 50. */
export interface OpenMarket {
  readonly world: MarketWorld;
  readonly gateway: GatewayStub;
  close(): Promise<void>;
}

export async function openMarket(): Promise<OpenMarket> {
  const world = await startMarketWorld();
  try {
    const gateway = await startGatewayStub(world);
    const { tenant, owner } = world.actors;
    await world.mint(tenant.address, 100n * DOLLAR);
    await world.mint(owner.address, 50n * DOLLAR);
    return {
      world,
      gateway,
      async close() {
        await gateway.stop();
        await world.stop();
      },
    };
  } catch (error) {
    await world.stop();
    throw error;
  }
}
