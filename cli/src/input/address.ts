// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from "commander";
import type { Address } from "viem";
import { getAddress, isAddress } from "viem";

/** An address with its checksum written out. Throws InvalidArgumentError, which commander completes with the flag's name. */
export function parseAddress(text: string): Address {
  if (!isAddress(text, { strict: false }))
    throw new InvalidArgumentError("Write an address: 0x and 40 hexadecimal digits.");
  return getAddress(text);
}
