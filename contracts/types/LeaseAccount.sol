// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A lease's first storage word: all that a settlement reads and writes. {LeaseCodec} says what is where.
/// @dev A value, not a struct in memory: a settlement costs a fifth less.
type LeaseAccount is uint256;
