// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IDelegates
/// @notice Who may spend for whom? A delegate opens leases for his principal and tops them up, from his own wallet or from the
/// principal's free balance up to a cap, and can do nothing else: a stolen key loses the cap, not more.
interface IDelegates {
    /// @notice A principal set, changed or took back what a delegate may spend.
    /// @param principal Whose money.
    /// @param token The currency.
    /// @param delegate Who may spend it.
    /// @param cap How much may leave the principal's free balance from now on, in token base units.
    /// @param until Last second in which the delegate may act, in seconds since 1970.
    event DelegateSet(
        address indexed principal,
        address indexed token,
        address indexed delegate,
        uint256 cap,
        uint256 until
    );

    /// @notice A delegate spent from his principal's free balance; the lease's own event follows.
    /// @param principal Whose money.
    /// @param token The currency.
    /// @param delegate Who spent it.
    /// @param amount How much, in token base units.
    /// @param cap How much he may still spend, in token base units.
    event DelegateSpent(
        address indexed principal,
        address indexed token,
        address indexed delegate,
        uint256 amount,
        uint256 cap
    );

    /// @notice The caller is neither the tenant nor a delegate of his whose time has not run out.
    /// @param principal The tenant.
    /// @param token The currency.
    /// @param delegate Who called.
    /// @param until Last second in which he could act, in seconds since 1970; 0 where he never could.
    error DelegateNotAuthorized(address principal, address token, address delegate, uint256 until);

    /// @notice The delegate may not spend that much.
    /// @param principal Whose money.
    /// @param token The currency.
    /// @param delegate Who called.
    /// @param requested What was asked for, in token base units.
    /// @param cap What he may still spend, in token base units.
    error DelegateCapExceeded(
        address principal,
        address token,
        address delegate,
        uint256 requested,
        uint256 cap
    );

    /// @notice Lets another key open leases for the caller and top them up. A new setting replaces the old one.
    /// @dev Warning: while the delegate spends, replacing a cap can cost the old one and the new one: set 0 first, look, then set anew.
    /// @param token The currency.
    /// @param delegate Who may act for the caller.
    /// @param cap How much may leave the caller's free balance, in token base units; it falls with each spending and never refills.
    /// @param until Last second in which the delegate may act, in seconds since 1970; 0, or a time that
    /// is past, takes the right back.
    function setDelegate(address token, address delegate, uint128 cap, uint40 until) external;

    /// @notice What a delegate may do.
    /// @param principal Whose money.
    /// @param token The currency.
    /// @param delegate Who may spend it.
    /// @return cap How much he may still spend, in token base units.
    /// @return until Last second in which he may act, in seconds since 1970.
    function delegateOf(
        address principal,
        address token,
        address delegate
    ) external view returns (uint256 cap, uint256 until);
}
