// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseCause, CloseReason, LeaseStatus } from "../types/Enums.sol";
import { Permit, Quote } from "../types/Structs.sol";

/// @title ILeaseBook
/// @notice Who leases what, since when, and how does it end? Lists hold at most 128 ids. `sequence` counts the provider's events
/// that change what his daemon should do: a gap means that one was missed.
interface ILeaseBook {
    /// @notice A lease was opened; the provider has until `startBy` to start it.
    /// @param leaseId Its number.
    /// @param provider Who serves.
    /// @param tenant Who leases.
    /// @param offerId The offer.
    /// @param milliRatePerSecond Price in thousandths of a token base unit per second.
    /// @param balance Money in the lease, in token base units.
    /// @param collateral Stake locked behind it, in token base units.
    /// @param startBy Last second in which it can be started, in seconds since 1970.
    /// @param manifestHash Hash of what to run.
    /// @param payer Whose wallet the money came from; zero where it came from the tenant's free balance.
    /// @param sequence The provider's event count.
    event LeaseOpened(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed tenant,
        uint256 offerId,
        uint256 milliRatePerSecond,
        uint256 balance,
        uint256 collateral,
        uint256 startBy,
        bytes32 manifestHash,
        address payer,
        uint256 sequence
    );

    /// @notice The workload is up; the meter runs.
    /// @param leaseId The lease.
    /// @param provider Who serves.
    /// @param settledClock Service clock from which it is billed, in seconds.
    /// @param sequence The provider's event count.
    event LeaseStarted(
        uint256 indexed leaseId,
        address indexed provider,
        uint256 settledClock,
        uint256 sequence
    );

    /// @notice The meter stands still until the provider resumes.
    /// @param leaseId The lease.
    /// @param provider Who serves.
    /// @param due What was billed up to the pause, in token base units.
    /// @param balance Money left in the lease, in token base units.
    /// @param settledClock Service clock up to which it is billed, in seconds.
    /// @param sequence The provider's event count.
    event LeasePaused(
        uint256 indexed leaseId,
        address indexed provider,
        uint256 due,
        uint256 balance,
        uint256 settledClock,
        uint256 sequence
    );

    /// @notice The meter runs again.
    /// @param leaseId The lease.
    /// @param provider Who serves.
    /// @param settledClock Service clock from which it is billed, in seconds.
    /// @param sequence The provider's event count.
    event LeaseResumed(
        uint256 indexed leaseId,
        address indexed provider,
        uint256 settledClock,
        uint256 sequence
    );

    /// @notice Earned money went from the lease's balance to the provider's.
    /// @param leaseId The lease.
    /// @param provider Who was credited.
    /// @param due What was billed, in token base units.
    /// @param balance Money left in the lease, in token base units.
    /// @param settledClock Service clock up to which it is billed, in seconds.
    event LeaseSettled(
        uint256 indexed leaseId,
        address indexed provider,
        uint256 due,
        uint256 balance,
        uint256 settledClock
    );

    /// @notice Money was added to the lease. One that was depleted was billed and paused by it ({LeasePaused} comes before this), until
    /// the provider resumes.
    /// @param leaseId The lease.
    /// @param provider Who serves.
    /// @param payer Whose wallet the money came from; zero where it came from the tenant's free balance.
    /// @param amount What was added, in token base units.
    /// @param balance Money in the lease after it, in token base units.
    /// @param sequence The provider's event count.
    event LeaseToppedUp(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed payer,
        uint256 amount,
        uint256 balance,
        uint256 sequence
    );

    /// @notice The tenant wants something else to run.
    /// @param leaseId The lease.
    /// @param provider Who serves.
    /// @param manifestHash Hash of what to run from now on.
    /// @param sequence The provider's event count.
    event LeaseManifestChanged(
        uint256 indexed leaseId,
        address indexed provider,
        bytes32 manifestHash,
        uint256 sequence
    );

