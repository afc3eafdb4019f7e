// SPDX-License-Identifier: Apache-2.0
import type { HeldGpu } from "../domain/gpus.ts";
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

/** Which lease has which GPU for itself: the table's key is the GPU, so that none can be given twice. */
export function gpuTable(database: Database): Pick<Journal, "gpus" | "gpuHolders" | "holdGpus"> {
  return {
    gpus: (leaseId) =>
      database
        .all<HeldGpu>("SELECT vendor, uuid FROM lease_gpu WHERE lease_id = ? ORDER BY place", String(leaseId))
        .map(({ vendor, uuid }) => ({ vendor, uuid })),

    gpuHolders: () =>
      new Map(
        database
          .all<{ readonly uuid: string; readonly lease_id: string }>("SELECT uuid, lease_id FROM lease_gpu")
          .map((row) => [row.uuid, BigInt(row.lease_id)]),
      ),

    holdGpus(leaseId, gpus) {
      database.atomically(() => {
        database.run("DELETE FROM lease_gpu WHERE lease_id = ?", String(leaseId));
        gpus.forEach(({ vendor, uuid }, place) =>
          database.run(
            "INSERT INTO lease_gpu (uuid, vendor, lease_id, place) VALUES (?, ?, ?, ?)",
            uuid,
            vendor,
            String(leaseId),
            place,
          ),
        );
      });
    },
  };
}
