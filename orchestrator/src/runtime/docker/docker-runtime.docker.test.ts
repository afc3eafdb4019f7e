// SPDX-License-Identifier: Apache-2.0
import { describeContainerRuntime } from "../container-runtime.contract.ts";
import { makeDockerUnderTest, withDocker } from "./docker-fixtures.ts";

await withDocker("container runtime: Docker Engine", () => {
  describeContainerRuntime("Docker Engine", makeDockerUnderTest);
});
