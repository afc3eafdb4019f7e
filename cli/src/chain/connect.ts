// SPDX-License-Identifier: Apache-2.0
import { connectMarket, marketAddresses } from "@berth/sdk";
import type { Address, Chain } from "viem";
import { createPublicClient, createWalletClient, defineChain, http } from "viem";
import type { Config } from "../config/config.ts";
import { commandEndpoint } from "../config/endpoints.ts";
import { keyAddress, openKey, OWN_KEY } from "../config/key-source.ts";
import type { CommandContext } from "../context.ts";
import type { MarketSession, SigningSession } from "../flows/session.ts";

const REQUEST_TIMEOUT_MS = 10_000;
const RETRIES = 2;
/** How often a receipt is asked for; a local chain answers at the first look. */
const POLL_MS = 200;

/**
 * The configured market through an endpoint, its chain and code checked. Throws what `connectMarket` throws, and UserError E_CONFIG_MISSING for what is
 * not configured.
 */
export async function connect(
  { config, signal }: Pick<CommandContext, "config" | "signal">,
  url = commandEndpoint(config),
): Promise<MarketSession> {
  const chain = chainOf(config, url);
  const transport = http(url, { timeout: REQUEST_TIMEOUT_MS, retryCount: RETRIES });
  const client = createPublicClient({ chain, transport, pollingInterval: POLL_MS });
  const market = await connectMarket({ client, address: marketAddressOf(config), chainId: chain.id, signal });
  return { market, startBlock: config.get("startBlock") ?? 0n };
}

/** The configured market with the configured key; the key is read first, since that costs nothing. */
export async function connectSigning(context: CommandContext): Promise<SigningSession> {
  const { config } = context;
  const account = await openKey(context);
  const session = await connect(context);
  const url = commandEndpoint(config);
  const transport = http(url, { timeout: REQUEST_TIMEOUT_MS, retryCount: RETRIES });
  const wallet = createWalletClient({
    account,
    chain: chainOf(config, url),
    transport,
    pollingInterval: POLL_MS,
  });
  return { ...session, wallet };
}

/** The provider that is meant: configured, else the account of the key. */
export function providerAddressOf(config: Config): Address {
  return config.get("provider") ?? keyAddress(config, OWN_KEY);
}

function chainOf(config: Config, url: string): Chain {
  const id = config.require("chainId");
  return defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "coin", symbol: "coin", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
}

/** The market's address: configured, else the one that is known for the chain. */
function marketAddressOf(config: Config): Address {
  const known = marketAddresses[config.require("chainId")];
  return config.get("market") ?? known ?? config.require("market");
}
