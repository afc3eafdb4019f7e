// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title BombToken
/// @notice For tests: answers what a token should, and far more data behind it, so that whoever copies an answer whole runs out of gas.
/// Its permit does nothing but answer, or refuse, with a mebibyte.
contract BombToken is ERC20 {
    uint256 private constant ANSWER_SIZE = 1 << 17;
    uint256 private constant PERMIT_SIZE = 1 << 20;

    bool private immutable _REFUSES_PERMITS;

    constructor(bool refusesPermits) ERC20("Bomb", "BOMB") {
        _REFUSES_PERMITS = refusesPermits;
    }

    /// @notice Makes tokens out of nothing.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Looks like a permit.
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external view {
        bool refuses = _REFUSES_PERMITS;
        assembly ("memory-safe") {
            if refuses {
                revert(0, PERMIT_SIZE)
            }
            return(0, PERMIT_SIZE)
        }
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        _explode(1);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        _explode(1);
    }

    /// @inheritdoc ERC20
    function balanceOf(address account) public view override returns (uint256) {
        _explode(super.balanceOf(account));
    }

    function _explode(uint256 answer) private pure {
        assembly ("memory-safe") {
            mstore(0, answer)
            return(0, ANSWER_SIZE)
        }
    }
}
