// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { OfferCodec } from "../libraries/OfferCodec.sol";
import { CloseReason } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { LeaseBook } from "./LeaseBook.sol";

/// @title Collateral
/// @notice What becomes of the stake behind a lease? Exactly one of unlock, forfeit and award, once: each asks `unlocked` first.
abstract contract Collateral is LeaseBook {
    using LeaseCodec for LeaseAccount;

    /// @inheritdoc ILeaseBook
    uint256 public immutable override DISPUTE_WINDOW;

    constructor(uint256 disputeWindow) {
        DISPUTE_WINDOW = disputeWindow;
    }

    /// @inheritdoc ILeaseBook
    function releaseCollateral(uint256[] calldata leaseIds) external nonReentrant listed(leaseIds) {
        for (uint256 i = 0; i < leaseIds.length; ++i) {
            uint256 leaseId = leaseIds[i];
            LeaseAccount account = _lease(leaseId).account;
            if (!account.isClosed() || account.isUnlocked() || account.isDisputed()) continue;
            LeaseRecord storage record = _lease(leaseId);
            bool over = block.timestamp > uint256(record.closedAt) + DISPUTE_WINDOW;
            if (!over && msg.sender != record.tenant) continue;
            _save(leaseId, _unlock(leaseId, account, _offer(account.offerId())));
        }
    }

    /// @dev What an arbitrator may still be asked about, or was asked about, stays locked.
    function _unlockUnlessJudged(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer
    ) internal returns (LeaseAccount) {
        if (account.isUnlocked() || account.isDisputed()) return account;
        bool own = account.reason() == CloseReason.TenantClosed;
        if (!own && account.isStarted() && _canBeJudged(account, offer)) return account;
        return _unlock(leaseId, account, offer);
    }

    function _canBeJudged(LeaseAccount account, OfferRecord memory offer) private pure returns (bool) {
        return offer.arbitrator != address(0) && offer.collateral != 0 && !account.isDisputeUsed();
    }

    function _unlock(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer
    ) internal returns (LeaseAccount) {
        uint256 collateral = offer.collateral;
        if (collateral != 0) {
            _unlockStake(OfferCodec.tokenOf(offer.price), offer.provider, collateral);
            emit CollateralUnlocked(leaseId, offer.provider, collateral);
        }
        return account.unlocked();
    }

    /// @dev All of it goes to the tenant, unless it was awarded before.
    function _forfeit(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer,
        address tenant
    ) internal returns (LeaseAccount) {
        uint256 collateral = offer.collateral;
        if (!account.isUnlocked() && collateral != 0) {
            address token = OfferCodec.tokenOf(offer.price);
            _takeStake(token, offer.provider, collateral, collateral);
            _credit(token, tenant, collateral);
            emit CollateralForfeited(leaseId, offer.provider, tenant, collateral);
        }
        return account.unlocked();
    }

    /// @dev A part of it goes to the tenant; the rest is free again. It is locked, because a dispute was open.
    function _award(
        uint256 leaseId,
        LeaseAccount account,
        OfferRecord memory offer,
        address tenant,
        uint256 award
    ) internal returns (LeaseAccount) {
        uint256 collateral = offer.collateral;
        address token = OfferCodec.tokenOf(offer.price);
        _takeStake(token, offer.provider, award, collateral);
        _credit(token, tenant, award);
        emit CollateralAwarded(leaseId, offer.provider, tenant, award, collateral - award);
        return account.unlocked();
    }
}
