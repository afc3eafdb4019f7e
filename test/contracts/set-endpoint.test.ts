// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { loadWorld } from "../helpers/world.ts";

describe("setEndpoint", () => {
  it("says where the gateway is", async () => {
    const { market, owner } = await loadWorld();
    await expect(market.connect(owner).setEndpoint("https://elsewhere.example"))
      .to.emit(market, "ProviderEndpointChanged")
      .withArgs(owner, "https://elsewhere.example");
  });

  it("refuses everybody who is not registered, the operator included", async () => {
    const { market, operator, stranger } = await loadWorld();
    for (const caller of [operator, stranger]) {
      await expect(market.connect(caller).setEndpoint(""))
        .to.be.revertedWithCustomError(market, "ProviderUnknown")
        .withArgs(caller);
    }
  });
});

describe("setMetadata", () => {
  it("says where the provider describes himself", async () => {
    const { market, owner } = await loadWorld();
    await expect(market.connect(owner).setMetadata("ipfs://new"))
      .to.emit(market, "ProviderMetadataChanged")
      .withArgs(owner, "ipfs://new");
  });

  it("refuses everybody who is not registered, the operator included", async () => {
    const { market, operator, stranger } = await loadWorld();
    for (const caller of [operator, stranger]) {
      await expect(market.connect(caller).setMetadata(""))
        .to.be.revertedWithCustomError(market, "ProviderUnknown")
        .withArgs(caller);
    }
  });
});
