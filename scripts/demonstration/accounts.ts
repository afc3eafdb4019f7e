// SPDX-License-Identifier: Apache-2.0
import { toHex, type Hex } from "viem";
import { mnemonicToAccount, type HDAccount } from "viem/accounts";

/** The phrase from which every local chain makes its funded accounts; worthless anywhere else. */
const LOCAL_PHRASE = "test test test test test test test test test test test junk";

/** Who is who in a local market. */
export const localAccounts = {
  deployer: mnemonicToAccount(LOCAL_PHRASE, { addressIndex: 0 }),
  provider: mnemonicToAccount(LOCAL_PHRASE, { addressIndex: 1 }),
  operator: mnemonicToAccount(LOCAL_PHRASE, { addressIndex: 2 }),
  tenant: mnemonicToAccount(LOCAL_PHRASE, { addressIndex: 3 }),
} as const;

/** The private key of a local account, for a program that takes it from a file. */
export function privateKeyOf(account: HDAccount): Hex {
  const { privateKey } = account.getHdKey();
  if (privateKey === null) throw new Error(`no private key for ${account.address}`);
  return toHex(privateKey);
}
