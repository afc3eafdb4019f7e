// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ServiceClock } from "../../contracts/libraries/ServiceClock.sol";

/// @title ClockLaws
/// @notice The laws of the service clock, for every clock below 2^32 and every time below 2^40 seconds.
contract ClockLaws {
    function neverGoesBackwards(
        uint256 clock,
        uint256 reported,
        uint256 period,
        uint256 a,
        uint256 b
    ) external pure {
        _bound(clock, reported, period, a, b);
        uint256 early = ServiceClock.valueAt(clock, reported, period, a);
        assert(early >= clock);
        assert(ServiceClock.valueAt(clock, reported, period, b) >= early);
    }

    function isNeverFasterThanTime(
        uint256 clock,
        uint256 reported,
        uint256 period,
        uint256 a,
        uint256 b
    ) external pure {
        _bound(clock, reported, period, a, b);
        uint256 early = ServiceClock.valueAt(clock, reported, period, a);
        assert(ServiceClock.valueAt(clock, reported, period, b) <= early + (b - a));
    }

    function runsAtMostOneReportPeriodPerSilence(
        uint256 clock,
        uint256 reported,
        uint256 period,
        uint256 a,
        uint256 b
    ) external pure {
        _bound(clock, reported, period, a, b);
        uint256 value = ServiceClock.valueAt(clock, reported, period, b);
        assert(value <= clock + period);
        assert(ServiceClock.isSilent(reported, period, b) == (b - reported > period));
        assert(!ServiceClock.isSilent(reported, period, b) || value == clock + period);
        assert(ServiceClock.isSilent(reported, period, b) || value == clock + (b - reported));
    }

    function isContinuousAtAReport(
        uint256 clock,
        uint256 reported,
        uint256 period,
        uint256 a,
        uint256 b
    ) external pure {
        _bound(clock, reported, period, a, b);
        uint256 value = ServiceClock.valueAt(clock, reported, period, a);
        assert(ServiceClock.valueAt(value, a, period, a) == value);
        assert(ServiceClock.valueAt(value, a, period, b) >= ServiceClock.valueAt(clock, reported, period, b));
    }

    function isLapsedOnlyWhenSilent(
        uint256 reported,
        uint256 period,
        uint256 lapsePeriod,
        uint256 time
    ) external pure {
        _bound(0, reported, period, reported, time);
        require(lapsePeriod < 2 ** 32);
        assert(
            !ServiceClock.isLapsed(reported, period, lapsePeriod, time) ||
                ServiceClock.isSilent(reported, period, time)
        );
        assert(
            ServiceClock.isLapsed(reported, period, lapsePeriod, time) ==
                (time - reported > period + lapsePeriod)
        );
    }

    function _bound(uint256 clock, uint256 reported, uint256 period, uint256 a, uint256 b) private pure {
        require(clock < 2 ** 32);
        require(period >= ServiceClock.MIN_REPORT_PERIOD && period <= ServiceClock.MAX_REPORT_PERIOD);
        require(reported <= a && a <= b && b < 2 ** 40);
    }
}
