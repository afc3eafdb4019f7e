// SPDX-License-Identifier: Apache-2.0
import type { Scope } from "./keys.ts";

/** Every key that the Compose Specification of June 2026 knows, by the map it stands in; for tests. */
export const COMPOSE_SPECIFICATION_KEYS: Readonly<
  Record<Exclude<Scope, "x-berth" | "volumes.*.x-berth">, string>
> = {
  "": `
    configs include models name networks secrets services version volumes`,
  "services.*": `
    annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs
    container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime
    cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns
    dns_opt dns_search domainname entrypoint env_file environment expose extends external_links
    extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links
    logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode
    networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop
    privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale
    secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs
    tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir`,
  "services.*.deploy": `
    endpoint_mode labels mode placement replicas resources restart_policy rollback_config
    update_config`,
  "services.*.deploy.resources": `
    limits reservations`,
  "services.*.deploy.resources.limits": `
    cpus memory pids`,
  "services.*.deploy.resources.reservations": `
    cpus devices generic_resources memory`,
  "services.*.deploy.resources.reservations.devices.*": `
    capabilities count device_ids driver options`,
  "services.*.healthcheck": `
    disable interval retries start_interval start_period test timeout`,
  "services.*.ports.*": `
    app_protocol host_ip mode name protocol published target`,
  "services.*.volumes.*": `
    bind consistency image read_only source target tmpfs type volume`,
  "services.*.depends_on.*": `
    condition required restart`,
  "volumes.*": `
    driver driver_opts external labels name`,
};
