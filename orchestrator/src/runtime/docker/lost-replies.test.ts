// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { loseReplies } from "./lost-replies-fixtures.ts";

describe("many lost replies", function () {
  this.timeout(60_000);

  it("give no duplicate and no leak, whatever was asked for when they were lost", async () => {
    const { dropped, acts } = await loseReplies(20_261_129n, 1_000);
    expect(acts).to.be.greaterThan(100);
    expect([...dropped.keys()].sort()).to.deep.equal([
      "DELETE /containers/{id}",
      "DELETE /networks/{id}",
      "DELETE /volumes/{id}",
      "POST /containers/create",
      "POST /containers/{id}/pause",
      "POST /containers/{id}/start",
      "POST /containers/{id}/stop",
      "POST /containers/{id}/unpause",
      "POST /networks/create",
      "POST /networks/{id}/connect",
      "POST /volumes/create",
      "PUT /containers/{id}/archive",
    ]);
    expect([...dropped.values()].reduce((sum, count) => sum + count, 0)).to.equal(1_000);
  });
});
