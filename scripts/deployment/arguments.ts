// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import { UserError } from "@berth/sdk";

/** What to deploy, and where. */
export interface DeployOptions {
  /** Name of an entry of `networks` in hardhat.config.ts. */
  readonly network: string;
  /** File with the constructor's periods, relative to the working folder. */
  readonly parameters: string;
  /** Compiler settings; the address depends on them. */
  readonly buildProfile: string;
  /** Folder under deploy/deployments; `chain-<id>` where unsaid. */
  readonly deploymentId: string | undefined;
  /** Checks and says everything, and sends nothing. */
  readonly dryRun: boolean;
}

const FLAGS = {
  network: { type: "string" },
  parameters: { type: "string", default: "deploy/parameters/production.json" },
  "build-profile": { type: "string", default: "production" },
  "deployment-id": { type: "string" },
  "dry-run": { type: "boolean", default: false },
} as const;
const USAGE = `npm run deploy -- --network NAME [${Object.keys(FLAGS)
  .slice(1)
  .map((flag) => `--${flag}`)
  .join("] [")}]`;

/** Reads the command line. Throws UserError for a flag that does not exist, and where no network is named. */
export function readArguments(argv: readonly string[]): DeployOptions {
  const values = parsed(argv);
  if (values.network === undefined) throw misused("no network is named");
  return {
    network: values.network,
    parameters: values.parameters,
    buildProfile: values["build-profile"],
    deploymentId: values["deployment-id"],
    dryRun: values["dry-run"],
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS }).values;
  } catch (cause) {
    throw misused(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function misused(problem: string, cause?: unknown): UserError {
  return new UserError("E_DEPLOY_USAGE", `The command cannot be understood: ${problem}.`, {
    atRisk: "nothing: no chain was asked",
    next: `Write: ${USAGE}. docs/deploying.md explains each.`,
    cause,
  });
}
