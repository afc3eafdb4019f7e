// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { BanningToken } from "./BanningToken.sol";
import { ActsOfTime } from "./ActsOfTime.sol";
import { QuietToken } from "./QuietToken.sol";
import { Deed } from "./Reach.sol";

/// @title ActsOfMoney
/// @notice Money in, out and over: deposits, stakes, claims, donations, delegates, and a token that bans whom it likes.
abstract contract ActsOfMoney is ActsOfTime {
    uint256 private constant LARGEST = type(uint96).max;

    function _moveMoney() internal {
        address account = _anybody();
        address token = _tokens[_draw(TOKENS)];
        uint256 kind = _draw(20);
        if (kind < 6) _send(account, abi.encodeCall(MARKET.deposit, (token, _sum(_draw(20_000)))));
        else if (kind < 9) _withdraw(account, token);
        else if (kind < 11) _stake(_mostly(85) ? _provider() : account, token);
        else if (kind < 13) _unstake(_mostly(85) ? _provider() : account, token);
        else if (kind == 13) _donate(account, token);
        else if (kind < 17) _nameDelegate(token);
        else _ban();
    }

    /// @dev What it says, the extremes, and what lies next to it.
    function _sum(uint256 amount) internal returns (uint256) {
        uint256 kind = _draw(16);
        if (kind == 0) return LARGEST;
        if (kind == 1) return _draw(3);
        return amount + (kind == 2 ? 1 : 0);
    }

    function _withdraw(address account, address token) private {
        uint256 free = _free[token][account];
        uint256 amount = _mostly(50) ? free + _draw(2) : _draw(free + 1);
        address to = _payee();
        bool done = _send(account, abi.encodeCall(MARKET.withdraw, (token, amount, to)));
        bool owed = amount <= free && to == SINK;
        require(done == owed || token == _tokens[BANNING], "(28) a withdrawal");
    }

    /// @dev Whoever is paid, now and then one who cannot be.
    function _payee() internal returns (address) {
        uint256 kind = _draw(30);
        if (kind == 0) return address(0);
        return kind == 1 ? address(MARKET) : SINK;
    }

    function _stake(address account, address token) private {
        uint256 locked = _locked[token][account];
        if (_staked[token][account] - locked > 20_000) return;
        _send(account, abi.encodeCall(MARKET.stake, (token, _mostly(95) ? 100 + _draw(3_000) : _draw(2))));
    }

    function _unstake(address account, address token) private {
        uint256 loose = _staked[token][account] - _locked[token][account];
        uint256 amount = _mostly(20) ? loose + _draw(2) : _draw(300);
        bool done = _send(account, abi.encodeCall(MARKET.withdrawStake, (token, amount, SINK)));
        if (amount > loose) require(!done, "(21) locked stake left");
    }

    function _donate(address account, address token) private {
        uint256 amount = _draw(50);
        VM.prank(account);
        (bool done, ) = token.call(abi.encodeCall(QuietToken.transfer, (address(MARKET), amount)));
        if (done) _enter(VM.getRecordedLogs(), address(MARKET));
        else VM.getRecordedLogs();
    }

    function _nameDelegate(address token) private {
        address tenant = _tenant();
        address delegate = _mostly(80) ? _tenant() : _anybody();
        uint128 cap = uint128(_draw(3) == 0 ? _draw(2_000) : _sum(_draw(1 << 30)));
        uint40 until = uint40(time + _draw(4_000) - (_mostly(20) ? _draw(2) * 100 : 0));
        _send(tenant, abi.encodeCall(MARKET.setDelegate, (token, delegate, cap, until)));
    }

    function _ban() private {
        address account = _mostly(80) ? _actors[_draw(ACTORS)] : SINK;
        BanningToken token = BanningToken(_tokens[BANNING]);
        token.setBanned(account, !token.banned(account) && _mostly(40));
    }

    function _claim(uint256 leaseId) internal {
        Lease storage lease = _leases[leaseId];
        address owner = lease.offerId != 0 && _mostly(75) ? lease.provider : _anybody();
        if (owner == _actors[IDLE]) return;
        address token = lease.offerId != 0 && _mostly(90) ? lease.token : _tokens[0];
        address to = _payee();
        bytes memory data = abi.encodeCall(MARKET.claim, (token, _list(leaseId), to));
        bool done = _sendAbout(leaseId, Deed.Claim, owner, data);
        require(done || to != SINK || token == _tokens[BANNING], "(28) a claim was refused");
        require(!done || _free[token][owner] == 0, "(03) a claim left something");
    }
}
