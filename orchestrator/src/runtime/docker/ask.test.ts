// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { ServerResponse } from "node:http";
import { expectError, patient } from "../contract-fixtures.ts";
import { isEngineInfo, type Check } from "./answers.ts";
import { ask } from "./ask.ts";
import { connectEngine } from "./client.ts";
import { reply, stubEngine, IMPATIENT, type EngineStub } from "./engine-fixtures.ts";

describe("a question to the engine", () => {
  let stub: EngineStub;
  let answer: (response: ServerResponse) => void;

  before(async () => {
    stub = await stubEngine((_, response) => answer(response));
  });
  after(() => stub.close());

  const inspect = (signal = patient(), outcomes = {}, check?: Check) =>
    ask(stub.engine, {
      what: "inspect container x",
      limitMs: IMPATIENT.look,
      signal,
      run: (abortSignal) => stub.engine.docker.getContainer("x").inspect({ abortSignal }),
      check,
      outcomes,
    });

  it("an engine that accepts and never answers is unreachable when the deadline has passed", async () => {
    answer = () => undefined;
    const begin = Date.now();
    const error = await expectError(inspect(), "E_RUNTIME_UNREACHABLE", "retryable");
    expect(Date.now() - begin).to.be.within(IMPATIENT.look - 20, IMPATIENT.look + 1_000);
    expect(error.message).to.include(stub.engine.address).and.to.include("no answer within 200 ms");
  });

  it("an engine that begins an answer and never ends it is unreachable as well", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"Id":');
    };
    await expectError(inspect(), "E_RUNTIME_UNREACHABLE", "retryable");
  });

  it("an engine that hangs up is unreachable", async () => {
    answer = (response) => response.destroy();
    await expectError(inspect(), "E_RUNTIME_UNREACHABLE", "retryable");
  });

  it("a socket that is not there is unreachable, and named", async () => {
    const engine = connectEngine({ socketPath: "/nowhere/engine.sock" });
    const question = {
      what: "ping",
      limitMs: 1_000,
      signal: patient(),
      run: (abortSignal: AbortSignal) => engine.docker.getContainer("x").inspect({ abortSignal }),
    };
    const error = await expectError(ask(engine, question), "E_RUNTIME_UNREACHABLE", "retryable");
    expect(error.message).to.include("/nowhere/engine.sock");
    expect(error.facts).to.deep.equal({ engine: "/nowhere/engine.sock" });
  });

  it("the caller's abort comes out as its own reason, before and during the question", async () => {
    answer = () => undefined;
    const reason = new Error("shut down");
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(reason), 20);
    expect(await inspect(leaving.signal).catch((error: unknown) => error)).to.equal(reason);
    const before = stub.requests.length;
    expect(await inspect(AbortSignal.abort(reason)).catch((error: unknown) => error)).to.equal(reason);
    expect(stub.requests.length).to.equal(before);
  });

  it("a refusal that the caller expects is an answer", async () => {
    answer = (response) => reply(response, 404, { message: "No such container: x" });
    expect(await inspect(patient(), { 404: () => null })).to.equal(null);
  });

  it("a success that does not look like an answer is retryable, whatever else is expected", async () => {
    for (const body of [{}, [], { DockerRootDir: 5 }, null]) {
      answer = (response) => reply(response, 200, body);
      const question = inspect(patient(), { 404: () => null }, isEngineInfo);
      const error = await expectError(question, "E_RUNTIME_UNREADABLE", "retryable");
      expect(error.message).to.include("inspect container x");
    }
    answer = (response) => reply(response, 200, { DockerRootDir: "x" });
    expect(await inspect(patient(), {}, isEngineInfo)).to.deep.equal({ DockerRootDir: "x" });
  });

  it("a refusal that nobody expects is retryable, with the engine's words", async () => {
    for (const status of [404, 409, 500, 503]) {
      answer = (response) => reply(response, status, { message: "device or resource busy" });
      const error = await expectError(inspect(), "E_RUNTIME_FAILED", "retryable");
      expect(error.message).to.include("device or resource busy");
      expect(error.facts).to.deep.equal({ status: String(status) });
    }
  });

  it("a request that the engine calls wrong is permanent", async () => {
    answer = (response) => reply(response, 400, { message: "invalid CPU count" });
    await expectError(inspect(), "E_RUNTIME_REFUSED", "permanent");
  });

  it("a refusal that is no JSON keeps its words", async () => {
    answer = (response) => {
      response.writeHead(502);
      response.end("bad gateway");
    };
    const error = await expectError(inspect(), "E_RUNTIME_FAILED", "retryable");
    expect(error.message).to.include("bad gateway");
  });
});
