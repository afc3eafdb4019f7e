// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { parse } from "./compile.ts";
import { changeOf, type Mutant } from "./mutant.ts";
import { populationOf } from "./population.ts";

const FILE = "contracts/Sample.sol";
const SOURCE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
contract Sample {
    event Paid(address who, uint256 due);
    error TooLate(uint256 time, uint256 limit);
    uint256 constant WINDOW = 2 minutes;
    mapping(address => uint256) balances;
    modifier guarded() { require(balances[address(this)] == 0, TooLate(1, 2)); _; }
    function pay(address to, uint256 due, uint256 refund) external guarded {
        require(due <= WINDOW && !(refund > 0), TooLate(due, WINDOW + 1));
        _credit(msg.sender, due - refund);
        emit Paid(to, due);
        _push(to, due);
        if (due > 1) return;
        balances[to] = ceilDiv(due, 3);
        balances[to] += min(due, refund);
    }
    function _credit(address to, uint256 amount) private { balances[to] += amount; }
    function _push(address to, uint256 amount) private {}
    function ceilDiv(uint256 a, uint256 b) private pure returns (uint256) { return a / b; }
    function min(uint256 a, uint256 b) private pure returns (uint256) { return a < b ? a : b; }
    function max(uint256 a, uint256 b) private pure returns (uint256) { return a < b ? b : a; }
}
`;

describe("the population of mutants", () => {
  let population: readonly Mutant[];
  const changes = (operator: string, place: string): readonly string[] =>
    population.filter((m) => m.operator === operator && m.place === place).map(changeOf);

  before(function () {
    this.timeout(60_000);
    const sources = { [FILE]: SOURCE };
    population = populationOf(parse(process.cwd(), sources), sources);
  });

  it("takes each relation for its neighbour and for its opposite", () => {
    expect(changes("relation", "pay")).to.include.members([
      "due <= WINDOW -> due < WINDOW",
      "due <= WINDOW -> due > WINDOW",
      "refund > 0 -> refund >= 0",
      "due > 1 -> due >= 1",
    ]);
  });

  it("takes and for or, and forgets a negation", () => {
    expect(changes("connective", "pay")).to.deep.equal([
      "due <= WINDOW && !(refund > 0) -> due <= WINDOW || !(refund > 0)",
      "!(refund > 0) -> (refund > 0)",
    ]);
  });

  it("leaves out a check, a call, a value, an event and a modifier, with their semicolons", () => {
    const [check] = changes("no-check", "pay");
    expect(check).to.match(/^require\(.*; -> \{\}$/);
    expect(changes("no-call", "pay")).to.deep.equal([
      "_credit(msg.sender, due - refund); -> {}",
      "_push(to, due); -> {}",
    ]);
    expect(changes("no-event", "pay")).to.deep.equal(["emit Paid(to, due); -> {}"]);
    expect(changes("no-modifier", "pay")).to.deep.equal(["guarded -> "]);
    expect(changes("no-assignment", "pay")).to.have.length(2);
  });

  it("takes the caller for a parameter, and a variable for its pair", () => {
    expect(changes("caller", "pay")).to.deep.equal(["msg.sender -> to"]);
    expect(changes("name", "pay")).to.include.members(["due -> refund", "refund -> due"]);
  });

  it("counts one too many or too few, sixty times too long, rounds the other way, takes the larger", () => {
    expect(changes("literal", "WINDOW")).to.deep.equal([
      "2 minutes -> (2 minutes + 1)",
      "2 minutes -> (2 minutes - 1)",
    ]);
    expect(changes("sixtyfold", "WINDOW")).to.deep.equal(["2 minutes -> (uint256(2 minutes) * 60)"]);
    expect(changes("rounding", "pay")).to.deep.equal(["ceilDiv(due, 3) -> ((due) / (3))"]);
    expect(changes("rounding", "ceilDiv")).to.deep.equal(["a / b -> (((a) + (b) - 1) / (b))"]);
    expect(changes("min-max", "pay")).to.deep.equal(["min(due, refund) -> max(due, refund)"]);
    expect(changes("off-by-one", "ceilDiv")).to.deep.equal(["a / b -> (a / b) + 1", "a / b -> (a / b) - 1"]);
  });

  it("moves tokens one statement earlier and one later", () => {
    expect(changes("order", "pay")).to.deep.equal([
      "emit Paid(to, due); _push(to, due); -> _push(to, due); emit Paid(to, due);",
      "_push(to, due); if (due > 1) return; -> if (due > 1) return; _push(to, due);",
    ]);
  });

  it("leaves alone what a refusal says about itself", () => {
    expect(population.some(({ original }) => original === "WINDOW + 1")).to.equal(false);
  });

  it("leaves mocks and interfaces alone", () => {
    const sources = { "contracts/mocks/Sample.sol": SOURCE, "contracts/interfaces/Sample.sol": SOURCE };
    expect(populationOf(parse(process.cwd(), sources), sources)).to.deep.equal([]);
  });

  it("counts all but events as money and authority, and knows from where a place is reached", () => {
    const [event] = population.filter(({ operator }) => operator === "no-event");
    const [credit] = population.filter(({ place }) => place === "_credit");
    expect([event?.critical, credit?.critical]).to.deep.equal([false, true]);
    expect(credit?.reachedFrom).to.deep.equal(["pay"]);
  });

  it("names every mutant once, and the same when it stands a line further down", () => {
    const ids = population.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    const moved = { [FILE]: SOURCE.replace("contract Sample", "\n// moved\ncontract Sample") };
    expect(populationOf(parse(process.cwd(), moved), moved).map(({ id }) => id)).to.deep.equal(ids);
  });
});
