// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { stringify } from "yaml";
import { refusalsOf } from "../manifest.fixture.ts";
import { COMPOSE_SPECIFICATION_KEYS } from "./compose-keys.fixture.ts";
import { ACCEPTED_COMPOSE_KEYS, isAccepted, type Scope } from "./keys.ts";
import { parseCompose } from "./parse-compose.ts";
import { REFUSED_COMPOSE_KEYS } from "./refused-keys.ts";

type Nested = { [key: string]: unknown };

const SAMPLE_NAMES: readonly [scope: string, name: string | number][] = [
  ["services", "web"],
  ["volumes", "data"],
  ["ports", 0],
  ["depends_on", "db"],
  ["devices", 0],
];

function validFile(): Nested {
  return {
    name: "test",
    services: {
      web: {
        image: "busybox",
        ports: [{ target: 80 }],
        volumes: [{ type: "volume", source: "data", target: "/data" }],
        deploy: {
          resources: {
            limits: { cpus: "0.1" },
            reservations: { devices: [{ driver: "nvidia", count: 1, capabilities: ["gpu"] }] },
          },
        },
        healthcheck: { test: ["CMD", "true"] },
        depends_on: { db: { condition: "service_started" } },
      },
      db: { image: "busybox" },
    },
    volumes: { data: { "x-berth": { size: "1G" } } },
    "x-berth": {},
  };
}

/** The place of a pattern in the valid file: `services.*.ports.*.name` is services, web, ports, 0, name. */
function placeOf(pattern: string): readonly (string | number)[] {
  const segments = pattern.split(".");
  return segments.map((segment, index) => {
    if (segment !== "*") return segment;
    if (segments[index - 1] === "volumes" && index > 1) return 0;
    return (
      SAMPLE_NAMES.find(([scope]) => scope === segments[index - 1])?.[1] ??
      expect.fail(`no sample for ${pattern}`)
    );
  });
}

function fileWith(place: readonly (string | number)[], value: unknown): string {
  const file = validFile();
  let parent: Nested = file;
  for (const segment of place.slice(0, -1)) parent = parent[segment] as Nested;
  parent[place.at(-1) ?? ""] = value;
  return stringify(file);
}

describe("keys of the Compose Specification", () => {
  it("starts its cases from a file that is accepted", () => {
    expect(parseCompose(stringify(validFile()), { environment: {} }).name).to.equal("test");
  });

  for (const [scope, names] of Object.entries(COMPOSE_SPECIFICATION_KEYS)) {
    it(`are each accepted or refused, and never both, in ${scope === "" ? "the file" : scope}`, () => {
      const keys = names.trim().split(/\s+/);
      const undecided = keys.filter(
        (key) =>
          isAccepted(scope as Scope, key) ===
          REFUSED_COMPOSE_KEYS.has(scope === "" ? key : `${scope}.${key}`),
      );
      expect(undecided).to.deep.equal([]);
      expect(keys).to.include.members(
        ACCEPTED_COMPOSE_KEYS[scope as Scope].filter((key) => !key.startsWith("x-")),
      );
    });
  }

  it("number 92 in a service", () => {
    expect(COMPOSE_SPECIFICATION_KEYS["services.*"].trim().split(/\s+/)).to.have.length(92);
  });

  for (const [pattern, { reason, fix }] of REFUSED_COMPOSE_KEYS) {
    for (const value of ["text", { nested: 1 }]) {
      it(`refuse ${pattern} as ${typeof value} with its reason and its fix`, () => {
        const place = placeOf(pattern);
        const refusals = refusalsOf(() => parseCompose(fileWith(place, value), { environment: {} }));
        expect(refusals).to.have.length(1);
        expect(refusals[0]).to.include({
          code: "E_MANIFEST_KEY_REFUSED",
          path: place.join("."),
          reason,
          fix,
        });
        expect(refusals[0]?.at).to.match(/^\d+:\d+$/);
      });
    }
  }

  for (const scope of Object.keys(ACCEPTED_COMPOSE_KEYS)) {
    for (const [key, code] of [
      ["sevrices", "E_MANIFEST_KEY_UNKNOWN"],
      ["__proto__", "E_MANIFEST_KEY_UNKNOWN"],
      ["constructor", "E_MANIFEST_KEY_UNKNOWN"],
      ["x-note", "E_MANIFEST_KEY_REFUSED"],
    ] as const) {
      it(`refuse ${key} in ${scope === "" ? "the file" : scope}, where it means nothing`, () => {
        const place = placeOf(scope === "" ? "unused" : `${scope}.unused`);
        const text = fileWith(place, "text").replace("unused:", `${key}:`);
        const refusals = refusalsOf(() => parseCompose(text, { environment: {} }));
        expect(refusals.map((refusal) => refusal.code)).to.deep.equal([code]);
        expect(refusals[0]?.path).to.equal([...place.slice(0, -1), key].join("."));
      });
    }
  }
});
