// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";

/** An image registry that answers, and has nothing. */
export interface EmptyRegistry {
  /** `host:port`, as it begins an image's reference. */
  readonly host: string;
  close(): Promise<void>;
}

/** Starts one on loopback, which an engine trusts without TLS. */
export async function startEmptyRegistry(): Promise<EmptyRegistry> {
  const server = createServer(({ url }, response) => {
    const isPing = url === "/v2/";
    const body = isPing ? {} : { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] };
    response.writeHead(isPing ? 200 : 404, {
      "content-type": "application/json",
      "docker-distribution-api-version": "registry/2.0",
    });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    host: `127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
