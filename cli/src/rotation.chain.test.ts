// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { addressOfKeyFile, openKeyFile } from "@berth/sdk/keys";
import { expect } from "chai";
import { OPERATOR_KEY } from "./config/key-source.ts";
import { jsonErrorOf, jsonOf, runInside } from "./testing/run-berth.ts";
import type { MarketWorld } from "./testing/market-world.ts";
import { startMarketWorld } from "./testing/market-world.ts";

interface Rotated {
  readonly operator: string;
  readonly previous: string;
  readonly instance: string;
}

describe("berth provider rotate-operator", function () {
  this.timeout(120_000);
  let world: MarketWorld;
  const rotate = (...args: readonly string[]) => {
    const { folder, environment } = world.placeOf("owner");
    const place = { folder, environment: { ...environment, BERTH_OPERATOR_PASSWORD: "swordfish" } };
    return runInside(["provider", "rotate-operator", ...args, "--json"], place);
  };

  before(async () => {
    world = await startMarketWorld();
    const register = ["provider", "register", "--public-endpoint", "http://127.0.0.1:8700"];
    jsonOf(await world.berth("owner", ...register));
  });
  after(() => world?.stop());

  it("makes the keystore, names its account, and adds 1 to the instance", async () => {
    const said = jsonOf<Rotated>(await rotate("operator-2.json"));
    const path = join(world.folder, "operator-2.json");
    const { address } = await openKeyFile(path, () => "swordfish", OPERATOR_KEY.words);
    expect(said).to.include({ operator: address, previous: world.actors.operator.address, instance: "1" });
    const status = jsonOf<{ operator: string }>(
      await world.berth("owner", "provider", "status", "--provider", world.actors.owner.address),
    );
    expect(status.operator).to.equal(address);
  });

  it("changes nothing where the account is the operator already", async () => {
    const again = jsonErrorOf(await rotate("operator-2.json"));
    expect(again).to.include({ code: "E_OPERATOR_UNCHANGED", exitCode: 2 });
  });

  it("names the account of an external signer as well", async () => {
    const { address } = world.actors.pauper;
    const before = addressOfKeyFile(join(world.folder, "operator-2.json"), OPERATOR_KEY.words);
    const said = jsonOf<Rotated>(await rotate("--operator", address));
    expect(said).to.include({ operator: address, previous: before, instance: "2" });
  });

  it("refuses to guess, and is nobody's but the owner's", async () => {
    expect(jsonErrorOf(await rotate())).to.include({ code: "E_OPERATOR_UNNAMED", exitCode: 2 });
    const both = await rotate("k.json", "--operator", world.actors.tenant.address);
    expect(jsonErrorOf(both)).to.include({ code: "E_OPERATOR_UNNAMED" });
    const { address } = world.actors.pauper;
    const stranger = await world.berth("tenant", "provider", "rotate-operator", "--operator", address);
    expect(jsonErrorOf(stranger)).to.include({ code: "E_PROVIDER_UNKNOWN", exitCode: 3 });
  });
});
