// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config.ts";

/** A chain on a developer's machine, whose tenants are himself. */
const DEVELOPMENT_CHAIN = 31_337;

/** How volumes are bounded. Without a word about it they are, by files of their own; only on the development chain they are not. */
export function volumeQuotaOf({ volumeQuota, chainId }: Config): "ext4" | "none" {
  return volumeQuota ?? (chainId === DEVELOPMENT_CHAIN ? "none" : "ext4");
}
