// SPDX-License-Identifier: Apache-2.0
import { campaignFrom, runCampaign } from "./campaign.ts";
import { drawTable, missedCells } from "./table.ts";

/**
 * One shard of a deep run, told by the environment as {@link campaignFrom} says. Sequences of one seed are numbered, so
 * shards of it that begin at different numbers share none.
 */
const findings = await runCampaign(campaignFrom(process.env), console.log);
const { counts } = findings;
console.log(drawTable(counts));
for (const kind of ["functions", "errors", "events"] as const) {
  const rarest = [...counts[kind]].sort(([, one], [, other]) => one - other);
  console.log(`${kind}: ${rarest.map(([name, hits]) => `${name} ${hits}`).join(", ")}`);
}
console.log(`cells missed: ${missedCells(counts).join(", ") || "none"}`);
console.log(
  `errors not named: ${findings.errors.filter((name) => !counts.errors.has(name)).join(", ") || "none"}`,
);
