// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOfKeyFile, isKeystoreFile, openKeyFile } from "@berth/sdk/keys";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { OPERATOR_KEY } from "../../config/key-source.ts";
import { jsonErrorOf, jsonOf, runInside } from "../../testing/run-berth.ts";

const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const FLAGS = ["--rpc-url", "http://127.0.0.1:8545", "--chain-id", "31337", "--market", MARKET];
const { words: WORDS } = OPERATOR_KEY;
const ENDPOINT = ["--public-endpoint", "http://192.0.2.1:8700"];

interface Said {
  readonly configFile: string;
  readonly operatorKeyFile: string;
  readonly operator: string;
  readonly provider: string | null;
}

describe("berth provider init", function () {
  this.timeout(120_000);
  let folder: string;
  const init = (environment: Readonly<Record<string, string>>, ...flags: readonly string[]) =>
    runInside(["provider", "init", "--json", ...flags], {
      folder,
      environment: { XDG_DATA_HOME: join(folder, "share"), ...environment },
    });
  const file = (): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, "berth.config.json"), "utf8")) as Record<string, unknown>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-init-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writes the configuration and a key that only its owner may read", async () => {
    const said = jsonOf<Said>(await init({}, ...FLAGS, ...ENDPOINT));
    expect(said.provider).to.equal(null);
    expect(said.operatorKeyFile).to.equal(join(folder, "share", "berth", "operator.key"));
    expect(statSync(said.operatorKeyFile).mode & 0o777).to.equal(0o600);
    expect(addressOfKeyFile(said.operatorKeyFile, WORDS)).to.equal(said.operator);
    expect(file()).to.deep.equal({
      rpcUrl: "http://127.0.0.1:8545",
      chainId: 31337,
      market: MARKET,
      publicEndpoint: "http://192.0.2.1:8700",
      gatewayPort: 8700,
      operatorKeyFile: said.operatorKeyFile,
    });
  });

  it("writes a keystore where a password is configured, and no password into the configuration", async () => {
    const said = jsonOf<Said>(await init({ BERTH_OPERATOR_PASSWORD: "swordfish" }, ...FLAGS, ...ENDPOINT));
    expect(isKeystoreFile(said.operatorKeyFile, WORDS)).to.equal(true);
    const { address } = await openKeyFile(said.operatorKeyFile, () => "swordfish", WORDS);
    expect(address).to.equal(said.operator);
    expect(JSON.stringify(file())).to.not.contain("swordfish");
  });

  it("makes no key where an external signer holds it", async () => {
    const signer = ["--operator-signer-url", "http://127.0.0.1:9000", "--operator-address", MARKET];
    const said = jsonOf<Said>(await init({}, ...FLAGS, ...ENDPOINT, ...signer));
    expect(said).to.include({ operatorKeyFile: null, operator: MARKET });
    expect(file()).to.not.have.property("operatorKeyFile");
    expect(file()).to.include({ operatorSignerUrl: "http://127.0.0.1:9000", operatorAddress: MARKET });
  });

  it("knows the provider from the owner's key", async () => {
    const key = generatePrivateKey();
    const { address } = privateKeyToAccount(key);
    expect(jsonOf<Said>(await init({ BERTH_PRIVATE_KEY: key }, ...FLAGS, ...ENDPOINT)).provider).to.equal(
      address,
    );
    expect(file()).to.include({ provider: address });
    expect(JSON.stringify(file())).to.not.contain(key.slice(2));
  });

  it("leaves in the environment what came from there", async () => {
    jsonOf(await init({ BERTH_RPC_URL: "http://secret.example/key" }, ...FLAGS.slice(2), ...ENDPOINT));
    expect(file()).to.not.have.property("rpcUrl");
  });

  it("names the flag that is missing where nobody can be asked, and writes nothing", async () => {
    const error = jsonErrorOf(await init({}, ...FLAGS));
    expect(error).to.include({ code: "E_INPUT_MISSING", exitCode: 2 });
    expect(error.facts).to.deep.equal({ flag: "--public-endpoint" });
    expect(file).to.throw("ENOENT");
  });

  it("never overwrites without --force, and with it moves the old key aside", async () => {
    const first = jsonOf<Said>(await init({}, ...FLAGS, ...ENDPOINT));
    expect(jsonErrorOf(await init({}, ...FLAGS, ...ENDPOINT))).to.include({
      code: "E_FILE_EXISTS",
      exitCode: 2,
    });
    expect(addressOfKeyFile(first.operatorKeyFile, WORDS)).to.equal(first.operator);
    const second = jsonOf<Said>(await init({}, "--force", "--log-level", "debug"));
    expect(file()).to.include({ chainId: 31337, logLevel: "debug" });
    expect(addressOfKeyFile(second.operatorKeyFile, WORDS)).to.equal(second.operator);
    expect(addressOfKeyFile(`${first.operatorKeyFile}.old-1`, WORDS)).to.equal(first.operator);
  });

  it("refuses a wrong value before it writes anything", async () => {
    writeFileSync(join(folder, ".env"), "BERTH_GATEWAY_PORT=many\n");
    expect(jsonErrorOf(await init({}, ...FLAGS, ...ENDPOINT))).to.include({
      code: "E_CONFIG_INVALID",
      exitCode: 2,
    });
    expect(file).to.throw("ENOENT");
  });
});
