// SPDX-License-Identifier: Apache-2.0
import type { RefusedGroup } from "./refused-keys.ts";

const LIMITS = "deploy.resources.limits";

/** Service keys that a lease has no use for, or that it says in another way. */
export const REFUSED_SERVICE_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["build"],
    reason: "a provider runs images and builds none",
    fix: "build and push the image, then write `image:` with its name",
  },
  {
    keys: ["develop"],
    reason: "it watches files of your own machine",
    fix: "remove it; build a new image and update the lease",
  },
  {
    keys: ["pull_policy", "pull_refresh_after"],
    reason: "the provider pulls an image when the lease starts, and keeps it",
    fix: "remove it; name another tag or a digest to run another image",
  },
  {
    keys: ["cpus", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_shares"],
    reason: "processors are bounded in one place only",
    fix: `write ${LIMITS}.cpus`,
  },
  {
    keys: ["cpuset", "cpu_rt_period", "cpu_rt_runtime"],
    reason: "the provider schedules his processors",
    fix: `write ${LIMITS}.cpus`,
  },
  {
    keys: ["mem_limit", "mem_reservation"],
    reason: "memory is bounded in one place only, and all of the limit is reserved",
    fix: `write ${LIMITS}.memory`,
  },
  {
    keys: ["memswap_limit", "mem_swappiness"],
    reason: "a lease has no swap",
    fix: `write ${LIMITS}.memory with all that the service needs`,
  },
  {
    keys: ["oom_kill_disable", "oom_score_adj"],
    reason: "the provider decides what is killed when memory runs out",
    fix: `write ${LIMITS}.memory with all that the service needs`,
  },
  {
    keys: ["pids_limit"],
    reason: "processes are bounded in one place only",
    fix: `write ${LIMITS}.pids`,
  },
  {
    keys: ["blkio_config"],
    reason: "disk shares are the provider's to set",
    fix: "remove it; choose an offer with the storage you need",
  },
  {
    keys: ["configs", "secrets"],
    reason: "files of your machine do not travel with a manifest",
    fix: "put the file into the image, or its text into an environment variable",
  },
  {
    keys: ["env_file", "label_file"],
    reason: "files of your machine do not travel with a manifest",
    fix: "write the lines under `environment` or `labels`; ${NAME} takes a value from your environment",
  },
  {
    keys: ["extends"],
    reason: "a manifest is one file, complete in itself",
    fix: "write the keys out, or share them by a YAML anchor and <<",
  },
  {
    keys: ["profiles"],
    reason: "every service of a manifest runs",
    fix: "remove it, and remove the services that should not run",
  },
  {
    keys: ["scale"],
    reason: "a service is one container",
    fix: "write the service several times under different names, or open several leases",
  },
  {
    keys: ["container_name", "hostname", "domainname"],
    reason: "names on the provider's machine follow from the lease",
    fix: "remove it; services reach each other by their service names",
  },
  {
    keys: ["networks"],
    reason: "the services of a lease share one private network, and no other can be joined",
    fix: "remove it; services reach each other by their service names",
  },
  {
    keys: ["links", "external_links"],
    reason: "containers outside the lease cannot be reached, and those inside need no link",
    fix: "remove it; services reach each other by their service names",
  },
  {
    keys: ["dns", "dns_opt", "dns_search"],
    reason: "the provider sets the resolver of a lease",
    fix: "remove it; write full host names",
  },
  {
    keys: ["extra_hosts"],
    reason: "it would point names at addresses of the provider's network",
    fix: "remove it; use the address itself or a public name",
  },
  {
    keys: ["mac_address"],
    reason: "the provider sets hardware addresses",
    fix: "remove it",
  },
  {
    keys: ["post_start", "pre_stop"],
    reason: "hooks run beside the container's own process, where nothing bounds them",
    fix: "do the work in the image's entrypoint, and answer the stop signal",
  },
  {
    keys: ["stop_grace_period"],
    reason: "the provider gives every container the same time to end",
    fix: "remove it; end soon after the stop signal",
  },
  {
    keys: ["stdin_open", "tty", "attach"],
    reason: "no terminal is attached to a workload",
    fix: "remove it; run a program that needs no terminal, and read it with `berth logs`",
  },
  {
    keys: ["models", "provider"],
    reason: "it names a service outside the manifest that a provider does not have",
    fix: "run it as a service of the manifest, or reach it over the network",
  },
];
