// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { generatePrivateKey } from "viem/accounts";
import { runOrchestrator } from "./main.ts";
import { provider } from "./test/builders.ts";

const never = new AbortController().signal;

describe("starting the daemon", () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-main-"));
  const keyFile = join(folder, "key");
  let server: Server;
  let answers: Record<string, unknown> = {};

  before(async () => {
    writeFileSync(keyFile, generatePrivateKey(), { mode: 0o600 });
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { id, method } = JSON.parse(Buffer.concat(parts).toString()) as { id: number; method: string };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answers[method] ?? null }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  function environment(changes: Record<string, string> = {}): Record<string, string> {
    return {
      BERTH_RPC_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      BERTH_CHAIN_ID: "31337",
      BERTH_MARKET: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
      BERTH_PROVIDER: provider,
      BERTH_OPERATOR_KEY_FILE: keyFile,
      BERTH_DATA_DIR: folder,
      BERTH_LOG_LEVEL: "silent",
      ...changes,
    };
  }

  async function failure(variables: Record<string, string>, signal = never): Promise<unknown> {
    const error = await runOrchestrator(variables, signal).catch((thrown: unknown) => thrown);
    return error instanceof BerthError ? error.code : error;
  }

  it("ends at once on what only a person can mend", async () => {
    expect(await failure({})).to.equal("E_CONFIG_INVALID");
    const exposed = join(folder, "exposed");
    writeFileSync(exposed, generatePrivateKey(), { mode: 0o644 });
    expect(await failure(environment({ BERTH_OPERATOR_KEY_FILE: exposed }))).to.equal("E_KEY_FILE_EXPOSED");
  });

  it("ends on a chain that is not the configured one, and on an address without a contract", async () => {
    answers = { eth_chainId: "0x1" };
    expect(await failure(environment())).to.equal("E_WRONG_CHAIN");
    answers = { eth_chainId: "0x7a69", eth_getCode: "0x" };
    expect(await failure(environment())).to.equal("E_NO_CONTRACT");
  });

  it("waits for an RPC that does not answer, until it is stopped", async () => {
    const stop = new AbortController();
    const url = "http://127.0.0.1:1";
    const running = failure(environment({ BERTH_RPC_URL: url }), stop.signal);
    const early = await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 700, "waits"))]);
    expect(early).to.equal("waits");
    stop.abort("stopped");
    expect(await running).to.equal("stopped");
  });
});
