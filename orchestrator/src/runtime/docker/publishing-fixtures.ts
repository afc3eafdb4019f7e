// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import type { PublishingUnderTest } from "../publishing.contract.ts";
import type { Engine } from "./client.ts";

const IPAM = { Driver: "default", Config: [{ Subnet: "10.198.255.224/28" }] };

/** Containers of the provider's own on an engine that has the demonstration's image. */
export function proxies({ docker }: Engine): Pick<PublishingUnderTest, "startProxy" | "clear"> {
  const names: string[] = [];
  const networks: Dockerode.Network[] = [];
  return {
    async startProxy(name, sysctls, ownNetwork = true) {
      names.push(name);
      const network = ownNetwork ? `apps-${name}` : "bridge";
      if (ownNetwork) networks.push(await docker.createNetwork({ Name: network, IPAM }));
      const HostConfig = { NetworkMode: network, Sysctls: { ...sysctls } };
      await (await docker.createContainer({ name, Image: HELLO_IMAGE, HostConfig })).start();
    },
    async clear() {
      for (const name of names.splice(0)) await docker.getContainer(name).remove({ force: true });
      for (const network of networks.splice(0)) await network.remove();
    },
  };
}
