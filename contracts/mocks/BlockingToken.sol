// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title BlockingToken
/// @notice For tests: refuses every transfer from and to accounts on its list.
contract BlockingToken is ERC20 {
    mapping(address account => bool listed) public blocked;

    /// @notice The account is on the list.
    /// @param account The account.
    error Blocked(address account);

    constructor() ERC20("Blocking", "BLOCK") {}

    /// @notice Makes tokens out of nothing.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Puts an account on the list.
    /// @param account The account.
    function ban(address account) external {
        blocked[account] = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!blocked[from], Blocked(from));
        require(!blocked[to], Blocked(to));
        super._update(from, to, amount);
    }
}
