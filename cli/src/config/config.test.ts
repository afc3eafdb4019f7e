// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { dataDirOf, loadConfig } from "./config.ts";
import { environmentName, flagName, settingKeys, settingPurposes } from "./settings.ts";

const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

describe("configuration", () => {
  let folder: string;
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  const refusal = (run: () => unknown): UserError => {
    try {
      run();
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error("nothing was refused");
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes a flag before the environment, the environment before .env, .env before the file", () => {
    write("berth.config.json", { rpcUrl: "http://file", gatewayHost: "file", chainId: 4, logLevel: "trace" });
    write(".env", "BERTH_RPC_URL=http://dotenv\nBERTH_GATEWAY_HOST=dotenv\nBERTH_CHAIN_ID=3\n");
    const environment = { BERTH_RPC_URL: "http://environment", BERTH_GATEWAY_HOST: "environment" };
    const config = loadConfig({ rpcUrl: "http://flag" }, environment, folder);
    expect(config.get("rpcUrl")).to.equal("http://flag");
    expect(config.get("gatewayHost")).to.equal("environment");
    expect(config.get("chainId")).to.equal(3);
    expect(config.get("logLevel")).to.equal("trace");
    expect(config.get("market")).to.equal(undefined);
  });

  it("takes an empty variable for one that is not set", () => {
    write("berth.config.json", { chainId: 4 });
    expect(loadConfig({}, { BERTH_CHAIN_ID: "" }, folder).get("chainId")).to.equal(4);
  });

  it("reads the same kinds of values from every source", () => {
    write("berth.config.json", { json: true, startBlock: 7, market: MARKET.toLowerCase() });
    const config = loadConfig({ chainId: "5" }, { BERTH_TAKEOVER: "true", BERTH_GATEWAY_PORT: "0" }, folder);
    expect(config.get("json")).to.equal(true);
    expect(config.get("startBlock")).to.equal(7n);
    expect(config.get("market")).to.equal(MARKET);
    expect(config.get("chainId")).to.equal(5);
    expect(config.get("takeover")).to.equal(true);
    expect(config.get("gatewayPort")).to.equal(0);
  });

  it("names the key, every place that was searched and the fix, when a value is missing", () => {
    const error = refusal(() => loadConfig({}, {}, folder).require("rpcUrl"));
    expect(error.code).to.equal("E_CONFIG_MISSING");
    for (const place of [
      "rpcUrl",
      "--rpc-url",
      "BERTH_RPC_URL",
      join(folder, "berth.config.json"),
      "not there",
    ]) {
      expect(error.message).to.contain(place);
    }
    expect(error.next).to.contain("--rpc-url").and.to.contain("BERTH_RPC_URL");
  });

  it("names the source of a wrong value, and only when the value is asked for", () => {
    const config = loadConfig({}, { BERTH_MARKET: "0x12", BERTH_CHAIN_ID: "31337" }, folder);
    expect(config.get("chainId")).to.equal(31337);
    const error = refusal(() => config.get("market"));
    expect(error.code).to.equal("E_CONFIG_INVALID");
    expect(error.message).to.contain("BERTH_MARKET").and.to.contain("40 hexadecimal digits");
  });

  it("refuses a file with an unknown key or a wrong value", () => {
    write("berth.config.json", { rpcURL: "http://file", chainId: "many" });
    const error = refusal(() => loadConfig({}, {}, folder));
    expect(error.code).to.equal("E_CONFIG_FILE_INVALID");
    expect(error.message).to.contain("unknown key rpcURL").and.to.contain("chainId");
    write("berth.config.json", "{");
    expect(refusal(() => loadConfig({}, {}, folder)).code).to.equal("E_CONFIG_FILE_INVALID");
  });

  it("wants the file that is named, and does without one that is not", () => {
    expect(loadConfig({}, {}, folder).sources.file).to.equal(null);
    const error = refusal(() => loadConfig({ config: "other.json" }, {}, folder));
    expect(error.code).to.equal("E_CONFIG_FILE_MISSING");
    expect(error.message).to.contain(join(folder, "other.json"));
  });

  it("takes a path in the file as relative to the file, any other as relative to the working folder", () => {
    const other = mkdtempSync(join(tmpdir(), "berth-config-"));
    writeFileSync(join(other, "c.json"), JSON.stringify({ keyFile: "k", operatorKeyFile: "o" }));
    const config = loadConfig({ config: join(other, "c.json") }, { BERTH_OPERATOR_KEY_FILE: "e" }, folder);
    expect(config.get("keyFile")).to.equal(join(other, "k"));
    expect(config.get("operatorKeyFile")).to.equal(join(folder, "e"));
    rmSync(other, { recursive: true });
  });

  it("keeps its data where the desktop's standard says, unless told otherwise", () => {
    const home = loadConfig({}, { XDG_DATA_HOME: "/xdg" }, folder);
    expect(dataDirOf(home)).to.equal(join("/xdg", "berth"));
    expect(dataDirOf(loadConfig({ dataDir: "d" }, { XDG_DATA_HOME: "/xdg" }, folder))).to.equal(
      join(folder, "d"),
    );
  });

  it("names flags and variables after their keys", () => {
    expect(environmentName("rpcUrl")).to.equal("BERTH_RPC_URL");
    expect(environmentName("pollIntervalMs")).to.equal("BERTH_POLL_INTERVAL_MS");
    expect(flagName("operatorKeyFile")).to.equal("--operator-key-file");
    for (const key of settingKeys) expect(settingPurposes[key]).to.not.equal("");
  });
});
