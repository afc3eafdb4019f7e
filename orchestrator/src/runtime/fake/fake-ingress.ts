// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../../domain/identity.ts";
import { urlOf, type Ingress } from "../../domain/ingress.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import {
  gone,
  imageSteers,
  ingressAway,
  ingressForwards,
  ingressLedAstray,
  portTaken,
} from "../runtime-errors.ts";
import type { FakeContainer, FakeEngine } from "./fake-engine.ts";

/** Where a proxy is asked for the service; null where none is. */
export function fakeUrl(
  ingress: Ingress | undefined,
  leaseId: LeaseId,
  { name, ports }: ServiceSpec,
): string | null {
  const isHttp = ports.some(({ appProtocol }) => appProtocol === "http");
  return isHttp && ingress !== undefined ? urlOf(ingress, leaseId, name) : null;
}

export function joinProxy(engine: FakeEngine, ingress: Ingress | undefined, network: string): void {
  if (ingress === undefined || engine.proxy === null) throw ingressAway(ingress?.container ?? "");
  if (engine.proxyForwards) throw ingressForwards(ingress.container);
  if (!engine.proxyHasOwnWay) throw ingressLedAstray(ingress.container);
  if (!engine.networks.has(network)) throw gone("network", network);
  engine.proxy.add(network);
}

/** Throws what keeps a container of the image from being made. */
export function needImage(engine: FakeEngine, image: string): void {
  if (!engine.hasImage(image)) throw gone("image", image);
  if (engine.steeringImages.has(image)) throw imageSteers(image, ["traefik.enable"]);
}

/** Throws what keeps the container of this name from being started. */
export function needPlace(engine: FakeEngine, name: string, container: FakeContainer): void {
  if (!engine.networks.has(container.network)) throw gone("network", container.network);
  const held = engine.heldPort(container);
  if (held !== null) throw portTaken(name, held);
}
