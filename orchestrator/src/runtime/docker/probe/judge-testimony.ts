// SPDX-License-Identifier: Apache-2.0
import type { Proof } from "@berth/sdk";
import type { Testimony } from "./witness.ts";

/** The engine tells of larger users in a way in which a fresh volume cannot be told from a used one. */
const LARGEST_ROOT = 2_097_151;
const NO_CAPABILITY = /^0+$/;

/** A process that has no capability, can gain none, and whose calls are filtered by the profile of ours. */
export function proveFilter({ status, refused }: Testimony): Proof {
  const missing = [
    ...(status.get("Seccomp") === "2" ? [] : ["calls are not filtered"]),
    ...(refused.length > 0 && refused.every(Boolean) ? [] : ["refused calls are let through"]),
    ...(status.get("NoNewPrivs") === "1" ? [] : ["privileges can be gained"]),
    ...["CapEff", "CapBnd"].flatMap((set) =>
      NO_CAPABILITY.test(status.get(set) ?? "") ? [] : [`${set} is not empty`],
    ),
  ];
  if (missing.length === 0)
    return { proven: true, how: "a process has no capability, can gain none, and its calls are filtered" };
  return { proven: false, how: `a process in a container is not shut in: ${missing.join(", ")}` };
}

export function proveAppArmor({ confinement }: Testimony): Proof {
  if (confinement.endsWith("(enforce)"))
    return { proven: true, how: `processes are confined as ${confinement}` };
  return { proven: false, how: "no AppArmor confines processes here" };
}

/** The machine's own root is user 0 of no container whose users are mapped. */
export function proveMapping({ uidMap }: Testimony): Proof {
  const [inside, outside] = uidMap.split(" ").map(Number);
  if (inside === 0 && outside !== undefined && outside > LARGEST_ROOT)
    return {
      proven: false,
      how: `root in a container is user ${outside}: map to a range below ${LARGEST_ROOT}`,
    };
  if (inside === 0 && outside !== undefined && outside > 0)
    return { proven: true, how: `root in a container is user ${outside} of the machine` };
  return { proven: false, how: "the engine maps no users" };
}

/** A kernel of its own is what gVisor shows, and the machine's what everything else does. */
export function proveGvisor({ kernel }: Testimony, machineKernel: string): Proof {
  if (kernel.startsWith("Linux version ") && !kernel.includes(machineKernel))
    return { proven: true, how: "runsc ran a program under a kernel of its own" };
  return {
    proven: false,
    how: "what runs under the name runsc shows the machine's own kernel: it is no gVisor",
  };
}
