// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IComputeMarket } from "../../contracts/interfaces/IComputeMarket.sol";
import { FeeToken } from "../../contracts/mocks/FeeToken.sol";
import { MockUSD } from "../../contracts/mocks/MockUSD.sol";
import { CloseReason, LeaseStatus } from "../../contracts/types/Enums.sol";
import { LeaseSummary, OfferTerms, Resources } from "../../contracts/types/Structs.sol";
import { GhostLedger } from "./GhostLedger.sol";
import { Vm } from "./Vm.sol";

/// @title MarketWorld
/// @notice A market with two providers, three tenants, two currencies and eight offers, every call to which is entered in the ghost
/// ledger.
contract MarketWorld {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 internal constant LAPSE_PERIOD = 72 hours;
    uint256 internal constant DISPUTE_WINDOW = 48 hours;
    uint256 internal constant RULING_PERIOD = 7 days;
    bytes4 private constant PANIC = 0x4e487b71;

    IComputeMarket public immutable market;
    GhostLedger public immutable ghost;
    address[2] public tokens;
    address[2] public providers = [address(0xA1), address(0xA2)];
    address[2] public operators = [address(0xB1), address(0xB2)];
    address[4] public tenants = [address(0xC1), address(0xC2), address(0xC3), address(0xA1)];
    address public constant STRANGER = address(0xD1);
    address public constant ARBITRATOR = address(0xE1);
    address public constant SINK = address(0xF1);

    /// @notice Now: the runner forgets a warp between calls, this does not.
    uint256 public time = 1_800_000_000;

    /// @notice Calls that went through, by the status before and the function; and all that were refused.
    mapping(LeaseStatus status => mapping(bytes4 selector => uint256 count)) public reached;
    mapping(LeaseStatus status => uint256 count) public reachedStatus;
    uint256 public calls;
    uint256 public refusals;
    uint256 public panics;
    bytes public lastPanic;

    modifier current() {
        VM.warp(time);
        _;
    }

    constructor() {
        VM.warp(time);
        VM.recordLogs();
        market = IComputeMarket(
            VM.deployCode("ComputeMarket", abi.encode(LAPSE_PERIOD, DISPUTE_WINDOW, RULING_PERIOD))
        );
        ghost = new GhostLedger(address(market));
        tokens = [address(new MockUSD()), address(new FeeToken())];
        for (uint256 i = 0; i < 2; ++i) {
            _fund(providers[i]);
            _fund(tenants[i]);
            _send(providers[i], abi.encodeCall(market.register, (operators[i], i == 0 ? 600 : 3600, "", "")));
            _createOffers(i);
            _send(providers[i], abi.encodeCall(market.stake, (tokens[0], 3_000)));
            _send(providers[i], abi.encodeCall(market.stake, (tokens[1], 3_000)));
        }
        _fund(tenants[2]);
        _fund(STRANGER);
    }

    /// @notice Every account that can have a free balance.
    /// @return accounts The accounts.
    function everybody() public view returns (address[8] memory accounts) {
        accounts = [
            providers[0],
            providers[1],
            operators[0],
            operators[1],
            tenants[0],
            tenants[1],
            tenants[2],
            STRANGER
        ];
    }

    /// @notice How many endings of one kind there were.
    /// @param reason The kind.
    /// @return count The number.
    function endings(CloseReason reason) external view returns (uint256 count) {
        count = ghost.endings(reason);
    }

    function _createOffers(uint256 provider) private {
        _createOffer(provider, 0, 1_999, 50, true, 600, 600, 1_000);
        _createOffer(provider, 0, 277_778, 700, false, 0, 60, 0);
        _createOffer(provider, 1, 7, 3, true, 0, 3_600, 86_400);
        _createOffer(provider, 1, 1_000_003, 0, true, 3_600, 600, 5_000);
    }

    function _createOffer(
        uint256 provider,
        uint256 token,
        uint96 rate,
        uint96 collateral,
        bool judged,
        uint32 minPeriod,
        uint32 startPeriod,
        uint32 retentionPeriod
    ) private {
        OfferTerms memory terms = OfferTerms({
            token: tokens[token],
            milliRatePerSecond: rate,
            collateral: collateral,
            arbitrator: judged ? ARBITRATOR : address(0),
            minPeriod: minPeriod,
            startPeriod: startPeriod,
            retentionPeriod: retentionPeriod
        });
        Resources memory resources = Resources(1, 1, 1, 0, "");
        _send(providers[provider], abi.encodeCall(market.createOffer, (terms, 4, resources, "")));
        ghost.noteOffer(market.offerCount(), tokens[token]);
    }

    function _fund(address account) private {
        for (uint256 i = 0; i < 2; ++i) {
            MockUSD(tokens[i]).mint(account, 1 << 100);
            VM.prank(account);
            MockUSD(tokens[i]).approve(address(market), type(uint256).max);
        }
    }

    /// @dev Sends a call to the market as somebody, and enters what it logged in the ghost ledger: the runner also remembers the
    /// events of a call that was refused.
    function _send(address from, bytes memory data) internal returns (bool done) {
        ++calls;
        VM.getRecordedLogs();
        VM.prank(from);
        bytes memory answer;
        (done, answer) = address(market).call(data);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        if (done) {
            ghost.enter(logs);
            return true;
        }
        ++refusals;
        if (answer.length < 4 || bytes4(answer) == PANIC) {
            ++panics;
            lastPanic = data;
        }
    }

    /// @dev As {_send}, about a lease: counts which function went through in which status.
    function _sendAbout(uint256 leaseId, address from, bytes memory data) internal returns (bool done) {
        LeaseStatus status = market.statusOf(leaseId);
        ++reachedStatus[status];
        done = _send(from, data);
        if (done) ++reached[status][bytes4(data)];
    }

    function _instance(address provider) internal view returns (uint256) {
        return market.providerOf(provider).instance;
    }

    function _summary(uint256 leaseId) internal view returns (LeaseSummary memory) {
        return market.leaseSummary(leaseId);
    }
}
