// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IEscrow
/// @notice Whose money is it? Free balances per token and account, in token base units.
/// @dev Warning: a token whose balances change by themselves (rebasing) must not be used: the market credits what arrived and
/// owes just that. Fee-on-transfer tokens are safe: what arrived is what is credited.
interface IEscrow {
    /// @notice Money came in and is the account's to withdraw or to lease with.
    /// @param token The currency.
    /// @param account Whose balance grew.
    /// @param amount What arrived, in token base units.
    /// @param balance The account's free balance after it, in token base units.
    event Deposited(address indexed token, address indexed account, uint256 amount, uint256 balance);

    /// @notice Money went out.
    /// @param token The currency.
    /// @param account Whose balance fell.
    /// @param to Who was paid.
    /// @param amount What was sent, in token base units.
    /// @param balance The account's free balance after it, in token base units.
    event Withdrawn(
        address indexed token,
        address indexed account,
        address indexed to,
        uint256 amount,
        uint256 balance
    );

    /// @notice A payment must go to somebody: not to address zero, and not to the market itself.
    /// @param to The recipient asked for.
    error EscrowRecipientInvalid(address to);

    /// @notice The transfer brought nothing in.
    /// @param token The currency.
    error EscrowNothingArrived(address token);

    /// @notice The account's free balance is smaller than what was asked for.
    /// @param token The currency.
    /// @param account Whose balance it is.
    /// @param requested What was asked for, in token base units.
    /// @param available The free balance, in token base units.
    error EscrowBalanceInsufficient(address token, address account, uint256 requested, uint256 available);

    /// @notice Pulls tokens from the caller into his free balance. Needs an allowance for the market.
    /// @param token The currency.
    /// @param amount How much to pull, in token base units.
    /// @return arrived What was credited, in token base units; less than `amount` where the token takes a fee.
    function deposit(address token, uint256 amount) external returns (uint256 arrived);

    /// @notice Pays out of the caller's free balance.
    /// @param token The currency.
    /// @param amount How much, in token base units, up to the free balance.
    /// @param to Who is paid.
    function withdraw(address token, uint256 amount, address to) external;

    /// @notice An account's free balance: what it can withdraw now.
    /// @param token The currency.
    /// @param account Whose balance.
    /// @return amount In token base units.
    function balanceOf(address token, address account) external view returns (uint256 amount);
}
