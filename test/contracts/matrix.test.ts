// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import { networkHelpers } from "../helpers/chain.ts";
import { Status } from "../helpers/enums.ts";
import { expectMoneyAddsUp, expectOutcome, factsOf, readLedger } from "../helpers/ledger.ts";
import type { Ledger } from "../helpers/ledger.ts";
import { ROLES, argumentsOf, functionOf, lineFor, make, outcomeFor } from "../helpers/matrix.ts";
import type { Case, RoleName } from "../helpers/matrix.ts";
import { SCENES } from "../helpers/scenes.ts";
import type { Scene } from "../helpers/scenes.ts";
import { CALLERS, DEEDS, FACTS, parseStateMachine, tableUnder } from "../helpers/state-machine.ts";
import type { Fact, Outcome } from "../helpers/state-machine.ts";
import { now } from "../helpers/time.ts";
import { loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const PAGE = readFileSync("docs/state-machines.md", "utf8");
const ROWS = parseStateMachine(PAGE);
const OWN: RoleName = "tenant who is the provider";
const OTHERS = (Object.keys(ROLES) as RoleName[]).filter((role) => role !== OWN);

async function fundEverybody(world: World): Promise<void> {
  const { market, usd: token, owner, operator, tenant, otherTenant, arbitrator, stranger } = world;
  for (const actor of [operator, arbitrator]) {
    await token.connect(actor).mint(actor, usd(20));
    await token.connect(actor).approve(market, usd(20));
  }
  for (const actor of [owner, operator, tenant, otherTenant, arbitrator, stranger]) {
    await market.connect(actor).deposit(token, usd(10));
  }
  await market.connect(tenant).setDelegate(token, otherTenant, usd(5), now() + 2n ** 32n);
}

/** Makes one call and holds it to the page's word. */
async function hold(made: Case, outcome: Outcome, facts: Fact[]): Promise<void> {
  const { world, leaseId, before } = made;
  if (outcome.kind === "refused") {
    await expect(make(made, "tried"))
      .to.be.revertedWithCustomError(world.market, outcome.error)
      .withArgs(...argumentsOf(outcome.error, made));
    return;
  }
  await make(made, "sent");
  expectOutcome({ before, after: await readLedger(world, leaseId), facts }, outcome);
  if (outcome.kind !== "skipped" && outcome.kind !== "aside") await expectMoneyAddsUp(world, leaseId);
}

function walk(name: string, scene: Scene, roles: RoleName[]): void {
  describe(`${name}: ${roles.join(", ")}`, () => {
    let world: World;
    let leaseId: bigint;
    let ledger: Ledger;
    let restore: () => Promise<void>;

    before(async () => {
      world = await loadWorld();
      await fundEverybody(world);
      leaseId = await scene.build(world, roles.includes(OWN) ? { tenant: world.owner } : {});
      ledger = await readLedger(world, leaseId);
      const snapshot = await networkHelpers.takeSnapshot();
      restore = () => snapshot.restore();
    });

    it("is what it is called", async () => {
      expect(ledger.lease.status).to.equal(Status[scene.status]);
      expect(await factsOf(world, ledger)).to.have.members(scene.facts);
      await expectMoneyAddsUp(world, leaseId);
    });

    for (const row of ROWS) {
      it(row.call, async () => {
        for (const role of roles) {
          const outcome = outcomeFor(row, scene.status, role, scene.facts);
          const made = { world, row, role, leaseId, before: ledger };
          await hold(made, outcome, scene.facts)
            .catch((error: Error) => {
              throw new Error(`by ${role}: ${error.message}`, { cause: error });
            })
            .finally(outcome.kind === "refused" ? undefined : restore);
        }
      });
    }
  });
}

describe("status x function x role", () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    walk(name, scene, OTHERS);
    walk(name, scene, [OWN]);
  }

  it("reaches every line of every cell", () => {
    const scenes = Object.values(SCENES);
    for (const row of ROWS) {
      for (const [status, lines] of row.cells) {
        const reached = scenes
          .filter((scene) => scene.status === status)
          .flatMap(({ facts }) => [...OTHERS, OWN].map((role) => lineFor(row, status, role, facts)));
        for (const line of lines) expect(reached, `${row.call}, ${status}: ${line.text}`).to.include(line);
      }
    }
  });

  it("has a row for every function that changes something, or a word that it touches no lease", async () => {
    const { market } = await loadWorld();
    const paragraph = PAGE.slice(PAGE.indexOf("No lease is asked about"));
    const apart = Array.from(paragraph.matchAll(/`(\w+)`/g), ([, name = ""]) => name);
    const changing: string[] = [];
    market.interface.forEachFunction((each) => {
      if (!each.constant) changing.push(each.name);
    });
    expect([...new Set([...ROWS.map(functionOf), ...apart])].sort()).to.deep.equal(changing.sort());
    expect(apart.filter((name) => ROWS.some((row) => functionOf(row) === name))).to.deep.equal([]);
  });

  it("uses the words that the page explains, and no other", () => {
    const explained = (heading: string): string[] =>
      tableUnder(PAGE, heading)
        .slice(1)
        .flatMap(([cell = ""]) =>
          Array.from(cell.matchAll(/`([^`]+)`/g), ([, words = ""]) => words.split(" or ")),
        )
        .flat();
    expect(new Set(explained("### Callers"))).to.deep.equal(new Set(CALLERS));
    expect(explained("### Facts")).to.have.members([...FACTS]);
    const outcomes = [...DEEDS, "Active", "Paused", "freed", "held", "forfeited", "unknown", "refused"];
    expect(explained("### Outcomes")).to.have.members(outcomes);
  });
});