    /// @notice Tenant and provider agreed on another price or other resources; {QuoteUsed} tells the quote. Time up to here is billed at
    /// the old rate.
    /// @param leaseId The lease.
    /// @param provider Who serves.
    /// @param milliRatePerSecond Price from now on, in thousandths of a token base unit per second.
    /// @param due What was billed up to here, in token base units.
    /// @param balance Money left in the lease, in token base units.
    /// @param settledClock Service clock up to which it is billed, in seconds.
    /// @param sequence The provider's event count.
    event LeaseAmended(
        uint256 indexed leaseId,
        address indexed provider,
        uint256 milliRatePerSecond,
        uint256 due,
        uint256 balance,
        uint256 settledClock,
        uint256 sequence
    );

    /// @notice The lease ended. Its last money was shared out: `due` to the provider, `refund` to the tenant.
    /// @param leaseId The lease.
    /// @param provider Who served.
    /// @param tenant Who leased.
    /// @param reason Why it ended.
    /// @param cause What the provider says made him end it; `Unspecified` where he did not.
    /// @param due What was billed by the close, in token base units.
    /// @param refund What went back to the tenant's free balance, in token base units.
    /// @param settledClock Service clock up to which it was billed, in seconds.
    /// @param sequence The provider's event count.
    event LeaseClosed(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed tenant,
        CloseReason reason,
        CloseCause cause,
        uint256 due,
        uint256 refund,
        uint256 settledClock,
        uint256 sequence
    );

    /// @notice A workload that ends by itself has ended; {LeaseClosed} follows.
    /// @param leaseId The lease.
    /// @param provider Who served.
    /// @param exitCode How it ended; 0 is success.
    /// @param resultURI Where the result is.
    event LeaseCompleted(
        uint256 indexed leaseId,
        address indexed provider,
        int256 exitCode,
        string resultURI
    );

    /// @notice A lease's collateral is free again.
    /// @param leaseId The lease.
    /// @param provider Whose stake.
    /// @param amount How much, in token base units.
    event CollateralUnlocked(uint256 indexed leaseId, address indexed provider, uint256 amount);

    /// @notice A lease's collateral went to the tenant, because the provider fell silent for too long.
    /// @param leaseId The lease.
    /// @param provider Whose stake it was.
    /// @param tenant Whose money it is.
    /// @param amount How much, in token base units.
    event CollateralForfeited(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed tenant,
        uint256 amount
    );

    /// @notice A part of a lease's collateral went to the tenant by the arbitrator's ruling; the rest is free again.
    /// @param leaseId The lease.
    /// @param provider Whose stake it was.
    /// @param tenant Whose money it is.
    /// @param amount What the tenant got, in token base units.
    /// @param unlocked The rest, in token base units.
    event CollateralAwarded(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed tenant,
        uint256 amount,
        uint256 unlocked
    );

    /// @notice There is no lease under this number.
    /// @param leaseId The number.
    error LeaseUnknown(uint256 leaseId);

    /// @notice The lease's status does not allow this.
    /// @param leaseId The lease.
    /// @param actual Its status.
    /// @param allowed The statuses that would allow it, bit n standing for status n.
    error LeaseStatusUnexpected(uint256 leaseId, LeaseStatus actual, uint256 allowed);

    /// @notice Only the tenant may do this, or, where the lease gets money, his delegate.
    /// @param leaseId The lease.
    /// @param caller Who called.
    error LeaseCallerNotTenant(uint256 leaseId, address caller);

    /// @notice The money is less than the least that this needs.
    /// @param leaseId The lease; 0 for one that is being opened.
    /// @param actual What arrived, was to be moved, or is in the lease that is amended, in token base units.
    /// @param minimum The least, in token base units.
    error LeaseAmountTooSmall(uint256 leaseId, uint256 actual, uint256 minimum);

    /// @notice The balance would be larger than a lease can hold; settling first makes room.
    /// @param leaseId The lease; 0 for one that is being opened.
    /// @param actual What it would be, in token base units.
    /// @param maximum The most, in token base units.
    error LeaseBalanceTooLarge(uint256 leaseId, uint256 actual, uint256 maximum);

