// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { requireOperator } from "../config/require-operator.ts";
import type { Fence } from "./fence.ts";
import { ensureInstance, type InstanceOptions } from "./instance.ts";
import { ownInstance } from "./own-instance.ts";

export interface BootOptions extends InstanceOptions {
  readonly provider: `0x${string}`;
  /** Of the operator's key. */
  readonly account: { readonly address: `0x${string}` };
  readonly fence: Pick<Fence, "fall">;
}

/**
 * The instance to act under. A daemon that was overtaken lets the fence fall and goes on without acting: one that ended would be
 * started over and over by its supervisor, and could not be asked what is the matter.
 */
export async function instanceAtBoot(options: BootOptions, signal: AbortSignal): Promise<number> {
  const { chain, journal, provider, account, fence, takeover } = options;
  const isOvertakenBy = (current: number): boolean => {
    const ours = journal.instance();
    return !takeover && ours !== null && current > ours;
  };
  try {
    await requireOperator(chain, provider, account.address, isOvertakenBy, signal);
    return await ensureInstance(options, signal);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "E_INSTANCE_TAKEN") throw error;
    fence.fall(error);
    return Number(ownInstance(journal));
  }
}
