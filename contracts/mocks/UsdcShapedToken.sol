// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title UsdcShapedToken
/// @notice For gas figures: reads and writes what a transfer of the best-known dollar does. A flag may pause it, an account's
/// balance shares a word with its mark on the blacklist, both sides of a transfer and its caller are looked up there, and an
/// allowance always falls. It stands behind {UsdcShapedProxy}.
contract UsdcShapedToken is IERC20 {
    uint256 private constant BLACKLISTED = 1 << 255;

    // slot 0
    address private _pauser;
    bool private _paused;
    // slot 1
    mapping(address account => uint256 word) private _words;
    // slot 2
    mapping(address owner => mapping(address spender => uint256 amount)) private _allowances;
    // slot 3
    uint256 private _supply;

    /// @notice No transfer while it is paused.
    error Paused();

    /// @notice The account is on the blacklist.
    /// @param account The account.
    error Blacklisted(address account);

    /// @notice More than there is to spend.
    /// @param amount What was asked for.
    /// @param available What there is.
    error AmountTooLarge(uint256 amount, uint256 available);

    modifier whenNotPaused() {
        require(!_paused, Paused());
        _;
    }

    modifier notBlacklisted(address account) {
        require(!_isBlacklisted(account), Blacklisted(account));
        _;
    }

    /// @notice Makes money out of nothing.
    /// @param to Who gets it.
    /// @param amount How much.
    function mint(address to, uint256 amount) external whenNotPaused notBlacklisted(to) {
        _supply += amount;
        _setBalance(to, balanceOf(to) + amount);
    }

    /// @notice Puts an account on the blacklist.
    /// @param account The account.
    function blacklist(address account) external {
        _words[account] |= BLACKLISTED;
    }

    /// @notice Stops every transfer.
    function pause() external {
        (_pauser, _paused) = (msg.sender, true);
    }

    /// @inheritdoc IERC20
    function transfer(
        address to,
        uint256 amount
    ) external whenNotPaused notBlacklisted(msg.sender) notBlacklisted(to) returns (bool) {
        _transfer(msg.sender, to, amount);
        return true;
    }

    /// @inheritdoc IERC20
    function transferFrom(
        address from,
        address to,
        uint256 amount
    )
        external
        whenNotPaused
        notBlacklisted(msg.sender)
        notBlacklisted(from)
        notBlacklisted(to)
        returns (bool)
    {
        uint256 allowed = _allowances[from][msg.sender];
        require(amount <= allowed, AmountTooLarge(amount, allowed));
        _transfer(from, to, amount);
        _allowances[from][msg.sender] = allowed - amount;
        return true;
    }

    /// @inheritdoc IERC20
    function approve(
        address spender,
        uint256 amount
    ) external whenNotPaused notBlacklisted(msg.sender) notBlacklisted(spender) returns (bool) {
        _allowances[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    /// @inheritdoc IERC20
    function allowance(address owner, address spender) external view returns (uint256) {
        return _allowances[owner][spender];
    }

    /// @inheritdoc IERC20
    function totalSupply() external view returns (uint256) {
        return _supply;
    }

    /// @inheritdoc IERC20
    function balanceOf(address account) public view returns (uint256) {
        return _words[account] & ~BLACKLISTED;
    }

    function _transfer(address from, address to, uint256 amount) private {
        uint256 available = balanceOf(from);
        require(amount <= available, AmountTooLarge(amount, available));
        _setBalance(from, available - amount);
        _setBalance(to, balanceOf(to) + amount);
        emit Transfer(from, to, amount);
    }

    function _setBalance(address account, uint256 balance) private {
        require(balance < BLACKLISTED, AmountTooLarge(balance, BLACKLISTED - 1));
        require(!_isBlacklisted(account), Blacklisted(account));
        _words[account] = balance;
    }

    function _isBlacklisted(address account) private view returns (bool) {
        return _words[account] >= BLACKLISTED;
    }
}
