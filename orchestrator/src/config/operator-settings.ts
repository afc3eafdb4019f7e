// SPDX-License-Identifier: Apache-2.0

/** What tells the daemon where the operator signs. */
export const OPERATOR_KEYS = [
  "operatorKeyFile",
  "operatorPasswordFile",
  "operatorPassword",
  "operatorSignerUrl",
  "operatorAddress",
] as const;

export type OperatorKey = (typeof OPERATOR_KEYS)[number];

/** A setting of the operator's that does not fit the others, and how. */
export interface OperatorProblem {
  readonly key: OperatorKey;
  readonly problem: string;
}

type Given = Readonly<Record<OperatorKey, unknown>>;

/** Exactly one source of the operator's signatures, with all that belongs to it and nothing that belongs to the other. */
export function operatorProblems(given: Given): readonly OperatorProblem[] {
  const isGiven = (key: OperatorKey): boolean => given[key] !== undefined;
  if (isGiven("operatorKeyFile") && isGiven("operatorSignerUrl"))
    return [{ key: "operatorSignerUrl", problem: "is set beside BERTH_OPERATOR_KEY_FILE" }];
  if (isGiven("operatorSignerUrl")) return signerProblems(isGiven);
  const keyFile = isGiven("operatorKeyFile") ? [] : [problem("operatorKeyFile", "is missing")];
  const address = isGiven("operatorAddress")
    ? [problem("operatorAddress", "is set without BERTH_OPERATOR_SIGNER_URL")]
    : [];
  const both = isGiven("operatorPasswordFile") && isGiven("operatorPassword");
  const password = both ? [problem("operatorPasswordFile", "is set beside BERTH_OPERATOR_PASSWORD")] : [];
  return [...keyFile, ...address, ...password];
}

function signerProblems(isGiven: (key: OperatorKey) => boolean): readonly OperatorProblem[] {
  const address = isGiven("operatorAddress") ? [] : [problem("operatorAddress", "is missing")];
  const passwords = (["operatorPasswordFile", "operatorPassword"] as const).filter(isGiven);
  return [...address, ...passwords.map((key) => problem(key, "is set without BERTH_OPERATOR_KEY_FILE"))];
}

function problem(key: OperatorKey, text: string): OperatorProblem {
  return { key, problem: text };
}
