// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMeter } from "../libraries/LeaseMeter.sol";
import { LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { QuoteBook } from "./QuoteBook.sol";

/// @title LeaseStore
/// @notice What is stored of a lease, how its status is derived, and how it is billed.
abstract contract LeaseStore is QuoteBook, ILeaseBook {
    using LeaseCodec for LeaseAccount;
    using LeaseMeter for LeaseAccount;

    struct LeaseRecord {
        // slot 0: all that a settlement touches
        LeaseAccount account;
        // slot 1
        address tenant;
        uint40 startBy;
        uint40 closedAt;
    }

    mapping(uint256 leaseId => LeaseRecord record) private _leases;
    uint256 private _leaseCount;

    function _newLease(
        LeaseAccount account,
        address tenant,
        uint256 startBy
    ) internal returns (uint256 leaseId) {
        unchecked {
            // One a call: no number of calls counts to 2^256.
            leaseId = ++_leaseCount;
        }
        _leases[leaseId] = LeaseRecord(account, tenant, uint40(startBy), 0);
    }

    function _lastLease() internal view returns (uint256) {
        return _leaseCount;
    }

    function _lease(uint256 leaseId) internal view returns (LeaseRecord storage record) {
        record = _leases[leaseId];
    }

    /// @dev The lease's account and its offer; an account without a rate and no provider when there is none under the id.
    function _read(
        uint256 leaseId
    ) internal view returns (LeaseAccount account, OfferRecord storage offer, address provider) {
        account = _leases[leaseId].account;
        offer = _offer(account.offerId());
        provider = offer.provider;
    }

    function _load(
        uint256 leaseId
    ) internal view returns (LeaseAccount account, OfferRecord storage offer, address provider) {
        account = _leases[leaseId].account;
        offer = _offer(account.offerId());
        provider = offer.provider;
        require(provider != address(0), LeaseUnknown(leaseId));
    }

    /// @dev As {_load}, with all terms of the offer at once.
    function _loadTerms(
        uint256 leaseId
    ) internal view returns (LeaseAccount account, OfferRecord memory offer) {
        account = _leases[leaseId].account;
        offer = _offer(account.offerId());
        require(offer.provider != address(0), LeaseUnknown(leaseId));
    }

    function _save(uint256 leaseId, LeaseAccount account) internal {
        _leases[leaseId].account = account;
    }

    function _statusOf(LeaseAccount account, address provider) internal view returns (LeaseStatus status) {
        (status, ) = _statusAndClock(account, provider);
    }

    /// @dev The one place where a status comes from: first match wins. The provider's clock comes with it, from the same read.
    function _statusAndClock(
        LeaseAccount account,
        address provider
    ) internal view returns (LeaseStatus, uint256 clock) {
        bool lapsed;
        (clock, lapsed) = _clockAndLapse(provider);
        if (account.rate() == 0) return (LeaseStatus.None, clock);
        if (account.isClosed()) return (LeaseStatus.Closed, clock);
        if (!account.isStarted()) return (LeaseStatus.Pending, clock);
        if (!account.isPaused() && clock >= account.depletionClock()) return (LeaseStatus.Depleted, clock);
        if (lapsed) return (LeaseStatus.Lapsed, clock);
        return (account.isPaused() ? LeaseStatus.Paused : LeaseStatus.Active, clock);
    }

    function _isInMinimum(
        LeaseAccount account,
        uint256 minPeriod,
        uint256 clock
    ) internal pure returns (bool) {
        return account.isInMinimum() && clock < account.settledClock() + minPeriod;
    }

    /// @dev What a tenant's own close bills: the whole minimum where he ends a running, served lease early; else what elapsed.
    function _billOwnClose(
        LeaseAccount account,
        address provider,
        uint256 minPeriod,
        uint256 clock
    ) internal view returns (uint256 due, LeaseAccount billed) {
        if (!account.isMetered() || !_isInMinimum(account, minPeriod, clock) || _isSilent(provider)) {
            return _billElapsed(account, clock);
        }
        return account.billMinimum(minPeriod, clock);
    }

    /// @dev Nothing where the meter stands.
    function _billElapsed(
        LeaseAccount account,
        uint256 clock
    ) internal pure returns (uint256 due, LeaseAccount billed) {
        return account.isMetered() ? account.bill(clock) : (0, account);
    }

    function _requireStatus(uint256 leaseId, LeaseStatus actual, uint256 allowed) internal pure {
        require(allowed & (1 << uint8(actual)) != 0, LeaseStatusUnexpected(leaseId, actual, allowed));
    }

    function _bit(LeaseStatus status) internal pure returns (uint256) {
        return 1 << uint8(status);
    }
}
