// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";

const REGISTRY = "contracts/modules/ProviderRegistry.sol";
const ESCROW = "contracts/modules/Escrow.sol";
const BOOK = "contracts/modules/LeaseBook.sol";
const ENDINGS = "contracts/modules/LeaseEndings.sol";
const REPORTS = "contracts/modules/UsageReports.sol";
const DELEGATES = "contracts/modules/Delegates.sol";

/** Attacks on who may do what, on exits, and on the order in which money and bookkeeping move. */
export const AUTHORITY: readonly Seed[] = [
  {
    name: "registers-twice",
    attack: "specification 2: another report period makes the clock jump or run back",
    file: REGISTRY,
    find: "require(provider.reportPeriod == 0, ProviderAlreadyRegistered(msg.sender));",
    replace: "",
  },
  {
    name: "operator-squatted",
    attack: "specification 2: naming somebody's operator first keeps the real provider from naming him",
    file: REGISTRY,
    find: "provider.reportPeriod = uint16(reportPeriod);\n        provider.operator = operator;",
    replace:
      "require(_stakes[address(0)][operator].locked == 0, ProviderAlreadyRegistered(operator));\n        _stakes[address(0)][operator].locked = 1;\n        provider.reportPeriod = uint16(reportPeriod);\n        provider.operator = operator;",
  },
  {
    name: "two-daemons-win",
    attack: "specification 2: both of two racing daemons claim the instance",
    file: REGISTRY,
    find: "_authorize(provider, expected);",
    replace: "_authorize(provider, _providers[provider].instance);",
  },
  {
    name: "older-daemon-acts",
    attack: "invariant 34: a daemon that was replaced still acts",
    file: REGISTRY,
    find: "require(instance == record.instance, ProviderInstanceStale(provider, instance, record.instance));",
    replace: "",
  },
  {
    name: "old-operator-keeps-his-instance",
    attack: "invariant 34: naming another operator does not end what the old daemon knows",
    file: REGISTRY,
    find: "uint32 instance = provider.instance + 1;",
    replace: "uint32 instance = provider.instance;",
  },
  {
    name: "owner-locked-out",
    attack: "specification 2: a thief bumps the instance, and the owner cannot name another operator",
    file: REGISTRY,
    find: "uint32 instance = provider.instance + 1;",
    replace:
      "require(provider.instance == 0, ProviderInstanceStale(msg.sender, 0, provider.instance));\n        uint32 instance = provider.instance + 1;",
  },
  {
    name: "anybody-acts-for-a-provider",
    attack: "A14: the caller is not looked at",
    file: REGISTRY,
    find: "msg.sender == provider || msg.sender == record.operator,",
    replace: "msg.sender == provider || instance == record.instance,",
  },
  {
    name: "stake-counted-twice",
    attack: "B6: one stake stands behind two leases",
    file: REGISTRY,
    find: "require(amount <= staked - locked, StakeInsufficient(provider, token, amount, staked - locked));",
    replace: "require(amount <= staked, StakeInsufficient(provider, token, amount, staked));",
  },
  {
    name: "locked-stake-withdrawn",
    attack: "B1: what is at risk is taken out",
    file: REGISTRY,
    find: "require(amount <= staked - locked, StakeInsufficient(msg.sender, token, amount, staked - locked));",
    replace: "require(amount <= staked, StakeInsufficient(msg.sender, token, amount, staked));",
  },
  {
    name: "deposit-re-entered",
    attack: "A9: a token calls back in the middle of a deposit and is credited twice",
    file: ESCROW,
    find: "uint256 amount) external nonReentrant returns (uint256 arrived)",
    replace: "uint256 amount) external returns (uint256 arrived)",
  },
  {
    name: "withdrawal-re-entered",
    attack: "A9: a token calls back in the middle of a withdrawal",
    file: ESCROW,
    find: "address to) external nonReentrant {",
    replace: "address to) external {",
  },
  {
    name: "balance-read-in-a-transfer",
    attack: "A9: somebody relies on a balance that is being changed",
    file: ESCROW,
    find: "external view nonReentrantView returns (uint256 amount)",
    replace: "external view returns (uint256 amount)",
  },
  {
    name: "pushed-to-a-banned-account",
    attack: "A10: one party that cannot receive keeps the other from leaving",
    file: ESCROW,
    find: "if (amount > 0) _credit(token, to, amount);",
    replace: "if (amount > 0) _push(token, to, amount);",
  },
  {
    name: "claims-to-nobody",
    attack: "specification 1: earnings are burnt, or vanish into the market itself",
    file: BOOK,
    find: "_requireRecipient(to);",
    replace: "",
  },
  {
    name: "claims-what-is-anothers",
    attack: "C5: a claim reaches into the free balance of the lease's provider",
    file: BOOK,
    find: "if (run.provider == msg.sender && run.token == token) amount",
    replace: "if (run.token == token) amount",
  },
  {
    name: "endless-list",
    attack: "A3: a list longer than a block can hold",
    file: BOOK,
    find: "require(leaseIds.length <= MAX_LIST, LeaseListTooLong(leaseIds.length, MAX_LIST));",
    replace: "",
  },
  {
    name: "late-id-blocks-a-start",
    attack: "specification 1: one lease that is too late keeps all others from starting",
    file: BOOK,
    find: "if (tolerant && (status != LeaseStatus.Pending || block.timestamp > startBy)) return;",
    replace: "",
  },
  {
    name: "closed-id-blocks-a-drain",
    attack: "specification 1: one id closed a block earlier keeps 128 from closing",
    file: ENDINGS,
    find: "if (tolerant && status == LeaseStatus.Closed) return;",
    replace: "",
  },
  {
    name: "report-about-anothers-lease",
    attack: "A14: a provider reports usage of a lease that is not his",
    file: REPORTS,
    find: "require(actual == provider, UsageLeaseForeign(leaseId, actual, provider));",
    replace: "",
  },
  {
    name: "node-taken-for-a-leaf",
    attack: "C9: an inner node of the tree passes for a leaf",
    file: REPORTS,
    find: "keccak256(bytes.concat(keccak256(abi.encode(usage))))",
    replace: "keccak256(abi.encode(usage))",
  },
  {
    name: "delegate-for-ever",
    attack: "specification 5: a key that was lent for a day spends for ever",
    file: DELEGATES,
    find: "block.timestamp <= _grants[principal][token][msg.sender].until;",
    replace: "_grants[principal][token][msg.sender].until != 0;",
  },
  {
    name: "cap-refills",
    attack: "specification 5: a stolen key loses more than the cap",
    file: DELEGATES,
    find: "grant.cap = uint128(cap);",
    replace: "",
  },
  {
    name: "cap-not-asked",
    attack: "specification 5: a delegate spends more than he was lent",
    file: DELEGATES,
    find: "require(amount <= cap, DelegateCapExceeded(principal, token, msg.sender, amount, cap));\n        cap -= amount;",
    replace: "cap -= amount < cap ? amount : cap;",
  },
  {
    name: "delegate-of-anybody",
    attack: "specification 5: a delegate spends for somebody who never named him",
    file: DELEGATES,
    find: "_grants[msg.sender][token][delegate] = Grant",
    replace: "_grants[delegate][token][msg.sender] = Grant",
  },
  {
    name: "first-entry-vouches-for-all",
    attack: "A14: after one lease of his own a provider reports usage of anybody's",
    file: REPORTS,
    find: "if (offerId == 0 || offerId != own) {",
    replace: "if (own == 0) {",
  },
];
