// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { UserError } from "../errors.ts";
import { canonicalManifestText, manifestHash, newManifestDocument } from "./document.ts";
import { parseCompose } from "./compose/parse-compose.ts";
import { MAX_SECRETS_BYTES, parseManifestSecrets } from "./secrets.ts";
import { manifestUploadText, MAX_UPLOAD_BYTES, parseManifestUpload } from "./upload.ts";

const SECRET = "correct horse";
const login = { username: "ada", password: SECRET };
const secrets = { registries: { "registry.example": login } };
const document = newManifestDocument(
  parseCompose(
    `name: x\nservices:\n  "2": { image: registry.example/app:1 }\n  "10": { image: redis, environment: { A: '"\\\\' } }\n`,
    { environment: {} },
  ),
  `0x${"a5".repeat(32)}`,
);

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("the upload of a manifest", () => {
  it("is the canonical text alone where nothing is secret", () => {
    const text = canonicalManifestText(document);
    expect(manifestUploadText(document, null)).to.equal(text);
    expect(parseManifestUpload(text)).to.deep.equal({ document, text, secrets: null });
  });

  it("carries secrets beside the text that has the hash, and in nothing that has it", () => {
    const {
      document: read,
      text,
      secrets: found,
    } = parseManifestUpload(manifestUploadText(document, secrets));
    expect(found).to.deep.equal(secrets);
    expect(text).to.equal(canonicalManifestText(document)).and.not.to.contain(SECRET);
    expect(manifestHash(read)).to.equal(manifestHash(document));
  });

  it("is refused where the document is not canonical, or anything stands beside the two parts", () => {
    const parts = { document: canonicalManifestText(document), secrets };
    const odd = [
      { ...parts, document: ` ${parts.document}` },
      { ...parts, document: "{}" },
      { ...parts, more: 1 },
      { document: parts.document },
    ];
    for (const body of odd)
      expect(refusal(() => parseManifestUpload(JSON.stringify(body))).code).to.match(/^E_MANIFEST_/);
    expect(refusal(() => parseManifestUpload("x".repeat(MAX_UPLOAD_BYTES + 1))).code).to.equal(
      "E_MANIFEST_TOO_LARGE",
    );
  });

  it("is refused with a login for a registry that no image comes from", () => {
    const unused = { registries: { ...secrets.registries, "other.example": login } };
    const error = refusal(() => parseManifestUpload(manifestUploadText(document, unused)));
    expect(error.code).to.equal("E_SECRETS_UNUSED");
    expect(error.message).to.contain("other.example").and.not.to.contain("registry.example");
    const hub = { registries: { "docker.io": login } };
    expect(parseManifestUpload(manifestUploadText(document, hub)).secrets).to.deep.equal(hub);
  });

  it("is refused with secrets of any other form, and the refusal quotes nothing of them", () => {
    const deep = JSON.parse(`${"[".repeat(4_000)}${"]".repeat(4_000)}`) as unknown;
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, each) => [`r${each}.example`, login]));
    const large = Object.fromEntries(
      Array.from({ length: 5 }, (_, each) => [`r${each}.example`, { ...login, password: "x".repeat(4_000) }]),
    );
    const ofHost = (host: string, value: unknown = login) => ({ registries: { [host]: value } });
    const bad: unknown[] = [
      null,
      1,
      SECRET,
      [],
      {},
      { registries: SECRET },
      { ...secrets, more: SECRET },
      deep,
    ];
    bad.push(
      { registries: many },
      { registries: large },
      ofHost("a.example", SECRET),
      ofHost("a.example", {}),
    );
    for (const host of ["", SECRET, "a b.example", "http://a.example", "a.example/x", "redis", "__proto__"])
      bad.push(
        JSON.parse(
          JSON.stringify({
            registries: JSON.parse(`{${JSON.stringify(host)}:{"username":"a","password":"b"}}`) as object,
          }),
        ),
      );
    for (const changes of [
      ...[{ username: "" }, { username: "a:b" }, { username: "a\n" }, { username: "x".repeat(257) }],
      ...[
        { password: "" },
        { password: `${SECRET}\r\nX: y` },
        { password: "x".repeat(4_097) },
        { password: "\ud800" },
      ],
      { more: SECRET },
    ])
      bad.push(ofHost("a.example", { ...login, ...changes }));
    expect(JSON.stringify(large).length).to.be.greaterThan(MAX_SECRETS_BYTES);
    for (const value of bad) {
      const error = refusal(() => parseManifestSecrets(value));
      expect(error.code, JSON.stringify(value)?.slice(0, 80)).to.equal("E_SECRETS_INVALID");
      expect(JSON.stringify([error.message, error.next, error.facts, error.stack])).not.to.contain(SECRET);
    }
  });
});
