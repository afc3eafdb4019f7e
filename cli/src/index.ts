// SPDX-License-Identifier: Apache-2.0
export { createDocumentStore, type DocumentStore } from "./documents/store.ts";
export {
  awaitWorkload,
  isHealthy,
  isRunning,
  type Watch,
  type WorkloadView,
} from "./flows/await-workload.ts";
export { bringUp, type Endpoint, type OpenLease, type Upright, urlOf } from "./flows/bring-up.ts";
export { type ClosedLease, closeLease } from "./flows/close-lease.ts";
export { DEPLOY_PHASES, type DeployPhase } from "./flows/deploy-phases.ts";
export {
  deploy,
  type Deployment,
  type DeployPorts,
  type DeployRequest,
  resumeDeploy,
} from "./flows/deploy.ts";
export { type Ending, endingOf } from "./flows/endings.ts";
export { openGateway } from "./flows/gateway.ts";
export { type LeaseRecord, readLease } from "./flows/history.ts";
export { type LeaseMoney, leaseMoney } from "./flows/lease-money.ts";
export { type Progress } from "./flows/phases.ts";
export type { MarketSession, SigningSession } from "./flows/session.ts";
export { inTokens, readToken, type Token } from "./flows/token.ts";
export { createPhaseView, type PhaseView } from "./output/phases.ts";
