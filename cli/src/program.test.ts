// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect } from "chai";
import type { Command } from "commander";
import { environmentName, settingKeys } from "./config/settings.ts";
import { createProgram } from "./program.ts";
import { jsonErrorOf, runInside } from "./testing/run-berth.ts";

const GOLDEN = new URL("../test-fixtures/command-tree.txt", import.meta.url);
const EXAMPLE = new URL("../../.env.example", import.meta.url);

function tree(command: Command, path: string): readonly string[] {
  const args = command.registeredArguments.map((argument) => {
    const shown = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? ` <${shown}>` : ` [${shown}]`;
  });
  const flags = command.options.map(({ flags: shown }) => `    ${shown}`);
  return [
    path + args.join(""),
    ...flags,
    ...command.commands.flatMap((child) => tree(child, `${path} ${child.name()}`)),
  ];
}

describe("the command line", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-program-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const berth = (...args: readonly string[]) => runInside(args, { folder, environment: {} });

  it("has exactly these commands and flags", () => {
    const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    const rest = { environment: {}, folder, now: () => new Date(0), signal: new AbortController().signal };
    const state = { json: false, exitCode: 0 };
    const program = createProgram({ ...streams, ...rest, takeSignals: () => {} }, state);
    expect(`${tree(program, "berth").join("\n")}\n`).to.equal(readFileSync(GOLDEN, "utf8"));
  });

  it("helps with every command, and ends well", async () => {
    for (const command of [[], ["deploy"], ["provider"], ["provider", "offer"], ["provider", "init"]]) {
      const { code, stdout } = await berth(...command, "--help");
      expect(code).to.equal(0);
      expect(stdout).to.contain(`Usage: ${["berth", ...command].join(" ")}`);
    }
  });

  it("calls wrong usage by its name: exit code 2, in words and as JSON", async () => {
    const wrong = [
      [],
      ["sink"],
      ["ps", "--sunk"],
      ["topup", "1"],
      ["status", "x"],
      ["provider", "offer"],
      ["ps", "1"],
    ];
    for (const args of wrong) {
      const plain = await berth(...args);
      expect(plain.code, args.join(" ")).to.equal(2);
      expect(plain.stdout, args.join(" ")).to.equal("");
      expect(plain.stderr, args.join(" ")).to.contain("(E_USAGE)").and.to.contain("next: ");
      const error = jsonErrorOf(await berth(...args, "--json"));
      expect(error, args.join(" ")).to.include({ code: "E_USAGE", exitCode: 2 });
    }
  });

  it("takes a key from a file or the environment, never from a flag", async () => {
    expect(jsonErrorOf(await berth("ps", "--json", "--private-key", "0x1"))).to.include({ code: "E_USAGE" });
    for (const flag of ["--password", "--operator-password"])
      expect(jsonErrorOf(await berth("ps", "--json", flag, "p"))).to.include({ code: "E_USAGE" });
    expect(jsonErrorOf(await berth("ps", "--json"))).to.include({ code: "E_KEY_MISSING", exitCode: 2 });
  });

  it("has an example of every variable that it reads", () => {
    const example = readFileSync(EXAMPLE, "utf8");
    for (const name of [
      ...settingKeys.map(environmentName),
      "BERTH_PRIVATE_KEY",
      "BERTH_PASSWORD",
      "BERTH_OPERATOR_PASSWORD",
    ]) {
      expect(example, name).to.match(new RegExp(`^#? ?${name}=`, "m"));
    }
  });
});
