// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { volumeQuotaOf } from "./volume-quota.ts";
import type { Config } from "./config.ts";

const told = (volumeQuota: Config["volumeQuota"], chainId: number) =>
  volumeQuotaOf({ volumeQuota, chainId } as Config);

describe("the bound on volumes", () => {
  it("is there without a word about it, on every chain but the developer's own", () => {
    expect(told(null, 1)).to.equal("ext4");
    expect(told(null, 8_453)).to.equal("ext4");
    expect(told(null, 31_337)).to.equal("none");
  });

  it("is what the provider says, anywhere", () => {
    expect(told("none", 1)).to.equal("none");
    expect(told("ext4", 31_337)).to.equal("ext4");
  });
});
