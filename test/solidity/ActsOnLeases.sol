// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseCause, LeaseStatus } from "../../contracts/types/Enums.sol";
import { Quote } from "../../contracts/types/Structs.sol";
import { ActsOfOpening } from "./ActsOfOpening.sol";
import { Deed } from "./Reach.sol";

/// @title ActsOnLeases
/// @notice What is done to a lease from its start to its end, mostly by whom it concerns.
abstract contract ActsOnLeases is ActsOfOpening {
    function _touch(uint256 leaseId) internal {
        Lease storage lease = _leases[leaseId];
        uint256 kind = _draw(100);
        if (kind < 8) _start(leaseId, lease.provider);
        else if (kind < 24) _settle(leaseId);
        else if (kind < 30) _claim(leaseId);
        else if (kind < 46) _pauseOrResume(leaseId, lease);
        else if (kind < 62) _topUp(leaseId, lease);
        else if (kind < 65) _setManifest(leaseId, lease);
        else if (kind < 77) _amend(leaseId, lease);
        else _end(leaseId, lease, kind);
    }

    function _end(uint256 leaseId, Lease storage lease, uint256 kind) private {
        if (kind < 82) _close(leaseId, lease.tenant);
        else if (kind < 88) _closeByProvider(leaseId, lease);
        else if (kind < 91) _complete(leaseId, lease);
        else if (kind < 95) _close(leaseId, _anybody());
        else _release(leaseId, lease);
    }

    function _tenantOf(Lease storage lease) internal returns (address) {
        return _mostly(90) ? lease.tenant : _anybody();
    }

    function _start(uint256 leaseId, address provider) internal {
        bool wake = _mostly(60) && _statusOf(leaseId) == LeaseStatus.Pending;
        if (wake && _isSilent(provider)) _wake(provider);
        address from = _daemonOf(provider);
        uint256 instance = _instanceOf(provider);
        if (_mostly(75)) {
            bytes memory data = abi.encodeCall(MARKET.start, (instance, _single(leaseId)));
            _sendAbout(leaseId, Deed.Start, from, data);
        } else {
            _send(from, abi.encodeCall(MARKET.start, (instance, _list(leaseId))));
        }
    }

    function _settle(uint256 leaseId) internal {
        bytes memory data = abi.encodeCall(MARKET.settle, (_list(leaseId)));
        require(_sendAbout(leaseId, Deed.Settle, _stranger, data), "(31) a settlement was refused");
    }

    function _pauseOrResume(uint256 leaseId, Lease storage lease) internal {
        if (_mostly(85) == lease.paused) _resume(leaseId, lease);
        else _pause(leaseId, lease);
    }

    function _pause(uint256 leaseId, Lease storage lease) internal {
        address from = _daemonOf(lease.provider);
        bytes memory data = abi.encodeCall(MARKET.pause, (_instanceOf(lease.provider), leaseId));
        _sendAbout(leaseId, Deed.Pause, from, data);
    }

    function _resume(uint256 leaseId, Lease storage lease) internal {
        if (_mostly(50) && lease.offerId != 0 && _isSilent(lease.provider)) _wake(lease.provider);
        address from = _daemonOf(lease.provider);
        bytes memory data = abi.encodeCall(MARKET.resume, (_instanceOf(lease.provider), leaseId));
        _sendAbout(leaseId, Deed.Resume, from, data);
    }

    function _topUp(uint256 leaseId, Lease storage lease) internal {
        bool depleted = _statusOf(leaseId) == LeaseStatus.Depleted;
        if (depleted && _mostly(75) && _isSilent(lease.provider)) _wake(lease.provider);
        uint256 amount = _topUpAmount(lease);
        if (_mostly(55)) {
            address from = depleted && _mostly(70) ? _tenantOf(lease) : _anybody();
            _sendAbout(leaseId, Deed.TopUp, from, abi.encodeCall(MARKET.topUp, (leaseId, amount)));
            return;
        }
        if (lease.offerId != 0 && _free[lease.token][lease.tenant] < amount && _mostly(70)) {
            _send(lease.tenant, abi.encodeCall(MARKET.deposit, (lease.token, amount + amount / 90 + 2)));
        }
        address spender = _mostly(70) ? lease.tenant : _somebodyElse();
        bytes memory data = abi.encodeCall(MARKET.topUpFromBalance, (leaseId, amount));
        _sendAbout(leaseId, Deed.TopUpFromBalance, spender, data);
    }

    /// @dev Around what a revival needs, what the lease holds, and what makes its balance the largest there is.
    function _topUpAmount(Lease storage lease) private returns (uint256) {
        if (lease.offerId == 0) return 1;
        uint256 kind = _draw(14);
        if (kind == 0) return type(uint96).max - lease.balance + _draw(2);
        if (kind == 1) return lease.balance + _draw(2);
        OfferBookEntry storage offer = _offers[lease.offerId];
        uint256 reported = _providers[lease.provider].reportPeriod;
        uint256 period = offer.minPeriod > reported ? offer.minPeriod : reported;
        return _price(offer, lease.rate, kind < 9 ? period : _draw(300));
    }

    function _setManifest(uint256 leaseId, Lease storage lease) internal {
        bytes memory data = abi.encodeCall(MARKET.setManifest, (leaseId, bytes32(time)));
        _sendAbout(leaseId, Deed.SetManifest, _tenantOf(lease), data);
    }

    function _amend(uint256 leaseId, Lease storage lease) internal {
        if (lease.offerId == 0) return;
        if (_mostly(60) && _isSilent(lease.provider)) _wake(lease.provider);
        uint256 rate = _otherRate(lease.rate);
        Quote memory quote = _quote(lease.offerId, lease.tenant, rate, leaseId - (_draw(30) == 0 ? 1 : 0));
        bytes memory signature = _signQuote(quote, lease.provider);
        bytes memory data = abi.encodeCall(MARKET.amend, (leaseId, quote, signature));
        address from = _tenantOf(lease);
        _sendAbout(leaseId, Deed.Amend, from, data);
        _remember(data, from);
    }

    function _close(uint256 leaseId, address from) internal {
        LeaseStatus status = _statusOf(leaseId);
        bool own = from == _leases[leaseId].tenant;
        Deed deed = own ? Deed.Close : Deed.CloseByAnybody;
        bool done = _sendAbout(leaseId, deed, from, abi.encodeCall(MARKET.close, (leaseId)));
        bool started = status != LeaseStatus.None && status != LeaseStatus.Pending;
        bool owed = own && started && status != LeaseStatus.Closed;
        require(done || !owed, "(28) a tenant cannot leave");
    }

    function _closeByProvider(uint256 leaseId, Lease storage lease) internal {
        address from = _daemonOf(lease.provider);
        uint256 instance = _instanceOf(lease.provider);
        CloseCause cause = CloseCause(_draw(8));
        if (_mostly(75)) {
            bytes memory data = abi.encodeCall(MARKET.closeByProvider, (instance, _single(leaseId), cause));
            _sendAbout(leaseId, Deed.CloseByProvider, from, data);
        } else {
            _send(from, abi.encodeCall(MARKET.closeByProvider, (instance, _list(leaseId), cause)));
        }
    }

    function _complete(uint256 leaseId, Lease storage lease) internal {
        address from = _daemonOf(lease.provider);
        uint256 instance = _instanceOf(lease.provider);
        bytes memory data = abi.encodeCall(MARKET.complete, (instance, leaseId, int256(-1), "result"));
        _sendAbout(leaseId, Deed.Complete, from, data);
    }

    function _release(uint256 leaseId, Lease storage lease) internal {
        address from = _mostly(15) ? lease.tenant : _anybody();
        bytes memory data = abi.encodeCall(MARKET.releaseCollateral, (_list(leaseId)));
        require(_sendAbout(leaseId, Deed.ReleaseCollateral, from, data), "(31) a release was refused");
    }
}
