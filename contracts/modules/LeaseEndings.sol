// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseMath } from "../libraries/LeaseMath.sol";
import { CloseCause, CloseReason, LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { LeaseBook } from "./LeaseBook.sol";

/// @title LeaseEndings
/// @notice How does a lease end, and what becomes of its collateral?
abstract contract LeaseEndings is LeaseBook {
    using LeaseMath for LeaseAccount;

    /// @inheritdoc ILeaseBook
    uint256 public immutable override DISPUTE_WINDOW;

    constructor(uint256 disputeWindow) {
        DISPUTE_WINDOW = disputeWindow;
    }

    /// @inheritdoc ILeaseBook
    function close(uint256 leaseId) external nonReentrant {
        (LeaseAccount memory account, , address provider) = _load(leaseId);
        LeaseStatus status = _statusOf(account, provider);
        CloseReason reason = _closeReason(leaseId, account, provider, status);
        _end(leaseId, account, reason, CloseCause.Unspecified);
    }

    /// @inheritdoc ILeaseBook
    function closeByProvider(
        uint256 instance,
        uint256[] calldata leaseIds,
        CloseCause cause
    ) external nonReentrant listed(leaseIds) {
        bool tolerant = leaseIds.length > 1;
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            _closeByProvider(instance, leaseIds[i], cause, tolerant);
        }
    }

    /// @inheritdoc ILeaseBook
    function complete(
        uint256 instance,
        uint256 leaseId,
        int256 exitCode,
        string calldata resultURI
    ) external nonReentrant {
        // Check:
        (LeaseAccount memory account, , address provider) = _load(leaseId);
        _authorize(provider, instance);
        uint256 allowed = _bit(LeaseStatus.Active) | _bit(LeaseStatus.Paused) | _bit(LeaseStatus.Depleted);
        _requireStatus(leaseId, _statusOf(account, provider), allowed);

        // Effect:
        emit LeaseCompleted(leaseId, provider, exitCode, resultURI);
        _end(leaseId, account, CloseReason.Completed, CloseCause.Unspecified);
    }

    /// @inheritdoc ILeaseBook
    function releaseCollateral(uint256[] calldata leaseIds) external nonReentrant listed(leaseIds) {
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            (LeaseAccount memory account, OfferRecord storage offer, address provider) = _read(leaseIds[i]);
            if (account.reason == CloseReason.None || account.unlocked) continue;
            LeaseRecord storage record = _lease(leaseIds[i]);
            bool over = block.timestamp > uint256(record.closedAt) + DISPUTE_WINDOW;
            if (!over && msg.sender != record.tenant) continue;
            _unlock(leaseIds[i], account, offer, provider);
            _save(leaseIds[i], account);
        }
    }

    function _closeByProvider(uint256 instance, uint256 leaseId, CloseCause cause, bool tolerant) private {
        // Check:
        (LeaseAccount memory account, OfferRecord storage offer, address provider) = _load(leaseId);
        _authorize(provider, instance);
        LeaseStatus status = _statusOf(account, provider);
        if (tolerant && status == LeaseStatus.Closed) return;
        uint256 open = ~(_bit(LeaseStatus.None) | _bit(LeaseStatus.Closed)) & 0x7f;
        _requireStatus(leaseId, status, open);

        // Effect:
        CloseReason reason = CloseReason.ProviderClosed;
        if (status == LeaseStatus.Pending) reason = CloseReason.Declined;
        if (status == LeaseStatus.Lapsed) reason = CloseReason.Lapsed;
        if (status == LeaseStatus.Depleted) {
            bool over = _clockAt(provider) >= _retainedUntil(account, offer);
            if (over) reason = CloseReason.Depleted;
        }
        _end(leaseId, account, reason, cause);
    }

    /// @dev Who may close, and what the close is then called; the tenant's standing comes before all others'.
    function _closeReason(
        uint256 leaseId,
        LeaseAccount memory account,
        address provider,
        LeaseStatus status
    ) private view returns (CloseReason) {
        _requireStatus(leaseId, status, ~_bit(LeaseStatus.Closed) & 0x7e);
        LeaseRecord storage record = _lease(leaseId);
        if (status == LeaseStatus.Pending) {
            uint256 startBy = record.startBy;
            require(block.timestamp > startBy, LeaseStartPending(leaseId, block.timestamp, startBy));
            return CloseReason.NotStarted;
        }
        if (msg.sender == record.tenant) {
            return status == LeaseStatus.Lapsed ? CloseReason.Lapsed : CloseReason.TenantClosed;
        }
        require(status == LeaseStatus.Depleted, LeaseCallerNotTenant(leaseId, msg.sender));
        uint256 retainedUntil = _retainedUntil(account, _offer(account.offerId));
        uint256 clock = _clockAt(provider);
        require(clock >= retainedUntil, LeaseRetained(leaseId, clock, retainedUntil));
        return CloseReason.Depleted;
    }

    /// @dev Every ending: bill, refund, free the place, see to the collateral.
    function _end(
        uint256 leaseId,
        LeaseAccount memory account,
        CloseReason reason,
        CloseCause cause
    ) private {
        OfferRecord storage offer = _offer(account.offerId);
        address tenant = _lease(leaseId).tenant;
        (uint256 due, uint256 refund) = _shareOut(account, offer, tenant, reason);
        account.reason = reason;
        _lease(leaseId).closedAt = uint40(block.timestamp);
        _freePlace(offer);
        emit LeaseClosed(
            leaseId,
            offer.provider,
            tenant,
            reason,
            cause,
            due,
            refund,
            account.settledClock,
            _nextSequence(offer.provider)
        );
        _endCollateral(leaseId, account, offer, tenant);
        _save(leaseId, account);
    }

    /// @dev Empties the balance: what is due to the provider, the rest to the tenant.
    function _shareOut(
        LeaseAccount memory account,
        OfferRecord storage offer,
        address tenant,
        CloseReason reason
    ) private returns (uint256 due, uint256 refund) {
        due = _billClose(account, offer.provider, offer.minPeriod, reason);
        refund = account.balance;
        account.balance = 0;
        account.remainder = 0;
        _pay(offer, offer.provider, due);
        _pay(offer, tenant, refund);
    }

    /// @dev Exactly one of unlock and forfeit, once; what an arbitrator may still be asked about stays locked for the window.
    function _endCollateral(
        uint256 leaseId,
        LeaseAccount memory account,
        OfferRecord storage offer,
        address tenant
    ) private {
        if (account.unlocked) return;
        if (account.reason == CloseReason.Lapsed) {
            _forfeit(leaseId, account, offer, tenant);
            return;
        }
        bool judged = offer.arbitrator != address(0) && offer.collateral != 0;
        bool own = account.reason == CloseReason.TenantClosed;
        if (!account.started || own || !judged) _unlock(leaseId, account, offer, offer.provider);
    }

    function _unlock(
        uint256 leaseId,
        LeaseAccount memory account,
        OfferRecord storage offer,
        address provider
    ) private {
        account.unlocked = true;
        uint256 collateral = offer.collateral;
        if (collateral == 0) return;
        (address token, , ) = _priceOf(offer);
        _unlockStake(token, provider, collateral);
        emit CollateralUnlocked(leaseId, provider, collateral);
    }

    function _forfeit(
        uint256 leaseId,
        LeaseAccount memory account,
        OfferRecord storage offer,
        address tenant
    ) private {
        account.unlocked = true;
        uint256 collateral = offer.collateral;
        if (collateral == 0) return;
        (address token, , ) = _priceOf(offer);
        _forfeitStake(token, offer.provider, collateral);
        _pay(offer, tenant, collateral);
        emit CollateralForfeited(leaseId, offer.provider, tenant, collateral);
    }

    function _retainedUntil(
        LeaseAccount memory account,
        OfferRecord storage offer
    ) private view returns (uint256) {
        (, , uint256 retentionPeriod) = _priceOf(offer);
        return account.depletionClock() + retentionPeriod;
    }
}
