// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { parseCompose } from "./parse-compose.ts";

const gpusOf = (device: string) => {
  const reservations = device === "" ? "" : `, deploy: {resources: {reservations: {devices: [${device}]}}}`;
  const text = `name: test\nservices: {web: {image: busybox${reservations}}}\n`;
  return parseCompose(text, { environment: { COUNT: "3" } }).services["web"];
};

describe("GPUs of a Compose file", () => {
  it("are none where none is asked for, and the manifest says nothing of them", () => {
    expect(gpusOf("")).to.not.have.property("gpus");
  });

  it("are so many, of NVIDIA where no driver is written", () => {
    expect(gpusOf("{count: 2, capabilities: [gpu]}")?.gpus).to.deep.equal({ driver: "nvidia", count: 2 });
    expect(gpusOf("{driver: amd, count: 1, capabilities: [gpu]}")?.gpus).to.deep.equal({
      driver: "amd",
      count: 1,
    });
  });

  it("take their number from a variable", () => {
    expect(gpusOf("{count: $COUNT, capabilities: [gpu]}")?.gpus).to.deep.equal({
      driver: "nvidia",
      count: 3,
    });
  });
});
