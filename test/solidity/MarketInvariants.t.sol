// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IComputeMarket } from "../../contracts/interfaces/IComputeMarket.sol";
import { CloseReason, LeaseStatus } from "../../contracts/types/Enums.sol";
import { LeaseSummary } from "../../contracts/types/Structs.sol";
import { GhostLedger } from "./GhostLedger.sol";
import { MarketHandler } from "./MarketHandler.sol";
import { Vm } from "./Vm.sol";

/// @title MarketInvariants
/// @notice What holds after every call that anybody makes.
contract MarketInvariants {
    uint256 private constant MORE_ACTS = 256;
    /// @dev Of about a thousand in a run; how many the contract refuses is left to chance.
    uint256 private constant ENOUGH_CALLS = 200;
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @notice Functions that the runner may call.
    /// @param addr Of which contract.
    /// @param selectors Which ones.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    MarketHandler private _handler;
    IComputeMarket private _market;
    GhostLedger private _ghost;

    modifier current() {
        VM.warp(_handler.time());
        _;
    }

    function setUp() external {
        _handler = new MarketHandler();
        _market = _handler.market();
        _ghost = _handler.ghost();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), new bytes4[](1));
        targets[0].selectors[0] = MarketHandler.act.selector;
    }

    function invariant_moneyAddsUp() external current {
        _checkMoney();
    }

    function afterInvariant() external current {
        _seekTheRest();
        VM.warp(_handler.time());
        _checkMoney();
        _checkReach();
        _handler.drain();
        for (uint256 i = 0; i < 2; ++i) {
            address token = _handler.tokens(i);
            uint256 left = IERC20(token).balanceOf(address(_market));
            require(left == _ghost.donated(token), "everybody can leave with what is his");
        }
    }

    /// @dev A run is short; where chance left a status or an ending out, it is looked for a while longer.
    function _seekTheRest() private {
        for (uint256 i = 0; i < MORE_ACTS && !_reachedAll(); ++i) {
            _handler.act(uint256(keccak256(abi.encode(i, _handler.time()))));
        }
    }

    function _checkMoney() private view {
        address[2] memory tokens = [_handler.tokens(0), _handler.tokens(1)];
        uint256[2] memory leased = _checkLeases(tokens);
        for (uint256 i = 0; i < 2; ++i) {
            uint256 owed = _freeAndStaked(tokens[i]) + leased[i];
            uint256 held = _ghost.held(tokens[i]);
            require(owed == held - _ghost.donated(tokens[i]), "the market owes what came in");
            require(held == IERC20(tokens[i]).balanceOf(address(_market)), "the market holds it");
        }
        _checkOffers();
        require(_handler.panics() == 0, string(_handler.lastPanic()));
    }

    function _freeAndStaked(address token) private view returns (uint256 sum) {
        address[8] memory accounts = _handler.everybody();
        for (uint256 i = 0; i < accounts.length; ++i) {
            uint256 free = _market.balanceOf(token, accounts[i]);
            require(free == _ghost.free(token, accounts[i]), "events tell free balances");
            (uint256 staked, uint256 locked) = _market.stakeOf(accounts[i], token);
            require(staked == _ghost.staked(token, accounts[i]), "events tell stakes");
            require(locked == _ghost.locked(token, accounts[i]), "events tell locked stakes");
            require(locked <= staked, "locked is part of staked");
            sum += free + staked;
        }
    }

    /// @dev Checks every lease, and answers what they hold of each token.
    function _checkLeases(address[2] memory tokens) private view returns (uint256[2] memory leased) {
        uint256 count = _market.leaseCount();
        require(count == _ghost.leaseCount(), "events tell every lease");
        for (uint256 leaseId = 1; leaseId <= count; ++leaseId) {
            LeaseSummary memory lease = _market.leaseSummary(leaseId);
            _checkLease(lease, _ghost.leaseOf(leaseId));
            leased[lease.token == tokens[0] ? 0 : 1] += lease.balance;
        }
    }

    function _checkLease(LeaseSummary memory lease, GhostLedger.Lease memory told) private pure {
        require((lease.status == LeaseStatus.Closed) == told.closed, "events tell every end");
        uint256 rest = told.closed ? told.refunded : lease.balance;
        require(told.paid + rest == told.deposited, "paid and the rest is what was deposited");
        require(!told.closed || lease.balance == 0, "a closed lease holds nothing");
        require(1000 * lease.balance >= lease.remainder, "the remainder is covered");
        require(lease.balance > 0 || lease.remainder == 0, "nothing is owed by an empty lease");
        require(lease.accrued + lease.refundable <= lease.balance, "what accrued is not refundable");
        require(lease.settledClock <= lease.clockNow, "no lease is billed ahead of the clock");
        bool free = told.freed || told.collateral == 0;
        require((lease.collateral == 0) == free, "collateral is freed once, as told");
    }

    function _checkOffers() private view {
        uint256 count = _market.offerCount();
        for (uint256 offerId = 1; offerId <= count; ++offerId) {
            require(
                _market.offerOf(offerId).taken == _ghost.openLeases(offerId),
                "taken is the number of open leases"
            );
        }
        for (uint256 i = 0; i < 2; ++i) {
            address provider = _handler.providers(i);
            require(
                _market.providerOf(provider).sequence == _ghost.sequence(provider),
                "sequence without a gap"
            );
        }
    }

    function _checkReach() private view {
        require(_reachedAll(), "a status or an ending was never reached");
        require(_handler.calls() - _handler.refusals() >= ENOUGH_CALLS, "too few calls went through");
    }

    function _reachedAll() private view returns (bool) {
        for (uint8 status = 1; status <= uint8(LeaseStatus.Closed); ++status) {
            if (_handler.reachedStatus(LeaseStatus(status)) == 0) return false;
        }
        for (uint8 reason = 1; reason <= uint8(CloseReason.Completed); ++reason) {
            if (_handler.endings(CloseReason(reason)) == 0) return false;
        }
        return true;
    }
}
