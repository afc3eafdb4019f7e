// SPDX-License-Identifier: Apache-2.0
import { serveRounds } from "./task.ts";

/** The least that anybody can do: the same pages, parsed as JSON and let go. */
serveRounds(async ({ url, pages }) => {
  let logs = 0;
  for (const params of pages) {
    const body = `{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":${params}}`;
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { result } = JSON.parse(await response.text()) as { readonly result: readonly unknown[] };
    logs += result.length;
  }
  return logs;
});
