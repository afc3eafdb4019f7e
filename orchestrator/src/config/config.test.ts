// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { parseConfig, variableName } from "./config.ts";

const market = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const least = {
  BERTH_RPC_URL: "http://127.0.0.1:8545",
  BERTH_CHAIN_ID: "31337",
  BERTH_MARKET: market.toLowerCase(),
  BERTH_PROVIDER: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  BERTH_OPERATOR_KEY_FILE: "/keys/operator",
  BERTH_DATA_DIR: "/data",
};

function refused(environment: Record<string, string>): UserError {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error("it was not refused");
}

describe("configuration", () => {
  it("needs six variables, and does the careful thing about the rest", () => {
    expect(parseConfig(least)).to.deep.equal({
      rpcUrls: ["http://127.0.0.1:8545"],
      chainId: 31337,
      market,
      provider: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
      operatorKeyFile: "/keys/operator",
      operatorPasswordFile: null,
      operatorPassword: null,
      operatorSignerUrl: null,
      operatorAddress: null,
      dataDir: "/data",
      gatewayHost: "127.0.0.1",
      gatewayPort: 0,
      metricsPort: null,
      publicEndpoint: null,
      publishAddress: "127.0.0.1",
      subnetPool: "10.200.0.0/14",
      egressFirewall: null,
      egressAllow: [],
      egressMbit: 100,
      publishPorts: { first: 20_000, last: 29_999 },
      publishHost: null,
      ingress: null,
      ingressUrl: null,
      ingressContainer: null,
      healthGraceSeconds: 60,
      localImages: false,
      localRegistries: [],
      imageMib: 20_480,
      diskReserveMib: 2_048,
      reportIntervalSeconds: null,
      sampleIntervalSeconds: 10,
      pollIntervalMs: 1_000,
      confirmations: null,
      settleDepth: null,
      deleteDepth: null,
      startBlock: 0n,
      maxFeeGwei: 500_000_000_000n,
      tokenPrices: new Map(),
      settleGasPercent: 2,
      allowedTenants: null,
      deniedTenants: [],
      leasesPerTenant: null,
      capacityCpuMillis: null,
      capacityMemoryMib: null,
      capacityStorageMib: null,
      acceptOldEngine: false,
      dockerSocket: undefined,
      volumeQuota: null,
      takeover: false,
      logLevel: "info",
      allowedOrigins: [],
    });
  });

  it("takes every variable", () => {
    const all = parseConfig({
      ...least,
      BERTH_GATEWAY_HOST: "0.0.0.0",
      BERTH_GATEWAY_PORT: "8080",
      BERTH_PUBLIC_ENDPOINT: "https://berth.example",
      BERTH_PUBLISH_ADDRESS: "192.0.2.1",
      BERTH_SUBNET_POOL: "172.20.0.0/16",
      BERTH_REPORT_INTERVAL_SECONDS: "5",
      BERTH_SAMPLE_INTERVAL_SECONDS: "1",
      BERTH_POLL_INTERVAL_MS: "50",
      BERTH_RPC_URLS: "https://one.example/key, https://two.example,",
      BERTH_CONFIRMATIONS: "3",
      BERTH_SETTLE_DEPTH: "safe",
      BERTH_DELETE_DEPTH: "finalized",
      BERTH_START_BLOCK: "1234",
      BERTH_DOCKER_SOCKET: "/run/docker.sock",
      BERTH_TAKEOVER: "true",
      BERTH_LOG_LEVEL: "debug",
      BERTH_ALLOWED_ORIGINS: "https://a.example, https://b.example,",
    });
    expect(all).to.deep.include({
      gatewayHost: "0.0.0.0",
      gatewayPort: 8080,
      publicEndpoint: "https://berth.example",
      publishAddress: "192.0.2.1",
      subnetPool: "172.20.0.0/16",
      reportIntervalSeconds: 5,
      sampleIntervalSeconds: 1,
      pollIntervalMs: 50,
      rpcUrls: ["https://one.example/key", "https://two.example"],
      confirmations: 3n,
      settleDepth: "safe",
      deleteDepth: "finalized",
      startBlock: 1234n,
      dockerSocket: "/run/docker.sock",
      takeover: true,
      logLevel: "debug",
      allowedOrigins: ["https://a.example", "https://b.example"],
    });
  });

  it("takes prices of tokens as a list, and refuses one that is none", () => {
    const one = `${market}=12`;
    expect(parseConfig({ ...least, BERTH_TOKEN_PRICES: one }).tokenPrices).to.deep.equal(
      new Map([[market, 12n]]),
    );
    for (const wrong of [market, `${market}=1.5`, "0x12=1", `${one}=2`]) {
      expect(refused({ ...least, BERTH_TOKEN_PRICES: wrong }).facts["variables"]).to.equal(
        "BERTH_TOKEN_PRICES",
      );
    }
  });

  it("takes tenants as lists of addresses, and refuses what is none", () => {
    const lists = { BERTH_ALLOWED_TENANTS: `${market}, `, BERTH_DENIED_TENANTS: market.toLowerCase() };
    expect(parseConfig({ ...least, ...lists, BERTH_LEASES_PER_TENANT: "3" })).to.deep.include({
      ...{ allowedTenants: [market], deniedTenants: [market], leasesPerTenant: 3 },
    });
    for (const name of ["BERTH_ALLOWED_TENANTS", "BERTH_DENIED_TENANTS"])
      expect(refused({ ...least, [name]: `${market}, 0x12` }).facts["variables"]).to.equal(name);
    expect(refused({ ...least, BERTH_LEASES_PER_TENANT: "0" }).facts["variables"]).to.equal(
      "BERTH_LEASES_PER_TENANT",
    );
  });

  it("takes an empty variable as one that is not set", () => {
    expect(parseConfig({ ...least, BERTH_LOG_LEVEL: "", BERTH_PUBLIC_ENDPOINT: "" }).logLevel).to.equal(
      "info",
    );
    expect(refused({ ...least, BERTH_DATA_DIR: "" }).message).to.equal("BERTH_DATA_DIR is missing");
  });

  it("names every variable that is missing, with its fix", () => {
    const error = refused({});
    expect(error.code).to.equal("E_CONFIG_INVALID");
    for (const name of Object.keys(least)) {
      expect(error.message).to.include(`${name} is missing`);
      expect(error.next).to.include(`${name}: `);
    }
  });

  const bad: readonly (readonly [string, string])[] = [
    ["BERTH_RPC_URL", "localhost:8545"],
    ["BERTH_RPC_URL", "file:///etc/passwd"],
    ["BERTH_RPC_URLS", "https://one.example,two.example"],
    ["BERTH_RPC_URLS", " , "],
    ["BERTH_CHAIN_ID", "mainnet"],
    ["BERTH_CHAIN_ID", "0"],
    ["BERTH_MARKET", "0x12"],
    ["BERTH_PROVIDER", "provider"],
    ["BERTH_GATEWAY_PORT", "65536"],
    ["BERTH_GATEWAY_PORT", "-1"],
    ["BERTH_PUBLIC_ENDPOINT", "berth.example"],
    ["BERTH_REPORT_INTERVAL_SECONDS", "0"],
    ["BERTH_SAMPLE_INTERVAL_SECONDS", "1.5"],
    ["BERTH_POLL_INTERVAL_MS", "soon"],
    ["BERTH_CONFIRMATIONS", "-1"],
    ["BERTH_SETTLE_DEPTH", "latest"],
    ["BERTH_DELETE_DEPTH", "-64"],
    ["BERTH_START_BLOCK", "latest"],
    ["BERTH_TAKEOVER", "perhaps"],
    ["BERTH_LOG_LEVEL", "loud"],
  ];
  for (const [name, value] of bad) {
    it(`refuses ${name}=${value}, naming it alone`, () => {
      const error = refused({ ...least, [name]: value });
      expect(error.facts).to.deep.equal({ variables: name });
      expect(error.message).to.match(new RegExp(`^${name} is `));
      expect(error.next).to.match(new RegExp(`^${name}: (give|say)`));
    });
  }

  describe("of the operator's key", () => {
    const { BERTH_OPERATOR_KEY_FILE: _keyFile, ...rest } = least;
    const signer = { BERTH_OPERATOR_SIGNER_URL: "http://127.0.0.1:9000", BERTH_OPERATOR_ADDRESS: market };

    it("takes a key file, with or without a password, or an external signer and its address", () => {
      const passwordFile = parseConfig({ ...least, BERTH_OPERATOR_PASSWORD_FILE: "/keys/password" });
      expect(passwordFile.operatorPasswordFile).to.equal("/keys/password");
      expect(parseConfig({ ...least, BERTH_OPERATOR_PASSWORD: "p" }).operatorPassword).to.equal("p");
      expect(parseConfig({ ...rest, ...signer })).to.include({
        operatorKeyFile: null,
        operatorSignerUrl: "http://127.0.0.1:9000",
        operatorAddress: market,
      });
    });

    const wrong: readonly (readonly [string, Record<string, string>, string])[] = [
      ["no source", rest, "BERTH_OPERATOR_KEY_FILE is missing"],
      [
        "two sources",
        { ...least, ...signer },
        "BERTH_OPERATOR_SIGNER_URL is set beside BERTH_OPERATOR_KEY_FILE",
      ],
      [
        "a signer without an address",
        { ...rest, BERTH_OPERATOR_SIGNER_URL: "http://127.0.0.1:9000" },
        "BERTH_OPERATOR_ADDRESS is missing",
      ],
      [
        "an address without a signer",
        { ...least, BERTH_OPERATOR_ADDRESS: market },
        "BERTH_OPERATOR_ADDRESS is set without BERTH_OPERATOR_SIGNER_URL",
      ],
      [
        "a signer with a password",
        { ...rest, ...signer, BERTH_OPERATOR_PASSWORD: "swordfish" },
        "BERTH_OPERATOR_PASSWORD is set without BERTH_OPERATOR_KEY_FILE",
      ],
      [
        "two passwords",
        { ...least, BERTH_OPERATOR_PASSWORD: "swordfish", BERTH_OPERATOR_PASSWORD_FILE: "/keys/password" },
        "BERTH_OPERATOR_PASSWORD_FILE is set beside BERTH_OPERATOR_PASSWORD",
      ],
    ];
    for (const [name, environment, message] of wrong) {
      it(`refuses ${name}, and quotes no password`, () => {
        const error = refused(environment);
        expect(error).to.include({ code: "E_CONFIG_INVALID", message });
        expect([error.message, error.next, JSON.stringify(error.facts)].join()).to.not.contain("swordfish");
      });
    }
  });

  it("never quotes an endpoint, which may hold a key", () => {
    const error = refused({
      ...least,
      BERTH_RPC_URLS: "https://one.example/secret,ftp://two.example/secret",
    });
    expect(JSON.stringify([error.message, error.next, error.facts])).not.to.include("secret");
  });

  it("a variable has the name of its key", () => {
    expect(variableName("reportIntervalSeconds")).to.equal("BERTH_REPORT_INTERVAL_SECONDS");
  });
});
