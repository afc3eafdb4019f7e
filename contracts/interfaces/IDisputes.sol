// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Dispute } from "../types/Structs.sol";

/// @title IDisputes
/// @notice Who is wrong? A lease whose offer names an arbitrator can have one dispute, over a part of its collateral. The tenant
/// puts a bond of a tenth of the collateral behind it. A dispute stops nothing but the release of its
/// collateral: the lease runs, is billed and can be closed.
interface IDisputes {
    /// @notice The tenant asked the arbitrator for a part of the collateral.
    /// @param leaseId The lease.
    /// @param provider Whose collateral.
    /// @param arbitrator Who rules.
    /// @param amount What the tenant asks for, in token base units.
    /// @param bond What he put behind it, in token base units.
    /// @param ruleBy Last second for a ruling, in seconds since 1970.
    /// @param evidenceURI Where his evidence is.
    event DisputeOpened(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed arbitrator,
        uint256 amount,
        uint256 bond,
        uint256 ruleBy,
        string evidenceURI
    );

    /// @notice The arbitrator ruled. An award goes to the tenant, with his bond ({CollateralAwarded} follows); without one the bond
    /// goes to the provider.
    /// @param leaseId The lease.
    /// @param provider Whose collateral.
    /// @param arbitrator Who ruled.
    /// @param award What the tenant gets of the collateral, in token base units.
    /// @param bond The tenant's bond, in token base units.
    /// @param rulingURI Where the reasons are.
    event DisputeRuled(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed arbitrator,
        uint256 award,
        uint256 bond,
        string rulingURI
    );

    /// @notice The arbitrator did not rule in time. The bond went back to the tenant.
    /// @param leaseId The lease.
    /// @param provider Whose collateral.
    /// @param tenant Whose bond.
    /// @param bond The bond, in token base units.
    event DisputeExpired(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed tenant,
        uint256 bond
    );

    /// @notice The lease ended by the provider's lapse, which gives the tenant the whole collateral. His bond went back to him.
    /// @param leaseId The lease.
    /// @param provider Whose collateral.
    /// @param tenant Whose bond.
    /// @param bond The bond, in token base units.
    event DisputeVoided(
        uint256 indexed leaseId,
        address indexed provider,
        address indexed tenant,
        uint256 bond
    );

    /// @notice The lease has or had its one dispute already.
    /// @param leaseId The lease.
    error DisputeAlreadyOpened(uint256 leaseId);

    /// @notice The lease has no dispute that awaits a ruling.
    /// @param leaseId The lease.
    error DisputeNotOpen(uint256 leaseId);

    /// @notice The lease's offer names no arbitrator.
    /// @param leaseId The lease.
    error DisputeArbitratorAbsent(uint256 leaseId);

    /// @notice The lease has no collateral, or it was unlocked, forfeited or awarded before; the tenant's own close unlocks it.
    /// @param leaseId The lease.
    error DisputeCollateralAbsent(uint256 leaseId);

    /// @notice The lease ended too long ago.
    /// @param leaseId The lease.
    /// @param time Now, in seconds since 1970.
    /// @param disputableUntil The last second, in seconds since 1970.
    error DisputeTooLate(uint256 leaseId, uint256 time, uint256 disputableUntil);

    /// @notice The amount is zero or more than the collateral.
    /// @param leaseId The lease.
    /// @param actual What was asked for, in token base units.
    /// @param maximum The collateral, in token base units.
    error DisputeAmountOutOfBounds(uint256 leaseId, uint256 actual, uint256 maximum);

    /// @notice The award is more than what the tenant asked for.
    /// @param leaseId The lease.
    /// @param actual The award, in token base units.
    /// @param maximum What he asked for, in token base units.
    error DisputeAwardTooLarge(uint256 leaseId, uint256 actual, uint256 maximum);

    /// @notice Only the offer's arbitrator may rule.
    /// @param leaseId The lease.
    /// @param caller Who called.
    error DisputeCallerNotArbitrator(uint256 leaseId, address caller);

    /// @notice The time for a ruling is over; anybody may call `expireDispute`.
    /// @param leaseId The lease.
    /// @param time Now, in seconds since 1970.
    /// @param ruleBy The last second, in seconds since 1970.
    error DisputeRulingTooLate(uint256 leaseId, uint256 time, uint256 ruleBy);

    /// @notice The arbitrator still has time to rule.
    /// @param leaseId The lease.
    /// @param time Now, in seconds since 1970.
    /// @param ruleBy The last second, in seconds since 1970.
    error DisputeRulingPending(uint256 leaseId, uint256 time, uint256 ruleBy);

    /// @notice Asks the arbitrator for a part of the collateral. Tenant only, once per lease, from its start until DISPUTE_WINDOW after
    /// its end unless he ended it himself, and not while it is Lapsed. Takes a bond of a tenth of the collateral, rounded up, from his
    /// free balance.
    /// @param leaseId The lease.
    /// @param amount What is asked for, in token base units, above 0 and up to the lease's collateral.
    /// @param evidenceURI Where the evidence is.
    function openDispute(uint256 leaseId, uint256 amount, string calldata evidenceURI) external;

    /// @notice Rules on a dispute, in time and not while the lease is Lapsed. Arbitrator only. An award pays the tenant out of the
    /// collateral, gives his bond back and frees the rest of the collateral; an award of 0 gives his bond to the provider.
    /// @param leaseId The lease.
    /// @param award What the tenant gets, in token base units, up to what he asked for.
    /// @param rulingURI Where the reasons are.
    function rule(uint256 leaseId, uint256 award, string calldata rulingURI) external;

    /// @notice Ends a dispute on which the arbitrator did not rule in time. Anybody may; the bond goes back to the tenant.
    /// @param leaseId The lease.
    function expireDispute(uint256 leaseId) external;

    /// @notice A lease's dispute; all zero when there never was one.
    /// @param leaseId The lease.
    /// @return dispute The dispute.
    function disputeOf(uint256 leaseId) external view returns (Dispute memory dispute);

    /// @notice How long an arbitrator has to rule.
    /// @return period In seconds.
    function RULING_PERIOD() external view returns (uint256 period);
}
