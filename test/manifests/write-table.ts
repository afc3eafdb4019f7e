// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { corpusTables } from "./corpus-table.ts";

const PAGE = "docs/hostile-manifests.md";
const [words = ""] = readFileSync(PAGE, "utf8").split("## What is tried");
writeFileSync(PAGE, `${words}${corpusTables()}\n`);
