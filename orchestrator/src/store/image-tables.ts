// SPDX-License-Identifier: Apache-2.0
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

type ImageTables = Pick<Journal, "imagePin" | "pinImage" | "imagePins" | "manifestSecrets">;

/** Which image each lease's references were made into when they were deployed, and what their registries want to see. */
export function imageTables(database: Database): ImageTables {
  return {
    imagePin: (leaseId, image) =>
      database.one<{ readonly pin: string }>(
        "SELECT pin FROM image_pin WHERE lease_id = ? AND image = ?",
        String(leaseId),
        image,
      )?.pin ?? null,

    pinImage(leaseId, image, pin) {
      database.run(
        "INSERT INTO image_pin (lease_id, image, pin) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        String(leaseId),
        image,
        pin,
      );
    },

    imagePins: () =>
      database
        .all<{ readonly pin: string }>("SELECT DISTINCT pin FROM image_pin ORDER BY pin")
        .map(({ pin }) => pin),

    manifestSecrets: (leaseId) =>
      database.one<{ readonly secrets: string | null }>(
        "SELECT secrets FROM manifest WHERE lease_id = ?",
        String(leaseId),
      )?.secrets ?? null,
  };
}
