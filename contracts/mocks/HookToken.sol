// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title HookToken
/// @notice For tests: in the middle of a transfer it makes one call of somebody's choice, and remembers how that went.
contract HookToken is ERC20 {
    address public callee;
    bytes public callData;
    uint256 public calls;
    bool public succeeded;
    bytes public answer;

    constructor() ERC20("Hook", "HOOK") {}

    /// @notice Makes tokens out of nothing.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Says what to call in the middle of every transfer from now on.
    /// @param callee_ Whom.
    /// @param callData_ With what.
    function arm(address callee_, bytes calldata callData_) external {
        callee = callee_;
        callData = callData_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (callee != address(0)) {
            ++calls;
            (succeeded, answer) = callee.call(callData);
        }
        super._update(from, to, amount);
    }
}
