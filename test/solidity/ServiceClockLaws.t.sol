// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ServiceClock } from "../../contracts/libraries/ServiceClock.sol";
import { Bound } from "./Bound.sol";

/// @title ServiceClockLaws
/// @notice What holds for every clock, report and time.
contract ServiceClockLaws {
    error Broken(uint256 actual, uint256 expected);

    /// @notice A clock, and two times not before its last report.
    /// @param clock At the last report.
    /// @param reportedAt Time of the last report.
    /// @param period The report period.
    /// @param early The first time.
    /// @param late The second time, not before the first.
    struct Draw {
        uint256 clock;
        uint256 reportedAt;
        uint256 period;
        uint256 early;
        uint256 late;
    }

    function testFuzz_clockNeverGoesBackwards(uint256[5] memory seeds) external pure {
        Draw memory draw = _draw(seeds);
        uint256 early = _valueAt(draw, draw.early);
        require(early >= draw.clock, Broken(early, draw.clock));
        require(_valueAt(draw, draw.late) >= early, Broken(_valueAt(draw, draw.late), early));
    }

    function testFuzz_clockIsNeverFasterThanTime(uint256[5] memory seeds) external pure {
        Draw memory draw = _draw(seeds);
        uint256 gained = _valueAt(draw, draw.late) - _valueAt(draw, draw.early);
        require(gained <= draw.late - draw.early, Broken(gained, draw.late - draw.early));
    }

    function testFuzz_clockGainsWhatPassedUpToOneReportPeriod(uint256[5] memory seeds) external pure {
        Draw memory draw = _draw(seeds);
        uint256 passed = draw.late - draw.reportedAt;
        uint256 expected = draw.clock + (passed < draw.period ? passed : draw.period);
        require(_valueAt(draw, draw.late) == expected, Broken(_valueAt(draw, draw.late), expected));
    }

    function testFuzz_clockIsContinuousAtAReport(uint256[5] memory seeds) external pure {
        Draw memory draw = _draw(seeds);
        uint256 value = _valueAt(draw, draw.early);
        uint256 reported = ServiceClock.valueAt(value, draw.early, draw.period, draw.early);
        require(reported == value, Broken(reported, value));
    }

    function testFuzz_aReportTakesNothingFromTheClock(uint256[5] memory seeds) external pure {
        Draw memory draw = _draw(seeds);
        uint256 value = _valueAt(draw, draw.early);
        uint256 reported = ServiceClock.valueAt(value, draw.early, draw.period, draw.late);
        require(reported >= _valueAt(draw, draw.late), Broken(reported, _valueAt(draw, draw.late)));
    }

    function testFuzz_silenceBeginsTheSecondAfterTheReportPeriod(uint256[5] memory seeds) external pure {
        Draw memory draw = _draw(seeds);
        uint256 end = draw.reportedAt + draw.period;
        require(!ServiceClock.isSilent(draw.reportedAt, draw.period, end), Broken(1, 0));
        require(ServiceClock.isSilent(draw.reportedAt, draw.period, end + 1), Broken(0, 1));
        bool silent = ServiceClock.isSilent(draw.reportedAt, draw.period, draw.late);
        require(silent == (draw.late > end), Broken(draw.late, end));
    }

    function testFuzz_lapseBeginsTheSecondAfterTheLapsePeriod(
        uint256[5] memory seeds,
        uint256 lapse
    ) external pure {
        Draw memory draw = _draw(seeds);
        lapse = Bound.within(lapse, 0, 30 days);
        uint256 end = draw.reportedAt + draw.period + lapse;
        require(!ServiceClock.isLapsed(draw.reportedAt, draw.period, lapse, end), Broken(1, 0));
        require(ServiceClock.isLapsed(draw.reportedAt, draw.period, lapse, end + 1), Broken(0, 1));
    }

    function _valueAt(Draw memory draw, uint256 time) private pure returns (uint256) {
        return ServiceClock.valueAt(draw.clock, draw.reportedAt, draw.period, time);
    }

    function _draw(uint256[5] memory seeds) private pure returns (Draw memory draw) {
        uint256 last = type(uint40).max;
        draw.clock = Bound.within(seeds[0], 0, type(uint32).max);
        draw.reportedAt = Bound.within(seeds[1], 0, last);
        draw.period = Bound.within(seeds[2], ServiceClock.MIN_REPORT_PERIOD, ServiceClock.MAX_REPORT_PERIOD);
        draw.early = Bound.near(seeds[3], draw.reportedAt + draw.period, draw.reportedAt, last);
        draw.late = Bound.near(seeds[4], draw.reportedAt + draw.period, draw.early, last);
    }
}
