// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { MockUSD } from "../../contracts/mocks/MockUSD.sol";
import { Permit, Quote } from "../../contracts/types/Structs.sol";
import { ActsOfMoney } from "./ActsOfMoney.sol";

/// @title ActsOfOpening
/// @notice Leases opened in all four ways, at the offer's price or at one that was signed, and quotes played again.
abstract contract ActsOfOpening is ActsOfMoney {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );
    uint256 private constant SALTS = 1 << 20;

    struct Plan {
        uint256 offerId;
        address provider;
        uint256 limit;
        uint256 amount;
        bytes32 manifestHash;
        address tenant;
        address from;
    }

    /// @dev The last call that used a quote, and who made it.
    bytes private _lastQuoted;
    address private _lastQuoter;

    /// @dev Opens a lease, and mostly starts it at once: the handler does what follows an opening.
    function _open() internal returns (bool done) {
        Plan memory plan = _plan();
        uint256 kind = _draw(10);
        if (kind < 5) done = _openFromWallet(plan);
        else if (kind < 7) done = _openFromBalance(plan);
        else if (kind == 7) done = _openWithPermit(plan);
        else done = _openWithQuote(plan);
    }

    function _plan() private returns (Plan memory plan) {
        plan.offerId = 1 + _draw(_mostly(97) ? _offerCount : _offerCount + 1);
        OfferBookEntry storage offer = _offers[plan.offerId];
        plan.provider = _mostly(98) ? offer.provider : _provider();
        if (_mostly(85) && offer.provider != address(0) && _isSilent(offer.provider)) _wake(offer.provider);
        plan.limit = _mostly(97) || offer.rate == 0 ? offer.rate : offer.rate - 1;
        plan.amount = _price(offer, offer.rate, offer.minPeriod);
        plan.manifestHash = bytes32(plan.amount);
        plan.tenant = _tenant();
        plan.from = _mostly(80) ? plan.tenant : _somebodyElse();
    }

    function _somebodyElse() internal returns (address) {
        return _mostly(80) ? _tenant() : _anybody();
    }

    /// @dev Amounts around what a period costs, and the extremes.
    function _price(OfferBookEntry storage offer, uint256 rate, uint256 period) internal returns (uint256) {
        uint256 cost = (rate * period + 999) / 1000;
        uint256 kind = _draw(12);
        if (kind == 0) return _sum(1);
        if (kind < 5) cost = cost + _draw(3) - (cost > 0 ? 1 : 0);
        else cost += (rate * (1 + _draw(kind < 9 ? 100 : 5_000))) / 1000;
        return offer.token == _tokens[1] ? (cost * 100) / 99 : cost;
    }

    function _openFromWallet(Plan memory p) private returns (bool) {
        bytes memory data = abi.encodeCall(
            MARKET.open,
            (p.offerId, p.provider, p.limit, p.amount, p.manifestHash, p.tenant)
        );
        return _send(p.from, data);
    }

    function _openFromBalance(Plan memory p) private returns (bool) {
        address token = _offers[p.offerId].token;
        if (token != address(0) && _free[token][p.tenant] < p.amount && _mostly(80)) {
            _send(p.tenant, abi.encodeCall(MARKET.deposit, (token, p.amount + p.amount / 90 + 2)));
        }
        bytes memory data = abi.encodeCall(
            MARKET.openFromBalance,
            (p.offerId, p.provider, p.limit, p.amount, p.manifestHash, p.tenant)
        );
        return _send(p.from, data);
    }

    /// @dev A permit of the caller, which somebody may have sent before him, or which may be too late or for something else.
    function _openWithPermit(Plan memory p) private returns (bool done) {
        MockUSD token = MockUSD(_tokens[0]);
        _approve(token, p.from, _mostly(80) ? 0 : type(uint256).max);
        Permit memory permit = _signPermit(token, p.from, _mostly(90) ? p.amount : p.amount + 1);
        if (_mostly(30)) _frontRun(token, p, permit);
        bytes memory data = abi.encodeCall(
            MARKET.openWithPermit,
            (p.offerId, p.provider, p.limit, p.amount, p.manifestHash, p.tenant, permit)
        );
        done = _send(p.from, data);
        _approve(token, p.from, type(uint256).max);
    }

    function _approve(MockUSD token, address account, uint256 amount) private {
        VM.prank(account);
        token.approve(address(MARKET), amount);
    }

    function _signPermit(
        MockUSD token,
        address owner,
        uint256 amount
    ) private returns (Permit memory permit) {
        permit.deadline = time + _draw(10) - _draw(2);
        bytes32 content = keccak256(
            abi.encode(PERMIT, owner, address(MARKET), amount, token.nonces(owner), permit.deadline)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content));
        (permit.v, permit.r, permit.s) = VM.sign(_keys[owner], digest);
    }

    function _frontRun(MockUSD token, Plan memory p, Permit memory permit) private {
        VM.prank(_stranger);
        (bool done, ) = address(token).call(
            abi.encodeCall(
                token.permit,
                (p.from, address(MARKET), p.amount, permit.deadline, permit.v, permit.r, permit.s)
            )
        );
        if (done) _draw(2);
    }

    function _openWithQuote(Plan memory p) private returns (bool done) {
        OfferBookEntry storage offer = _offers[p.offerId];
        uint256 rate = _otherRate(offer.rate);
        Quote memory quote = _quote(p.offerId, p.tenant, rate, _draw(30) == 0 ? 1 : 0);
        p.amount = _price(offer, rate, offer.minPeriod);
        bytes memory signature = _signQuote(quote, p.provider);
        bytes memory data = abi.encodeCall(
            MARKET.openWithQuote,
            (quote, signature, p.provider, rate + _draw(2), p.amount, p.manifestHash, p.tenant)
        );
        done = _send(p.from, data);
        (_lastQuoted, _lastQuoter) = (data, p.from);
    }

    function _otherRate(uint256 rate) internal returns (uint256) {
        uint256 kind = _draw(20);
        if (kind == 0) return (1 << 74) - _draw(2);
        if (kind == 1) return _draw(2);
        return kind < 6 ? rate : 1 + _draw(rate > 1e9 ? 1e9 : 2 * rate + 1);
    }

    /// @dev Signed or not, a quote is known to the ledger by its provider and salt.
    function _quote(
        uint256 offerId,
        address tenant,
        uint256 rate,
        uint256 leaseId
    ) internal returns (Quote memory quote) {
        quote.offerId = _draw(40) == 0 ? offerId + 1 : offerId;
        uint256 kind = _draw(10);
        quote.tenant =
            kind == 0
                ? _anybody()
                : kind < 5
                    ? address(0)
                    : tenant;
        quote.milliRatePerSecond = rate;
        quote.leaseId = leaseId;
        quote.expiresAt = time + (_mostly(80) ? _draw(3_000) : 0) - (_draw(12) == 0 ? 1 : 0);
        quote.salt = bytes32(_draw(_mostly(10) ? 8 : SALTS));
    }

    function _signQuote(Quote memory quote, address provider) internal returns (bytes memory signature) {
        address signer = _draw(20) == 0 ? _actors[3 + _draw(2)] : _providers[provider].operator;
        uint256 key = _keys[signer] == 0 ? 1 : _keys[signer];
        QuoteEntry storage entry = _quotes[provider][quote.salt];
        (entry.signer, entry.expiresAt) = (VM.addr(key), quote.expiresAt);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, MARKET.hashQuote(quote));
        signature = abi.encodePacked(r, s, _draw(40) == 0 ? v ^ 1 : v);
    }

    function _remember(bytes memory data, address from) internal {
        (_lastQuoted, _lastQuoter) = (data, from);
    }

    /// @dev The same call again, by him who made it: what it quoted is spent, or was refused for good or for now.
    function _replay() internal {
        if (_lastQuoted.length > 0) _send(_lastQuoter, _lastQuoted);
    }

    function _cancelQuote(address provider) internal {
        address from = _daemonOf(provider);
        uint256 instance = _instanceOf(provider);
        bytes32 salt = bytes32(_draw(_mostly(50) ? 8 : SALTS));
        _send(from, abi.encodeCall(MARKET.cancelQuote, (provider, instance, salt)));
    }
}
