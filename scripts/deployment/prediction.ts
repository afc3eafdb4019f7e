// SPDX-License-Identifier: Apache-2.0
import { AbiCoder, concat, getCreate2Address, Interface, keccak256, type InterfaceAbi } from "ethers";
import { CREATE_X } from "./chain-checks.ts";

/** What is known of a contract once it is compiled. */
export interface CompiledContract {
  readonly abi: InterfaceAbi;
  /** Creation code, without the constructor's arguments. */
  readonly bytecode: string;
}

/** Names of the constructor's arguments as a parameters file has them: `lapsePeriod` is `LAPSE_PERIOD` there. */
export function parameterNames({ abi }: CompiledContract): readonly string[] {
  return new Interface(abi).deploy.inputs.map(({ name }) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  );
}

/**
 * Where CreateX puts a contract: the same on every chain for equal code and arguments. The salt may begin neither with twenty zero
 * bytes nor with the deployer's address: CreateX treats these otherwise.
 */
export function predictAddress(contract: CompiledContract, values: readonly bigint[], salt: string): string {
  const initCode = concat([contract.bytecode, new Interface(contract.abi).encodeDeploy(values)]);
  const guardedSalt = keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32"], [salt]));
  return getCreate2Address(CREATE_X, guardedSalt, keccak256(initCode));
}
