// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";

/// @title LeaseMath
/// @notice What a lease owes, to the thousandth of a base unit: settling often or rarely gives the same totals.
/// @dev Holds for every account: `1000 * balance >= remainder`, with equality only at 0.
library LeaseMath {
    /// @notice Thousandths in a base unit.
    uint256 internal constant MILLI = 1000;

    /// @notice Largest value of a 32-bit view of a clock; stands for "that or later".
    uint256 internal constant MAX_CLOCK = type(uint32).max;

    /// @notice The service clock at which the balance is used up, in seconds.
    function depletionClock(LeaseAccount memory account) internal pure returns (uint256) {
        uint256 left = MILLI * account.balance - account.remainder;
        return account.settledClock + Math.ceilDiv(left, account.milliRatePerSecond);
    }

    /// @notice What `elapsed` seconds after the last settlement cost, in base units, at most the balance.
    function dueFor(LeaseAccount memory account, uint256 elapsed) internal pure returns (uint256) {
        uint256 owed = account.remainder + account.milliRatePerSecond * elapsed;
        return Math.min(account.balance, owed / MILLI);
    }

    /// @notice Bills up to a clock, or to the depletion point where that is earlier, and ends the minimum.
    /// @return due What was taken from the balance, in base units.
    function bill(LeaseAccount memory account, uint256 clock) internal pure returns (uint256 due) {
        account.inMinimum = false;
        uint256 depletedAt = depletionClock(account);
        if (clock >= depletedAt) {
            due = account.balance;
            account.balance = 0;
            account.remainder = 0;
            account.settledClock = depletedAt;
            return due;
        }
        uint256 owed = account.remainder + account.milliRatePerSecond * (clock - account.settledClock);
        due = owed / MILLI;
        account.balance -= due;
        account.remainder = owed % MILLI;
        account.settledClock = clock;
    }

    /// @notice Bills the whole minimum at once, to a clock inside it.
    /// @return due What was taken from the balance, in base units.
    function billMinimum(
        LeaseAccount memory account,
        uint256 minPeriod,
        uint256 clock
    ) internal pure returns (uint256 due) {
        due = dueFor(account, minPeriod);
        account.inMinimum = false;
        account.balance -= due;
        account.remainder = 0;
        account.settledClock = clock;
    }

    /// @notice The least number of base units that pays `period` seconds at a rate.
    function costOf(uint256 milliRatePerSecond, uint256 period) internal pure returns (uint256) {
        return Math.ceilDiv(milliRatePerSecond * period, MILLI);
    }
}
