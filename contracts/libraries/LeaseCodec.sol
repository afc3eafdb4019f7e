// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";

/// @title LeaseCodec
/// @notice Packs a {LeaseAccount} into one word: `balance 96 | rate 74 | settledClock 32 | offerId 32 | remainder 10 | flags 12`.
/// @dev Flags, from bit 0: reason (3), started, paused, inMinimum, unlocked, disputed, disputeUsed, three free.
library LeaseCodec {
    uint256 internal constant MAX_BALANCE = (1 << 96) - 1;
    uint256 internal constant MAX_RATE = (1 << 74) - 1;

    uint256 private constant MAX_UINT32 = (1 << 32) - 1;
    uint256 private constant REASON_MASK = 7;
    uint256 private constant STARTED = 1 << 3;
    uint256 private constant PAUSED = 1 << 4;
    uint256 private constant IN_MINIMUM = 1 << 5;
    uint256 private constant UNLOCKED = 1 << 6;
    uint256 private constant REMAINDER_SHIFT = 12;
    uint256 private constant OFFER_SHIFT = 22;
    uint256 private constant CLOCK_SHIFT = 54;
    uint256 private constant RATE_SHIFT = 86;
    uint256 private constant BALANCE_SHIFT = 160;

    /// @notice Packs an account whose fields are within their bounds.
    function pack(LeaseAccount memory account) internal pure returns (uint256 word) {
        word =
            (account.balance << BALANCE_SHIFT) |
            (account.milliRatePerSecond << RATE_SHIFT) |
            (account.settledClock << CLOCK_SHIFT) |
            (account.offerId << OFFER_SHIFT) |
            (account.remainder << REMAINDER_SHIFT) |
            uint256(account.reason);
        if (account.started) word |= STARTED;
        if (account.paused) word |= PAUSED;
        if (account.inMinimum) word |= IN_MINIMUM;
        if (account.unlocked) word |= UNLOCKED;
    }

    /// @notice The account that a word holds.
    function unpack(uint256 word) internal pure returns (LeaseAccount memory account) {
        account.balance = word >> BALANCE_SHIFT;
        account.milliRatePerSecond = (word >> RATE_SHIFT) & MAX_RATE;
        account.settledClock = (word >> CLOCK_SHIFT) & MAX_UINT32;
        account.offerId = (word >> OFFER_SHIFT) & MAX_UINT32;
        account.remainder = (word >> REMAINDER_SHIFT) & 1023;
        account.reason = CloseReason(word & REASON_MASK);
        account.started = word & STARTED != 0;
        account.paused = word & PAUSED != 0;
        account.inMinimum = word & IN_MINIMUM != 0;
        account.unlocked = word & UNLOCKED != 0;
    }
}