    /// @notice The provider was to start the lease earlier.
    /// @param leaseId The lease.
    /// @param time Now, in seconds since 1970.
    /// @param startBy The last second, in seconds since 1970.
    error LeaseStartTooLate(uint256 leaseId, uint256 time, uint256 startBy);

    /// @notice The provider still has time to start the lease.
    /// @param leaseId The lease.
    /// @param time Now, in seconds since 1970.
    /// @param startBy The last second, in seconds since 1970.
    error LeaseStartPending(uint256 leaseId, uint256 time, uint256 startBy);

    /// @notice The data of a depleted lease is still kept for its tenant.
    /// @param leaseId The lease.
    /// @param clock The provider's service clock, in seconds.
    /// @param retainedUntil The service clock from which on anybody may close it, in seconds.
    error LeaseRetained(uint256 leaseId, uint256 clock, uint256 retainedUntil);

    /// @notice Too many ids in one call.
    /// @param actual How many.
    /// @param maximum The most.
    error LeaseListTooLong(uint256 actual, uint256 maximum);

    /// @notice Opens a lease with money from the caller's wallet. Needs an allowance for the market, a provider who is not silent,
    /// an open offer with a free place, and unlocked stake for the collateral.
    /// @param offerId The offer.
    /// @param provider Whose offer the caller thinks it is.
    /// @param maxMilliRate The highest rate the caller accepts, in thousandths of a base unit per second.
    /// @param amount How much to pull, in token base units; what arrives must be above 0 and pay the offer's minimum.
    /// @param manifestHash Hash of what to run.
    /// @param tenant Who leases: the caller, or whose delegate the caller is.
    /// @return leaseId The lease's number.
    function open(
        uint256 offerId,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant
    ) external returns (uint256 leaseId);

    /// @notice Opens a lease with money from the tenant's free balance.
    /// @param offerId The offer.
    /// @param provider Whose offer the caller thinks it is.
    /// @param maxMilliRate The highest rate the caller accepts, in thousandths of a base unit per second.
    /// @param amount How much to move, in token base units; must be above 0 and pay the offer's minimum.
    /// @param manifestHash Hash of what to run.
    /// @param tenant Who leases: the caller, or whose delegate the caller is.
    /// @return leaseId The lease's number.
    function openFromBalance(
        uint256 offerId,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant
    ) external returns (uint256 leaseId);

    /// @notice Opens a lease with money from the caller's wallet, by an ERC-2612 permit for `amount` instead of an allowance. A permit
    /// that somebody else used up before is no obstacle: its allowance is there.
    /// @param offerId The offer.
    /// @param provider Whose offer the caller thinks it is.
    /// @param maxMilliRate The highest rate the caller accepts, in thousandths of a base unit per second.
    /// @param amount How much to pull, in token base units; what arrives must be above 0 and pay the offer's minimum.
    /// @param manifestHash Hash of what to run.
    /// @param tenant Who leases: the caller, or whose delegate the caller is.
    /// @param permit The caller's signature for `amount`.
    /// @return leaseId The lease's number.
    function openWithPermit(
        uint256 offerId,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant,
        Permit calldata permit
    ) external returns (uint256 leaseId);

    /// @notice Opens a lease under a quote, with money from the caller's wallet. Needs an allowance for the market.
    /// @param quote The terms; its `leaseId` must be 0.
    /// @param signature The operator's signature of the quote, 65 bytes.
    /// @param provider Whose offer the caller thinks it is.
    /// @param maxMilliRate The highest rate the caller accepts, in thousandths of a base unit per second.
    /// @param amount How much to pull, in token base units; what arrives must be above 0 and pay the minimum at the quote's rate.
    /// @param manifestHash Hash of what to run.
    /// @param tenant Who leases: the caller, or whose delegate the caller is.
    /// @return leaseId The lease's number.
    function openWithQuote(
        Quote calldata quote,
        bytes calldata signature,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant
    ) external returns (uint256 leaseId);

    /// @notice Says that resources are reserved, the manifest accepted and the workload up: billing starts. Of several ids, those
    /// that are not pending or are too late are skipped. The provider must not be silent.
    /// @param instance The caller's instance.
    /// @param leaseIds The leases.
    function start(uint256 instance, uint256[] calldata leaseIds) external;

