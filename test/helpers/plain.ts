// SPDX-License-Identifier: Apache-2.0
import { Result } from "ethers";

/** A struct that the market answered, with its fields by name, as a comparison of all of them needs it. */
export function plain(struct: readonly unknown[]): unknown {
  if (!(struct instanceof Result)) throw new Error("not a struct out of a contract's answer");
  return struct.toObject(true);
}
