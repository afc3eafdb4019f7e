// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { patient } from "../contract-fixtures.ts";
import { reply, stubEngine, type EngineStub } from "./engine-fixtures.ts";
import { collectImages } from "./image-garbage.ts";

const HEX = "a".repeat(64);
const PIN = `registry.example/app@sha256:${HEX}`;

describe("an image that is about to be collected", () => {
  let stub: EngineStub;
  beforeEach(async () => {
    stub = await stubEngine(({ method, url = "" }, response) => {
      if (method === "DELETE") return reply(response, 200, []);
      if (url === "/info") return reply(response, 200, { DockerRootDir: "/var/lib/engine" });
      if (url.startsWith("/containers")) return reply(response, 200, []);
      const image = { Id: "sha256:1", RepoTags: [`registry.example/app:berth.${HEX}`], Size: 1 };
      if (url === "/images/json") return reply(response, 200, [image]);
      reply(response, 200, { ...image, Metadata: { LastTagTime: "2026-01-01T00:00:00Z" } });
    });
  });
  afterEach(() => stub.close());

  const collect = (isNeeded: (pin: string) => boolean) =>
    collectImages(
      { engine: stub.engine, disk: async () => ({ totalBytes: 100, freeBytes: 1 }) },
      { isNeeded, downTo: 80 },
      patient(),
    );
  const removed = () => stub.requests.filter((request) => request.startsWith("DELETE"));

  it("goes where no lease needs it", async () => {
    expect(await collect(() => false)).to.deep.equal([PIN]);
    expect(removed()).to.have.length(1);
  });

  it("stays where a lease that needs it began after the images were listed", async () => {
    const hasInspected = () => stub.requests.includes("GET /images/sha256:1/json");
    expect(await collect((pin) => pin === PIN && hasInspected())).to.deep.equal([]);
    expect(removed()).to.deep.equal([]);
  });
});
