// SPDX-License-Identifier: Apache-2.0
import { Signature } from "ethers";
import type { AddressLike } from "ethers";
import type { PermitStruct } from "../../typechain-types/ComputeMarket.ts";
import type { Actor } from "./actors.ts";
import { AMOUNT, MANIFEST } from "./leases.ts";
import { CHAIN_ID } from "./quotes.ts";
import { HOUR, now } from "./time.ts";
import { RATE } from "./world.ts";
import type { World } from "./world.ts";

const PERMIT_TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

export interface PermitTerms {
  owner?: Actor;
  signer?: Actor;
  value?: bigint;
  deadline?: bigint;
}

/** A permit of the world's dollar for the market: the tenant's, for the standard amount and an hour, with changes. */
export async function signPermit(world: World, terms: PermitTerms = {}): Promise<PermitStruct> {
  const owner = terms.owner ?? world.tenant;
  const deadline = terms.deadline ?? now() + HOUR;
  const domain = {
    name: "Mock USD",
    version: "1",
    chainId: CHAIN_ID,
    verifyingContract: await world.usd.getAddress(),
  };
  const permit = {
    owner: owner.address,
    spender: await world.market.getAddress(),
    value: terms.value ?? AMOUNT,
    nonce: await world.usd.nonces(owner),
    deadline,
  };
  const signature = await (terms.signer ?? owner).signTypedData(domain, PERMIT_TYPES, permit);
  const { v, r, s } = Signature.from(signature);
  return { deadline, v, r, s };
}

export interface PermittedOpening {
  offerId?: bigint;
  provider?: AddressLike;
  maxMilliRate?: bigint;
  amount?: bigint;
  caller?: Actor;
  tenant?: AddressLike;
  gasLimit?: bigint;
}

/** Sends an opening with a permit: the standard one by the tenant, with changes. */
export function openPermitted(world: World, permit: PermitStruct, options: PermittedOpening = {}) {
  const caller = options.caller ?? world.tenant;
  return world.market
    .connect(caller)
    .openWithPermit(
      options.offerId ?? world.offerId,
      options.provider ?? world.owner,
      options.maxMilliRate ?? RATE,
      options.amount ?? AMOUNT,
      MANIFEST,
      options.tenant ?? caller,
      permit,
      options.gasLimit === undefined ? {} : { gasLimit: options.gasLimit },
    );
}
