// SPDX-License-Identifier: Apache-2.0
import { network } from "hardhat";

/** One in-process chain for a whole run. Several blocks may share a second, so that a reading and a transaction can be compared at one time. */
export const { ethers, networkHelpers, ignition } = await network.create({
  override: { allowBlocksWithSameTimestamp: true, gas: 16_000_000n },
});
