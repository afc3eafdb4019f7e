// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { refusalsOf } from "../manifest.fixture.ts";
import { parseCompose } from "./parse-compose.ts";

type Row = readonly [lines: string, path: string, reason: RegExp, fix?: RegExp];

const OF_FILE: readonly Row[] = [
  ["", "", /must be a map, and is empty/],
  ["[]", "", /must be a map, and is a list/],
  ["services: {web: {image: a}}", "", /no `name`/, /write `name:`/],
  ["name: Bad\nservices: {web: {image: a}}", "name", /"Bad" is no name/],
  ["name: ../x\nservices: {web: {image: a}}", "name", /is no name/],
  [`name: ${"n".repeat(32)}\nservices: {web: {image: a}}`, "name", /is no name/],
  ["name: 1.10\nservices: {web: {image: a}}", "name", /reads back/],
  ["name: a", "services", /no service is described/],
  ["name: a\nservices: {}", "services", /no service is described/],
  ["name: a\nservices: [a]", "services", /must be a map, and is a list/],
  ["name: a\nservices: {web: }", "services.web", /must be a map, and is empty/],
  ["name: a\nservices: {web: {}}", "services.web", /no image is named/],
  ["name: a\nservices: {Web: {image: a}}", "services.Web", /"Web" is no name/],
  ["name: a\nservices: {__proto__: {image: a}, b: {image: a}}", "services.__proto__", /another/],
  [
    `name: a\nservices: {${Array.from({ length: 17 }, (_, id) => `s${id}: {image: a}`).join(",")}}`,
    "services",
    /more than 16/,
  ],
  ["name: a\nservices: {web: {image: a}}\nvolumes: [data]", "volumes", /must be a map/],
  ["name: a\nservices: {web: {image: a}}\nvolumes: {Data: }", "volumes.Data", /"Data" is no name/],
  [
    "name: a\nservices: {web: {image: a}}\nvolumes: {data: x}",
    "volumes.data",
    /must be a map, and is a text/,
  ],
  [
    "name: a\nservices: {web: {image: a}}\nvolumes: {data: {x-berth: {size: big}}}",
    "volumes.data.x-berth.size",
    /no size/,
  ],
  [
    "name: a\nservices: {web: {image: a}}\nvolumes: {data: {x-berth: {size: 1M}}}",
    "volumes.data.x-berth.size",
    /1 MiB is out of range/,
  ],
  [
    "name: a\nservices: {web: {image: a}}\nvolumes: {data: {x-berth: {inodes: 7}}}",
    "volumes.data.x-berth.inodes",
    /no such key/,
  ],
  [
    "name: a\nservices: {web: {image: a}}\nvolumes: {data: {x-berth: }}",
    "volumes.data.x-berth",
    /must be a map/,
  ],
  ["name: a\nservices: {web: {image: a}}\nx-berth: ", "x-berth", /must be a map, and is empty/],
  ["name: a\nservices: {web: {image: a}}\nx-berth: {maxRate: 1}", "x-berth.maxRate", /no rate/, /"1.00\/h"/],
  ["name: a\nservices: {web: {image: a}}\nx-berth: {maxRate: 0/h}", "x-berth.maxRate", /no rate above zero/],
  ["name: a\nservices: {web: {image: a}}\nx-berth: {deposit: 0}", "x-berth.deposit", /no amount above zero/],
  ["name: a\nservices: {web: {image: a}}\nx-berth: {deposit: 1e3}", "x-berth.deposit", /no amount/],
  [
    "name: a\nservices: {a: {image: a, depends_on: [b]}, b: {image: a, depends_on: [a]}}",
    "services.a.depends_on",
    /"a" -> "b" -> "a"/,
  ],
];

describe("parseCompose on values of the file", () => {
  for (const [text, path, reason, fix = /./] of OF_FILE) {
    it(`refuses ${JSON.stringify(text).slice(0, 90)}`, () => {
      const refusals = refusalsOf(() => parseCompose(text, { environment: {} }));
      expect(refusals.map((refusal) => refusal.path)).to.deep.equal([path]);
      expect(refusals[0]?.reason).to.match(reason);
      expect(refusals[0]?.fix).to.match(fix);
      expect(refusals[0]?.at).to.match(/^\d+:\d+$/);
    });
  }
});
