// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Pausable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Pausable.sol";

/// @title PausableToken
/// @notice For tests: a token that anybody can stop and start again.
contract PausableToken is ERC20Pausable {
    constructor() ERC20("Pausable", "STOP") {}

    /// @notice Makes tokens out of nothing.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Stops every transfer.
    function pause() external {
        _pause();
    }

    /// @notice Lets transfers happen again.
    function unpause() external {
        _unpause();
    }
}
