// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@berth/sdk";
import { addressOfKeyFile } from "@berth/sdk/keys";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { ETHERS_KEY, ETHERS_KEYSTORE, ETHERS_PASSWORD } from "../../../sdk/src/keys/keystore.fixture.ts";
import type { Prompt } from "../input/prompt.ts";
import { loadConfig } from "./config.ts";
import { daemonEnvironment } from "./daemon-environment.ts";
import type { Environment } from "./environment.ts";
import { keyAddress, openKey, OWN_KEY } from "./key-source.ts";
import { createKeyFile } from "./new-key-file.ts";

const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const PASSWORD = ETHERS_PASSWORD;

describe("sources of a key", () => {
  const [one, other] = [generatePrivateKey(), generatePrivateKey()];
  const { signal } = new AbortController();
  let folder: string;
  let path: string;
  let asked: string[];
  const nobody: Prompt = {
    ask: () => Promise.reject(new Error("asked")),
    confirm: () => Promise.reject(new Error("asked")),
    secret: (_question, flag) => {
      asked.push(flag);
      return Promise.resolve(PASSWORD);
    },
  };
  const config = (flags: Record<string, unknown>, environment: Environment) =>
    loadConfig(flags, environment, folder);
  const open = async (flags: Record<string, unknown>, environment: Environment) =>
    (await openKey({ config: config(flags, environment), prompt: nobody, signal })).address;
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw new Error("nothing was refused");
    const shown = [error.message, error.next, JSON.stringify(error.facts)].join();
    for (const secret of [one.slice(2, 12), other.slice(2, 12), PASSWORD])
      expect(shown).to.not.contain(secret);
    return error.code;
  };

  beforeEach(() => {
    asked = [];
    folder = mkdtempSync(join(tmpdir(), "berth-key-"));
    path = join(folder, "key");
    writeFileSync(path, `${one}\n`, { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are taken from the flag before the environment, and that before the file", async () => {
    writeFileSync(join(folder, "berth.config.json"), JSON.stringify({ keyFile: path }));
    expect(await open({ keyFile: path }, { BERTH_PRIVATE_KEY: other })).to.equal(privateKeyToAddress(one));
    expect(await open({}, { BERTH_PRIVATE_KEY: other })).to.equal(privateKeyToAddress(other));
    expect(await open({}, {})).to.equal(privateKeyToAddress(one));
  });

  it("are refused when one place names two", async () => {
    const signer = { BERTH_SIGNER_URL: "http://127.0.0.1:1", BERTH_SIGNER_ADDRESS: MARKET };
    const doubles: readonly Environment[] = [
      { BERTH_PRIVATE_KEY: other, BERTH_KEY_FILE: path },
      { BERTH_PRIVATE_KEY: other, ...signer },
      { BERTH_KEY_FILE: path, ...signer },
    ];
    for (const environment of doubles)
      expect(await codeOf(open({}, environment))).to.equal("E_KEY_AMBIGUOUS");
    const flags = { keyFile: path, signerUrl: "http://127.0.0.1:1" };
    expect(await codeOf(open(flags, {}))).to.equal("E_KEY_AMBIGUOUS");
  });

  it("may be an external signer, whose address must be known", async () => {
    const url = { BERTH_SIGNER_URL: "http://127.0.0.1:1" };
    expect(await open({}, { ...url, BERTH_SIGNER_ADDRESS: MARKET })).to.equal(MARKET);
    expect(await codeOf(open({}, url))).to.equal("E_CONFIG_MISSING");
  });

  it("may be a keystore, whose password comes from a file, the environment, or whoever is asked", async () => {
    const keystore = join(folder, "keystore");
    const passwordFile = join(folder, "password");
    const address = privateKeyToAddress(ETHERS_KEY);
    writeFileSync(keystore, ETHERS_KEYSTORE, { mode: 0o600 });
    writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    expect(await open({ keyFile: keystore, passwordFile }, {})).to.equal(address);
    expect(await open({ keyFile: keystore }, { BERTH_PASSWORD: PASSWORD })).to.equal(address);
    expect(asked).to.deep.equal([]);
    expect(await open({ keyFile: keystore }, {})).to.equal(address);
    expect(asked).to.deep.equal(["--password-file"]);
    expect(keyAddress(config({ keyFile: keystore }, {}), OWN_KEY)).to.equal(address);
    expect(asked).to.have.length(1);
    expect(await codeOf(open({ keyFile: keystore }, { BERTH_PASSWORD: "no" }))).to.equal("E_PASSWORD_WRONG");
  });

  it("say where was looked when there is none", async () => {
    expect(await codeOf(open({}, {}))).to.equal("E_KEY_MISSING");
  });

  it("are written for their owner alone, and none that is there is destroyed", () => {
    const created = join(folder, "keys", "operator.key");
    const first = createKeyFile(created);
    expect(statSync(created).mode & 0o777).to.equal(0o600);
    const second = createKeyFile(created);
    const third = createKeyFile(created);
    expect(addressOfKeyFile(created, OWN_KEY.words)).to.equal(third);
    expect(addressOfKeyFile(`${created}.old-1`, OWN_KEY.words)).to.equal(first);
    expect(addressOfKeyFile(`${created}.old-2`, OWN_KEY.words)).to.equal(second);
    expect(readdirSync(join(folder, "keys"))).to.have.length(3);
  });

  it("of the owner's are kept from the daemon, and every setting is handed on", () => {
    const flags = { market: MARKET, takeover: true, signerUrl: "http://127.0.0.1:1", signerAddress: MARKET };
    const environment = {
      BERTH_PRIVATE_KEY: one,
      BERTH_KEY_FILE: path,
      BERTH_PASSWORD: PASSWORD,
      BERTH_PASSWORD_FILE: path,
      PATH: "/bin",
      BERTH_CHAIN_ID: "5",
    };
    writeFileSync(join(folder, "berth.config.json"), JSON.stringify({ gatewayPort: 8700, dataDir: "data" }));
    expect(daemonEnvironment(config(flags, environment))).to.deep.equal({
      PATH: "/bin",
      BERTH_CHAIN_ID: "5",
      BERTH_MARKET: MARKET,
      BERTH_TAKEOVER: "true",
      BERTH_GATEWAY_PORT: "8700",
      BERTH_DATA_DIR: join(folder, "data"),
    });
  });

  it("of the operator are handed to the daemon one at a time, the stronger", () => {
    const signer = { operatorSignerUrl: "http://127.0.0.1:1", operatorAddress: MARKET };
    const environment = { BERTH_OPERATOR_KEY_FILE: path, BERTH_OPERATOR_PASSWORD: PASSWORD };
    const bySigner = daemonEnvironment(config(signer, environment));
    expect(bySigner).to.include({
      BERTH_OPERATOR_SIGNER_URL: "http://127.0.0.1:1",
      BERTH_OPERATOR_ADDRESS: MARKET,
    });
    expect(bySigner).to.not.have.any.keys("BERTH_OPERATOR_KEY_FILE", "BERTH_OPERATOR_PASSWORD");
    writeFileSync(join(folder, "berth.config.json"), JSON.stringify(signer));
    const byFile = daemonEnvironment(config({}, environment));
    expect(byFile).to.include(environment);
    expect(byFile).to.not.have.any.keys("BERTH_OPERATOR_SIGNER_URL", "BERTH_OPERATOR_ADDRESS");
  });
});
