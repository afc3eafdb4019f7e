// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { createPrompt } from "./prompt.ts";

const tty = () => Object.assign(new PassThrough(), { isTTY: true });

async function refusalOf(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return error;
  throw new Error(`no refusal: ${String(error)}`);
}

describe("questions", () => {
  const never = new AbortController().signal;

  it("are asked on standard error, and answered by a line", async () => {
    const terminal = { stdin: tty(), stderr: tty() };
    const answer = createPrompt(terminal, true, never).ask("Which chain?", "--chain-id");
    terminal.stdin.write(" 31337 \n");
    expect(await answer).to.equal("31337");
    expect(String(terminal.stderr.read())).to.equal("Which chain? ");
  });

  it("are errors that name the flag where nobody can be asked, where asking is forbidden, and where nothing is said", async () => {
    const piped = createPrompt({ stdin: new PassThrough(), stderr: tty() }, true, never);
    const forbidden = createPrompt({ stdin: tty(), stderr: tty() }, false, never);
    const silent = { stdin: tty(), stderr: tty() };
    const unanswered = createPrompt(silent, true, never).ask("Which chain?", "--chain-id");
    silent.stdin.end();
    for (const asked of [
      piped.ask("Which?", "--chain-id"),
      forbidden.ask("Which?", "--chain-id"),
      unanswered,
    ]) {
      expect((await refusalOf(asked)).facts).to.deep.equal({ flag: "--chain-id" });
    }
  });

  it("take yes for yes, and anything else for no", async () => {
    for (const [said, confirmed] of [
      ["y", true],
      ["YES", true],
      ["", false],
      ["no", false],
      ["yep", false],
    ] as const) {
      const terminal = { stdin: tty(), stderr: tty() };
      const answer = createPrompt(terminal, true, never).confirm("Close it?", false);
      terminal.stdin.write(`${said}\n`);
      if (confirmed) await answer;
      else expect((await refusalOf(answer)).code, said).to.equal("E_NOT_CONFIRMED");
    }
  });

  it("for a secret are answered as it was typed, and show nothing of it", async () => {
    const terminal = { stdin: tty(), stderr: tty() };
    const answer = createPrompt(terminal, true, never).secret("Password?", "--password-file");
    terminal.stdin.write(" sword fish \n");
    expect(await answer).to.equal(" sword fish ");
    expect(String(terminal.stderr.read())).to.equal("Password? \n");
  });

  it("for a secret are errors that name the file's flag where nobody can be asked, and end at Ctrl-C", async () => {
    const piped = createPrompt({ stdin: new PassThrough(), stderr: tty() }, true, never);
    const refused = await refusalOf(piped.secret("Password?", "--password-file"));
    expect(refused.facts).to.deep.equal({ flag: "--password-file" });
    const terminal = { stdin: tty(), stderr: tty() };
    const interrupted = createPrompt(terminal, true, never).secret("Password?", "--password-file");
    terminal.stdin.write("sword\u0003");
    expect((await refusalOf(interrupted)).code).to.equal("E_INTERRUPTED");
  });

  it("need no answer with --yes", async () => {
    await createPrompt({ stdin: new PassThrough(), stderr: new PassThrough() }, true, never).confirm(
      "Close it?",
      true,
    );
  });

  it("end with the reason of an interruption", async () => {
    const controller = new AbortController();
    const reason = new UserError("E_INTERRUPTED", "Interrupted.", { atRisk: "nothing", next: "Nothing." });
    const answer = createPrompt({ stdin: tty(), stderr: tty() }, true, controller.signal).ask(
      "Which?",
      "--x",
    );
    controller.abort(reason);
    expect(await refusalOf(answer)).to.equal(reason);
  });
});
