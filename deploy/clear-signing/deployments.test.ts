// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { readDescriptor, type Deployment } from "./descriptor-fixtures.ts";

const RECORDS = "deploy/deployments";
const LOCAL = "chain-31337";

/** The public chains on which the market is, by the records that a deployment leaves. */
function recorded(): readonly Deployment[] {
  const folders = existsSync(RECORDS) ? readdirSync(RECORDS) : [];
  return folders
    .filter((folder) => /^chain-\d+$/.test(folder) && folder !== LOCAL)
    .filter((folder) => existsSync(`${RECORDS}/${folder}/deployed_addresses.json`))
    .map((folder) => {
      const text = readFileSync(`${RECORDS}/${folder}/deployed_addresses.json`, "utf8");
      const address = (JSON.parse(text) as Record<string, string>)["ComputeMarket#ComputeMarket"] ?? "";
      return { chainId: Number(folder.slice("chain-".length)), address };
    });
}

describe("the descriptors for wallets", () => {
  it("name the public chains on which the market is, and no other", () => {
    const calls = readDescriptor("calldata-ComputeMarket.json").context.contract?.deployments;
    const quotes = readDescriptor("eip712-ComputeMarket-Quote.json").context.eip712?.deployments;
    expect(calls).to.have.deep.members([...recorded()]);
    expect(quotes).to.have.deep.members([...recorded()]);
  });

  it("name the schema and the contract", () => {
    for (const file of ["calldata-ComputeMarket.json", "eip712-ComputeMarket-Quote.json"]) {
      const { $schema, metadata } = readDescriptor(file);
      expect($schema).to.match(/erc7730-v2\.schema\.json$/);
      expect(metadata).to.include({ owner: "Berth", contractName: "ComputeMarket" });
    }
  });
});
