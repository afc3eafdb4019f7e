// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseStatus } from "../types/Enums.sol";
import { LeaseSummary } from "../types/Structs.sol";

/// @title ILeaseViews
/// @notice What anybody can read about a lease, on a block explorer's Read tab and in the apps alike.
interface ILeaseViews {
    /// @notice Everything about a lease now; all zero, status None, when there is none under the id.
    /// @param leaseId The lease's number.
    /// @return summary The lease.
    function leaseSummary(uint256 leaseId) external view returns (LeaseSummary memory summary);

    /// @notice Everything about several leases now, in the order asked for.
    /// @param leaseIds The leases' numbers.
    /// @return summaries The leases.
    function leaseSummaries(
        uint256[] calldata leaseIds
    ) external view returns (LeaseSummary[] memory summaries);

    /// @notice Where a lease stands now.
    /// @param leaseId The lease's number.
    /// @return status Its status; None when there is no such lease.
    function statusOf(uint256 leaseId) external view returns (LeaseStatus status);

    /// @notice What the provider has earned since the last settlement.
    /// @param leaseId The lease's number.
    /// @return accrued In token base units.
    function accruedOf(uint256 leaseId) external view returns (uint256 accrued);

    /// @notice When the balance is used up, if nothing is added.
    /// @param leaseId The lease's number.
    /// @return clock The provider's service clock then, in seconds; 2^32 - 1 stands for later than that. Unless the meter runs, counted
    /// from the last settled clock.
    /// @return earliestAt The earliest time then, in seconds since 1970: a silent provider's clock stands still. 0 unless the
    /// lease is Active.
    function depletionOf(uint256 leaseId) external view returns (uint256 clock, uint256 earliestAt);

    /// @notice How many leases were ever opened; their numbers run from 1 to this.
    /// @return count The number.
    function leaseCount() external view returns (uint256 count);
}
