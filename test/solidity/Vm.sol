// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Vm
/// @notice The cheats of the test runner that these tests use.
interface Vm {
    /// @notice One event, as it was logged.
    /// @param topics Signature and indexed fields.
    /// @param data The other fields.
    /// @param emitter Who logged it.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    /// @notice Makes the next call come from somebody else.
    /// @param sender Whom.
    function prank(address sender) external;

    /// @notice Sets the time.
    /// @param time In seconds since 1970.
    function warp(uint256 time) external;

    /// @notice Remembers every event from now on.
    function recordLogs() external;

    /// @notice Hands out, and forgets, the events since the last time.
    /// @return logs The events.
    function getRecordedLogs() external returns (Log[] memory logs);

    /// @notice Deploys a contract from its artifact.
    /// @param name Its name.
    /// @param arguments Its constructor's arguments, encoded.
    /// @return deployed Where it is.
    function deployCode(string calldata name, bytes calldata arguments) external returns (address deployed);
}
