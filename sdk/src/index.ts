// SPDX-License-Identifier: Apache-2.0
export {
  contentOf,
  OWN_USER,
  type NewHash,
  packVolume,
  requireWritten,
  type RunningHash,
  verifyVolumeArchive,
  type VolumeListing,
} from "./archive/volume-archive.ts";
export { formatAmount, parseAmount } from "./amounts.ts";
export { clockAt, isLapsed, isSilent, type ServiceClock } from "./clock.ts";
export { withSignal } from "./chain-read.ts";
export { connectMarket, type MarketLocation } from "./connect-market.ts";
export {
  BerthError,
  type ErrorDetails,
  InvariantError,
  PermanentError,
  RetryableError,
  UserError,
} from "./errors.ts";
export { type EventQuery, getLogs, getMarketEvents, type LogQuery } from "./event-pages.ts";
export {
  decodeMarketLogs,
  type MarketEvent,
  type MarketEventArgs,
  type MarketEventName,
  type MarketEventOf,
  type MinedLog,
  topicNamed,
} from "./events.ts";
export {
  type GatewayErrorBody,
  gatewayErrorSchema,
  type GatewayLogLine,
  gatewayLogLineSchema,
  type GatewayStatus,
  gatewayStatusSchema,
} from "./gateway/bodies.ts";
export {
  createGatewayClient,
  type GatewayClient,
  type GatewayClientOptions,
  type LogQueryOptions,
} from "./gateway/client.ts";
export {
  type GatewayRequest,
  gatewayRequestTypedData,
  isGatewayRequestFresh,
  MAX_REQUEST_LIFETIME,
} from "./gateway/request.ts";
export { type GatewayHeaders, type GatewaySigner, signGatewayRequest } from "./gateway/sign.ts";
export {
  type ImportProgress,
  MAX_UPLOAD_PART,
  type Upload,
  type VolumeTransfers,
} from "./gateway/volumes.ts";
export { verifyGatewayRequest } from "./gateway/verify.ts";
export { computeMarketAbi, mockUsdAbi } from "./generated/abi.ts";
export { marketAddresses } from "./generated/addresses.ts";
export {
  accountOf,
  accruedAt,
  bill,
  type Billed,
  closeByProvider,
  closeByTenant,
  type Closing,
  costOf,
  depletionClock,
  dueFor,
  isInMinimum,
  type LeaseAccount,
  refundableAt,
  settle,
  statusOf,
} from "./lease-math.ts";
export { allotResources, type Allotment, DEFAULT_PIDS, memoryLeft } from "./manifest/allot-resources.ts";
export { allotStorage } from "./manifest/allot-storage.ts";
export { ACCEPTED_COMPOSE_KEYS } from "./manifest/compose/keys.ts";
export { type ComposeOptions, parseCompose } from "./manifest/compose/parse-compose.ts";
export { REFUSED_COMPOSE_KEYS } from "./manifest/compose/refused-keys.ts";
export {
  canonicalManifestText,
  manifestHash,
  newManifestDocument,
  parseManifestDocument,
} from "./manifest/document.ts";
export { ManifestError, type Problem, type Refusal, type RefusalCode } from "./manifest/errors.ts";
export { type ImageReference, parseImageReference } from "./manifest/image-reference.ts";
export {
  type ManifestSecrets,
  MAX_SECRETS_BYTES,
  neededLogins,
  parseManifestSecrets,
  type RegistryLogin,
  requireUsed,
} from "./manifest/secrets.ts";
export { type HostCapabilities, hostCapabilitiesSchema, type Proof } from "./host/capabilities.ts";
export { type HostFinding, judgeHost } from "./host/judge.ts";
export { engineShortfalls, provenTiers } from "./host/proven.ts";
export { ISOLATION_TIERS, type IsolationTier, isTierEnough } from "./isolation.ts";
export { MAX_SERVICES } from "./manifest/rules.ts";
export { startOrder } from "./manifest/start-order.ts";
export {
  type DependencyCondition,
  type GpuRequest,
  type Healthcheck,
  type Manifest,
  type ManifestDocument,
  type MarketTerms,
  MAX_MANIFEST_BYTES,
  type Port,
  type Resources,
  type RestartPolicy,
  type Service,
  type ServiceLimits,
  type TmpfsMount,
  type VolumeMount,
  type VolumeTerms,
} from "./manifest/types.ts";
export {
  type ManifestUpload,
  manifestUploadText,
  MAX_UPLOAD_BYTES,
  parseManifestUpload,
} from "./manifest/upload.ts";
export {
  approveCall,
  type MarketCall,
  type MarketCalls,
  marketCalls,
  type OfferDraft,
  type Opening,
  type Permit,
  type QuotedOpening,
  type Registration,
  type Report,
} from "./market-calls.ts";
export {
  type ContractCall,
  gasWithMargin,
  sendCall,
  type SendOptions,
  type SentCall,
  type SigningClient,
} from "./market-writer.ts";
export type { Market, ReadOptions } from "./market.ts";
export { type OfferMetadata, offerMetadataUri, readOfferMetadata, requireTier } from "./offer-metadata.ts";
export { hashResources, quoteTypedData } from "./quotes.ts";
export { formatRate, MAX_MILLI_RATE, parseRate, type RateUnit } from "./rates.ts";
export { explainRevert, explainRevertData, type RevertContext } from "./reverts.ts";
export {
  CLOSE_CAUSES,
  CLOSE_REASONS,
  type CloseCause,
  type CloseReason,
  type Delegation,
  type Dispute,
  LEASE_STATUSES,
  type LeaseStatus,
  type LeaseSummary,
  type MarketPeriods,
  type Offer,
  type OfferTerms,
  type ProviderSummary,
  type Quote,
  type Stake,
  type TokenInfo,
  type Usage,
} from "./types.ts";
export { buildUsageTree, type UsageTree, verifyUsage } from "./usage-tree.ts";
