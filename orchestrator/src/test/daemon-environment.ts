// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { accountAt, type MarketWorld } from "../chain/test/market-world.ts";

const OPERATOR = 2;

/** What a whole daemon of the world's provider is told, with its data and its key in a folder of its own. */
export function daemonEnvironment(
  world: MarketWorld,
  rpcUrl: string,
  dockerSocket: string,
  folder: string,
): Readonly<Record<string, string>> {
  mkdirSync(folder, { recursive: true });
  const keyFile = join(folder, "key");
  const { privateKey } = accountAt(OPERATOR).getHdKey();
  writeFileSync(keyFile, bytesToHex(privateKey ?? new Uint8Array()), { mode: 0o600 });
  return {
    BERTH_RPC_URL: rpcUrl,
    BERTH_CHAIN_ID: String(world.chainId),
    BERTH_MARKET: world.market,
    BERTH_PROVIDER: world.provider.address,
    BERTH_OPERATOR_KEY_FILE: keyFile,
    BERTH_DATA_DIR: folder,
    BERTH_DOCKER_SOCKET: dockerSocket,
    BERTH_CAPACITY_CPU_MILLIS: "1000000",
    BERTH_CAPACITY_MEMORY_MIB: "1000000",
    BERTH_CAPACITY_STORAGE_MIB: "1000000",
    BERTH_LOCAL_IMAGES: "true",
  };
}
