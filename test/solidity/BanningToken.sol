// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title BanningToken
/// @notice A token with a list of accounts that may neither send nor receive, which can be taken off it again.
contract BanningToken {
    mapping(address account => uint256 amount) public balanceOf;
    mapping(address owner => mapping(address spender => uint256 amount)) public allowance;
    mapping(address account => bool listed) public banned;

    event Transfer(address indexed from, address indexed to, uint256 amount);

    error Banned(address account);
    error Unfunded(address account);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setBanned(address account, bool listed) external {
        banned[account] = listed;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        require(allowance[from][msg.sender] >= amount, Unfunded(from));
        return _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        require(!banned[from], Banned(from));
        require(!banned[to], Banned(to));
        require(balanceOf[from] >= amount, Unfunded(from));
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        return true;
    }
}
