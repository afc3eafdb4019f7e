// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { OfferCodec } from "../../contracts/libraries/OfferCodec.sol";
import { Bound } from "./Bound.sol";

/// @title OfferCodecLaws
/// @notice Nothing is lost between the price terms of an offer and their word.
contract OfferCodecLaws {
    error Broken(uint256 actual, uint256 expected);

    function testFuzz_termsAreReadAsTheyWerePacked(
        uint256 tokenSeed,
        uint256 rate,
        uint256 retention
    ) external pure {
        address token = address(uint160(Bound.within(tokenSeed, 0, type(uint160).max)));
        rate = Bound.within(rate, 0, (1 << 74) - 1);
        retention = Bound.within(retention, 0, (1 << 22) - 1);
        uint256 word = OfferCodec.pack(token, rate, retention);
        require(OfferCodec.tokenOf(word) == token, Broken(uint160(OfferCodec.tokenOf(word)), uint160(token)));
        require(OfferCodec.rateOf(word) == rate, Broken(OfferCodec.rateOf(word), rate));
        require(OfferCodec.retentionOf(word) == retention, Broken(OfferCodec.retentionOf(word), retention));
    }

    function testFuzz_everyWordIsWhatItsTermsPackTo(uint256 word) external pure {
        uint256 packed = OfferCodec.pack(
            OfferCodec.tokenOf(word),
            OfferCodec.rateOf(word),
            OfferCodec.retentionOf(word)
        );
        require(packed == word, Broken(packed, word));
    }
}
