// SPDX-License-Identifier: Apache-2.0
import type { PublishedPort } from "../domain/published-ports.ts";
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

type PortRow = Omit<PublishedPort, "leaseId"> & { readonly leaseId: string };

/** Which port of the host is whose: one port has one row, so no two leases can ever have the same. */
export function portTable(database: Database): Pick<Journal, "publishedPorts" | "setPublishedPorts"> {
  return {
    publishedPorts: () =>
      database
        .all<PortRow>(
          `SELECT lease_id AS leaseId, service, container_port AS containerPort, protocol, host_port AS hostPort
           FROM published_port ORDER BY host_port, protocol`,
        )
        .map((row) => ({ ...row, leaseId: BigInt(row.leaseId) })),

    setPublishedPorts(leaseId, ports) {
      database.atomically(() => {
        database.run("DELETE FROM published_port WHERE lease_id = ?", String(leaseId));
        for (const { service, containerPort, protocol, hostPort } of ports)
          database.run(
            `INSERT INTO published_port (host_port, protocol, lease_id, service, container_port)
             VALUES (?, ?, ?, ?, ?)`,
            hostPort,
            protocol,
            String(leaseId),
            service,
            containerPort,
          );
      });
    },
  };
}
