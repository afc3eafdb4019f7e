// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMath } from "../libraries/LeaseMath.sol";
import { LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { LeaseStore } from "./LeaseStore.sol";

/// @title LeaseBook
/// @notice Who leases what, since when? The life of a lease up to its end.
abstract contract LeaseBook is LeaseStore {
    using LeaseMath for LeaseAccount;

    uint256 internal constant MAX_LIST = 128;

    modifier listed(uint256[] calldata leaseIds) {
        require(leaseIds.length <= MAX_LIST, LeaseListTooLong(leaseIds.length, MAX_LIST));
        _;
    }

    /// @inheritdoc ILeaseBook
    function open(
        uint256 offerId,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant
    ) external nonReentrant returns (uint256 leaseId) {
        _requireTenantIsCaller(tenant);
        OfferRecord storage offer = _takePlace(offerId, provider);
        (address token, , ) = _priceOf(offer);
        uint256 arrived = _pull(token, msg.sender, amount);
        leaseId = _open(offerId, offer, maxMilliRate, arrived, manifestHash);
    }

    /// @inheritdoc ILeaseBook
    function openFromBalance(
        uint256 offerId,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant
    ) external nonReentrant returns (uint256 leaseId) {
        _requireTenantIsCaller(tenant);
        OfferRecord storage offer = _takePlace(offerId, provider);
        (address token, , ) = _priceOf(offer);
        _debit(token, msg.sender, amount);
        leaseId = _open(offerId, offer, maxMilliRate, amount, manifestHash);
    }

    /// @inheritdoc ILeaseBook
    function start(uint256 instance, uint256[] calldata leaseIds) external nonReentrant listed(leaseIds) {
        bool tolerant = leaseIds.length > 1;
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            _start(instance, leaseIds[i], tolerant);
        }
    }

    /// @inheritdoc ILeaseBook
    function pause(uint256 instance, uint256 leaseId) external nonReentrant {
        // Check:
        (LeaseAccount memory account, OfferRecord storage offer, address provider) = _load(leaseId);
        _authorize(provider, instance);
        LeaseStatus status = _statusOf(account, provider);
        _requireStatus(leaseId, status, _bit(LeaseStatus.Active) | _bit(LeaseStatus.Lapsed));
        require(!account.paused, LeaseStatusUnexpected(leaseId, status, _bit(LeaseStatus.Active)));

        // Effect:
        uint256 due = account.bill(_clockAt(provider));
        account.paused = true;
        _save(leaseId, account);
        _pay(offer, provider, due);
        emit LeasePaused(
            leaseId,
            provider,
            due,
            account.balance,
            account.settledClock,
            _nextSequence(provider)
        );
    }

    /// @inheritdoc ILeaseBook
    function resume(uint256 instance, uint256 leaseId) external nonReentrant {
        // Check:
        (LeaseAccount memory account, , address provider) = _load(leaseId);
        _authorize(provider, instance);
        _requireStatus(leaseId, _statusOf(account, provider), _bit(LeaseStatus.Paused));
        _requireNotSilent(provider);

        // Effect:
        account.paused = false;
        account.settledClock = _clockAt(provider);
        _save(leaseId, account);
        emit LeaseResumed(leaseId, provider, account.settledClock, _nextSequence(provider));
    }

    /// @inheritdoc ILeaseBook
    function topUp(uint256 leaseId, uint256 amount) external nonReentrant {
        (LeaseAccount memory account, OfferRecord storage offer, address provider) = _load(leaseId);
        bool revived = _checkTopUp(leaseId, account, provider);
        (address token, , ) = _priceOf(offer);
        uint256 arrived = _pull(token, msg.sender, amount);
        _topUp(leaseId, account, offer, arrived, revived);
    }

    /// @inheritdoc ILeaseBook
    function topUpFromBalance(uint256 leaseId, uint256 amount) external nonReentrant {
        (LeaseAccount memory account, OfferRecord storage offer, address provider) = _load(leaseId);
        bool revived = _checkTopUp(leaseId, account, provider);
        (address token, , ) = _priceOf(offer);
        _debit(token, msg.sender, amount);
        require(amount > 0, LeaseAmountTooSmall(leaseId, 0, 1));
        _topUp(leaseId, account, offer, amount, revived);
    }

    /// @inheritdoc ILeaseBook
    function setManifest(uint256 leaseId, bytes32 manifestHash) external nonReentrant {
        // Check:
        (LeaseAccount memory account, , address provider) = _load(leaseId);
        require(msg.sender == _lease(leaseId).tenant, LeaseCallerNotTenant(leaseId, msg.sender));
        _requireServable(leaseId, account, provider);

        // Effect:
        emit LeaseManifestChanged(leaseId, provider, manifestHash, _nextSequence(provider));
    }

    /// @inheritdoc ILeaseBook
    function settle(uint256[] calldata leaseIds) external nonReentrant listed(leaseIds) {
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            (LeaseAccount memory account, OfferRecord storage offer, address provider) = _read(leaseIds[i]);
            if (provider != address(0)) _settle(leaseIds[i], account, offer, provider);
        }
    }

    /// @inheritdoc ILeaseBook
    function claim(
        address token,
        uint256[] calldata leaseIds,
        address to
    ) external nonReentrant listed(leaseIds) returns (uint256 amount) {
        // Check:
        _requireRecipient(to);

        // Effect:
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            (LeaseAccount memory account, OfferRecord storage offer, address provider) = _read(leaseIds[i]);
            if (provider != msg.sender) continue;
            (address currency, , ) = _priceOf(offer);
            if (currency == token) _settle(leaseIds[i], account, offer, provider);
        }

        // Interaction:
        amount = _freeBalanceOf(token, msg.sender);
        if (amount > 0) _withdraw(token, amount, to);
    }

    /// @dev Everything about opening but where the money came from. The caller is the tenant.
    function _open(
        uint256 offerId,
        OfferRecord storage offer,
        uint256 maxMilliRate,
        uint256 arrived,
        bytes32 manifestHash
    ) private returns (uint256 leaseId) {
        // Check:
        address provider = offer.provider;
        (address token, uint256 milliRate, ) = _priceOf(offer);
        _requireNotSilent(provider);
        require(milliRate <= maxMilliRate, OfferRateAboveLimit(offerId, milliRate, maxMilliRate));
        _requirePays(0, arrived, milliRate, offer.minPeriod);
        require(arrived <= LeaseCodec.MAX_BALANCE, LeaseBalanceTooLarge(0, arrived, LeaseCodec.MAX_BALANCE));

        // Effect:
        _lockStake(token, provider, offer.collateral);
        LeaseAccount memory account;
        account.balance = arrived;
        account.milliRatePerSecond = milliRate;
        account.offerId = offerId;
        leaseId = _newLease(account, msg.sender, block.timestamp + offer.startPeriod);
        _logOpened(leaseId, account, offer, manifestHash);
    }

    function _logOpened(
        uint256 leaseId,
        LeaseAccount memory account,
        OfferRecord storage offer,
        bytes32 manifestHash
    ) private {
        address provider = offer.provider;
        emit LeaseOpened({
            leaseId: leaseId,
            provider: provider,
            tenant: msg.sender,
            offerId: account.offerId,
            milliRatePerSecond: account.milliRatePerSecond,
            balance: account.balance,
            collateral: offer.collateral,
            startBy: block.timestamp + offer.startPeriod,
            manifestHash: manifestHash,
            sequence: _nextSequence(provider)
        });
    }

    function _start(uint256 instance, uint256 leaseId, bool tolerant) private {
        // Check:
        (LeaseAccount memory account, OfferRecord storage offer, address provider) = _load(leaseId);
        _authorize(provider, instance);
        LeaseStatus status = _statusOf(account, provider);
        uint256 startBy = _lease(leaseId).startBy;
        if (tolerant && (status != LeaseStatus.Pending || block.timestamp > startBy)) return;
        _requireStatus(leaseId, status, _bit(LeaseStatus.Pending));
        require(block.timestamp <= startBy, LeaseStartTooLate(leaseId, block.timestamp, startBy));
        _requireNotSilent(provider);

        // Effect:
        account.started = true;
        account.inMinimum = offer.minPeriod > 0;
        account.settledClock = _clockAt(provider);
        _save(leaseId, account);
        emit LeaseStarted(leaseId, provider, account.settledClock, _nextSequence(provider));
    }

    /// @dev A depleted lease is revived by its tenant alone, and while the provider is there.
    function _checkTopUp(
        uint256 leaseId,
        LeaseAccount memory account,
        address provider
    ) private view returns (bool revived) {
        LeaseStatus status = _requireServable(leaseId, account, provider);
        revived = status == LeaseStatus.Depleted;
        if (revived) {
            require(msg.sender == _lease(leaseId).tenant, LeaseCallerNotTenant(leaseId, msg.sender));
            _requireNotSilent(provider);
        }
    }

    function _topUp(
        uint256 leaseId,
        LeaseAccount memory account,
        OfferRecord storage offer,
        uint256 arrived,
        bool revived
    ) private {
        address provider = offer.provider;
        if (revived) {
            uint256 period = Math.max(offer.minPeriod, _reportPeriodOf(provider));
            _requirePays(leaseId, arrived, account.milliRatePerSecond, period);
            uint256 due = account.bill(_clockAt(provider));
            account.paused = true;
            _pay(offer, provider, due);
            emit LeaseSettled(leaseId, provider, due, account.balance, account.settledClock);
        }
        uint256 balance = account.balance + arrived;
        require(
            balance <= LeaseCodec.MAX_BALANCE,
            LeaseBalanceTooLarge(leaseId, balance, LeaseCodec.MAX_BALANCE)
        );
        account.balance = balance;
        _save(leaseId, account);
        emit LeaseToppedUp(leaseId, provider, msg.sender, arrived, balance, revived, _nextSequence(provider));
    }

    /// @dev Skips what has nothing to bill.
    function _settle(
        uint256 leaseId,
        LeaseAccount memory account,
        OfferRecord storage offer,
        address provider
    ) private {
        uint256 clock = _clockAt(provider);
        if (!_isBillable(account, offer.minPeriod, clock)) return;
        uint256 settledClock = account.settledClock;
        uint256 due = account.bill(clock);
        if (account.settledClock == settledClock) return;
        _save(leaseId, account);
        _pay(offer, provider, due);
        emit LeaseSettled(leaseId, provider, due, account.balance, account.settledClock);
    }

    /// @dev Credits in the offer's currency.
    function _pay(OfferRecord storage offer, address to, uint256 amount) internal {
        if (amount == 0) return;
        (address token, , ) = _priceOf(offer);
        _credit(token, to, amount);
    }

    /// @dev Neither lapsed nor ended.
    function _requireServable(
        uint256 leaseId,
        LeaseAccount memory account,
        address provider
    ) private view returns (LeaseStatus status) {
        status = _statusOf(account, provider);
        uint256 allowed = _bit(LeaseStatus.Pending) | _bit(LeaseStatus.Active);
        allowed |= _bit(LeaseStatus.Paused) | _bit(LeaseStatus.Depleted);
        _requireStatus(leaseId, status, allowed);
    }

    function _requirePays(uint256 leaseId, uint256 arrived, uint256 milliRate, uint256 period) private pure {
        uint256 minimum = Math.max(1, LeaseMath.costOf(milliRate, period));
        require(arrived >= minimum, LeaseAmountTooSmall(leaseId, arrived, minimum));
    }

    function _requireTenantIsCaller(address tenant) private view {
        require(tenant == msg.sender, LeaseTenantNotCaller(tenant, msg.sender));
    }
}
