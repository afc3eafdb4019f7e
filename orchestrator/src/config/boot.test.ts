// SPDX-License-Identifier: Apache-2.0
import { RetryableError, UserError } from "@berth/sdk";
import { expect } from "chai";
import { provider, tenant } from "../test/builders.ts";
import { FakeMarket } from "../test/fake-market.ts";
import { keepingLog } from "../test/logs.ts";
import { ManualClock, quiet } from "../test/manual-clock.ts";
import { requireOperator } from "./require-operator.ts";
import { untilReachable } from "./until-reachable.ts";

const never = new AbortController().signal;
const details = { atRisk: "nothing", next: "start the node" };

function dark(): RetryableError {
  return new RetryableError("E_RPC_UNREACHABLE", "the RPC does not answer", details);
}

describe("waiting to start", () => {
  it("goes on asking until it is answered, and says once what it waits for", async () => {
    const clock = new ManualClock();
    const log = keepingLog();
    let asked = 0;
    const answer = untilReachable({ clock, log, random: () => 1 }, never, async () => {
      asked += 1;
      if (asked < 4) throw dark();
      return "there";
    });
    await quiet();
    for (const wait of [500, 1_000, 2_000]) await clock.advance(wait);
    expect(await answer).to.equal("there");
    expect(log.said.map(({ fields }) => fields["code"])).to.deep.equal(["E_RPC_UNREACHABLE"]);
  });

  it("waits for gas money as for a chain that does not answer: an empty account must not end the daemon", async () => {
    const clock = new ManualClock();
    const poor = new UserError("E_GAS_MONEY_INSUFFICIENT", "the operator cannot pay", details);
    let asked = 0;
    const answer = untilReachable({ clock, log: keepingLog(), random: () => 1 }, never, async () => {
      asked += 1;
      if (asked === 1) throw poor;
      return "paid";
    });
    await quiet();
    await clock.advance(500);
    expect(await answer).to.equal("paid");
  });

  it("gives up on what time will not mend, and at the signal", async () => {
    const parts = { clock: new ManualClock(), log: keepingLog(), random: () => 1 };
    const wrong = new UserError("E_WRONG_CHAIN", "another chain", details);
    const failure = await untilReachable(parts, never, async () => {
      throw wrong;
    }).catch((error: unknown) => error);
    expect(failure).to.equal(wrong);
    const stop = new AbortController();
    const stopped = untilReachable(parts, stop.signal, async () => {
      throw dark();
    }).catch((error: unknown) => error);
    await quiet();
    stop.abort("enough");
    expect(await stopped).to.equal("enough");
  });
});

describe("the operator", () => {
  it("is the account that the provider named, or the provider himself", async () => {
    const market = new FakeMarket();
    market.summary = { ...market.summary, operator: tenant };
    await requireOperator(market, provider, tenant, () => false, never);
    await requireOperator(market, provider, provider, () => false, never);
  });

  it("is nobody else", async () => {
    const failure = await requireOperator(new FakeMarket(), provider, tenant, () => false, never).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(UserError).with.property("code", "E_NOT_OPERATOR");
  });

  it("is not asked for of a daemon whose instance is over: it is to stand still, with its old key too", async () => {
    const market = new FakeMarket();
    market.summary = { ...market.summary, instance: 3n };
    const asked: number[] = [];
    await requireOperator(market, provider, tenant, (instance) => asked.push(instance) > 0, never);
    expect(asked).to.deep.equal([3]);
  });
});
