// SPDX-License-Identifier: Apache-2.0
import { describePublishing } from "../publishing.contract.ts";
import { FakeEngine } from "./fake-engine.ts";
import { FakeRuntime } from "./fake-runtime.ts";

const identity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" } as const;

describePublishing("fake", async () => {
  const [image, steeringImage] = ["berth/hello:local", "berth/steering:local"];
  const engine = new FakeEngine({ now: () => 1_000_000, images: [image, steeringImage] });
  engine.steeringImages.add(steeringImage);
  let port = 20_000;
  return {
    runtime: (ingress) => new FakeRuntime(identity, engine, ingress),
    image,
    steeringImage,
    freePort: async () => (port += 1),
    hold: async (held) => void engine.heldPorts.add(`${held}/tcp`),
    startProxy: async (_name, sysctls, ownNetwork = true) => {
      engine.proxyHasOwnWay = ownNetwork;
      engine.proxy = new Set();
      engine.proxyForwards = sysctls["net.ipv4.ip_forward"] !== "0";
    },
    clear: async () => {
      engine.proxy = null;
      engine.heldPorts.clear();
    },
  };
});
