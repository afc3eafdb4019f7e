// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:net";
import { Readable } from "node:stream";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { freePort } from "../../../../scripts/lib/free-port.ts";
import { describePublishing } from "../publishing.contract.ts";
import { connectEngine } from "./client.ts";
import { newIdentity, PUBLISH_ADDRESS, SUBNET_POOL, withDocker } from "./docker-fixtures.ts";
import { createDockerRuntime } from "./docker-runtime.ts";
import { proxies } from "./publishing-fixtures.ts";
import { tar } from "./tar.ts";

const STEERING = { repository: "berth/steering", tag: "local" };

await withDocker("publishing: Docker Engine", () => {
  describePublishing("Docker Engine", async () => {
    const engine = connectEngine({});
    const identity = newIdentity();
    const servers: Server[] = [];
    await ensureHelloImage(AbortSignal.timeout(60_000));
    await importSteering(engine.docker);
    const { startProxy, clear } = proxies(engine);
    return {
      runtime: (ingress) =>
        createDockerRuntime({
          ...{ identity, ingress, publishAddress: PUBLISH_ADDRESS, subnetPool: SUBNET_POOL },
          monotonic: () => performance.now(),
        }),
      image: HELLO_IMAGE,
      steeringImage: `${STEERING.repository}:${STEERING.tag}`,
      freePort,
      async hold(port) {
        const server = createServer();
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(port, PUBLISH_ADDRESS, resolve));
      },
      startProxy,
      async clear() {
        await clear();
        for (const server of servers.splice(0)) server.close();
      },
    };
  });
});

/** An image of one empty folder, with a label that would send other people's visitors to it. */
async function importSteering(docker: ReturnType<typeof connectEngine>["docker"]): Promise<void> {
  const archive = Readable.from([
    tar([{ name: "empty", type: "directory", mode: 0o755, uid: 0, gid: 0, content: null }]),
  ]);
  const changes = ["LABEL traefik.http.routers.x.rule=Host(`console.example`)", 'CMD ["none"]'];
  const { repository: repo, tag } = STEERING;
  const stream = await docker.importImage(archive, { repo, tag, changes });
  for await (const _ of stream as AsyncIterable<unknown>);
}