    /// @notice Bills what elapsed and stops the meter; also while the provider is silent.
    /// @param instance The caller's instance.
    /// @param leaseId An Active lease, or a Lapsed one that is not paused.
    function pause(uint256 instance, uint256 leaseId) external;

    /// @notice Starts the meter again. The provider must not be silent: report first.
    /// @param instance The caller's instance.
    /// @param leaseId A Paused lease.
    function resume(uint256 instance, uint256 leaseId) external;

    /// @notice Adds money from the caller's wallet to a lease; anybody may. A Depleted one is revived by its tenant
    /// or his delegate alone, while the provider is not silent, with enough for the longer of minimum and report period; it is Paused then.
    /// @param leaseId The lease.
    /// @param amount How much to pull, in token base units.
    function topUp(uint256 leaseId, uint256 amount) external;

    /// @notice Adds money from the tenant's free balance to a lease. The tenant may, or a delegate within his cap.
    /// @param leaseId The lease.
    /// @param amount How much to move, in token base units.
    function topUpFromBalance(uint256 leaseId, uint256 amount) external;

    /// @notice Asks the provider to run something else. Tenant only.
    /// @param leaseId A Pending, Active, Paused or Depleted lease.
    /// @param manifestHash Hash of what to run.
    function setManifest(uint256 leaseId, bytes32 manifestHash) external;

    /// @notice Changes price or resources of a lease as its provider's operator offered. Tenant only. What elapsed is billed at the old
    /// rate, and the minimum of a running lease ends; one that was not started must pay the minimum at the new rate, and the provider of
    /// one that was started must not be silent.
    /// @param leaseId A Pending, Active or Paused lease.
    /// @param quote The terms; they must name the lease, its offer, and the tenant or nobody.
    /// @param signature The operator's signature of the quote, 65 bytes.
    function amend(uint256 leaseId, Quote calldata quote, bytes calldata signature) external;

    /// @notice Moves what was earned from the leases' balances to their providers'. Anybody may; what has nothing to settle is
    /// skipped.
    /// @param leaseIds The leases.
    function settle(uint256[] calldata leaseIds) external;

    /// @notice Settles leases of the caller and pays out his whole free balance in one token.
    /// @param token The currency.
    /// @param leaseIds Leases to settle first; those of others or in other currencies are skipped.
    /// @param to Who is paid.
    /// @return amount What was sent, in token base units; 0 where there was nothing.
    function claim(address token, uint256[] calldata leaseIds, address to) external returns (uint256 amount);

    /// @notice Ends a lease. The tenant may once it started; anybody may when it was not started in time, or when its retention
    /// after depletion is over. A tenant who ends an Active lease inside its minimum, while the provider is not silent, pays the whole
    /// minimum; his close of a Lapsed one gives him the collateral.
    /// @param leaseId The lease.
    function close(uint256 leaseId) external;

    /// @notice Ends leases from the provider's side: a Pending one is declined, a Lapsed one forfeits its collateral. Of several
    /// ids, closed ones are skipped.
    /// @param instance The caller's instance.
    /// @param leaseIds The leases.
    /// @param cause What made him do it.
    function closeByProvider(uint256 instance, uint256[] calldata leaseIds, CloseCause cause) external;

    /// @notice Ends a lease whose workload has ended by itself.
    /// @param instance The caller's instance.
    /// @param leaseId An Active, Paused or Depleted lease.
    /// @param exitCode How the workload ended; 0 is success.
    /// @param resultURI Where the result is.
    function complete(uint256 instance, uint256 leaseId, int256 exitCode, string calldata resultURI) external;

    /// @notice Frees the collateral of closed leases once the window for disputes is over; the tenant may at once. What has
    /// nothing to free is skipped.
    /// @param leaseIds The leases.
    function releaseCollateral(uint256[] calldata leaseIds) external;

    /// @notice How long after a close collateral that can still be disputed stays locked.
    /// @return period In seconds.
    function DISPUTE_WINDOW() external view returns (uint256 period);
}
