// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ServiceClock
/// @notice A clock that runs in real time, but only up to one report period past the last report. All values in seconds, below 2^64,
/// which a solver proves to be enough for `unchecked`.
library ServiceClock {
    /// @notice Shortest and longest report period that a provider may choose.
    uint256 internal constant MIN_REPORT_PERIOD = 10 minutes;
    uint256 internal constant MAX_REPORT_PERIOD = 6 hours;

    /// @notice The clock at a time not before the last report.
    function valueAt(
        uint256 clock,
        uint256 lastReportAt,
        uint256 reportPeriod,
        uint256 time
    ) internal pure returns (uint256) {
        unchecked {
            uint256 elapsed = time - lastReportAt;
            return clock + (elapsed < reportPeriod ? elapsed : reportPeriod);
        }
    }

    /// @notice True when the last report is older than the report period.
    function isSilent(uint256 lastReportAt, uint256 reportPeriod, uint256 time) internal pure returns (bool) {
        unchecked {
            return time > lastReportAt + reportPeriod;
        }
    }

    /// @notice True when the silence has lasted the lapse period more.
    function isLapsed(
        uint256 lastReportAt,
        uint256 reportPeriod,
        uint256 lapsePeriod,
        uint256 time
    ) internal pure returns (bool) {
        unchecked {
            return time > lastReportAt + reportPeriod + lapsePeriod;
        }
    }
}
