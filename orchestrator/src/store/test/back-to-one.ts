// SPDX-License-Identifier: Apache-2.0

/** Takes a journal back to the schema of version 1, as a daemon of that time wrote it. */
export const BACK_TO_ONE = `DROP TABLE image_pin; ALTER TABLE manifest DROP COLUMN secrets; DROP TABLE health_spell; DROP TABLE published_port;
   DROP TABLE lease_gpu; DROP TABLE lease_holder; DROP TABLE true_start; DROP TABLE service_exit;
  DROP TABLE reported_usage;
  ALTER TABLE outbox DROP COLUMN fee_cap;
  ALTER TABLE usage_tree DROP COLUMN kept_at;
  PRAGMA user_version = 1;`;
