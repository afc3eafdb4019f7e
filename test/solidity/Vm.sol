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

    /// @notice The creation code of a contract, from its artifact.
    /// @param name Its name.
    /// @return code The code, without arguments.
    function getCode(string calldata name) external returns (bytes memory code);

    /// @notice Puts code at an address.
    /// @param target The address.
    /// @param code The code.
    function etch(address target, bytes calldata code) external;

    /// @notice The account of a private key.
    /// @param key The key.
    /// @return account Its address.
    function addr(uint256 key) external returns (address account);

    /// @notice Signs.
    /// @param key The private key.
    /// @param digest What is signed.
    /// @return v Recovery id.
    /// @return r First half.
    /// @return s Second half.
    function sign(uint256 key, bytes32 digest) external returns (uint8 v, bytes32 r, bytes32 s);

    /// @notice A variable of the environment.
    /// @param name Its name.
    /// @param other What to answer where it is not set.
    /// @return value Its value.
    function envOr(string calldata name, uint256 other) external returns (uint256 value);

    /// @notice Appends a line to a file that the runner lets tests write.
    /// @param path The file.
    /// @param line The line.
    function writeLine(string calldata path, string calldata line) external;

    /// @notice Writes a number in decimals.
    /// @param value The number.
    /// @return text Its digits.
    function toString(uint256 value) external returns (string memory text);
}
