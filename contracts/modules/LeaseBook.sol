// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMeter } from "../libraries/LeaseMeter.sol";
import { LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { Quote } from "../types/Structs.sol";
import { LeaseOpenings } from "./LeaseOpenings.sol";

/// @title LeaseBook
/// @notice Who leases what, since when? The life of a lease from its start up to its end.
abstract contract LeaseBook is LeaseOpenings {
    using LeaseCodec for LeaseAccount;
    using LeaseMeter for LeaseAccount;

    /// @dev Leases of one offer that follow each other in a list: read once, credited at once.
    struct Settlement {
        uint256 offerId;
        address provider;
        address token;
        uint256 minPeriod;
        uint256 clock;
        uint256 due;
    }

    uint256 internal constant MAX_LIST = 128;

    modifier listed(uint256[] calldata leaseIds) {
        require(leaseIds.length <= MAX_LIST, LeaseListTooLong(leaseIds.length, MAX_LIST));
        _;
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
        (LeaseAccount account, OfferRecord storage offer, address provider) = _load(leaseId);
        _authorize(provider, instance);
        (LeaseStatus status, uint256 clock) = _statusAndClock(account, provider);
        _requireStatus(leaseId, status, _bit(LeaseStatus.Active) | _bit(LeaseStatus.Lapsed));
        require(!account.isPaused(), LeaseStatusUnexpected(leaseId, status, _bit(LeaseStatus.Active)));

        // Effect:
        _save(leaseId, _pause(leaseId, account, offer, clock));
    }

    /// @inheritdoc ILeaseBook
    function resume(uint256 instance, uint256 leaseId) external nonReentrant {
        // Check:
        (LeaseAccount account, , address provider) = _load(leaseId);
        _authorize(provider, instance);
        (LeaseStatus status, uint256 clock) = _statusAndClock(account, provider);
        _requireStatus(leaseId, status, _bit(LeaseStatus.Paused));
        _requireNotSilent(provider);

        // Effect:
        _save(leaseId, account.resumed(clock));
        emit LeaseResumed(leaseId, provider, clock, _nextSequence(provider));
    }

    /// @inheritdoc ILeaseBook
    function topUp(uint256 leaseId, uint256 amount) external nonReentrant {
        // Check:
        (LeaseAccount account, OfferRecord storage offer, address provider) = _load(leaseId);
        address token = _tokenOf(offer);
        bool revived = _requireServable(leaseId, account, provider) == LeaseStatus.Depleted;
        if (revived) {
            _requireTenantOrDelegate(leaseId, _lease(leaseId).tenant, token);
            _requireNotSilent(provider);
        }

        // Interaction: first, because only what arrived is credited; the guard is held.
        uint256 arrived = _pull(token, msg.sender, amount);

        // Effect:
        if (revived) account = _revive(leaseId, account, offer, arrived);
        uint256 balance = _addToBalance(leaseId, account, arrived);
        emit LeaseToppedUp(leaseId, provider, msg.sender, arrived, balance, _nextSequence(provider));
    }

    /// @inheritdoc ILeaseBook
    function topUpFromBalance(uint256 leaseId, uint256 amount) external nonReentrant {
        // Check:
        (LeaseAccount account, OfferRecord storage offer, address provider) = _load(leaseId);
        address token = _tokenOf(offer);
        address tenant = _lease(leaseId).tenant;
        _requireTenantOrDelegate(leaseId, tenant, token);
        bool revived = _requireServable(leaseId, account, provider) == LeaseStatus.Depleted;
        if (revived) _requireNotSilent(provider);
        require(amount > 0, LeaseAmountTooSmall(leaseId, 0, 1));

        // Effect:
        _spend(tenant, token, amount);
        if (revived) account = _revive(leaseId, account, offer, amount);
        uint256 balance = _addToBalance(leaseId, account, amount);
        emit LeaseToppedUp(leaseId, provider, address(0), amount, balance, _nextSequence(provider));
    }

    /// @inheritdoc ILeaseBook
    function amend(uint256 leaseId, Quote calldata quote, bytes calldata signature) external nonReentrant {
        // Check:
        (LeaseAccount account, OfferRecord storage offer, address provider) = _load(leaseId);
        _requireTenant(leaseId);
        (LeaseStatus status, uint256 clock) = _statusAndClock(account, provider);
        uint256 allowed = _bit(LeaseStatus.Pending) | _bit(LeaseStatus.Active) | _bit(LeaseStatus.Paused);
        _requireStatus(leaseId, status, allowed);
        if (status != LeaseStatus.Pending) _requireNotSilent(provider);
        uint256 offerId = account.offerId();
        require(quote.offerId == offerId, QuoteOfferMismatch(offerId, quote.offerId));
        require(quote.leaseId == leaseId, QuoteLeaseMismatch(leaseId, quote.leaseId));
        _useQuote(quote, signature, provider, msg.sender);

        // Effect:
        uint256 due;
        if (status == LeaseStatus.Active) (due, account) = account.bill(clock);
        if (status == LeaseStatus.Pending) {
            _requirePays(leaseId, account.balance(), quote.milliRatePerSecond, offer.minPeriod);
        }
        account = account.withRate(quote.milliRatePerSecond);
        _save(leaseId, account);
        _pay(_tokenOf(offer), provider, due);
        _logQuoteUsed(quote, provider, leaseId);
        _logAmended(leaseId, account, provider, due);
    }

    /// @inheritdoc ILeaseBook
    function setManifest(uint256 leaseId, bytes32 manifestHash) external nonReentrant {
        // Check:
        (LeaseAccount account, , address provider) = _load(leaseId);
        _requireTenant(leaseId);
        _requireServable(leaseId, account, provider);

        // Effect:
        emit LeaseManifestChanged(leaseId, provider, manifestHash, _nextSequence(provider));
    }

    /// @inheritdoc ILeaseBook
    function settle(uint256[] calldata leaseIds) external nonReentrant listed(leaseIds) {
        Settlement memory run;
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            uint256 leaseId = leaseIds[i];
            LeaseAccount account = _lease(leaseId).account;
            if (account.offerId() != run.offerId) {
                _pay(run.token, run.provider, run.due);
                run = _settlementOf(account.offerId());
            }
            run.due += _settle(leaseId, account, run);
        }
        _pay(run.token, run.provider, run.due);
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
        Settlement memory run;
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            uint256 leaseId = leaseIds[i];
            LeaseAccount account = _lease(leaseId).account;
            if (account.offerId() != run.offerId) run = _settlementOf(account.offerId());
            if (run.provider == msg.sender && run.token == token) amount += _settle(leaseId, account, run);
        }
        amount = _credit(token, msg.sender, amount);

        // Interaction:
        if (amount > 0) _withdraw(token, amount, to);
    }

    function _start(uint256 instance, uint256 leaseId, bool tolerant) private {
        // Check:
        (LeaseAccount account, , address provider) = _load(leaseId);
        _authorize(provider, instance);
        (LeaseStatus status, uint256 clock) = _statusAndClock(account, provider);
        uint256 startBy = _lease(leaseId).startBy;
        if (tolerant && (status != LeaseStatus.Pending || block.timestamp > startBy)) return;
        _requireStatus(leaseId, status, _bit(LeaseStatus.Pending));
        require(block.timestamp <= startBy, LeaseStartTooLate(leaseId, block.timestamp, startBy));
        _requireNotSilent(provider);

        // Effect:
        _save(leaseId, account.started(clock));
        emit LeaseStarted(leaseId, provider, clock, _nextSequence(provider));
    }

    /// @dev Ends the depleted stretch: billed to the depletion point, then paused until the provider resumes.
    function _revive(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord storage offer,
        uint256 arrived
    ) private returns (LeaseAccount revived) {
        address provider = offer.provider;
        uint256 period = Math.max(offer.minPeriod, _reportPeriodOf(provider));
        _requirePays(leaseId, arrived, account.rate(), period);
        revived = _pause(leaseId, account, offer, _clockAt(provider));
    }

    /// @dev Bills up to now, or to the depletion point, and stops the meter.
    function _pause(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord storage offer,
        uint256 clock
    ) private returns (LeaseAccount stopped) {
        address provider = offer.provider;
        (uint256 due, LeaseAccount billed) = account.bill(clock);
        stopped = billed.paused();
        _pay(_tokenOf(offer), provider, due);
        emit LeasePaused(
            leaseId,
            provider,
            due,
            stopped.balance(),
            stopped.settledClock(),
            _nextSequence(provider)
        );
    }

    function _addToBalance(
        uint256 leaseId,
        LeaseAccount account,
        uint256 amount
    ) private returns (uint256 balance) {
        balance = account.balance() + amount;
        require(
            balance <= LeaseCodec.MAX_BALANCE,
            LeaseBalanceTooLarge(leaseId, balance, LeaseCodec.MAX_BALANCE)
        );
        _save(leaseId, account.withBalance(balance));
    }

    function _logAmended(uint256 leaseId, LeaseAccount account, address provider, uint256 due) private {
        emit LeaseAmended(
            leaseId,
            provider,
            account.rate(),
            due,
            account.balance(),
            account.settledClock(),
            _nextSequence(provider)
        );
    }

    /// @dev What all leases of an offer have in common when they are settled.
    function _settlementOf(uint256 offerId) private view returns (Settlement memory run) {
        OfferRecord storage offer = _offer(offerId);
        run.offerId = offerId;
        (run.provider, run.minPeriod) = (offer.provider, offer.minPeriod);
        run.token = _tokenOf(offer);
        run.clock = _clockAt(run.provider);
    }

    /// @dev Skips what has nothing to bill: there is no such lease, its meter stands, it is in its minimum, or no time has passed. The
    /// caller credits what is due.
    function _settle(
        uint256 leaseId,
        LeaseAccount account,
        Settlement memory run
    ) private returns (uint256 due) {
        if (!account.isMetered() || _isInMinimum(account, run.minPeriod, run.clock)) return 0;
        LeaseAccount billed;
        (due, billed) = account.bill(run.clock);
        uint256 clock = billed.settledClock();
        if (clock == account.settledClock()) return 0;
        _save(leaseId, billed);
        emit LeaseSettled(leaseId, run.provider, due, billed.balance(), clock);
    }

    /// @dev Neither lapsed nor ended.
    function _requireServable(
        uint256 leaseId,
        LeaseAccount account,
        address provider
    ) private view returns (LeaseStatus status) {
        status = _statusOf(account, provider);
        uint256 allowed = _bit(LeaseStatus.Pending) | _bit(LeaseStatus.Active);
        allowed |= _bit(LeaseStatus.Paused) | _bit(LeaseStatus.Depleted);
        _requireStatus(leaseId, status, allowed);
    }

    function _requireTenant(uint256 leaseId) internal view {
        require(msg.sender == _lease(leaseId).tenant, LeaseCallerNotTenant(leaseId, msg.sender));
    }

    function _requireTenantOrDelegate(uint256 leaseId, address tenant, address token) private view {
        require(_actsFor(tenant, token), LeaseCallerNotTenant(leaseId, msg.sender));
    }
}
