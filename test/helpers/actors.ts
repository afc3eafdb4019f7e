// SPDX-License-Identifier: Apache-2.0
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { AbstractSigner } from "ethers";
import type { TransactionRequest, TransactionResponse, TypedDataDomain, TypedDataField } from "ethers";
import { ethers } from "./chain.ts";
import { pinTime } from "./time.ts";

/** Somebody with a name and a key, whose transactions happen at the pinned time. */
export class Actor extends AbstractSigner {
  readonly address: string;
  readonly signer: HardhatEthersSigner;

  constructor(signer: HardhatEthersSigner) {
    super(signer.provider);
    this.signer = signer;
    this.address = signer.address;
  }

  getAddress(): Promise<string> {
    return Promise.resolve(this.address);
  }

  connect(): Actor {
    return new Actor(this.signer);
  }

  override async sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    await pinTime();
    return this.signer.sendTransaction(request);
  }

  signTransaction(request: TransactionRequest): Promise<string> {
    return this.signer.signTransaction(request);
  }

  signMessage(message: string | Uint8Array): Promise<string> {
    return this.signer.signMessage(message);
  }

  signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.signer.signTypedData(domain, types, value);
  }
}

export interface Actors {
  deployer: Actor;
  /** The account that registered as provider. */
  owner: Actor;
  /** The key of the provider's daemon. */
  operator: Actor;
  tenant: Actor;
  otherTenant: Actor;
  /** Another provider's account and daemon. */
  rival: Actor;
  rivalOperator: Actor;
  arbitrator: Actor;
  stranger: Actor;
  /** An address that only ever receives. */
  payee: Actor;
}

/** The cast of every test, in a fixed order. */
export async function castActors(): Promise<Actors> {
  const signers = (await ethers.getSigners()).map((signer) => new Actor(signer));
  const pick = (index: number): Actor => {
    const actor = signers[index];
    if (actor === undefined) throw new Error(`the chain has no account ${index}`);
    return actor;
  };
  return {
    deployer: pick(0),
    owner: pick(1),
    operator: pick(2),
    tenant: pick(3),
    otherTenant: pick(4),
    rival: pick(5),
    rivalOperator: pick(6),
    arbitrator: pick(7),
    stranger: pick(8),
    payee: pick(9),
  };
}
