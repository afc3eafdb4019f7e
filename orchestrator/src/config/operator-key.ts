// SPDX-License-Identifier: Apache-2.0
import { InvariantError } from "@berth/sdk";
import { type KeySource, type KeyWords, openAccount, readPasswordFile } from "@berth/sdk/keys";
import type { LocalAccount } from "viem";
import type { Config } from "./config.ts";

export const OPERATOR_WORDS: KeyWords = {
  key: "operator's key",
  fileSetting: "BERTH_OPERATOR_KEY_FILE",
  passwordSetting: "BERTH_OPERATOR_PASSWORD_FILE",
  atRisk: "what the operator may do: reports, starts and closes of leases; neither stake nor earnings",
};

type OperatorConfig = Pick<
  Config,
  "operatorKeyFile" | "operatorPasswordFile" | "operatorPassword" | "operatorSignerUrl" | "operatorAddress"
>;

/**
 * The account that the daemon signs with, out of a plain key, a keystore or an external signer. The signal ends what a signer is
 * asked. Throws the UserErrors of `openAccount`; none quotes a secret.
 */
export function openOperator(config: OperatorConfig, signal: AbortSignal): Promise<LocalAccount> {
  return openAccount(sourceOf(config), OPERATOR_WORDS, signal);
}

function sourceOf(config: OperatorConfig): KeySource {
  const { operatorKeyFile, operatorPasswordFile, operatorPassword, operatorSignerUrl, operatorAddress } =
    config;
  if (operatorKeyFile !== null) {
    const password = (): string =>
      operatorPasswordFile === null
        ? (operatorPassword ?? "")
        : readPasswordFile(operatorPasswordFile, OPERATOR_WORDS);
    return { kind: "file", path: operatorKeyFile, password };
  }
  if (operatorSignerUrl !== null && operatorAddress !== null)
    return { kind: "signer", url: operatorSignerUrl, address: operatorAddress };
  throw new InvariantError("E_OPERATOR_SOURCE", "The configuration names no source of the operator's key.", {
    atRisk: "nothing: the daemon does not start",
    next: "Report this as a defect.",
  });
}
