// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { container } from "../test/builders.ts";
import { changedSpells, failureOfIllness, judgeSpells, type Spell } from "./spells.ts";

const GRACE = 60_000;
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function spell(from: number, until: number | null, service = "web"): Spell {
  return { service, containerId: `id-of-${service}`, from, until };
}

/** Whether the tenant does not pay at each second, as a daemon that looks at each of them finds it. */
function history(changes: readonly number[], seconds: number): readonly { ill: boolean; unpaid: boolean }[] {
  let spells: readonly Spell[] = [];
  let ill = false;
  const due = [...changes];
  return Array.from({ length: seconds }, (_, second) => {
    if (due[0] === second) {
      due.shift();
      ill = !ill;
    }
    const now = second * SECOND;
    const health = ill ? "unhealthy" : "healthy";
    const changed = changedSpells(spells, [container("web", { health })], now);
    spells = [...spells.filter((known) => !changed.some(({ from }) => from === known.from)), ...changed];
    return { ill, unpaid: judgeSpells(spells, GRACE, now) !== null };
  });
}

const changes = fc
  .array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 })
  .map((steps) => steps.reduce<number[]>((times, step) => [...times, (times.at(-1) ?? 0) + step], []));

describe("health checks that fail", () => {
  it("stop the payment after the grace, and not before", () => {
    expect(judgeSpells([spell(0, null)], GRACE, GRACE - 1)).to.equal(null);
    expect(judgeSpells([spell(0, null)], GRACE, GRACE)).to.deep.equal({
      service: "web",
      since: 0,
      lasts: true,
      isGivenUp: false,
    });
  });

  it("cost nothing any more as soon as they succeed, the first time", () => {
    expect(judgeSpells([spell(0, 5 * MINUTE)], GRACE, 5 * MINUTE)).to.equal(null);
  });

  it("are counted together where health between them is shorter than the grace", () => {
    const flapping = [spell(0, 50 * SECOND), spell(55 * SECOND, null)];
    expect(judgeSpells(flapping, GRACE, 59 * SECOND)).to.equal(null);
    expect(judgeSpells(flapping, GRACE, 60 * SECOND)).to.deep.include({ since: 0, lasts: true });
    const apart = [spell(0, 50 * SECOND), spell(110 * SECOND, null)];
    expect(judgeSpells(apart, GRACE, 169 * SECOND)).to.equal(null);
  });

  it("ask for longer health after each time that they stopped the payment", () => {
    const twice = [spell(0, 2 * MINUTE), spell(3 * MINUTE, 5 * MINUTE)];
    expect(judgeSpells(twice, GRACE, 6 * MINUTE - 1)).to.deep.include({ lasts: false });
    expect(judgeSpells(twice, GRACE, 6 * MINUTE)).to.equal(null);
    const thrice = [...twice, spell(7 * MINUTE, 9 * MINUTE)];
    expect(judgeSpells(thrice, GRACE, 11 * MINUTE - 1)).to.deep.include({ lasts: false });
    expect(judgeSpells(thrice, GRACE, 11 * MINUTE)).to.equal(null);
  });

  it("give a workload up that has not been well for a quarter of an hour, flapping or not", () => {
    const flapping = [spell(0, 5 * MINUTE), spell(5.5 * MINUTE, 14 * MINUTE), spell(14.5 * MINUTE, null)];
    const steady = [spell(0, null)];
    expect(judgeSpells(steady, GRACE, 15 * MINUTE - 1)).to.deep.include({ isGivenUp: false });
    expect(judgeSpells(steady, GRACE, 15 * MINUTE)).to.deep.include({ isGivenUp: true });
    expect(judgeSpells(flapping, GRACE, 60 * MINUTE)).to.deep.include({ isGivenUp: true });
  });

  it("speak for each service by itself, and name the one that has been ill for longest", () => {
    const both = [
      spell(0, 30 * SECOND, "web"),
      spell(40 * SECOND, null, "db"),
      spell(50 * SECOND, null, "api"),
    ];
    expect(judgeSpells(both, GRACE, 99 * SECOND)).to.equal(null);
    expect(judgeSpells(both, GRACE, 2 * MINUTE)).to.deep.include({ service: "db" });
  });

  it("never stop the payment of one that was not ill for the grace in all, and always of one that was without a break", () => {
    fc.assert(
      fc.property(changes, (times) => {
        const seconds = history(times, 3_600);
        let [run, total] = [0, 0];
        for (const { ill, unpaid } of seconds) {
          run = ill ? run + 1 : 0;
          total += ill ? 1 : 0;
          if (run > GRACE / SECOND) expect(unpaid, "ill for the grace").to.equal(true);
          if (total === 0) expect(unpaid, "never ill").to.equal(false);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("never stop and resume the payment more than a few times an hour, however they flap", () => {
    fc.assert(
      fc.property(changes, (times) => {
        const seconds = history(times, 3_600);
        const switches = seconds.filter(
          ({ unpaid }, index) => unpaid !== (seconds[index - 1]?.unpaid ?? false),
        );
        expect(switches.length).to.be.at.most(16);
      }),
      { numRuns: 25 },
    );
  });

  it("are over for the payment ten minutes after the last, at the latest", () => {
    fc.assert(
      fc.property(changes, (times) => {
        const even = times.length % 2 === 0 ? times : times.slice(1);
        const spells = even.flatMap((time, index) =>
          index % 2 === 0 ? [spell(time * SECOND, (even[index + 1] ?? 0) * SECOND)] : [],
        );
        const end = (even.at(-1) ?? 0) * SECOND;
        expect(judgeSpells(spells, GRACE, end + HOUR / 6)).to.equal(null);
      }),
    );
  });
});

describe("spells of a look", () => {
  const ill = container("web", { health: "unhealthy" });

  it("begin with the first look that shows a container unhealthy, once", () => {
    const [begun, ...more] = changedSpells([], [ill, container("db", { health: "healthy" })], 5);
    expect(more).to.deep.equal([]);
    expect(begun).to.deep.equal(spell(5, null));
    expect(changedSpells([spell(5, null)], [ill], 9)).to.deep.equal([]);
  });

  for (const [what, containers] of [
    ["is healthy", [container("web", { health: "healthy" })]],
    ["starts anew", [container("web", { health: "starting" })]],
    ["has ended", [container("web", { health: "unhealthy", state: "exited" })]],
    ["is gone", []],
  ] as const)
    it(`end with the look at which it ${what}`, () => {
      expect(changedSpells([spell(5, null)], containers, 9)).to.deep.equal([spell(5, 9)]);
    });

  it("go on while it is frozen", () => {
    expect(
      changedSpells([spell(5, null)], [container("web", { health: "unhealthy", state: "frozen" })], 9),
    ).to.deep.equal([]);
  });

  it("last for as long as the container of a service that was given up is there", () => {
    const before = { service: "web", since: 0, lasts: true, isGivenUp: true };
    const rests = container("web", { health: "unhealthy", state: "exited" });
    expect(changedSpells([spell(5, null)], [rests], 9, before)).to.deep.equal([]);
    expect(changedSpells([spell(5, 7)], [rests], 9, before)).to.deep.equal([spell(9, null)]);
    expect(changedSpells([spell(5, null)], [], 9, before)).to.deep.equal([spell(5, 9)]);
  });

  it("are told to the tenant with the service and the time", () => {
    const failure = failureOfIllness({ service: "web", since: 0, lasts: true, isGivenUp: false });
    expect(failure.code).to.equal("E_SERVICE_UNHEALTHY");
    expect(failure.message).to.include("web").and.to.include("1970-01-01T00:00:00.000Z");
  });
});
