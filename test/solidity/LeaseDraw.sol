// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseCodec } from "../../contracts/libraries/LeaseCodec.sol";
import { LeaseMath } from "../../contracts/libraries/LeaseMath.sol";
import { LeaseAccount } from "../../contracts/types/LeaseAccount.sol";
import { Bound } from "./Bound.sol";

/// @title LeaseDraw
/// @notice Draws leases in order: `1000 * balance >= remainder`, with equality only at 0.
library LeaseDraw {
    using LeaseCodec for LeaseAccount;

    /// @notice The numbers of a lease, and two spans of time.
    /// @param balance In base units.
    /// @param remainder Thousandths owed beyond the last settlement.
    /// @param rate In thousandths of a base unit per second.
    /// @param settledClock Service clock of the last settlement.
    /// @param first Seconds after it, often just when the balance is used up.
    /// @param second Seconds after the first, often just when the balance is used up.
    struct Draw {
        uint256 balance;
        uint256 remainder;
        uint256 rate;
        uint256 settledClock;
        uint256 first;
        uint256 second;
    }

    /// @notice A draw whose balance, in half of all draws, pays for some number of seconds to the unit or one more or less.
    function from(uint256[6] memory seeds) internal pure returns (Draw memory draw) {
        draw.rate = Bound.within(seeds[0], 1, LeaseCodec.MAX_RATE);
        draw.remainder = Bound.within(seeds[1], 0, 999);
        uint256 paid = (draw.rate * Bound.within(seeds[2], 0, type(uint32).max)) / LeaseMath.MILLI;
        draw.balance =
            seeds[3] % 2 == 0
                ? Bound.within(seeds[3] >> 1, 0, LeaseCodec.MAX_BALANCE)
                : Bound.near(seeds[3] >> 1, paid, 0, LeaseCodec.MAX_BALANCE);
        if (draw.balance == 0) draw.remainder = 0;
        uint256 lasting = LeaseMath.secondsPaid(draw.balance, draw.remainder, draw.rate);
        uint256 most = type(uint32).max;
        draw.first = Bound.near(seeds[4], lasting, 0, most);
        draw.second = Bound.near(
            seeds[5],
            lasting > draw.first ? lasting - draw.first : 0,
            0,
            most - draw.first
        );
        draw.settledClock = Bound.within(seeds[5] >> 8, 0, most - draw.first - draw.second);
    }

    /// @notice The lease that has these numbers, started and not in its minimum.
    function accountOf(Draw memory draw) internal pure returns (LeaseAccount) {
        LeaseAccount opened = LeaseCodec.create(draw.balance, draw.rate, 7).started(0);
        return opened.settled(draw.balance, draw.settledClock, draw.remainder);
    }
}
