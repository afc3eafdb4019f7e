// SPDX-License-Identifier: Apache-2.0

/** A line of `nvidia-smi --query-gpu=uuid,name,memory.total,driver_version,mig.mode.current,ecc...` and what it must be read as. */
export interface SmiSample {
  readonly line: string;
  readonly model: string;
  readonly memoryMiB: number;
  /** Where name, id, memory, driver and modes of this card were published; null of a figure that is not told there. */
  readonly source: string;
}

/**
 * None of these was seen on a machine of ours. The lines have the form that `nvidia-smi --help-query-gpu` documents for
 * `csv,noheader,nounits`; the figures of each are those that somebody published of one card, in the places named, in this form or in that
 * of `nvidia-smi -q`. Where a place tells no id, driver or mode, the line has a zero id, driver 0 and `[N/A]`.
 */
export const SMI_SAMPLES: readonly SmiSample[] = [
  {
    line: "GPU-a75cda02-62ce-2c30-9150-555ef08935e2, NVIDIA A100-SXM4-80GB, 81920, 470.103.01, Disabled, [N/A]",
    model: "nvidia-a100-80gb",
    memoryMiB: 81_920,
    source:
      "github.com/NVIDIA/CUDALibrarySamples/issues/104; memory: github.com/modal-labs/modal-client/pull/2797",
  },
  {
    line: "GPU-00000000-0000-0000-0000-000000000001, NVIDIA A100-SXM4-40GB, 40960, 580.126.09, Disabled, 0",
    model: "nvidia-a100-40gb",
    memoryMiB: 40_960,
    source: "github.com/bottlerocket-os/bottlerocket-core-kit/pull/834, which shows no id",
  },
  {
    line: "GPU-8c35f4c9-4dff-c9a2-866f-afb5d82e1dd7, NVIDIA H100 80GB HBM3, 81559, 0, [N/A], [N/A]",
    model: "nvidia-h100-80gb",
    memoryMiB: 81_559,
    source:
      "name and id: Tensorlake's SDK, its list of GPUs; memory: github.com/modal-labs/modal-client/pull/2797",
  },
  {
    line: "GPU-1a4626a2-1754-c017-fdb7-6d7d682f4165, NVIDIA H200, 143771, 0, [N/A], [N/A]",
    model: "nvidia-h200-141gb",
    memoryMiB: 143_771,
    source: "name, id and memory: a log of a public training run on an H200 (16 August 2026), in this form",
  },
  {
    line: "GPU-2a7fadae-a692-1c44-2c57-6645a0d117e4, Tesla T4, 15360, 0, [N/A], [N/A]",
    model: "nvidia-t4",
    memoryMiB: 15_360,
    source:
      "name and id: Tensorlake's SDK, its list of GPUs; memory: github.com/modal-labs/modal-client/pull/2797",
  },
  {
    line: "GPU-8e2712fe-6590-250e-8b90-280dbc470b41, Tesla V100-SXM2-16GB, 16160, 390.30, [N/A], 0",
    model: "nvidia-v100-16gb",
    memoryMiB: 16_160,
    source: "github.com/NVIDIA/nvidia-docker/issues/738; memory: YOLOv5's own records of this card",
  },
  {
    line: "GPU-4fb6ac9a-29e1-b611-4af7-b61a99e3b92d, NVIDIA GeForce RTX 3090, 24576, 580.142, [N/A], [N/A]",
    model: "nvidia-rtx3090",
    memoryMiB: 24_576,
    source:
      "id: github.com/milvus-io/milvus/issues/7493; memory and driver: github.com/noonghunna/club-3090/issues/390",
  },
  {
    line: "GPU-22b2c6ac-2d49-4863-197c-9c469071178a, GeForce RTX 2080, 7979, 440.64, [N/A], [N/A]",
    model: "nvidia-rtx2080",
    memoryMiB: 7_979,
    source:
      "github.com/Ricks-Lab/gpu-utils/issues/83, in this form, where an older driver writes no NVIDIA before the name",
  },
  {
    line: "GPU-00000000-0000-0000-0000-000000000002, NVIDIA GeForce RTX 5090, 32607, 610.57.04, [N/A], [N/A]",
    model: "nvidia-rtx5090",
    memoryMiB: 32_607,
    source: "github.com/noonghunna/club-3090/issues/1229, which shows no id",
  },
  {
    line: "GPU-c7b57be0-94ff-d352-a59b-d0ee00aeed43, Quadro RTX 4000, 8192, 535.129.03, [N/A], [N/A]",
    model: "nvidia-rtx4000-8gb",
    memoryMiB: 8_192,
    source: "github.com/akash-network/provider-configs/pull/12",
  },
  {
    line: "GPU-efe4927a-743f-e4cc-28bb-da604f545b6d, NVIDIA RTX A6000, 49140, 0, [N/A], [N/A]",
    model: "nvidia-rtxa6000-48gb",
    memoryMiB: 49_140,
    source:
      "name and id: Tensorlake's SDK, its list of GPUs; memory: NVIDIA's data sheet, less what ECC takes",
  },
];
