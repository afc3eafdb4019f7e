// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseMath } from "../../contracts/libraries/LeaseMath.sol";
import { Bound } from "./Bound.sol";
import { LeaseDraw } from "./LeaseDraw.sol";

/// @title LeaseMathLaws
/// @notice What holds for every balance, remainder, rate and span of time, to the thousandth of a base unit.
contract LeaseMathLaws {
    uint256 private constant MILLI = 1000;

    error Broken(uint256 actual, uint256 expected);

    function testFuzz_chargeIsWhatIsOwedOrTheWholeBalance(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        uint256 owed = draw.remainder + draw.rate * draw.first;
        (uint256 due, uint256 carried) = _charge(draw, draw.first);
        bool pays = owed < MILLI * draw.balance;
        require(due == (pays ? owed / MILLI : draw.balance), Broken(due, owed));
        require(carried == (pays ? owed % MILLI : 0), Broken(carried, owed));
    }

    function testFuzz_whatIsLeftAlwaysCoversTheRemainder(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        (uint256 due, uint256 carried) = _charge(draw, draw.first);
        uint256 left = draw.balance - due;
        require(carried <= 999, Broken(carried, 999));
        require(MILLI * left > carried || (left == 0 && carried == 0), Broken(MILLI * left, carried));
    }

    function testFuzz_chargingTwiceTakesWhatChargingOnceTakes(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        (uint256 due, uint256 carried) = _charge(draw, draw.first + draw.second);
        (uint256 firstDue, uint256 between) = _charge(draw, draw.first);
        draw.balance -= firstDue;
        draw.remainder = between;
        (uint256 secondDue, uint256 atLast) = _charge(draw, draw.second);
        require(firstDue + secondDue == due, Broken(firstDue + secondDue, due));
        require(atLast == carried, Broken(atLast, carried));
    }

    function testFuzz_balanceIsUsedUpAtDepletionAndNotASecondBefore(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        uint256 lasting = LeaseMath.secondsPaid(draw.balance, draw.remainder, draw.rate);
        (uint256 due, ) = _charge(draw, lasting);
        require(due == draw.balance, Broken(due, draw.balance));
        if (lasting == 0) return;
        (uint256 before, uint256 carried) = _charge(draw, lasting - 1);
        require(before < draw.balance, Broken(before, draw.balance));
        require(MILLI * (draw.balance - before) > carried, Broken(before, carried));
    }

    function testFuzz_costIsTheLeastThatPaysThePeriod(uint256 rate, uint256 period) external pure {
        rate = Bound.within(rate, 0, (1 << 74) - 1);
        period = Bound.within(period, 0, type(uint32).max);
        uint256 cost = LeaseMath.costOf(rate, period);
        require(MILLI * cost >= rate * period, Broken(MILLI * cost, rate * period));
        require(cost == 0 || MILLI * (cost - 1) < rate * period, Broken(MILLI * cost, rate * period));
    }

    function testFuzz_costLastsThePeriod(uint256 rate, uint256 period) external pure {
        rate = Bound.within(rate, 1, (1 << 74) - 1);
        period = Bound.within(period, 0, 1 days);
        uint256 lasting = LeaseMath.secondsPaid(LeaseMath.costOf(rate, period), 0, rate);
        require(lasting >= period, Broken(lasting, period));
    }

    function _charge(LeaseDraw.Draw memory draw, uint256 elapsed) private pure returns (uint256, uint256) {
        return LeaseMath.charge(draw.balance, draw.remainder, draw.rate, elapsed);
    }
}
