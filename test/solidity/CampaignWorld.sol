// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { MarketDrain } from "./MarketDrain.sol";

/// @title CampaignWorld
/// @notice One run of the campaign: acts, the laws after each of them, and the way out at the end.
contract CampaignWorld is MarketDrain {
    /// @notice Calls to the market in one act, after which the laws are checked.
    uint256 public constant CALLS = 25;
    uint256 private constant MORE_ACTS = 1_200;
    uint256 private constant PART = 64;

    /// @notice Acts so far.
    uint256 public acts;

    /// @notice Twenty-five calls, all drawn from one number, then the laws.
    /// @param seed The number.
    function act(uint256 seed) external {
        ++acts;
        _act(seed, CALLS);
        _check();
    }

    /// @notice Looks a while longer for the cells that chance left out, requires that all were reached, and lets everybody leave.
    /// @dev Calls itself, so that each part of the work begins with an empty memory.
    function finish() external {
        for (uint256 i = 0; i < MORE_ACTS && !reachedAll(); ++i) {
            this.act(uint256(keccak256(abi.encode(i, time))));
        }
        require(reachedAll(), "a cell of the table was never reached");
        VM.writeLine(_reachFile(), _reachLine());
        for (uint256 i = 1; i <= _leaseCount; i += PART) this.checkFrom(i);
        for (uint256 i = 1; i <= _leaseCount; i += PART) this.endFrom(i);
        for (uint256 i = 1; i <= _leaseCount; i += PART) this.freeFrom(i);
        this.leave();
    }

    /// @notice Checks some leases, whatever became of them.
    /// @param first Number of the first of them.
    function checkFrom(uint256 first) external {
        VM.warp(time);
        _checkLeases(first, _lastOf(first));
    }

    /// @notice Ends some leases.
    /// @param first Number of the first of them.
    function endFrom(uint256 first) external {
        _endLeases(first, _lastOf(first));
    }

    /// @notice Ends the disputes of some leases and frees their collateral.
    /// @param first Number of the first of them.
    function freeFrom(uint256 first) external {
        _freeLeases(first, _lastOf(first));
    }

    /// @notice Takes all money out.
    function leave() external {
        _leaveAll();
    }

    function _lastOf(uint256 first) private view returns (uint256 last) {
        last = first + PART - 1;
        if (last > _leaseCount) last = _leaseCount;
    }

    /// @dev A campaign has a number, because several may run at a time.
    function _reachFile() private returns (string memory path) {
        path = string.concat("cache/reach/", VM.toString(VM.envOr("BERTH_REACH", 0)), ".csv");
    }

    /// @dev How often each cell was reached, row by row.
    function _reachLine() private returns (string memory line) {
        for (uint256 cell = 0; cell < DEEDS * STATUSES; ++cell) {
            line = string.concat(line, cell == 0 ? "" : ",", VM.toString(countOf(cell)));
        }
    }
}
