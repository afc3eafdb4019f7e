// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMeter } from "../libraries/LeaseMeter.sol";
import { OfferCodec } from "../libraries/OfferCodec.sol";
import { CloseCause, CloseReason, LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { Disputes } from "./Disputes.sol";

/// @title LeaseEndings
/// @notice How does a lease end?
abstract contract LeaseEndings is Disputes {
    using LeaseCodec for LeaseAccount;
    using LeaseMeter for LeaseAccount;

    /// @dev When and why a lease ends. In memory: as literals they would make the compiler write `_end` out for each caller.
    struct Ending {
        uint256 clock;
        CloseReason reason;
        CloseCause cause;
    }

    /// @inheritdoc ILeaseBook
    function close(uint256 leaseId) external nonReentrant {
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        Ending memory ending;
        (ending.reason, ending.clock) = _closeReason(leaseId, account, offer);
        _end(leaseId, account, offer, ending);
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
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        address provider = offer.provider;
        _authorize(provider, instance);
        uint256 allowed = _bit(LeaseStatus.Active) | _bit(LeaseStatus.Paused) | _bit(LeaseStatus.Depleted);
        (LeaseStatus status, uint256 clock) = _statusAndClock(account, provider);
        _requireStatus(leaseId, status, allowed);

        // Effect:
        emit LeaseCompleted(leaseId, provider, exitCode, resultURI);
        Ending memory ending;
        ending.clock = clock;
        ending.reason = CloseReason.Completed;
        _end(leaseId, account, offer, ending);
    }

    function _closeByProvider(uint256 instance, uint256 leaseId, CloseCause cause, bool tolerant) private {
        // Check:
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        address provider = offer.provider;
        _authorize(provider, instance);
        (LeaseStatus status, uint256 clock) = _statusAndClock(account, provider);
        if (tolerant && status == LeaseStatus.Closed) return;
        uint256 open = ~(_bit(LeaseStatus.None) | _bit(LeaseStatus.Closed)) & 0x7f;
        _requireStatus(leaseId, status, open);

        // Effect:
        Ending memory ending = Ending(clock, CloseReason.ProviderClosed, cause);
        if (status == LeaseStatus.Pending) ending.reason = CloseReason.Declined;
        if (status == LeaseStatus.Lapsed) ending.reason = CloseReason.Lapsed;
        if (status == LeaseStatus.Depleted) {
            bool over = clock >= _retainedUntil(account, offer);
            if (over) ending.reason = CloseReason.Depleted;
        }
        _end(leaseId, account, offer, ending);
    }

    /// @dev Who may close, and what the close is then called; the tenant's standing comes before all others'.
    function _closeReason(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer
    ) private view returns (CloseReason reason, uint256 clock) {
        LeaseStatus status;
        (status, clock) = _statusAndClock(account, offer.provider);
        _requireStatus(leaseId, status, ~_bit(LeaseStatus.Closed) & 0x7e);
        LeaseRecord storage record = _lease(leaseId);
        if (status == LeaseStatus.Pending) {
            uint256 startBy = record.startBy;
            require(block.timestamp > startBy, LeaseStartPending(leaseId, block.timestamp, startBy));
            return (CloseReason.NotStarted, clock);
        }
        if (msg.sender == record.tenant) {
            return (status == LeaseStatus.Lapsed ? CloseReason.Lapsed : CloseReason.TenantClosed, clock);
        }
        require(status == LeaseStatus.Depleted, LeaseCallerNotTenant(leaseId, msg.sender));
        uint256 retainedUntil = _retainedUntil(account, offer);
        require(clock >= retainedUntil, LeaseRetained(leaseId, clock, retainedUntil));
        return (CloseReason.Depleted, clock);
    }

    /// @dev Every ending: bill, refund, free the place, see to the collateral.
    function _end(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer,
        Ending memory ending
    ) private {
        LeaseRecord storage record = _lease(leaseId);
        address tenant = record.tenant;
        uint256 due;
        (due, account) = ending.reason == CloseReason.TenantClosed
            ? _billOwnClose(account, offer.provider, offer.minPeriod, ending.clock)
            : _billElapsed(account, ending.clock);
        uint256 refund = account.balance();
        account = account.closed(ending.reason);
        record.closedAt = uint40(block.timestamp);
        _freePlace(account.offerId(), offer);
        _payBoth(offer, tenant, due, refund);
        emit LeaseClosed(
            leaseId,
            offer.provider,
            tenant,
            ending.reason,
            ending.cause,
            due,
            refund,
            account.settledClock(),
            _nextSequence(offer.provider)
        );
        _save(leaseId, _endCollateral(leaseId, account, offer, tenant));
    }

    function _payBoth(OfferRecord memory offer, address tenant, uint256 due, uint256 refund) private {
        address token = OfferCodec.tokenOf(offer.price);
        _pay(token, offer.provider, due);
        _pay(token, tenant, refund);
    }

    function _endCollateral(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer,
        address tenant
    ) private returns (LeaseAccount) {
        if (account.reason() != CloseReason.Lapsed) return _unlockUnlessJudged(leaseId, account, offer);
        account = _voidDispute(leaseId, account, offer, tenant);
        return _forfeit(leaseId, account, offer, tenant);
    }

    function _retainedUntil(LeaseAccount account, OfferRecord memory offer) private pure returns (uint256) {
        return account.depletionClock() + OfferCodec.retentionOf(offer.price);
    }
}
