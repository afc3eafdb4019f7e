// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IOfferBook } from "../interfaces/IOfferBook.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { OfferCodec } from "../libraries/OfferCodec.sol";
import { Offer, OfferTerms, Resources } from "../types/Structs.sol";
import { ProviderRegistry } from "./ProviderRegistry.sol";

/// @title OfferBook
/// @notice On what terms?
abstract contract OfferBook is ProviderRegistry, IOfferBook {
    /// @dev Three words. Resources are in the log alone: they enter no rule, and a fourth word would cost a fifth of a creation.
    struct OfferRecord {
        // slot 0: what changes, and what transitions of a lease read
        address provider;
        uint24 capacity;
        uint24 taken;
        uint16 startPeriod;
        uint24 minPeriod;
        bool closed;
        // slot 1: {OfferCodec}
        uint256 price;
        // slot 2
        address arbitrator;
        uint96 collateral;
    }

    uint256 private constant MIN_START_PERIOD = 1 minutes;
    uint256 private constant MAX_START_PERIOD = 60 minutes;
    uint256 private constant MAX_MIN_PERIOD = 1 days;
    uint256 private constant MAX_RETENTION_PERIOD = 30 days;

    mapping(uint256 offerId => OfferRecord record) private _offers;
    /// @dev 32 bits, because a lease's word holds no more: the next one reverts instead of naming an earlier offer.
    uint32 private _offerCount;

    /// @inheritdoc IOfferBook
    function createOffer(
        OfferTerms calldata terms,
        uint24 capacity,
        Resources calldata resources,
        string calldata metadataURI
    ) external nonReentrant returns (uint256 offerId) {
        // Check:
        require(_isRegistered(msg.sender), ProviderUnknown(msg.sender));
        _requireTermsInBounds(terms);

        // Effect:
        offerId = ++_offerCount;
        OfferRecord storage record = _offers[offerId];
        record.provider = msg.sender;
        record.capacity = capacity;
        record.startPeriod = uint16(terms.startPeriod);
        record.minPeriod = uint24(terms.minPeriod);
        record.price = OfferCodec.pack(terms.token, terms.milliRatePerSecond, terms.retentionPeriod);
        if (terms.arbitrator != address(0) || terms.collateral != 0) {
            record.arbitrator = terms.arbitrator;
            record.collateral = uint96(terms.collateral);
        }
        emit OfferCreated(offerId, msg.sender, terms.token, terms, capacity, resources, metadataURI);
    }

    /// @inheritdoc IOfferBook
    function setCapacity(uint256 instance, uint256 offerId, uint24 capacity) external nonReentrant {
        OfferRecord storage record = _authorizedOffer(instance, offerId);
        require(!record.closed, OfferNotOpen(offerId));
        record.capacity = capacity;
        emit OfferCapacityChanged(offerId, record.provider, capacity);
    }

    /// @inheritdoc IOfferBook
    function closeOffer(uint256 instance, uint256 offerId) external nonReentrant {
        OfferRecord storage record = _authorizedOffer(instance, offerId);
        require(!record.closed, OfferNotOpen(offerId));
        record.closed = true;
        emit OfferClosed(offerId, record.provider);
    }

    /// @inheritdoc IOfferBook
    function offerOf(uint256 offerId) external view returns (Offer memory offer) {
        OfferRecord storage record = _offers[offerId];
        uint256 price = record.price;
        offer.provider = record.provider;
        offer.capacity = record.capacity;
        offer.taken = record.taken;
        offer.closed = record.closed;
        offer.terms = OfferTerms({
            token: OfferCodec.tokenOf(price),
            milliRatePerSecond: OfferCodec.rateOf(price),
            collateral: record.collateral,
            arbitrator: record.arbitrator,
            minPeriod: record.minPeriod,
            startPeriod: record.startPeriod,
            retentionPeriod: OfferCodec.retentionOf(price)
        });
    }

    /// @inheritdoc IOfferBook
    function offerCount() external view returns (uint256 count) {
        count = _offerCount;
    }

    /// @dev The stored record; empty when there is none under the number.
    function _offer(uint256 offerId) internal view returns (OfferRecord storage record) {
        record = _offers[offerId];
    }

    function _tokenOf(OfferRecord storage record) internal view returns (address) {
        return OfferCodec.tokenOf(record.price);
    }

    /// @dev Takes a place of an open offer of the expected provider.
    function _takePlace(uint256 offerId, OfferRecord memory offer, address provider) internal {
        require(offer.provider != address(0), OfferUnknown(offerId));
        require(offer.provider == provider, OfferProviderMismatch(offerId, offer.provider, provider));
        require(!offer.closed, OfferNotOpen(offerId));
        require(offer.taken < offer.capacity, OfferFull(offerId, offer.taken, offer.capacity));
        unchecked {
            // Below the capacity, which has as many bits.
            _offers[offerId].taken = offer.taken + 1;
        }
    }

    /// @dev The place that a lease of this offer took; `offer` is the record as it stands.
    function _freePlace(uint256 offerId, OfferRecord memory offer) internal {
        _offers[offerId].taken = offer.taken - 1;
    }

    function _requireRateInBounds(uint256 rate) internal pure {
        require(rate > 0 && rate <= LeaseCodec.MAX_RATE, OfferRateOutOfBounds(rate, 1, LeaseCodec.MAX_RATE));
    }

    function _authorizedOffer(
        uint256 instance,
        uint256 offerId
    ) private view returns (OfferRecord storage record) {
        record = _offers[offerId];
        require(record.provider != address(0), OfferUnknown(offerId));
        _authorize(record.provider, instance);
    }

    function _requireTermsInBounds(OfferTerms calldata terms) private view {
        require(terms.token.code.length > 0, OfferTokenInvalid(terms.token));
        _requireRateInBounds(terms.milliRatePerSecond);
        require(
            terms.collateral <= type(uint96).max,
            OfferCollateralTooLarge(terms.collateral, type(uint96).max)
        );
        require(terms.minPeriod <= MAX_MIN_PERIOD, OfferMinPeriodTooLong(terms.minPeriod, MAX_MIN_PERIOD));
        require(
            terms.startPeriod >= MIN_START_PERIOD && terms.startPeriod <= MAX_START_PERIOD,
            OfferStartPeriodOutOfBounds(terms.startPeriod, MIN_START_PERIOD, MAX_START_PERIOD)
        );
        require(
            terms.retentionPeriod <= MAX_RETENTION_PERIOD,
            OfferRetentionPeriodTooLong(terms.retentionPeriod, MAX_RETENTION_PERIOD)
        );
    }
}
