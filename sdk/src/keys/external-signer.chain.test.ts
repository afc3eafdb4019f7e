// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { createPublicClient, createWalletClient, http, verifyTypedData } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { type ChainNode, startAnvil } from "../../../scripts/lib/chain-node.ts";
import { gatewayRequestTypedData } from "../gateway/request.ts";
import { externalSigner } from "./external-signer.ts";

const MNEMONIC = "test test test test test test test test test test test junk";

/** A node with unlocked accounts is a signer that nobody here wrote. */
describe("external signer of a real node", function () {
  this.timeout(60_000);
  const { address } = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
  const { signal } = new AbortController();
  let node: ChainNode;

  before(async () => {
    node = await startAnvil();
  });
  after(() => node.stop());

  it("signs transactions that the chain takes, sent by a wallet as any account's are", async () => {
    const account = externalSigner({ url: node.url, address, signal });
    const place = { chain: foundry, transport: http(node.url) };
    const hash = await createWalletClient({ account, ...place }).sendTransaction({ to: address, value: 5n });
    const receipt = await createPublicClient(place).waitForTransactionReceipt({ hash });
    expect(receipt).to.include({ status: "success", from: address.toLowerCase() });
  });

  it("signs what a gateway asks of a tenant", async () => {
    const account = externalSigner({ url: node.url, address, signal });
    const zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    const request = { chainId: 31_337, market: address, leaseId: 7n, method: "GET", path: "/v1/leases/7" };
    const data = gatewayRequestTypedData({ ...request, bodyHash: zero, expiresAt: 9n });
    const signature = await account.signTypedData(data);
    expect(await verifyTypedData({ address, signature, ...data })).to.equal(true);
  });
});
