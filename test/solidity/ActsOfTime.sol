// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason } from "../../contracts/types/Enums.sol";
import { Usage } from "../../contracts/types/Structs.sol";
import { MarketWorld } from "./MarketWorld.sol";

/// @title ActsOfTime
/// @notice Time that passes, rather to the second before, of or after a boundary, and reports that keep a clock running.
abstract contract ActsOfTime is MarketWorld {
    function _passTime() internal {
        uint256 kind = _draw(100);
        if (kind < 30) _warpTo(time + _draw(200));
        else _warpAround(_edge(_leases[_anyLease()]));
    }

    /// @dev The second before an edge, the edge or the second after it.
    function _warpAround(uint256 edge) internal {
        if (edge > time + 1) _warpTo(edge - 1 + _draw(3));
    }

    function _warpTo(uint256 next) internal {
        time = next;
        VM.warp(next);
    }

    /// @dev A boundary of a lease or its provider, in time; 0 where it has none of the kind that was drawn.
    function _edge(Lease storage lease) private returns (uint256) {
        if (lease.offerId == 0) return 0;
        uint256 kind = _draw(20);
        if (kind < 5) return _timeOfClock(lease, _depletionOf(lease));
        OfferBookEntry storage offer = _offers[lease.offerId];
        if (kind < 8) return _timeOfClock(lease, lease.settledClock + offer.minPeriod);
        if (kind < 10) return _timeOfClock(lease, _depletionOf(lease) + offer.retentionPeriod);
        if (kind < 12) return lease.startBy;
        if (kind == 12) return lease.closedAt == 0 ? 0 : lease.closedAt + DISPUTE_WINDOW;
        if (kind == 13) return lease.disputed ? lease.ruleBy : 0;
        return kind < 19 ? _silentAfter(lease.provider) : _silentAfter(lease.provider) + LAPSE_PERIOD;
    }

    /// @dev When the provider's clock shows a value, if it does before he is silent; else the last second before.
    function _timeOfClock(Lease storage lease, uint256 clock) private view returns (uint256) {
        if (lease.reason != CloseReason.None) return 0;
        uint256 clockNow = _clockAt(lease.provider);
        if (clock < clockNow) return 0;
        uint256 then = time + clock - clockNow;
        uint256 silentAt = _silentAfter(lease.provider);
        return then < silentAt ? then : silentAt;
    }

    function _report(address provider) internal {
        address from = _daemonOf(provider);
        uint256 instance = _instanceOf(provider);
        Usage[] memory entries = new Usage[](_draw(3) / 2);
        if (entries.length > 0) entries[0].leaseId = _anyLease();
        _send(from, abi.encodeCall(MARKET.report, (provider, instance, bytes32(time), "", entries)));
        if (_mostly(5)) _send(from, abi.encodeCall(MARKET.report, (provider, instance, 0, "", entries)));
    }

    /// @dev The owner himself reports, which nothing can refuse him.
    function _wake(address provider) internal {
        if (provider == _actors[IDLE]) return;
        _instanceUsed = _providers[provider].instance;
        bytes memory data = abi.encodeCall(MARKET.report, (provider, _instanceUsed, 0, "", new Usage[](0)));
        require(_send(provider, data), "(28) a report was refused");
    }
}
