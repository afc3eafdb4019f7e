// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title OfferCodec
/// @notice Packs an offer's price terms into one word: `token 160 | milliRatePerSecond 74 | retentionPeriod 22`.
library OfferCodec {
    uint256 private constant TOKEN_SHIFT = 96;
    uint256 private constant RATE_SHIFT = 22;
    uint256 private constant MAX_RATE = (1 << 74) - 1;
    uint256 private constant MAX_RETENTION = (1 << 22) - 1;

    /// @notice Packs terms that are within their bounds.
    function pack(
        address token,
        uint256 milliRate,
        uint256 retentionPeriod
    ) internal pure returns (uint256 word) {
        word = (uint256(uint160(token)) << TOKEN_SHIFT) | (milliRate << RATE_SHIFT) | retentionPeriod;
    }

    /// @notice The currency.
    function tokenOf(uint256 word) internal pure returns (address) {
        return address(uint160(word >> TOKEN_SHIFT));
    }

    /// @notice The price, in thousandths of a token base unit per second.
    function rateOf(uint256 word) internal pure returns (uint256) {
        return (word >> RATE_SHIFT) & MAX_RATE;
    }

    /// @notice For how long data of a depleted lease is kept, in seconds of service clock.
    function retentionOf(uint256 word) internal pure returns (uint256) {
        return word & MAX_RETENTION;
    }
}
