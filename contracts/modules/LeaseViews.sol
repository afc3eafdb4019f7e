// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ILeaseViews } from "../interfaces/ILeaseViews.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMath } from "../libraries/LeaseMath.sol";
import { LeaseMeter } from "../libraries/LeaseMeter.sol";
import { LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { LeaseSummary } from "../types/Structs.sol";
import { LeaseEndings } from "./LeaseEndings.sol";

/// @title LeaseViews
/// @notice What anybody can read about a lease.
abstract contract LeaseViews is LeaseEndings, ILeaseViews {
    using LeaseCodec for LeaseAccount;
    using LeaseMeter for LeaseAccount;

    /// @inheritdoc ILeaseViews
    function leaseSummary(
        uint256 leaseId
    ) external view nonReentrantView returns (LeaseSummary memory summary) {
        summary = _summaryOf(leaseId);
    }

    /// @inheritdoc ILeaseViews
    function leaseSummaries(
        uint256[] calldata leaseIds
    ) external view nonReentrantView returns (LeaseSummary[] memory summaries) {
        summaries = new LeaseSummary[](leaseIds.length);
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            summaries[i] = _summaryOf(leaseIds[i]);
        }
    }

    /// @inheritdoc ILeaseViews
    function statusOf(uint256 leaseId) external view nonReentrantView returns (LeaseStatus status) {
        (LeaseAccount account, , address provider) = _read(leaseId);
        status = _statusOf(account, provider);
    }

    /// @inheritdoc ILeaseViews
    function accruedOf(uint256 leaseId) external view nonReentrantView returns (uint256 accrued) {
        (LeaseAccount account, , address provider) = _load(leaseId);
        accrued = _accrued(account, _clockAt(provider));
    }

    /// @inheritdoc ILeaseViews
    function depletionOf(
        uint256 leaseId
    ) external view nonReentrantView returns (uint256 clock, uint256 earliestAt) {
        (LeaseAccount account, , address provider) = _load(leaseId);
        clock = Math.min(account.depletionClock(), LeaseMath.MAX_CLOCK);
        (LeaseStatus status, uint256 clockNow) = _statusAndClock(account, provider);
        if (status != LeaseStatus.Active) return (clock, 0);
        earliestAt = block.timestamp + clock - clockNow;
    }

    /// @inheritdoc ILeaseViews
    function leaseCount() external view returns (uint256 count) {
        count = _lastLease();
    }

    function _summaryOf(uint256 leaseId) private view returns (LeaseSummary memory summary) {
        (LeaseAccount account, OfferRecord storage offer, address provider) = _read(leaseId);
        if (provider == address(0)) return summary;
        LeaseRecord storage record = _lease(leaseId);
        summary.token = _tokenOf(offer);
        (summary.status, summary.clockNow) = _statusAndClock(account, provider);
        summary.reason = account.reason();
        summary.tenant = record.tenant;
        summary.provider = provider;
        summary.offerId = account.offerId();
        summary.milliRatePerSecond = account.rate();
        summary.balance = account.balance();
        summary.accrued = _accrued(account, summary.clockNow);
        summary.remainder = account.remainder();
        summary.settledClock = account.settledClock();
        summary.depletionClock = Math.min(account.depletionClock(), LeaseMath.MAX_CLOCK);
        summary.startBy = record.startBy;
        summary.closedAt = record.closedAt;
        summary.collateral = account.isUnlocked() ? 0 : offer.collateral;
        summary.inMinimum = _isInMinimum(account, offer.minPeriod, summary.clockNow);
        summary.disputed = account.isDisputed();
        summary.startLate = summary.status == LeaseStatus.Pending && block.timestamp > record.startBy;
        summary.silent = _isSilent(provider);
        (, account) = _billOwnClose(account, provider, offer.minPeriod, summary.clockNow);
        summary.refundable = account.balance();
    }

    function _accrued(LeaseAccount account, uint256 clock) private pure returns (uint256) {
        return account.isMetered() ? account.accruedAt(clock) : 0;
    }
}
