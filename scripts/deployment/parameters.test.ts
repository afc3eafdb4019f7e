// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { readPeriods } from "./parameters.ts";

describe("a file of parameters", () => {
  let folder: string;
  const write = async (content: string): Promise<string> => {
    const path = join(folder, "parameters.json");
    await writeFile(path, content);
    return path;
  };

  before(async () => void (folder = await mkdtemp(join(tmpdir(), "berth-parameters-"))));
  after(() => rm(folder, { recursive: true, force: true }));

  it("gives the periods in the order of the names", async () => {
    const path = await write('{"ComputeMarket": {"A": 1, "B": 2}}');
    expect(readPeriods(path, ["B", "A"])).to.deep.equal([
      { name: "B", seconds: 2n },
      { name: "A", seconds: 1n },
    ]);
  });

  it("of production has three days to lapse and two to dispute", () => {
    const path = "deploy/parameters/production.json";
    expect(readPeriods(path, ["LAPSE_PERIOD", "DISPUTE_WINDOW"])).to.deep.equal([
      { name: "LAPSE_PERIOD", seconds: 259_200n },
      { name: "DISPUTE_WINDOW", seconds: 172_800n },
    ]);
  });

  for (const [title, content] of Object.entries({
    "a period is missing": '{"ComputeMarket": {"B": 2}}',
    "a period is text": '{"ComputeMarket": {"A": "259200"}}',
    "a period is zero": '{"ComputeMarket": {"A": 0}}',
    "a period has a fraction": '{"ComputeMarket": {"A": 1.5}}',
    "the market is missing": "{}",
  }))
    it(`is refused when ${title}`, async () => {
      const path = await write(content);
      expect(() => readPeriods(path, ["A"]))
        .to.throw(UserError)
        .with.property("code", "E_DEPLOY_PARAMETER_INVALID");
    });

  it("is refused when it is no JSON, or not there", async () => {
    const path = await write("LAPSE_PERIOD=1");
    for (const unreadable of [path, join(folder, "absent.json")])
      expect(() => readPeriods(unreadable, ["A"]))
        .to.throw(UserError)
        .with.property("code", "E_DEPLOY_PARAMETERS_UNREADABLE");
  });
});
