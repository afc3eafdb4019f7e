// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IDisputes } from "../interfaces/IDisputes.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { OfferCodec } from "../libraries/OfferCodec.sol";
import { LeaseStatus } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { Dispute } from "../types/Structs.sol";
import { Collateral } from "./Collateral.sol";

/// @title Disputes
/// @notice Who is wrong?
abstract contract Disputes is Collateral, IDisputes {
    using LeaseCodec for LeaseAccount;

    /// @dev The bond follows from the lease's collateral; where the dispute stands is in the lease's word.
    struct DisputeRecord {
        uint96 amount;
        uint40 ruleBy;
    }

    /// @dev The bond is this part of the collateral.
    uint256 private constant BOND_DIVISOR = 10;

    /// @inheritdoc IDisputes
    uint256 public immutable override RULING_PERIOD;

    mapping(uint256 leaseId => DisputeRecord record) private _disputes;

    constructor(uint256 rulingPeriod) {
        RULING_PERIOD = rulingPeriod;
    }

    /// @inheritdoc IDisputes
    function openDispute(uint256 leaseId, uint256 amount, string calldata evidenceURI) external nonReentrant {
        // Check:
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        address provider = offer.provider;
        _requireTenant(leaseId);
        LeaseStatus status = _requireDisputable(leaseId, account, provider);
        _requireClaimable(leaseId, account, offer, amount);
        if (status == LeaseStatus.Closed) _requireWithinWindow(leaseId);

        // Effect:
        _save(leaseId, account.disputed());
        uint256 bond = _bondFor(offer.collateral);
        _debit(OfferCodec.tokenOf(offer.price), msg.sender, bond);
        uint256 ruleBy = block.timestamp + RULING_PERIOD;
        _disputes[leaseId] = DisputeRecord({ amount: uint96(amount), ruleBy: uint40(ruleBy) });
        emit DisputeOpened(leaseId, provider, offer.arbitrator, amount, bond, ruleBy, evidenceURI);
    }

    /// @inheritdoc IDisputes
    function rule(uint256 leaseId, uint256 award, string calldata rulingURI) external nonReentrant {
        // Check:
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        address provider = offer.provider;
        require(msg.sender == offer.arbitrator, DisputeCallerNotArbitrator(leaseId, msg.sender));
        _requireDisputable(leaseId, account, provider);
        require(account.isDisputed(), DisputeNotOpen(leaseId));
        DisputeRecord storage record = _disputes[leaseId];
        uint256 ruleBy = record.ruleBy;
        require(block.timestamp <= ruleBy, DisputeRulingTooLate(leaseId, block.timestamp, ruleBy));
        require(award <= record.amount, DisputeAwardTooLarge(leaseId, award, record.amount));

        // Effect:
        address tenant = _lease(leaseId).tenant;
        uint256 bond = _payBond(offer, award > 0 ? tenant : provider);
        emit DisputeRuled(leaseId, provider, msg.sender, award, bond, rulingURI);
        account = account.undisputed();
        account =
            award > 0
                ? _award(leaseId, account, offer, tenant, award)
                : _unlockIfClosed(leaseId, account, offer);
        _save(leaseId, account);
    }

    /// @inheritdoc IDisputes
    function expireDispute(uint256 leaseId) external nonReentrant {
        // Check:
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        address provider = offer.provider;
        require(account.isDisputed(), DisputeNotOpen(leaseId));
        uint256 ruleBy = _disputes[leaseId].ruleBy;
        require(block.timestamp > ruleBy, DisputeRulingPending(leaseId, block.timestamp, ruleBy));

        // Effect:
        address tenant = _lease(leaseId).tenant;
        uint256 bond = _payBond(offer, tenant);
        emit DisputeExpired(leaseId, provider, tenant, bond);
        _save(leaseId, _unlockIfClosed(leaseId, account.undisputed(), offer));
    }

    /// @inheritdoc IDisputes
    function disputeOf(uint256 leaseId) external view nonReentrantView returns (Dispute memory dispute) {
        DisputeRecord storage record = _disputes[leaseId];
        if (record.amount == 0) return dispute;
        (LeaseAccount account, OfferRecord memory offer) = _loadTerms(leaseId);
        dispute = Dispute({
            amount: record.amount,
            bond: _bondFor(offer.collateral),
            ruleBy: record.ruleBy,
            open: account.isDisputed(),
            used: account.isDisputeUsed()
        });
    }

    /// @dev The lapse of a provider answers a dispute with all of the collateral.
    function _voidDispute(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer,
        address tenant
    ) internal returns (LeaseAccount) {
        if (!account.isDisputed()) return account;
        uint256 bond = _payBond(offer, tenant);
        emit DisputeVoided(leaseId, offer.provider, tenant, bond);
        return account.undisputed();
    }

    function _payBond(OfferRecord memory offer, address to) private returns (uint256 bond) {
        bond = _bondFor(offer.collateral);
        _pay(OfferCodec.tokenOf(offer.price), to, bond);
    }

    function _unlockIfClosed(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer
    ) private returns (LeaseAccount) {
        return account.isClosed() ? _unlock(leaseId, account, offer) : account;
    }

    /// @dev Started and not lapsed; the rest of what a dispute needs is told apart by its own errors.
    function _requireDisputable(
        uint256 leaseId,
        LeaseAccount account,
        address provider
    ) private view returns (LeaseStatus status) {
        status = _statusOf(account, provider);
        uint256 allowed = _bit(LeaseStatus.Active) | _bit(LeaseStatus.Paused);
        allowed |= _bit(LeaseStatus.Depleted) | _bit(LeaseStatus.Closed);
        _requireStatus(leaseId, status, allowed);
    }

    /// @dev The first dispute of a lease, about collateral that is still locked, with somebody to rule on it.
    function _requireClaimable(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer,
        uint256 amount
    ) private pure {
        require(!account.isDisputed() && !account.isDisputeUsed(), DisputeAlreadyOpened(leaseId));
        require(offer.arbitrator != address(0), DisputeArbitratorAbsent(leaseId));
        uint256 collateral = offer.collateral;
        require(!account.isUnlocked() && collateral != 0, DisputeCollateralAbsent(leaseId));
        require(amount > 0 && amount <= collateral, DisputeAmountOutOfBounds(leaseId, amount, collateral));
    }

    function _requireWithinWindow(uint256 leaseId) private view {
        uint256 until = uint256(_lease(leaseId).closedAt) + DISPUTE_WINDOW;
        require(block.timestamp <= until, DisputeTooLate(leaseId, block.timestamp, until));
    }

    function _bondFor(uint256 collateral) private pure returns (uint256) {
        return Math.ceilDiv(collateral, BOND_DIVISOR);
    }
}
