// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { OfferTerms, Resources } from "../../contracts/types/Structs.sol";
import { ActsOnDisputes } from "./ActsOnDisputes.sol";

/// @title MarketHandler
/// @notice Does what anybody could do, with a liking for edges: the second before, of and after every boundary, and amounts that
/// just suffice or just do not.
abstract contract MarketHandler is ActsOnDisputes {
    uint256 private constant OFFERS = 24;

    /// @dev Acts until this many calls were made, all drawn from one number.
    function _act(uint256 seed, uint256 number) internal {
        VM.warp(time);
        _plant(seed);
        uint256 until = calls + number;
        while (calls < until) _step();
    }

    function _step() private {
        uint256 kind = _draw(100);
        if (kind < 24) _passTime();
        else if (kind < 27) _lapse(_anyLease());
        else if (kind < 33) _report(_provider());
        else if (kind < 48) _openAndStart();
        else if (kind < 76) _touch(_anyLease());
        else if (kind < 86) _quarrel(_anyLease());
        else if (kind < 94) _moveMoney();
        else _govern(_provider());
    }

    function _openAndStart() private {
        if (_open() && _mostly(75)) _start(_leaseCount, _leases[_leaseCount].provider);
    }

    function _govern(address owner) private {
        uint256 kind = _draw(20);
        if (kind < 4) _raceForInstance(owner);
        else if (kind < 7) _setOperator(owner);
        else if (kind < 11) _setCapacity(owner);
        else if (kind == 11) _describe(owner);
        else if (kind < 15) _cancelQuote(owner);
        else if (kind < 18) _replay();
        else if (kind == 18) _offer(owner);
        else _closeOffer(owner);
    }

    /// @dev Two daemons that read the same number: only the first can win.
    function _raceForInstance(address provider) private {
        uint256 expected = _providers[provider].instance;
        address first = _daemonOf(provider);
        address second = _daemonOf(provider);
        _instanceUsed = _mostly(90) ? expected : expected + 1;
        bytes memory data = abi.encodeCall(MARKET.claimInstance, (provider, _instanceUsed));
        bool won = _send(first, data);
        if (_send(second, data)) require(!won, "(34) two daemons won");
    }

    function _setOperator(address owner) private {
        uint256 kind = _draw(10);
        address operator = _actors[3 + _draw(2)];
        if (kind == 0) operator = address(0);
        if (kind == 1) operator = owner;
        address from = _mostly(85) ? owner : _anybody();
        bytes memory data = abi.encodeCall(MARKET.setOperator, (operator));
        if (from != _actors[IDLE]) _send(from, data);
    }

    function _setCapacity(address provider) private {
        uint256 offerId = 1 + _draw(_offerCount + 1);
        if (_mostly(80)) provider = _offers[offerId].provider;
        address from = _daemonOf(provider);
        uint256 instance = _instanceOf(provider);
        uint24 capacity = uint24(_mostly(70) ? 3 + _draw(3) : _draw(3));
        _send(from, abi.encodeCall(MARKET.setCapacity, (instance, offerId, capacity)));
    }

    function _describe(address owner) private {
        _send(_mostly(80) ? owner : _anybody(), abi.encodeCall(MARKET.setEndpoint, ("endpoint")));
        _send(_mostly(80) ? owner : _anybody(), abi.encodeCall(MARKET.setMetadata, ("metadata")));
        _send(_anybody(), abi.encodeCall(MARKET.register, (_stranger, 599 + _draw(2) * 21_002, "", "")));
    }

    /// @dev Terms at and just beyond their bounds.
    function _offer(address owner) private {
        if (_offerCount >= OFFERS) return;
        OfferTerms memory terms = OfferTerms({
            token: _draw(12) == 0 ? _stranger : _tokens[_draw(TOKENS)],
            milliRatePerSecond: _draw(8) == 0 ? (1 << 74) - _draw(2) : _draw(50),
            collateral: _draw(12) == 0 ? uint256(1 << 96) : _draw(20),
            arbitrator: _mostly(60) ? _arbitrator : address(0),
            minPeriod: _mostly(80) ? _draw(900) : 86_400 + _draw(2),
            startPeriod: 59 + _draw(3_543),
            retentionPeriod: _mostly(80) ? _draw(1_200) : 2_592_000 + _draw(2)
        });
        bytes memory data = abi.encodeCall(MARKET.createOffer, (terms, 3, Resources(1, 1, 1, 0, ""), ""));
        _send(_mostly(90) ? owner : _anybody(), data);
    }

    function _closeOffer(address provider) private {
        uint256 offerId = _mostly(60) ? _offerCount : 12 + _draw(13);
        if (offerId < 12) return;
        if (_mostly(80)) provider = _offers[offerId].provider;
        address from = _daemonOf(provider);
        uint256 instance = _instanceOf(provider);
        _send(from, abi.encodeCall(MARKET.closeOffer, (instance, offerId)));
    }
}
