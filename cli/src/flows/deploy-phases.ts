// SPDX-License-Identifier: Apache-2.0

/** What a deployment goes through, in this order. */
export const DEPLOY_PHASES = ["matching", "funding", "starting", "healthy", "metering"] as const;

export type DeployPhase = (typeof DEPLOY_PHASES)[number];
