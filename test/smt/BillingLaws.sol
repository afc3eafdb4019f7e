// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseMath } from "../../contracts/libraries/LeaseMath.sol";

/// @title BillingLaws
/// @notice The laws of billing, for every balance below 2^96, rate from 1 to 2^74 - 1, remainder up to 999 and time below 2^33
/// seconds. A charge turns on the product of rate and time alone, which is itself a law; so the laws about two charges one after
/// the other take a rate of one thousandth, and for seconds whatever product there can be.
contract BillingLaws {
    uint256 private constant MILLI = 1000;

    function takesAtMostTheBalance(
        uint256 balance,
        uint256 remainder,
        uint256 rate,
        uint256 elapsed
    ) external pure {
        _bound(balance, remainder, rate, elapsed);
        (uint256 due, uint256 carried) = LeaseMath.charge(balance, remainder, rate, elapsed);
        assert(due <= balance);
        assert(carried <= 999);
        assert(MILLI * (balance - due) > carried || (due == balance && carried == 0));
    }

    function losesNoThousandth(
        uint256 balance,
        uint256 remainder,
        uint256 rate,
        uint256 elapsed
    ) external pure {
        _bound(balance, remainder, rate, elapsed);
        uint256 owed = remainder + rate * elapsed;
        (uint256 due, uint256 carried) = LeaseMath.charge(balance, remainder, rate, elapsed);
        assert(due == balance || MILLI * due + carried == owed);
        assert(due < balance || owed >= MILLI * balance);
    }

    function turnsOnTheProductOfRateAndTimeAlone(
        uint256 balance,
        uint256 remainder,
        uint256 rate,
        uint256 elapsed
    ) external pure {
        _bound(balance, remainder, rate, elapsed);
        (uint256 due, uint256 carried) = LeaseMath.charge(balance, remainder, rate, elapsed);
        (uint256 same, uint256 carriedToo) = LeaseMath.charge(balance, remainder, 1, rate * elapsed);
        assert(due == same);
        assert(carried == carriedToo);
    }

    function takesInTwoPartsWhatItTakesInOne(
        uint256 balance,
        uint256 remainder,
        uint256 first,
        uint256 second
    ) external pure {
        _bound(balance, remainder, 1, 0);
        require(first < 2 ** 107 && second < 2 ** 107);
        (uint256 firstDue, uint256 between) = LeaseMath.charge(balance, remainder, 1, first);
        (uint256 secondDue, uint256 carried) = LeaseMath.charge(balance - firstDue, between, 1, second);
        (uint256 due, uint256 carriedAtOnce) = LeaseMath.charge(balance, remainder, 1, first + second);
        assert(firstDue + secondDue == due);
        assert(carried == carriedAtOnce);
    }

    function leavesTheMomentOfDepletionWhereItWas(
        uint256 balance,
        uint256 remainder,
        uint256 first,
        uint256 second
    ) external pure {
        _bound(balance, remainder, 1, 0);
        require(first < 2 ** 107 && remainder + first < MILLI * balance && second < 2 ** 107);
        (uint256 due, uint256 carried) = LeaseMath.charge(balance, remainder, 1, first);
        assert(
            (carried + second >= MILLI * (balance - due)) == (remainder + first + second >= MILLI * balance)
        );
    }

    function isNotUsedUpASecondBeforeDepletion(
        uint256 balance,
        uint256 remainder,
        uint256 rate,
        uint256 elapsed
    ) external pure {
        _bound(balance, remainder, rate, elapsed);
        require(elapsed < LeaseMath.secondsPaid(balance, remainder, rate));
        assert(remainder + rate * elapsed < MILLI * balance);
    }

    function isUsedUpAtDepletion(
        uint256 balance,
        uint256 remainder,
        uint256 rate,
        uint256 elapsed
    ) external pure {
        _bound(balance, remainder, rate, elapsed);
        require(elapsed >= LeaseMath.secondsPaid(balance, remainder, rate));
        assert(remainder + rate * elapsed >= MILLI * balance);
    }

    function asksTheLeastThatPaysAPeriod(uint256 rate, uint256 period) external pure {
        require(rate < 2 ** 74 && period < 2 ** 32);
        uint256 cost = LeaseMath.costOf(rate, period);
        assert(MILLI * cost >= rate * period);
        assert(cost == 0 || MILLI * (cost - 1) < rate * period);
    }

    function _bound(uint256 balance, uint256 remainder, uint256 rate, uint256 elapsed) private pure {
        require(balance < 2 ** 96 && remainder <= 999 && rate > 0 && rate < 2 ** 74 && elapsed < 2 ** 33);
        require(MILLI * balance > remainder || (balance == 0 && remainder == 0));
    }
}
