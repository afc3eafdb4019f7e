// SPDX-License-Identifier: Apache-2.0
import { HDNodeWallet, SigningKey } from "ethers";
import type { Address } from "../model/state.ts";

const MNEMONIC = "test test test test test test test test test test test junk";

export const ROLES = [
  "deployer",
  "owner",
  "operator",
  "rival",
  "rivalOperator",
  "tenant",
  "otherTenant",
  "hybrid",
  "delegate",
  "arbitrator",
  "stranger",
  "payee",
  "newcomer",
  "pauper",
  "spare",
] as const;

export type Role = (typeof ROLES)[number];

/** The accounts of every sequence, and the keys to sign with. `hybrid` is tenant and provider, `pauper` has given no allowance. */
export interface Cast {
  readonly of: Readonly<Record<Role, Address>>;
  readonly all: readonly Address[];
  readonly keys: ReadonlyMap<Address, SigningKey>;
}

/** The accounts that a local chain unlocks. */
export function castAll(): Cast {
  const root = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
  const wallets = ROLES.map((role, index) => [role, root.deriveChild(index)] as const);
  const of = Object.fromEntries(wallets.map(([role, { address }]) => [role, address.toLowerCase()]));
  const keys = wallets.map(([, { address, signingKey }]) => [address.toLowerCase(), signingKey] as const);
  return { of: of as Record<Role, Address>, all: Object.values(of), keys: new Map(keys) };
}
