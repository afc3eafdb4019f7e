// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IComputeMarket } from "../../contracts/interfaces/IComputeMarket.sol";
import { FeeToken } from "../../contracts/mocks/FeeToken.sol";
import { MockUSD } from "../../contracts/mocks/MockUSD.sol";
import { LeaseStatus } from "../../contracts/types/Enums.sol";
import { OfferTerms, Resources } from "../../contracts/types/Structs.sol";
import { BanningToken } from "./BanningToken.sol";
import { GhostLedger } from "./GhostLedger.sol";
import { QuietToken } from "./QuietToken.sol";
import { Deed, Reach } from "./Reach.sol";
import { TypedErrors } from "./TypedErrors.sol";
import { Vm } from "./Vm.sol";

/// @title MarketWorld
/// @notice A market with ten actors, four currencies and eleven offers, every call to which is entered in the ghost ledger.
abstract contract MarketWorld is GhostLedger, Reach, TypedErrors {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant SINK = address(0xF1);
    uint256 internal constant ACTORS = 10;
    uint256 internal constant TOKENS = 4;
    uint256 internal constant BANNING = 3;
    uint256 internal constant IDLE = 2;
    uint256 internal constant IDLE_STAKE = 10_000;

    IComputeMarket internal constant MARKET = IComputeMarket(address(0x3A4C5E7));
    address[TOKENS] internal _tokens;

    /// @dev Two providers who work and one who never does anything again; two operators; three tenants, who are delegates of each
    /// other; a stranger and an arbitrator. The first provider is a tenant too.
    address[ACTORS] internal _actors;
    mapping(address account => uint256 key) internal _keys;
    address internal _arbitrator;
    address internal _stranger;

    /// @notice Calls to the market, and those of them that it refused.
    uint256 public calls;
    uint256 public refusals;

    uint256 private _seed;

    constructor() {
        VM.warp(time);
        _deploy();
        VM.recordLogs();
        _tokens = [
            address(new MockUSD()),
            address(new FeeToken()),
            address(new QuietToken()),
            address(new BanningToken())
        ];
        for (uint256 i = 0; i < ACTORS; ++i) {
            _actors[i] = VM.addr(i + 1);
            _keys[_actors[i]] = i + 1;
            _fund(_actors[i]);
        }
        (_stranger, _arbitrator) = (_actors[8], _actors[9]);
        _register(0, 600);
        _register(1, 3_600);
        _register(2, 21_600);
        for (uint256 i = 0; i < 2; ++i) _createOffers(_actors[i]);
        _createOffer(_actors[IDLE], 0, 13, 500, 0, 3_600, 0);
    }

    /// @dev Runs the creation code where the market shall be, which answers with the code that stays there.
    function _deploy() private {
        bytes memory periods = abi.encode(LAPSE_PERIOD, DISPUTE_WINDOW, RULING_PERIOD);
        VM.etch(address(MARKET), abi.encodePacked(VM.getCode("ComputeMarket"), periods));
        (bool done, bytes memory code) = address(MARKET).call("");
        require(done, "the market is not deployed");
        VM.etch(address(MARKET), code);
    }

    function _register(uint256 provider, uint256 reportPeriod) private {
        address account = _actors[provider];
        address operator = provider == IDLE ? address(0) : _actors[provider + 3];
        _send(account, abi.encodeCall(MARKET.register, (operator, reportPeriod, "", "")));
        for (uint256 i = 0; i < TOKENS; ++i) {
            _send(account, abi.encodeCall(MARKET.stake, (_tokens[i], IDLE_STAKE)));
        }
    }

    function _createOffers(address provider) private {
        _createOffer(provider, 0, 1_999, 50, 600, 600, 1_000);
        _createOffer(provider, 1, 277_778, 700, 0, 60, 0);
        _createOffer(provider, 2, 7, 3, 0, 3_600, 86_400);
        _createOffer(provider, 3, 1_000_003, 11, 3_600, 600, 5_000);
        _createOffer(provider, 0, (1 << 74) - 1, 0, 0, 600, 60);
    }

    function _createOffer(
        address provider,
        uint256 token,
        uint256 rate,
        uint256 collateral,
        uint256 minPeriod,
        uint256 startPeriod,
        uint256 retention
    ) internal {
        address judge = token == 1 ? address(0) : _arbitrator;
        OfferTerms memory terms = OfferTerms(
            _tokens[token],
            rate,
            collateral,
            judge,
            minPeriod,
            startPeriod,
            retention
        );
        _send(provider, abi.encodeCall(MARKET.createOffer, (terms, 3, Resources(1, 1, 1, 0, ""), "")));
    }

    function _fund(address account) private {
        for (uint256 i = 0; i < TOKENS; ++i) {
            MockUSD(_tokens[i]).mint(account, 1 << 112);
            VM.prank(account);
            (bool done, ) = _tokens[i].call(
                abi.encodeCall(QuietToken.approve, (address(MARKET), type(uint256).max))
            );
            require(done, "an approval");
        }
    }

    // Sending

    /// @dev Sends a call to the market as somebody, and enters what it logged in the ghost ledger: the runner also remembers the
    /// events of a call that was refused.
    function _send(address from, bytes memory data) internal returns (bool done) {
        ++calls;
        _caller = from;
        _opensWithQuote = bytes4(data) == MARKET.openWithQuote.selector;
        VM.prank(from);
        bytes memory answer;
        (done, answer) = address(MARKET).call(data);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        if (done) {
            _enter(logs, address(MARKET));
            return true;
        }
        ++refusals;
        bool typed = answer.length >= 4 && _known[bytes4(answer)];
        require(
            typed,
            answer.length == 0 ? "(31) refused without a word" : "(31) refused with no error of ours"
        );
    }

    /// @dev As {_send}, about a lease: counts whether it went through in its status.
    function _sendAbout(
        uint256 leaseId,
        Deed deed,
        address from,
        bytes memory data
    ) internal returns (bool done) {
        LeaseStatus status = _statusOf(leaseId);
        done = _send(from, data);
        if (status != LeaseStatus.None) _tally(status, deed, done);
        else require(!done || deed >= Deed.Settle, "(16) a call about no lease went through");
    }

    // Drawing

    function _plant(uint256 seed) internal {
        _seed = seed;
    }

    function _draw(uint256 bound) internal returns (uint256) {
        uint256 seed = _seed;
        if (seed < type(uint64).max) seed = uint256(keccak256(abi.encode(seed, calls, time)));
        _seed = seed >> 32;
        return (seed & 0xffffffff) % bound;
    }

    function _mostly(uint256 percent) internal returns (bool) {
        return _draw(100) < percent;
    }

    /// @dev Anybody but the idle provider.
    function _anybody() internal returns (address) {
        uint256 index = _draw(ACTORS);
        return _actors[index == IDLE ? ACTORS - 1 : index];
    }

    function _provider() internal returns (address) {
        return _actors[_draw(2)];
    }

    function _tenant() internal returns (address) {
        uint256 index = _draw(4);
        return index == 3 ? _actors[0] : _actors[5 + index];
    }

    /// @dev The operator of a provider, or himself; now and then anybody.
    function _daemonOf(address provider) internal returns (address) {
        uint256 kind = _draw(20);
        if (kind == 0 || provider == _actors[IDLE]) return _anybody();
        address operator = _providers[provider].operator;
        return kind < 4 || operator == address(0) ? provider : operator;
    }

    /// @dev The instance that a daemon claims to be: the current one, now and then an older or a newer one.
    function _instanceOf(address provider) internal returns (uint256 instance) {
        instance = _providers[provider].instance;
        uint256 kind = _draw(40);
        if (kind == 0) ++instance;
        if (kind == 1 && instance > 0) --instance;
        _instanceUsed = instance;
    }

    /// @dev Rather a lease with something left to do; now and then any, or one that does not exist.
    function _anyLease() internal returns (uint256) {
        uint256 count = _leaseCount;
        if (count == 0 || _draw(60) == 0) return count + 1;
        if (_live.length == 0 || _draw(25) == 0) return 1 + _draw(count);
        return _live[_draw(_live.length)];
    }

    function _single(uint256 leaseId) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = leaseId;
    }

    function _list(uint256 leaseId) internal returns (uint256[] memory ids) {
        ids = new uint256[](1 + _draw(4) / 2 + _draw(8) / 7);
        ids[0] = leaseId;
        for (uint256 i = 1; i < ids.length; ++i) ids[i] = _mostly(20) ? leaseId : _anyLease();
    }
}
