// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCompose, UserError } from "@berth/sdk";
import { expect } from "chai";
import { SECRET_VARIABLES } from "./key-source.ts";
import { LOGINS_VARIABLE, readLogins } from "./registry-logins.ts";

const SECRET = "correct horse";
const login = { username: "ada", password: SECRET };
const needed = { "registry.example": login };
const both = { ...needed, "other.example": login };
const manifestOf = (image: string) =>
  parseCompose(`name: x\nservices:\n  web: { image: "${image}" }\n`, { environment: {} });
const ours = manifestOf("registry.example/app:1");

describe("logins for registries", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "berth-logins-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (content: string, mode = 0o600): string => {
    writeFileSync(join(folder, "logins.json"), content, { mode });
    return "logins.json";
  };
  const read = (path?: string, variable?: string) => {
    const environment = variable === undefined ? {} : { [LOGINS_VARIABLE]: variable };
    return readLogins(path, { sources: { flags: {}, environment, file: null, folder } });
  };
  const refusal = (act: () => unknown): UserError => {
    try {
      act();
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error("it was not refused");
  };

  it("are none where nothing gives them", () => {
    expect(read()(ours)).to.equal(null);
    expect(read(undefined, "")(ours)).to.equal(null);
  });

  it("of a file are for this manifest, each of them", () => {
    expect(read(write(JSON.stringify(needed)))(ours)).to.deep.equal({ registries: needed });
    const error = refusal(() => read(write(JSON.stringify(both)))(ours));
    expect(error.code).to.equal("E_SECRETS_UNUSED");
    expect(error.message).to.contain("other.example");
  });

  it("of the environment are given as far as the manifest needs them, and the file comes first", () => {
    const all = JSON.stringify(both);
    expect(read(undefined, all)(ours)).to.deep.equal({ registries: needed });
    expect(read(undefined, all)(manifestOf("redis"))).to.equal(null);
    expect(read(write(JSON.stringify(needed)), "not JSON")(ours)).to.deep.equal({ registries: needed });
  });

  it("are refused unread where others may read them, and where they are none, without a word of them", () => {
    const exposed = refusal(() => read(write(JSON.stringify(needed), 0o644)));
    expect(exposed.code).to.equal("E_LOGINS_UNREADABLE");
    expect(exposed.next).to.contain("chmod 600");
    rmSync(join(folder, "logins.json"));
    expect(refusal(() => read("absent.json")).code).to.equal("E_LOGINS_UNREADABLE");
    for (const content of [SECRET, `{"registry.example":"${SECRET}"}`, `{"a b":${JSON.stringify(login)}}`]) {
      for (const error of [refusal(() => read(undefined, content)), refusal(() => read(write(content)))]) {
        expect(error.code).to.be.oneOf(["E_LOGINS_UNREADABLE", "E_SECRETS_INVALID"]);
        expect(JSON.stringify([error.message, error.next, error.facts, error.stack])).not.to.contain(SECRET);
      }
    }
  });

  it("are out of reach for a Compose file's variables", () => {
    expect(SECRET_VARIABLES).to.include(LOGINS_VARIABLE);
  });
});
