// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";

/** A way to a server that can be cut and mended: a fault that a test switches on and off. */
export interface DarkProxy {
  /** Ends every connection and takes no new one. */
  darken(): Promise<void>;
  lighten(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a TCP port of loopback or a socket's path, and passes everything on. */
export async function startDarkProxy(listenOn: number | string, target: NetConnectOpts): Promise<DarkProxy> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    return socket.once("close", () => sockets.delete(socket));
  };
  const lighten = async (): Promise<void> => {
    if (server !== null) return;
    if (typeof listenOn === "string") rmSync(listenOn, { force: true });
    server = createServer((incoming) => {
      const outgoing = track(connect(target));
      track(incoming).pipe(outgoing).pipe(incoming);
      incoming.once("close", () => outgoing.destroy());
      outgoing.once("close", () => incoming.destroy());
    });
    await listening(server, listenOn);
  };
  const darken = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) =>
      server === null ? resolve() : server.close(() => resolve()),
    );
    for (const socket of sockets) socket.destroy();
    await closed;
    server = null;
  };
  await lighten();
  return { darken, lighten, close: darken };
}

function listening(server: Server, listenOn: number | string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (typeof listenOn === "number") server.listen(listenOn, "127.0.0.1", () => resolve());
    else server.listen(listenOn, () => resolve());
  });
}
