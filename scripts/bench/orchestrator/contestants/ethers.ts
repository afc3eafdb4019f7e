// SPDX-License-Identifier: Apache-2.0
import { Contract, JsonRpcProvider } from "ethers";
import { ComputeMarket__factory } from "../../../../typechain-types/index.ts";
import { serveRounds } from "./task.ts";

const PAGE_BLOCKS = 10_000;
/** Each by its name, which spares ethers the search for it: `queryFilter("*")` takes many times as long. */
const EVENTS = ["LeaseOpened", "LeaseStarted", "UsageReported", "ProviderReported", "LeaseSettled"];

/** As a program on ethers would: the contract's `queryFilter` for every kind of event that there is, page by page. */
serveRounds(async ({ url, chainId, market, toBlock }) => {
  const provider = new JsonRpcProvider(url, chainId, { staticNetwork: true });
  const contract = new Contract(market, ComputeMarket__factory.abi, provider);
  let events = 0;
  for (let from = 0; from <= toBlock; from += PAGE_BLOCKS) {
    const to = Math.min(from + PAGE_BLOCKS - 1, toBlock);
    for (const name of EVENTS) events += (await contract.queryFilter(name, from, to)).length;
  }
  provider.destroy();
  return events;
});
