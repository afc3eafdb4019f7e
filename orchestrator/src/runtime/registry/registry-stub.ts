// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { MANIFEST_TYPES } from "./registry-manifest.ts";

/** Something that listens on loopback where a registry would, with the manifests that a test puts there. */
export interface RegistryStub {
  /** `host:port`, as it begins an image's reference. */
  readonly host: string;
  readonly origin: string;
  /** Requests so far, as `GET /path`. */
  readonly requests: string[];
  /** What asked for it, header by header. */
  readonly headers: IncomingMessage["headers"][];
  /** Puts a manifest under a tag; its digest. */
  put(repository: string, tag: string, manifest: object): string;
  /** Takes the place of the answer where it does not give null. */
  intercept: (request: IncomingMessage, response: ServerResponse) => true | null;
  close(): Promise<void>;
}

export async function stubRegistry(): Promise<RegistryStub> {
  const manifests = new Map<string, Buffer>();
  const [requests, headers]: [string[], IncomingMessage["headers"][]] = [[], []];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    if (stub.intercept(request, response) === null) serve(manifests, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  server.unref();
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const stub: RegistryStub = {
    host,
    origin: `http://${host}`,
    requests,
    headers,
    put(repository, tag, manifest) {
      const body = Buffer.from(JSON.stringify(manifest));
      const digest = digestOf(body);
      for (const name of [tag, digest]) manifests.set(`/v2/${repository}/manifests/${name}`, body);
      return digest;
    },
    intercept: () => null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return stub;
}

/** An image with layers of these sizes. */
export function imageOf(...layers: readonly number[]): object {
  const mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip";
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPES[3],
    config: { size: 100, digest: `sha256:${"c".repeat(64)}` },
    layers: layers.map((size) => ({ mediaType, size, digest: `sha256:${"d".repeat(64)}` })),
  };
}

export function digestOf(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function serve(
  manifests: ReadonlyMap<string, Buffer>,
  { url = "", method }: IncomingMessage,
  response: ServerResponse,
): void {
  const body = manifests.get(url);
  if (body === undefined) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  response.writeHead(200, { "docker-content-digest": digestOf(body), "content-length": body.length });
  response.end(method === "HEAD" ? undefined : body);
}
