// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { mapLimit } from "./map-limit.ts";

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("mapLimit", () => {
  it("keeps the order, and no more than the limit under way", async () => {
    let underWay = 0;
    let most = 0;
    const doubled = await mapLimit([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await tick();
      underWay -= 1;
      return item * 2;
    });
    expect(doubled).to.deep.equal([2, 4, 6, 8, 10, 12, 14]);
    expect(most).to.equal(3);
  });

  it("the first failure rejects, and no further call is begun", async () => {
    let begun = 0;
    const outcome = mapLimit([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun += 1;
      await tick();
      if (item === 2) throw new Error("second");
      return item;
    });
    expect(await outcome.catch((error: Error) => error.message)).to.equal("second");
    await tick();
    await tick();
    expect(begun).to.be.at.most(3);
  });

  it("nothing to map is an empty answer", async () => {
    expect(await mapLimit([], 4, async () => 1)).to.deep.equal([]);
  });
});
