// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { CloseCause, LeaseStatus } from "../../contracts/types/Enums.sol";
import { LeaseSummary, Offer, Usage } from "../../contracts/types/Structs.sol";
import { MarketWorld } from "./MarketWorld.sol";

/// @title MarketHandler
/// @notice Does what anybody could do, with a liking for edges: the second before, of and after every boundary, and amounts that
/// just suffice or just do not.
contract MarketHandler is MarketWorld {
    uint256 private constant STEPS = 16;
    uint256 private constant HOT = 10;

    uint256 private _seed;

    /// @notice Several steps, all drawn from one number.
    /// @param seed The number.
    function act(uint256 seed) external current {
        _seed = seed;
        for (uint256 i = 0; i < STEPS; ++i) _step();
    }

    /// @notice Ends every lease and takes out all that anybody has.
    function drain() external current {
        uint256 count = market.leaseCount();
        for (uint256 leaseId = 1; leaseId <= count; ++leaseId) _endAsOwner(leaseId);
        time += DISPUTE_WINDOW + 1;
        VM.warp(time);
        for (uint256 leaseId = 1; leaseId <= count; ++leaseId) {
            _send(STRANGER, abi.encodeCall(market.releaseCollateral, (_single(leaseId))));
        }
        for (uint256 i = 0; i < 2; ++i) {
            for (uint256 j = 0; j < 8; ++j) _leave(tokens[i], everybody()[j]);
        }
    }

    function _endAsOwner(uint256 leaseId) private {
        LeaseSummary memory lease = _summary(leaseId);
        if (lease.status == LeaseStatus.Closed) return;
        uint256[] memory ids = _single(leaseId);
        uint256 instance = _instance(lease.provider);
        bytes memory data = abi.encodeCall(market.closeByProvider, (instance, ids, CloseCause.Drain));
        require(_send(lease.provider, data), "a lease does not end");
    }

    function _leave(address token, address account) private {
        uint256 free = market.balanceOf(token, account);
        require(_send(account, abi.encodeCall(market.withdraw, (token, free, SINK))), "money does not leave");
        (uint256 staked, uint256 locked) = market.stakeOf(account, token);
        require(locked == 0, "collateral stays locked");
        require(
            _send(account, abi.encodeCall(market.withdrawStake, (token, staked, SINK))),
            "stake does not leave"
        );
    }

    function _step() private {
        uint256 kind = _draw(100);
        if (kind < 22) _passTime();
        else if (kind < 24) _lapse();
        else if (kind < 32) _report(_draw(2));
        else if (kind < 48) _open();
        else if (kind < 86) _touch(_anyLease());
        else if (kind < 94) _moveMoney();
        else _govern();
    }

    function _draw(uint256 bound) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % bound;
    }

    function _mostly(uint256 percent) private returns (bool) {
        return _draw(100) < percent;
    }

    function _anybody() private returns (address) {
        return everybody()[_draw(8)];
    }

    /// @dev One of the last few, and rather an open one; now and then any, or one that does not exist.
    function _anyLease() private returns (uint256 leaseId) {
        uint256 count = market.leaseCount();
        if (count == 0 || _draw(50) == 0) return count + 1;
        uint256 window = _mostly(90) && count > HOT ? HOT : count;
        leaseId = count - _draw(window);
        for (uint256 i = 0; i < 4 && _mostly(90); ++i) {
            if (market.statusOf(leaseId) != LeaseStatus.Closed) break;
            leaseId = count - _draw(window);
        }
    }

    // Time

    function _passTime() private {
        if (_mostly(35)) {
            time += _draw(200);
        } else {
            uint256 next = _edge(_summary(_anyLease())) + _draw(3);
            if (next > time) time = next - 1;
        }
        VM.warp(time);
    }

    /// @dev Silence around the point where a provider lapses, and what people then do about one of his leases.
    function _lapse() private {
        uint256 leaseId = _anyLease();
        LeaseSummary memory lease = _summary(leaseId);
        if (lease.status == LeaseStatus.None) return;
        uint256 next = _silentAt(lease.provider) + LAPSE_PERIOD + _draw(3);
        if (next > time) time = next;
        VM.warp(time);
        for (uint256 i = 0; i < 5; ++i) _touch(leaseId);
        _closeByProvider(leaseId, lease);
        _sendAbout(leaseId, lease.tenant, abi.encodeCall(market.close, (leaseId)));
    }

    function _silentAt(address provider) private view returns (uint256) {
        return market.providerOf(provider).lastReportAt + market.providerOf(provider).reportPeriod;
    }

    /// @dev A boundary of a lease or its provider, in time; 0 where it has none of the kind that was drawn.
    function _edge(LeaseSummary memory lease) private returns (uint256) {
        if (lease.status == LeaseStatus.None) return 0;
        uint256 kind = _draw(20);
        if (kind < 6) return _timeOfClock(lease, lease.depletionClock);
        Offer memory offer = market.offerOf(lease.offerId);
        if (kind < 8) return _timeOfClock(lease, lease.settledClock + offer.terms.minPeriod);
        if (kind < 11) return _timeOfClock(lease, lease.depletionClock + offer.terms.retentionPeriod);
        if (kind < 13) return lease.startBy;
        if (kind < 15) return lease.closedAt == 0 ? 0 : lease.closedAt + DISPUTE_WINDOW;
        return kind < 18 ? _silentAt(lease.provider) : _silentAt(lease.provider) + LAPSE_PERIOD;
    }

    /// @dev When the provider's clock shows a value, if it does before he is silent; else the last second before.
    function _timeOfClock(LeaseSummary memory lease, uint256 clock) private view returns (uint256) {
        if (clock < lease.clockNow) return 0;
        uint256 at = time + clock - lease.clockNow;
        uint256 silentAt = _silentAt(lease.provider);
        return at < silentAt ? at : silentAt;
    }

    function _report(uint256 index) private {
        address from = _mostly(90) ? operators[index] : _anybody();
        uint256 instance = _instance(providers[index]);
        _send(
            from,
            abi.encodeCall(market.report, (providers[index], instance, bytes32(time), "", new Usage[](0)))
        );
    }

    // Money

    /// @dev Amounts around what a period costs, around what a lease holds, and the extremes.
    function _amount(uint256 milliRate, uint256 period, uint256 held) private returns (uint256) {
        uint256 kind = _draw(12);
        uint256 cost = (milliRate * period + 999) / 1000;
        if (kind == 0) return _mostly(50) ? _draw(3) : type(uint96).max + _draw(3);
        if (kind < 5) return cost + _draw(3) - (cost > 0 ? 1 : 0);
        if (kind == 5) return held + _draw(2);
        return cost + (milliRate * _draw(4_000)) / 1000;
    }

    function _open() private {
        uint256 offerId = 1 + _draw(market.offerCount());
        Offer memory offer = market.offerOf(offerId);
        if (_mostly(80) && market.providerOf(offer.provider).silent)
            _report(offer.provider == providers[0] ? 0 : 1);
        address tenant = tenants[_draw(4)];
        uint256 rate = offer.terms.milliRatePerSecond;
        uint256 gross = _amount(rate, offer.terms.minPeriod, 1);
        if (offer.terms.token == tokens[1]) gross = (gross * 100) / 99;
        uint256 limit = _mostly(95) ? rate : rate - 1;
        bytes memory data =
            _mostly(75)
                ? abi.encodeCall(market.open, (offerId, offer.provider, limit, gross, bytes32(gross), tenant))
                : abi.encodeCall(
                    market.openFromBalance,
                    (offerId, offer.provider, limit, gross, bytes32(gross), tenant)
                );
        if (_send(_mostly(97) ? tenant : _anybody(), data) && _mostly(70)) {
            _start(market.leaseCount(), offer.provider);
        }
    }

    function _moveMoney() private {
        address account = _anybody();
        address token = tokens[_draw(2)];
        uint256 kind = _draw(10);
        uint256 free = market.balanceOf(token, account);
        if (kind < 4) _send(account, abi.encodeCall(market.deposit, (token, _draw(20_000))));
        else if (kind < 6) _send(account, abi.encodeCall(market.withdraw, (token, _draw(free + 2), SINK)));
        else if (kind == 6) _send(account, abi.encodeCall(market.stake, (token, _draw(500))));
        else if (kind == 7) _unstake(account, token);
        else if (kind == 8) _donate(account, token);
        else _claim(account, token);
    }

    function _unstake(address account, address token) private {
        (uint256 staked, uint256 locked) = market.stakeOf(account, token);
        uint256 amount = _mostly(50) ? staked - locked + _draw(2) : _draw(300);
        _send(account, abi.encodeCall(market.withdrawStake, (token, amount, SINK)));
    }

    function _donate(address account, address token) private {
        VM.getRecordedLogs();
        VM.prank(account);
        try IERC20(token).transfer(address(market), _draw(50)) returns (bool) {} catch {}
        ghost.enter(VM.getRecordedLogs());
    }

    function _claim(address account, address token) private {
        address owner = _mostly(80) ? providers[_draw(2)] : account;
        _send(owner, abi.encodeCall(market.claim, (token, _list(_anyLease()), SINK)));
    }

    // Leases

    function _touch(uint256 leaseId) private {
        LeaseSummary memory lease = _summary(leaseId);
        uint256 kind = _draw(100);
        if (kind < 10) _start(leaseId, lease.provider);
        else if (kind < 30) _settle(leaseId);
        else if (kind < 44) _pauseOrResume(leaseId, lease);
        else if (kind < 57) _topUp(leaseId, lease);
        else if (kind < 60)
            _sendAbout(leaseId, _tenant(lease), abi.encodeCall(market.setManifest, (leaseId, bytes32(kind))));
        else if (kind < 68) _sendAbout(leaseId, _tenant(lease), abi.encodeCall(market.close, (leaseId)));
        else if (kind < 76) _closeByProvider(leaseId, lease);
        else if (kind < 81) _complete(leaseId, lease);
        else if (kind < 90) _release(leaseId, lease);
        else _sendAbout(leaseId, STRANGER, abi.encodeCall(market.close, (leaseId)));
    }

    function _tenant(LeaseSummary memory lease) private returns (address) {
        return _mostly(90) ? lease.tenant : _anybody();
    }

    function _provider(LeaseSummary memory lease) private returns (address) {
        if (_mostly(5)) return _anybody();
        return lease.provider == providers[0] ? operators[0] : operators[1];
    }

    function _staleOr(uint256 instance) private returns (uint256) {
        return _mostly(97) ? instance : instance + 1;
    }

    function _list(uint256 leaseId) private returns (uint256[] memory ids) {
        ids = new uint256[](1 + _draw(3));
        ids[0] = leaseId;
        for (uint256 i = 1; i < ids.length; ++i) ids[i] = _mostly(20) ? leaseId : _anyLease();
    }

    function _start(uint256 leaseId, address provider) private {
        address from = provider == providers[0] ? operators[0] : operators[1];
        uint256 instance = _staleOr(_instance(provider));
        _sendAbout(leaseId, from, abi.encodeCall(market.start, (instance, _list(leaseId))));
    }

    function _settle(uint256 leaseId) private {
        _sendAbout(leaseId, STRANGER, abi.encodeCall(market.settle, (_list(leaseId))));
    }

    function _pauseOrResume(uint256 leaseId, LeaseSummary memory lease) private {
        uint256 instance = _staleOr(_instance(lease.provider));
        bool paused = lease.status == LeaseStatus.Paused;
        bytes memory data =
            _mostly(90) == paused
                ? abi.encodeCall(market.resume, (instance, leaseId))
                : abi.encodeCall(market.pause, (instance, leaseId));
        _sendAbout(leaseId, _provider(lease), data);
    }

    function _topUp(uint256 leaseId, LeaseSummary memory lease) private {
        uint256 period = market.providerOf(lease.provider).reportPeriod;
        uint256 amount = _amount(lease.milliRatePerSecond, period, lease.balance);
        bool depleted = lease.status == LeaseStatus.Depleted;
        address from = depleted ? _tenant(lease) : _anybody();
        bytes memory data =
            _mostly(60)
                ? abi.encodeCall(market.topUp, (leaseId, amount))
                : abi.encodeCall(market.topUpFromBalance, (leaseId, amount));
        _sendAbout(leaseId, from, data);
    }

    function _closeByProvider(uint256 leaseId, LeaseSummary memory lease) private {
        uint256 instance = _staleOr(_instance(lease.provider));
        uint256[] memory ids = _mostly(70) ? _single(leaseId) : _list(leaseId);
        CloseCause cause = CloseCause(_draw(8));
        _sendAbout(leaseId, _provider(lease), abi.encodeCall(market.closeByProvider, (instance, ids, cause)));
    }

    function _complete(uint256 leaseId, LeaseSummary memory lease) private {
        uint256 instance = _staleOr(_instance(lease.provider));
        _sendAbout(
            leaseId,
            _provider(lease),
            abi.encodeCall(market.complete, (instance, leaseId, int256(0), ""))
        );
    }

    function _release(uint256 leaseId, LeaseSummary memory lease) private {
        address from = _mostly(20) ? lease.tenant : _anybody();
        _sendAbout(leaseId, from, abi.encodeCall(market.releaseCollateral, (_list(leaseId))));
    }

    function _single(uint256 leaseId) private pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = leaseId;
    }

    // Authority

    function _govern() private {
        uint256 index = _draw(2);
        address owner = providers[index];
        uint256 kind = _draw(4);
        uint256 instance = _instance(owner);
        if (kind == 0)
            _send(operators[index], abi.encodeCall(market.claimInstance, (owner, _staleOr(instance))));
        else if (kind == 1)
            _send(_mostly(90) ? owner : _anybody(), abi.encodeCall(market.setOperator, (operators[index])));
        else if (kind == 2) _setCapacity(index, instance);
        else _send(owner, abi.encodeCall(market.stake, (tokens[_draw(2)], 200 + _draw(1_000))));
    }

    function _setCapacity(uint256 index, uint256 instance) private {
        uint256 offerId = 1 + index * 4 + _draw(4);
        _send(operators[index], abi.encodeCall(market.setCapacity, (instance, offerId, uint24(_draw(6)))));
    }
}
