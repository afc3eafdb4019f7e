// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { readArguments } from "./arguments.ts";

describe("the command line of a deployment", () => {
  it("takes production values for everything but the network", () => {
    expect(readArguments(["--network", "base"])).to.deep.equal({
      network: "base",
      parameters: "deploy/parameters/production.json",
      buildProfile: "production",
      deploymentId: undefined,
      dryRun: false,
    });
  });

  it("takes what is said", () => {
    const said = ["--network", "local", "--parameters", "p.json", "--build-profile", "default"];
    expect(readArguments([...said, "--deployment-id", "local-x", "--dry-run"])).to.deep.equal({
      network: "local",
      parameters: "p.json",
      buildProfile: "default",
      deploymentId: "local-x",
      dryRun: true,
    });
  });

  for (const [title, argv] of Object.entries({
    "no network": [],
    "an unknown flag": ["--network", "base", "--force"],
    "a word that belongs to no flag": ["base"],
  }))
    it(`is refused with ${title}`, () => {
      expect(() => readArguments(argv))
        .to.throw(UserError)
        .with.property("code", "E_DEPLOY_USAGE");
    });
});
