// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manifestHash, newManifestDocument, parseCompose, UserError } from "@berth/sdk";
import { expect } from "chai";
import { createDocumentStore } from "./store.ts";

const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

describe("documents of leases", () => {
  const manifest = parseCompose("name: a\nservices: { web: { image: example.org/a:1 } }\n", {
    environment: {},
  });
  const document = newManifestDocument(manifest, `0x${"11".repeat(32)}`);
  const hash = manifestHash(document);
  let dataDir: string;
  const store = (market: `0x${string}` = MARKET) => createDocumentStore(dataDir, { chainId: 5, market });
  const files = (): readonly string[] => readdirSync(join(dataDir, "leases"));

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "berth-documents-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it("are on disk before their lease has a number, for their owner alone", () => {
    store().keep(document, hash);
    expect(files()).to.deep.equal([`5-5fbdb231-${hash}.json`]);
    expect(statSync(join(dataDir, "leases", files()[0] ?? "")).mode & 0o777).to.equal(0o600);
    expect(statSync(join(dataDir, "leases")).mode & 0o777).to.equal(0o700);
  });

  it("are found by lease, and by hash where nobody got to naming the lease", () => {
    store().keep(document, hash);
    expect(store().find(7n, hash)).to.deep.equal(document);
    expect(store().assign(hash, 7n)).to.equal(join(dataDir, "leases", "5-5fbdb231-7.json"));
    expect(store().find(7n, "0x")).to.deep.equal(document);
  });

  it("are not those of another market or another lease", () => {
    store().keep(document, hash);
    store().assign(hash, 7n);
    const other = store("0x1111111111111111111111111111111111111111");
    for (const find of [() => store().find(8n, hash), () => other.find(7n, hash)]) {
      expect(find).to.throw(UserError).with.property("code", "E_DOCUMENT_UNKNOWN");
    }
  });
});
