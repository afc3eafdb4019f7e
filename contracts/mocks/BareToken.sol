// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BareToken
/// @notice For tests: a token whose transfers answer nothing at all, or, once told so, `false` without moving anything.
contract BareToken {
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;
    bool public lying;

    /// @notice Makes tokens out of nothing.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Lets somebody spend.
    /// @param spender Who may.
    /// @param amount How many.
    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    /// @notice From now on every transfer answers `false` instead of nothing.
    function lie() external {
        lying = true;
    }

    /// @notice Moves the caller's tokens.
    /// @param to Who gets them.
    /// @param amount How many.
    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    /// @notice Moves tokens that the caller may spend.
    /// @param from Whose.
    /// @param to Who gets them.
    /// @param amount How many.
    function transferFrom(address from, address to, uint256 amount) external {
        if (!lying) allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (lying) {
            assembly ("memory-safe") {
                mstore(0, 0)
                return(0, 32)
            }
        }
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
