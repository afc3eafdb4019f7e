// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Offer, OfferTerms, Resources } from "../types/Structs.sol";

/// @title IOfferBook
/// @notice On what terms? An offer's terms never change; its capacity does, and it can be closed.
interface IOfferBook {
    /// @notice An offer stands.
    /// @param offerId Its number.
    /// @param provider Who offers.
    /// @param token The currency.
    /// @param terms The terms that never change.
    /// @param capacity How many leases may be open at once.
    /// @param resources What one lease gets.
    /// @param metadataURI Where the offer is described.
    event OfferCreated(
        uint256 indexed offerId,
        address indexed provider,
        address indexed token,
        OfferTerms terms,
        uint256 capacity,
        Resources resources,
        string metadataURI
    );

    /// @notice An offer holds another number of leases.
    /// @param offerId The offer.
    /// @param provider Who offers.
    /// @param capacity How many leases may be open at once from now on; those that are open stay.
    event OfferCapacityChanged(uint256 indexed offerId, address indexed provider, uint256 capacity);

    /// @notice An offer takes no new leases, for ever.
    /// @param offerId The offer.
    /// @param provider Who offered.
    event OfferClosed(uint256 indexed offerId, address indexed provider);

    /// @notice There is no offer under this number.
    /// @param offerId The number.
    error OfferUnknown(uint256 offerId);

    /// @notice The token's address holds no contract.
    /// @param token The address.
    error OfferTokenInvalid(address token);

    /// @notice The rate is out of bounds.
    /// @param actual What was asked for, in thousandths of a base unit per second.
    /// @param minimum The lowest.
    /// @param maximum The highest.
    error OfferRateOutOfBounds(uint256 actual, uint256 minimum, uint256 maximum);

    /// @notice The collateral is more than a lease can have.
    /// @param actual What was asked for, in token base units.
    /// @param maximum The most, in token base units.
    error OfferCollateralTooLarge(uint256 actual, uint256 maximum);

    /// @notice The minimum period is too long.
    /// @param actual What was asked for, in seconds.
    /// @param maximum The longest, in seconds.
    error OfferMinPeriodTooLong(uint256 actual, uint256 maximum);

    /// @notice The start period is out of bounds.
    /// @param actual What was asked for, in seconds.
    /// @param minimum The shortest, in seconds.
    /// @param maximum The longest, in seconds.
    error OfferStartPeriodOutOfBounds(uint256 actual, uint256 minimum, uint256 maximum);

    /// @notice The retention period is too long.
    /// @param actual What was asked for, in seconds.
    /// @param maximum The longest, in seconds.
    error OfferRetentionPeriodTooLong(uint256 actual, uint256 maximum);

    /// @notice The offer belongs to another provider than the caller expected.
    /// @param offerId The offer.
    /// @param actual Whose it is.
    /// @param expected Whose the caller thought it was.
    error OfferProviderMismatch(uint256 offerId, address actual, address expected);

    /// @notice The offer takes no new leases.
    /// @param offerId The offer.
    error OfferNotOpen(uint256 offerId);

    /// @notice All places of the offer are taken.
    /// @param offerId The offer.
    /// @param taken How many leases are open.
    /// @param capacity How many may be.
    error OfferFull(uint256 offerId, uint256 taken, uint256 capacity);

    /// @notice The lease would cost more than the caller accepts.
    /// @param offerId The offer.
    /// @param actual The offer's rate, or the quote's, in thousandths of a base unit per second.
    /// @param maximum What the caller accepts.
    error OfferRateAboveLimit(uint256 offerId, uint256 actual, uint256 maximum);

    /// @notice Puts hardware on offer. Owner only: a stolen operator key must not name an arbitrator.
    /// @param terms The terms that never change.
    /// @param capacity How many leases may be open at once.
    /// @param resources What one lease gets.
    /// @param metadataURI Where the offer is described.
    /// @return offerId The offer's number.
    function createOffer(
        OfferTerms calldata terms,
        uint24 capacity,
        Resources calldata resources,
        string calldata metadataURI
    ) external returns (uint256 offerId);

    /// @notice Changes how many leases may be open at once; leases that are open stay. Owner or operator.
    /// @param instance The caller's instance.
    /// @param offerId The offer.
    /// @param capacity The number from now on; may be below the number of open leases.
    function setCapacity(uint256 instance, uint256 offerId, uint24 capacity) external;

    /// @notice Ends an offer for ever; leases that are open stay. Owner or operator.
    /// @param instance The caller's instance.
    /// @param offerId The offer.
    function closeOffer(uint256 instance, uint256 offerId) external;

    /// @notice An offer as it stands; all zero when there is none under the number.
    /// @param offerId The offer's number.
    /// @return offer The offer.
    function offerOf(uint256 offerId) external view returns (Offer memory offer);

    /// @notice How many offers were ever created; their numbers run from 1 to this.
    /// @return count The number.
    function offerCount() external view returns (uint256 count);
}
