// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IEscrow } from "../interfaces/IEscrow.sol";

/// @title Escrow
/// @notice Whose money is it? Free balances, and the only two places where tokens move.
abstract contract Escrow is IEscrow, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    mapping(address token => mapping(address account => uint256 amount)) private _balances;

    /// @inheritdoc IEscrow
    function deposit(address token, uint256 amount) external nonReentrant returns (uint256 arrived) {
        // Interaction: first, because only what arrived is credited; the guard is held.
        arrived = _pull(token, msg.sender, amount);

        // Effect:
        uint256 balance = _credit(token, msg.sender, arrived);
        emit Deposited(token, msg.sender, arrived, balance);
    }

    /// @inheritdoc IEscrow
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        _requireRecipient(to);
        _withdraw(token, amount, to);
    }

    /// @inheritdoc IEscrow
    function balanceOf(
        address token,
        address account
    ) external view nonReentrantView returns (uint256 amount) {
        amount = _balances[token][account];
    }

    /// @dev Pays out of the caller's free balance.
    function _withdraw(address token, uint256 amount, address to) internal {
        // Effect:
        uint256 balance = _debit(token, msg.sender, amount);
        emit Withdrawn(token, msg.sender, to, amount, balance);

        // Interaction:
        _push(token, to, amount);
    }

    function _credit(address token, address account, uint256 amount) internal returns (uint256 balance) {
        mapping(address account => uint256 amount) storage balances = _balances[token];
        balance = balances[account] + amount;
        balances[account] = balance;
    }

    function _pay(address token, address to, uint256 amount) internal {
        if (amount > 0) _credit(token, to, amount);
    }

    function _debit(address token, address account, uint256 amount) internal returns (uint256 balance) {
        uint256 available = _balances[token][account];
        require(amount <= available, EscrowBalanceInsufficient(token, account, amount, available));
        unchecked {
            balance = available - amount;
        }
        _balances[token][account] = balance;
    }

    /// @dev Answers what arrived, never zero: a fee on the way is the sender's.
    function _pull(address token, address from, uint256 amount) internal returns (uint256 arrived) {
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(from, address(this), amount);
        arrived = IERC20(token).balanceOf(address(this)) - before;
        require(arrived > 0, EscrowNothingArrived(token));
    }

    function _push(address token, address to, uint256 amount) internal {
        IERC20(token).safeTransfer(to, amount);
    }

    /// @dev The first transient slot instead of a hashed one, which would cost 64 bytes of code in every function: nothing else here is
    /// transient.
    function _reentrancyGuardStorageSlot() internal pure override returns (bytes32) {
        return 0;
    }

    function _requireRecipient(address to) internal view {
        require(to != address(0) && to != address(this), EscrowRecipientInvalid(to));
    }
}
