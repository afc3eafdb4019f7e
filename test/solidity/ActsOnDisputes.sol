// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason, LeaseStatus } from "../../contracts/types/Enums.sol";
import { ActsOnLeases } from "./ActsOnLeases.sol";
import { Deed } from "./Reach.sol";

/// @title ActsOnDisputes
/// @notice Disputes around their window, rulings around their last second, and lapses of leases that may have one.
abstract contract ActsOnDisputes is ActsOnLeases {
    function _quarrel(uint256 leaseId) internal {
        Lease storage lease = _leases[leaseId];
        uint256 kind = _draw(16);
        if (lease.disputed ? kind == 0 : kind < 12) _openAndEndDispute(leaseId, lease);
        else if (kind < 6) _waitForRuling(leaseId, lease);
        else if (kind < 11) _rule(leaseId, lease);
        else if (kind < 13) _expire(leaseId);
        else if (kind == 13) _releaseAround(leaseId, lease);
        else if (kind == 14) _complainAfterEnd(leaseId, lease);
        else _touch(leaseId);
    }

    /// @dev Mostly not to the end: what happens in between is the rest of the campaign.
    function _openAndEndDispute(uint256 leaseId, Lease storage lease) private {
        if (_statusOf(leaseId) == LeaseStatus.Pending && _mostly(60)) _start(leaseId, lease.provider);
        if (!_openDispute(leaseId, lease) || _mostly(30)) return;
        if (_mostly(50)) _topUp(leaseId, lease);
        else _pauseOrResume(leaseId, lease);
        if (_mostly(45)) return _rule(leaseId, lease);
        _outlast(lease);
        if (_mostly(70)) _wake(lease.provider);
        _expire(leaseId);
    }

    /// @dev A provider leaves, and the tenant says why that was wrong.
    function _complainAfterEnd(uint256 leaseId, Lease storage lease) private {
        if (lease.reason == CloseReason.None) _closeByProvider(leaseId, lease);
        if (_openDispute(leaseId, lease) && _mostly(70)) _rule(leaseId, lease);
    }

    /// @dev Up to the first second in which nobody can rule.
    function _outlast(Lease storage lease) private {
        if (lease.disputed && time <= lease.ruleBy) _warpTo(lease.ruleBy + 1);
    }

    function _openDispute(uint256 leaseId, Lease storage lease) private returns (bool done) {
        if (lease.reason != CloseReason.None && _mostly(15)) _warpAround(lease.closedAt + DISPUTE_WINDOW);
        uint256 bond = (lease.collateral + 9) / 10;
        if (lease.offerId != 0 && _free[lease.token][lease.tenant] < bond && _mostly(85)) {
            _send(lease.tenant, abi.encodeCall(MARKET.deposit, (lease.token, 2 * bond + 2)));
        }
        uint256 kind = _draw(6);
        uint256 amount =
            kind == 0
                ? _draw(2)
                : kind < 4
                    ? lease.collateral + _draw(12) / 11
                    : 1 + bond;
        bytes memory data = abi.encodeCall(MARKET.openDispute, (leaseId, amount, "evidence"));
        done = _sendAbout(leaseId, Deed.OpenDispute, _tenantOf(lease), data);
    }

    /// @dev The last second for a ruling, or the next; a provider who wakes again makes his lapse unhappened.
    function _waitForRuling(uint256 leaseId, Lease storage lease) private {
        if (lease.disputed && _mostly(60)) _warpAround(lease.ruleBy);
        if (_mostly(70)) _wake(lease.provider);
        if (_mostly(50)) _expire(leaseId);
        else _rule(leaseId, lease);
    }

    function _rule(uint256 leaseId, Lease storage lease) private {
        uint256 kind = _draw(6);
        uint256 award =
            kind < 2
                ? 0
                : kind == 2
                    ? 1
                    : lease.claimed + (kind == 3 ? 1 : 0);
        address from = _mostly(93) ? _arbitrator : _anybody();
        _sendAbout(leaseId, Deed.Rule, from, abi.encodeCall(MARKET.rule, (leaseId, award, "reasons")));
    }

    function _expire(uint256 leaseId) private {
        bytes memory data = abi.encodeCall(MARKET.expireDispute, (leaseId));
        _sendAbout(leaseId, Deed.ExpireDispute, _anybody(), data);
    }

    function _expireLate(uint256 leaseId, Lease storage lease) private {
        _outlast(lease);
        _expire(leaseId);
    }

    function _releaseAround(uint256 leaseId, Lease storage lease) private {
        if (lease.reason != CloseReason.None) _warpAround(lease.closedAt + DISPUTE_WINDOW);
        _release(leaseId, lease);
    }

    /// @dev Silence around the point where a provider lapses, and what people then do about one of his leases.
    function _lapse(uint256 leaseId) internal {
        Lease storage lease = _leases[leaseId];
        if (lease.offerId == 0 || lease.provider == _actors[IDLE]) return;
        if (_mostly(70) && lease.reason == CloseReason.None && !lease.disputed) _openDispute(leaseId, lease);
        uint256 edge = _silentAfter(lease.provider) + LAPSE_PERIOD;
        if (_mostly(25)) _warpAround(edge);
        else if (time <= edge) _warpTo(edge + 1);
        for (uint256 i = _draw(6); i > 0; --i) _meddle(leaseId, lease);
        if (_mostly(30)) _close(leaseId, lease.tenant);
        else if (_mostly(40)) _closeByProvider(leaseId, lease);
        if (_mostly(60)) _wake(lease.provider);
    }

    /// @dev What must fail while a lease is Lapsed, as often as what may go through.
    function _meddle(uint256 leaseId, Lease storage lease) private {
        uint256 kind = _draw(14);
        if (kind == 0) _rule(leaseId, lease);
        else if (kind == 1) _expireLate(leaseId, lease);
        else if (kind == 2) _openDispute(leaseId, lease);
        else if (kind == 3) _start(leaseId, lease.provider);
        else if (kind == 4) _setManifest(leaseId, lease);
        else if (kind == 5) _complete(leaseId, lease);
        else if (kind == 6) _close(leaseId, _anybody());
        else if (kind == 7) _resume(leaseId, lease);
        else if (kind == 8) _amend(leaseId, lease);
        else if (kind == 9) _pause(leaseId, lease);
        else if (kind == 10) _claim(leaseId);
        else if (kind == 11) _release(leaseId, lease);
        else _touch(leaseId);
    }
}
