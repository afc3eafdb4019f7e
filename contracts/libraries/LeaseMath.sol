// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title LeaseMath
/// @notice What a lease owes, to the thousandth of a base unit: settling often or rarely gives the same totals.
/// @dev Plain numbers, so that a solver can prove it; within the bounds named here no operation leaves 256 bits, hence `unchecked`. For
/// every lease `1000 * balance >= remainder`, with equality only at 0.
library LeaseMath {
    /// @notice Thousandths in a base unit.
    uint256 internal constant MILLI = 1000;

    /// @notice Largest value of a 32-bit view of a clock; stands for "that or later".
    uint256 internal constant MAX_CLOCK = type(uint32).max;

    /// @notice The seconds for which a balance pays, rounded up: after them nothing is left.
    /// @param balance In base units, below 2^96.
    /// @param remainder Thousandths owed already, 0 to 999.
    /// @param milliRate In thousandths of a base unit per second, 1 to 2^74 - 1.
    function secondsPaid(
        uint256 balance,
        uint256 remainder,
        uint256 milliRate
    ) internal pure returns (uint256) {
        unchecked {
            return (MILLI * balance - remainder + milliRate - 1) / milliRate;
        }
    }

    /// @notice What `elapsed` seconds cost, at most the balance.
    /// @param balance In base units, below 2^96.
    /// @param remainder Thousandths owed already, 0 to 999.
    /// @param milliRate In thousandths of a base unit per second, 1 to 2^74 - 1.
    /// @param elapsed In seconds, below 2^33.
    /// @return due In base units, rounded down.
    /// @return carried Thousandths owed beyond it, 0 to 999; 0 where nothing is left.
    function charge(
        uint256 balance,
        uint256 remainder,
        uint256 milliRate,
        uint256 elapsed
    ) internal pure returns (uint256 due, uint256 carried) {
        unchecked {
            uint256 owed = remainder + milliRate * elapsed;
            if (owed >= MILLI * balance) return (balance, 0);
            (due, carried) = (owed / MILLI, owed % MILLI);
        }
    }

    /// @notice The least number of base units that pays `period` seconds at a rate.
    function costOf(uint256 milliRate, uint256 period) internal pure returns (uint256) {
        unchecked {
            return (milliRate * period + MILLI - 1) / MILLI;
        }
    }
}
