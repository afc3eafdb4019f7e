// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title BurningToken
/// @notice For tests: its permit burns all gas that it is given.
contract BurningToken is ERC20 {
    constructor() ERC20("Burning", "BURN") {}

    /// @notice Makes tokens out of nothing.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Looks like a permit.
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
