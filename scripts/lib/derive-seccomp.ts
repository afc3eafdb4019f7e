// SPDX-License-Identifier: Apache-2.0
interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  readonly minKernel?: string;
}

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly object[] | null;
  readonly includes?: Condition;
}

/** What is read of an engine's default profile. */
export interface UpstreamProfile {
  readonly archMap: readonly {
    readonly architecture: string;
    readonly subArchitectures: readonly string[];
  }[];
  readonly syscalls: readonly Rule[];
}

/** What no lease needs, and what kernels were broken into through. */
const REFUSED =
  /^(keyctl|add_key|request_key|bpf|perf_event_open|userfaultfd|io_uring_.*|open_by_handle_at|name_to_handle_at)$/;
/** Calls that programs of today make and that the default of an older engine does not know: newer forms of what it allows. */
const NEWER = [
  ...["cachestat", "close_range", "epoll_pwait2", "faccessat2", "fchmodat2", "futex_requeue"],
  ...["futex_wait", "futex_waitv", "futex_wake", "landlock_add_rule", "landlock_create_ruleset"],
  ...["landlock_restrict_self", "map_shadow_stack", "mseal", "openat2", "pidfd_open", "process_mrelease"],
];
const ARCHITECTURES = { SCMP_ARCH_X86_64: ["amd64", "x32"], SCMP_ARCH_AARCH64: ["arm", "arm64"] };
const SERVED: readonly string[] = Object.values(ARCHITECTURES).flat();
const AF_VSOCK = 40;

/**
 * The default without the calls that are refused here, without what it grants to capabilities that no lease has, and for the
 * architectures that Berth runs on.
 */
export function deriveSeccomp({ archMap, syscalls }: UpstreamProfile, release: string) {
  const known = new Set(syscalls.flatMap(({ names }) => names));
  const kept = syscalls.filter(isOurs).map(withoutRefused);
  return {
    source: `Derived by scripts/generate-seccomp.ts from profiles/seccomp/default.json of Docker Engine ${release} (moby/moby, Apache-2.0).`,
    profile: {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      archMap: archMap.filter(({ architecture }) => Object.hasOwn(ARCHITECTURES, architecture)),
      syscalls: [
        ...kept.filter(({ names }) => names.length > 0),
        { names: NEWER.filter((name) => !known.has(name)), action: "SCMP_ACT_ALLOW" },
        {
          names: ["socket"],
          action: "SCMP_ACT_ALLOW",
          args: [{ index: 0, value: AF_VSOCK, op: "SCMP_CMP_NE" }],
        },
      ],
    },
  };
}

/** No capability that the default asks for is ever given, so what it grants for one is left out, and what it denies without one stays. */
function isOurs({ includes }: Rule): boolean {
  if ((includes?.caps ?? []).length > 0) return false;
  const arches = includes?.arches ?? [];
  return arches.length === 0 || arches.some((arch) => SERVED.includes(arch));
}

function withoutRefused({ names, action, errnoRet, args, includes }: Rule) {
  const isWhole = (args ?? []).length === 0;
  return {
    names: names.filter((name) => !REFUSED.test(name) && !(isWhole && name === "socket")),
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(isWhole ? {} : { args: args ?? [] }),
    ...(includes === undefined || Object.keys(includes).length === 0 ? {} : { includes }),
  };
}
