// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMath } from "../libraries/LeaseMath.sol";
import { CloseReason, LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { OfferBook } from "./OfferBook.sol";

/// @title LeaseStore
/// @notice What is stored of a lease, how its status is derived, and how it is billed.
abstract contract LeaseStore is OfferBook, ILeaseBook {
    using LeaseMath for LeaseAccount;

    struct LeaseRecord {
        // slot 0: {LeaseCodec}; all that a settlement touches
        uint256 account;
        // slot 1
        address tenant;
        uint40 startBy;
        uint40 closedAt;
    }

    mapping(uint256 leaseId => LeaseRecord record) private _leases;
    uint256 private _leaseCount;

    function _newLease(
        LeaseAccount memory account,
        address tenant,
        uint256 startBy
    ) internal returns (uint256 leaseId) {
        leaseId = ++_leaseCount;
        LeaseRecord storage record = _leases[leaseId];
        record.account = LeaseCodec.pack(account);
        record.tenant = tenant;
        record.startBy = uint40(startBy);
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
    ) internal view returns (LeaseAccount memory account, OfferRecord storage offer, address provider) {
        account = LeaseCodec.unpack(_leases[leaseId].account);
        offer = _offer(account.offerId);
        provider = offer.provider;
    }

    function _load(
        uint256 leaseId
    ) internal view returns (LeaseAccount memory account, OfferRecord storage offer, address provider) {
        (account, offer, provider) = _read(leaseId);
        require(provider != address(0), LeaseUnknown(leaseId));
    }

    function _save(uint256 leaseId, LeaseAccount memory account) internal {
        _leases[leaseId].account = LeaseCodec.pack(account);
    }

    /// @dev The one place where a status comes from: first match wins.
    function _statusOf(LeaseAccount memory account, address provider) internal view returns (LeaseStatus) {
        if (account.milliRatePerSecond == 0) return LeaseStatus.None;
        if (account.reason != CloseReason.None) return LeaseStatus.Closed;
        if (!account.started) return LeaseStatus.Pending;
        if (!account.paused && _clockAt(provider) >= account.depletionClock()) return LeaseStatus.Depleted;
        if (_isLapsed(provider)) return LeaseStatus.Lapsed;
        return account.paused ? LeaseStatus.Paused : LeaseStatus.Active;
    }

    /// @dev True where a settlement bills: the meter runs, and is past the minimum.
    function _isBillable(
        LeaseAccount memory account,
        uint256 minPeriod,
        uint256 clock
    ) internal pure returns (bool) {
        if (!account.started || account.paused || account.reason != CloseReason.None) return false;
        return !_isInMinimum(account, minPeriod, clock);
    }

    function _isInMinimum(
        LeaseAccount memory account,
        uint256 minPeriod,
        uint256 clock
    ) internal pure returns (bool) {
        return account.inMinimum && clock < account.settledClock + minPeriod;
    }

    /// @dev What a close bills: the whole minimum where a tenant ends a running, served lease early; else what elapsed.
    function _billClose(
        LeaseAccount memory account,
        address provider,
        uint256 minPeriod,
        CloseReason reason
    ) internal view returns (uint256 due) {
        if (!account.started || account.paused) return 0;
        uint256 clock = _clockAt(provider);
        bool early = reason == CloseReason.TenantClosed && _isInMinimum(account, minPeriod, clock);
        if (early && !_isSilent(provider)) return account.billMinimum(minPeriod, clock);
        return account.bill(clock);
    }

    function _requireStatus(uint256 leaseId, LeaseStatus actual, uint256 allowed) internal pure {
        require(allowed & (1 << uint8(actual)) != 0, LeaseStatusUnexpected(leaseId, actual, allowed));
    }

    function _bit(LeaseStatus status) internal pure returns (uint256) {
        return 1 << uint8(status);
    }
}
