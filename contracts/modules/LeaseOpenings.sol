// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { ILeaseBook } from "../interfaces/ILeaseBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseMath } from "../libraries/LeaseMath.sol";
import { OfferCodec } from "../libraries/OfferCodec.sol";
import { Permit, Quote } from "../types/Structs.sol";
import { LeaseStore } from "./LeaseStore.sol";

/// @title LeaseOpenings
/// @notice How does a lease begin? Four ways to pay and agree, one way to open.
abstract contract LeaseOpenings is LeaseStore {
    /// @dev A lease that is being opened: what all four ways have in common.
    struct Opening {
        uint256 offerId;
        address tenant;
        uint256 milliRatePerSecond;
        uint256 amount;
        bytes32 manifestHash;
        address payer;
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
        OfferRecord memory offer = _enter(offerId, provider, tenant);
        uint256 milliRate = OfferCodec.rateOf(offer.price);
        _requireRateAccepted(offerId, milliRate, maxMilliRate);
        uint256 arrived = _pull(OfferCodec.tokenOf(offer.price), msg.sender, amount);
        leaseId = _open(offer, Opening(offerId, tenant, milliRate, arrived, manifestHash, msg.sender));
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
        OfferRecord memory offer = _enter(offerId, provider, tenant);
        uint256 milliRate = OfferCodec.rateOf(offer.price);
        _requireRateAccepted(offerId, milliRate, maxMilliRate);
        _spend(tenant, OfferCodec.tokenOf(offer.price), amount);
        leaseId = _open(offer, Opening(offerId, tenant, milliRate, amount, manifestHash, address(0)));
    }

    /// @inheritdoc ILeaseBook
    function openWithPermit(
        uint256 offerId,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant,
        Permit calldata permit
    ) external nonReentrant returns (uint256 leaseId) {
        OfferRecord memory offer = _enter(offerId, provider, tenant);
        uint256 milliRate = OfferCodec.rateOf(offer.price);
        _requireRateAccepted(offerId, milliRate, maxMilliRate);
        _permit(OfferCodec.tokenOf(offer.price), amount, permit);
        uint256 arrived = _pull(OfferCodec.tokenOf(offer.price), msg.sender, amount);
        leaseId = _open(offer, Opening(offerId, tenant, milliRate, arrived, manifestHash, msg.sender));
    }

    /// @inheritdoc ILeaseBook
    function openWithQuote(
        Quote calldata quote,
        bytes calldata signature,
        address provider,
        uint256 maxMilliRate,
        uint256 amount,
        bytes32 manifestHash,
        address tenant
    ) external nonReentrant returns (uint256 leaseId) {
        uint256 offerId = quote.offerId;
        OfferRecord memory offer = _enter(offerId, provider, tenant);
        uint256 milliRate = quote.milliRatePerSecond;
        _requireRateAccepted(offerId, milliRate, maxMilliRate);
        require(quote.leaseId == 0, QuoteLeaseMismatch(0, quote.leaseId));
        _useQuote(quote, signature, provider, tenant);
        uint256 arrived = _pull(OfferCodec.tokenOf(offer.price), msg.sender, amount);
        leaseId = _open(offer, Opening(offerId, tenant, milliRate, arrived, manifestHash, msg.sender));
        _logQuoteUsed(quote, provider, leaseId);
    }

    /// @dev A place in the expected provider's offer, for a tenant for whom the caller acts, while the provider is there.
    function _enter(uint256 offerId, address provider, address tenant) private returns (OfferRecord memory) {
        OfferRecord memory offer = _offer(offerId);
        _takePlace(offerId, offer, provider);
        _requireActsFor(tenant, OfferCodec.tokenOf(offer.price));
        _requireNotSilent(provider);
        return offer;
    }

    /// @dev A permit that fails, because it was used up by somebody else before, leaves the word to the allowance.
    function _permit(address token, uint256 amount, Permit calldata permit) private {
        try
            IERC20Permit(token).permit(
                msg.sender,
                address(this),
                amount,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {
            return;
        } catch {
            return;
        }
    }

    function _open(OfferRecord memory offer, Opening memory opening) private returns (uint256 leaseId) {
        // Check:
        uint256 amount = opening.amount;
        _requirePays(0, amount, opening.milliRatePerSecond, offer.minPeriod);
        require(amount <= LeaseCodec.MAX_BALANCE, LeaseBalanceTooLarge(0, amount, LeaseCodec.MAX_BALANCE));

        // Effect:
        uint256 startBy;
        unchecked {
            // A time and an hour.
            startBy = block.timestamp + offer.startPeriod;
        }
        uint256 sequence = _nextSequence(offer.provider);
        _lockStake(OfferCodec.tokenOf(offer.price), offer.provider, offer.collateral);
        leaseId = _newLease(
            LeaseCodec.create(amount, opening.milliRatePerSecond, opening.offerId),
            opening.tenant,
            startBy
        );
        emit LeaseOpened({
            leaseId: leaseId,
            provider: offer.provider,
            tenant: opening.tenant,
            offerId: opening.offerId,
            milliRatePerSecond: opening.milliRatePerSecond,
            balance: amount,
            collateral: offer.collateral,
            startBy: startBy,
            manifestHash: opening.manifestHash,
            payer: opening.payer,
            sequence: sequence
        });
    }

    function _requireRateAccepted(uint256 offerId, uint256 milliRate, uint256 maxMilliRate) private pure {
        require(milliRate <= maxMilliRate, OfferRateAboveLimit(offerId, milliRate, maxMilliRate));
    }

    /// @dev Above zero, and enough for a period at a rate.
    function _requirePays(uint256 leaseId, uint256 arrived, uint256 milliRate, uint256 period) internal pure {
        uint256 minimum = period == 0 ? 1 : LeaseMath.costOf(milliRate, period);
        require(arrived >= minimum, LeaseAmountTooSmall(leaseId, arrived, minimum));
    }
}
