// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason, LeaseStatus } from "./Enums.sol";

/// @notice The terms of an offer that never change.
/// @param token Currency of rate, balance and collateral.
/// @param milliRatePerSecond Price in thousandths of a token base unit per second, 1 to 2^74 - 1.
/// @param collateral Part of the provider's stake locked per lease, in token base units, up to 2^96 - 1.
/// @param arbitrator Who rules on disputes; zero for nobody.
/// @param minPeriod Seconds that a tenant pays at least who ends a running lease early, 0 to 86,400.
/// @param startPeriod Seconds within which the provider must start a lease, 60 to 3,600.
/// @param retentionPeriod Seconds of service clock for which data of a depleted lease is kept, 0 to 2,592,000.
struct OfferTerms {
    address token;
    uint256 milliRatePerSecond;
    uint256 collateral;
    address arbitrator;
    uint256 minPeriod;
    uint256 startPeriod;
    uint256 retentionPeriod;
}

/// @notice What one lease of an offer gets. Emitted, not stored: no rule of the contract reads it.
/// @param cpuMillis Thousandths of a core.
/// @param memoryMiB Memory in MiB.
/// @param storageMiB Disk in MiB.
/// @param gpuCount Number of GPUs.
/// @param gpuModel Canonical model name, for example `nvidia-a100-80gb`; empty without GPUs.
struct Resources {
    uint32 cpuMillis;
    uint32 memoryMiB;
    uint32 storageMiB;
    uint16 gpuCount;
    string gpuModel;
}

/// @notice An offer as it stands.
/// @param provider Who offers.
/// @param terms The terms that never change.
/// @param capacity How many leases may be open at once.
/// @param taken How many are open now.
/// @param closed True once no new lease can be opened, for ever.
struct Offer {
    address provider;
    OfferTerms terms;
    uint24 capacity;
    uint24 taken;
    bool closed;
}

/// @notice A provider as it stands.
/// @param operator The daemon's key; zero for none.
/// @param reportPeriod Seconds for which a report keeps the service clock running; 0 means not registered.
/// @param instance Number of the daemon that may act; an older one's calls revert.
/// @param sequence Count of all events that change what the daemon should do.
/// @param lastReportAt Time of the last report, in seconds since 1970.
/// @param clock Service clock at the last report, in seconds.
/// @param clockNow Service clock now, in seconds.
/// @param silent True when the last report is older than the report period.
/// @param lapsed True when the silence has lasted LAPSE_PERIOD more.
struct ProviderSummary {
    address operator;
    uint32 reportPeriod;
    uint32 instance;
    uint64 sequence;
    uint64 lastReportAt;
    uint32 clock;
    uint32 clockNow;
    bool silent;
    bool lapsed;
}

/// @notice Everything about a lease at one moment, all zero when there is none under the id.
/// @param status Where it stands.
/// @param reason Why it ended, `None` while it has not.
/// @param tenant Who leases.
/// @param provider Who serves.
/// @param offerId The offer it was opened under.
/// @param token Currency of every amount here.
/// @param milliRatePerSecond Price in thousandths of a token base unit per second.
/// @param balance Money in the lease after the last settlement, in token base units.
/// @param accrued Part of the balance earned by the provider since then and not settled yet.
/// @param refundable What the tenant would get back if he closed now.
/// @param remainder Thousandths of a base unit carried over from the last settlement.
/// @param settledClock Service clock of the last settlement, in seconds.
/// @param clockNow The provider's service clock now, in seconds.
/// @param depletionClock Service clock at which the balance is used up, unless the meter runs counted from the last settled clock; 2^32 - 1
/// stands for later than that.
/// @param startBy Last second in which the provider may start it, in seconds since 1970.
/// @param closedAt When it ended, in seconds since 1970; 0 while it has not.
/// @param collateral Stake that stands behind it, in token base units; 0 once unlocked, forfeited or awarded.
/// @param inMinimum True while the tenant has not yet used the minimum that he pays for.
/// @param disputed True while its dispute awaits a ruling.
/// @param startLate True when it was not started in time.
/// @param silent True when the provider's last report is older than his report period.
struct LeaseSummary {
    LeaseStatus status;
    CloseReason reason;
    address tenant;
    address provider;
    uint256 offerId;
    address token;
    uint256 milliRatePerSecond;
    uint256 balance;
    uint256 accrued;
    uint256 refundable;
    uint256 remainder;
    uint256 settledClock;
    uint256 clockNow;
    uint256 depletionClock;
    uint256 startBy;
    uint256 closedAt;
    uint256 collateral;
    bool inMinimum;
    bool disputed;
    bool startLate;
    bool silent;
}

/// @notice Terms that an operator offers by signature (EIP-712), without gas: another price, or other resources, for one lease.
/// @param offerId The offer; its token, collateral, arbitrator and periods hold.
/// @param tenant Who may use it; zero for anybody.
/// @param milliRatePerSecond Price in thousandths of a token base unit per second, 1 to 2^74 - 1.
/// @param resourcesHash EIP-712 hash of the {Resources} that the lease gets, of the type `Resources(uint32 cpuMillis,uint32 memoryMiB,uint32
/// storageMiB,uint16 gpuCount,string gpuModel)`, written without a space after each comma; zero for those of the offer.
/// @param leaseId The lease to amend; zero to open one.
/// @param expiresAt Last second in which it can be used, in seconds since 1970.
/// @param salt Tells quotes of the provider apart: each acts once.
struct Quote {
    uint256 offerId;
    address tenant;
    uint256 milliRatePerSecond;
    bytes32 resourcesHash;
    uint256 leaseId;
    uint256 expiresAt;
    bytes32 salt;
}

/// @notice An ERC-2612 permit for the amount that goes with it, signed by the caller.
/// @param deadline Last second in which it is good, in seconds since 1970.
/// @param v Recovery id of the signature.
/// @param r First half of the signature.
/// @param s Second half of the signature.
struct Permit {
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice A lease's one dispute.
/// @param amount What the tenant asks for, in token base units; zero when there never was a dispute.
/// @param bond What the tenant put behind it, in token base units.
/// @param ruleBy Last second in which the arbitrator can rule, in seconds since 1970.
/// @param open True while it awaits a ruling.
/// @param used True once it was ruled on, expired or was voided; there is no other.
struct Dispute {
    uint256 amount;
    uint256 bond;
    uint256 ruleBy;
    bool open;
    bool used;
}

/// @notice What a lease has used since it started: a leaf of the report's usage tree. Evidence from the provider's own machine,
/// never a price.
/// @param leaseId The lease.
/// @param measuredAt Time of the last sample in it, in seconds since 1970.
/// @param servedSeconds Seconds for which the workload ran.
/// @param cpuMillisSeconds Thousandths of a core, times seconds.
/// @param memoryMiBSeconds MiB in use, times seconds.
/// @param networkRxBytes Bytes received.
/// @param networkTxBytes Bytes sent.
struct Usage {
    uint256 leaseId;
    uint256 measuredAt;
    uint256 servedSeconds;
    uint256 cpuMillisSeconds;
    uint256 memoryMiBSeconds;
    uint256 networkRxBytes;
    uint256 networkTxBytes;
}
