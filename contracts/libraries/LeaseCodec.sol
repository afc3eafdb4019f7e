// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason } from "../types/Enums.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";

/// @title LeaseCodec
/// @notice What a {LeaseAccount} holds: `balance 96 | rate 74 | settledClock 32 | offerId 32 | remainder 10 | flags 12`, the flags from bit
/// 0 being reason (3), started, paused, inMinimum, unlocked, disputed, disputeUsed, three free. Values given are within their bounds.
library LeaseCodec {
    /// @notice The most that a lease can hold, in token base units.
    uint256 internal constant MAX_BALANCE = (1 << 96) - 1;
    /// @notice The highest price, in thousandths of a token base unit per second.
    uint256 internal constant MAX_RATE = (1 << 74) - 1;

    uint256 private constant MAX_UINT32 = (1 << 32) - 1;
    uint256 private constant MAX_REMAINDER = (1 << 10) - 1;
    uint256 private constant REASON = 7;
    uint256 private constant STARTED = 1 << 3;
    uint256 private constant PAUSED = 1 << 4;
    uint256 private constant IN_MINIMUM = 1 << 5;
    uint256 private constant UNLOCKED = 1 << 6;
    uint256 private constant DISPUTED = 1 << 7;
    uint256 private constant DISPUTE_USED = 1 << 8;
    uint256 private constant REMAINDER_SHIFT = 12;
    uint256 private constant OFFER_SHIFT = 22;
    uint256 private constant CLOCK_SHIFT = 54;
    uint256 private constant RATE_SHIFT = 86;
    uint256 private constant BALANCE_SHIFT = 160;
    /// @dev All that no settlement changes.
    uint256 private constant KEPT =
        (MAX_RATE << RATE_SHIFT) | (MAX_UINT32 << OFFER_SHIFT) | ((1 << REMAINDER_SHIFT) - 1);
    /// @dev All that is left at the end: no balance, no remainder, no minimum.
    uint256 private constant KEPT_AT_END = (KEPT & ~IN_MINIMUM) | (MAX_UINT32 << CLOCK_SHIFT);

    /// @notice A lease that is not started.
    function create(
        uint256 balance_,
        uint256 milliRate,
        uint256 offerId_
    ) internal pure returns (LeaseAccount) {
        return
            LeaseAccount.wrap(
                (balance_ << BALANCE_SHIFT) | (milliRate << RATE_SHIFT) | (offerId_ << OFFER_SHIFT)
            );
    }

    /// @notice Money left after the last settlement, in token base units.
    function balance(LeaseAccount account) internal pure returns (uint256) {
        return LeaseAccount.unwrap(account) >> BALANCE_SHIFT;
    }

    /// @notice Price in thousandths of a base unit per second; 0 means that there is no lease.
    function rate(LeaseAccount account) internal pure returns (uint256) {
        return (LeaseAccount.unwrap(account) >> RATE_SHIFT) & MAX_RATE;
    }

    /// @notice Service clock of the last settlement, in seconds.
    function settledClock(LeaseAccount account) internal pure returns (uint256) {
        return (LeaseAccount.unwrap(account) >> CLOCK_SHIFT) & MAX_UINT32;
    }

    /// @notice The offer under which it was opened.
    function offerId(LeaseAccount account) internal pure returns (uint256) {
        return (LeaseAccount.unwrap(account) >> OFFER_SHIFT) & MAX_UINT32;
    }

    /// @notice Thousandths of a base unit owed beyond the last settlement, 0 to 999.
    function remainder(LeaseAccount account) internal pure returns (uint256) {
        return (LeaseAccount.unwrap(account) >> REMAINDER_SHIFT) & MAX_REMAINDER;
    }

    /// @notice Why it ended; `None` while it has not.
    function reason(LeaseAccount account) internal pure returns (CloseReason) {
        return CloseReason(LeaseAccount.unwrap(account) & REASON);
    }

    /// @notice True once it ended.
    function isClosed(LeaseAccount account) internal pure returns (bool) {
        return LeaseAccount.unwrap(account) & REASON != 0;
    }

    /// @notice True once the provider started it.
    function isStarted(LeaseAccount account) internal pure returns (bool) {
        return _has(account, STARTED);
    }

    /// @notice True while nothing accrues.
    function isPaused(LeaseAccount account) internal pure returns (bool) {
        return _has(account, PAUSED);
    }

    /// @notice True while it is started and no settlement has passed the minimum.
    function isInMinimum(LeaseAccount account) internal pure returns (bool) {
        return _has(account, IN_MINIMUM);
    }

    /// @notice True once the collateral was unlocked, forfeited or awarded.
    function isUnlocked(LeaseAccount account) internal pure returns (bool) {
        return _has(account, UNLOCKED);
    }

    /// @notice True while a dispute awaits a ruling.
    function isDisputed(LeaseAccount account) internal pure returns (bool) {
        return _has(account, DISPUTED);
    }

    /// @notice True once its one dispute is over.
    function isDisputeUsed(LeaseAccount account) internal pure returns (bool) {
        return _has(account, DISPUTE_USED);
    }

    /// @notice True while its meter runs, as long as there is money.
    function isMetered(LeaseAccount account) internal pure returns (bool) {
        return LeaseAccount.unwrap(account) & (STARTED | PAUSED | REASON) == STARTED;
    }

    /// @notice Billed up to a clock; the minimum is over.
    function settled(
        LeaseAccount account,
        uint256 balance_,
        uint256 clock,
        uint256 remainder_
    ) internal pure returns (LeaseAccount) {
        uint256 kept = LeaseAccount.unwrap(account) & KEPT & ~IN_MINIMUM;
        return
            LeaseAccount.wrap(
                kept | (balance_ << BALANCE_SHIFT) | (clock << CLOCK_SHIFT) | (remainder_ << REMAINDER_SHIFT)
            );
    }

    /// @notice Metered from a clock on, in its minimum, however long that is.
    function started(LeaseAccount account, uint256 clock) internal pure returns (LeaseAccount) {
        return
            LeaseAccount.wrap(LeaseAccount.unwrap(account) | (clock << CLOCK_SHIFT) | STARTED | IN_MINIMUM);
    }

    /// @notice With the meter stopped.
    function paused(LeaseAccount account) internal pure returns (LeaseAccount) {
        return LeaseAccount.wrap(LeaseAccount.unwrap(account) | PAUSED);
    }

    /// @notice Metered again, from a clock on.
    function resumed(LeaseAccount account, uint256 clock) internal pure returns (LeaseAccount) {
        uint256 kept = LeaseAccount.unwrap(account) & ~((MAX_UINT32 << CLOCK_SHIFT) | PAUSED);
        return LeaseAccount.wrap(kept | (clock << CLOCK_SHIFT));
    }

    /// @notice With another balance.
    function withBalance(LeaseAccount account, uint256 balance_) internal pure returns (LeaseAccount) {
        uint256 kept = LeaseAccount.unwrap(account) & ((1 << BALANCE_SHIFT) - 1);
        return LeaseAccount.wrap(kept | (balance_ << BALANCE_SHIFT));
    }

    /// @notice At another price.
    function withRate(LeaseAccount account, uint256 milliRate) internal pure returns (LeaseAccount) {
        uint256 kept = LeaseAccount.unwrap(account) & ~(MAX_RATE << RATE_SHIFT);
        return LeaseAccount.wrap(kept | (milliRate << RATE_SHIFT));
    }

    /// @notice Ended, with nothing left in it.
    function closed(LeaseAccount account, CloseReason reason_) internal pure returns (LeaseAccount) {
        return LeaseAccount.wrap((LeaseAccount.unwrap(account) & KEPT_AT_END) | uint256(reason_));
    }

    /// @notice With its collateral unlocked, forfeited or awarded.
    function unlocked(LeaseAccount account) internal pure returns (LeaseAccount) {
        return LeaseAccount.wrap(LeaseAccount.unwrap(account) | UNLOCKED);
    }

    /// @notice With a dispute that awaits a ruling.
    function disputed(LeaseAccount account) internal pure returns (LeaseAccount) {
        return LeaseAccount.wrap(LeaseAccount.unwrap(account) | DISPUTED);
    }

    /// @notice With its one dispute over.
    function undisputed(LeaseAccount account) internal pure returns (LeaseAccount) {
        return LeaseAccount.wrap((LeaseAccount.unwrap(account) & ~DISPUTED) | DISPUTE_USED);
    }

    function _has(LeaseAccount account, uint256 flag) private pure returns (bool) {
        return LeaseAccount.unwrap(account) & flag != 0;
    }
}
