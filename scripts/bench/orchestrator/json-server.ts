// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { Cleanup } from "../../demonstration/cleanup.ts";

export const JSON_HEADERS = { "content-type": "application/json" };

/** Serves what `answer` makes of each request's body, on a port of its own until the end; answers the address. */
export async function serveJson(
  answer: (body: string) => Promise<Buffer>,
  cleanup: Cleanup,
): Promise<string> {
  const server = createServer((request, response) => {
    text(request)
      .then(answer)
      .then(
        (body) => response.writeHead(200, { ...JSON_HEADERS, "content-length": body.length }).end(body),
        () => response.destroy(),
      );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.add(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
