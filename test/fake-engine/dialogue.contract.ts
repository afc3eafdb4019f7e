// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { TAR_BLOCK, readTarHeader, tar } from "../../orchestrator/src/runtime/docker/tar.ts";
import { speak, type Answer } from "./speak.ts";

/** An engine that has the image, reached past the adapter. */
export interface EngineUnderDialogue {
  readonly socketPath: string;
  readonly image: string;
}

interface Inspected {
  readonly Id: string;
  readonly State: Record<string, unknown>;
  readonly Mounts: unknown;
  readonly NetworkSettings: {
    readonly Ports: Record<string, unknown>;
    readonly Networks: Record<string, { readonly NetworkID: string; readonly Aliases: string[] | null }>;
  };
}

const NEVER = "0001-01-01T00:00:00Z";
const NOT_FOUND = 'exec: "nonsuch": executable file not found in $PATH';

/** What an engine answers to each request of the adapter's, to the word: a fake that keeps this is no guess. */
export function describeDialogue(name: string, makeEngine: () => Promise<EngineUnderDialogue>): void {
  describe(`requests to ${name}`, function () {
    this.timeout(60_000);
    const mark = `dlg${randomBytes(4).toString("hex")}`;
    const [one, two, net, vol] = [`${mark}-1`, `${mark}-2`, `${mark}-net`, `${mark}-vol`];
    let engine: EngineUnderDialogue;

    const say = (line: string, body?: unknown) => speak(engine.socketPath, line, body);
    const expectAnswer = async (line: string, status: number, message = "", body?: unknown) => {
      const answer = await say(line, body);
      expect(`${line}: ${answer.status} ${answer.message}`).to.equal(`${line}: ${status} ${message}`);
      return answer;
    };
    const idOf = ({ json }: Answer) => (json as { readonly Id: string }).Id;
    const inspect = async (container: string) =>
      (await say(`GET /containers/${container}/json`)).json as Inspected;
    const create = (container: string, changes: object = {}, host: object = {}) =>
      say(`POST /containers/create?name=${container}`, {
        Image: engine.image,
        Labels: { mark },
        Healthcheck: { Test: ["NONE"] },
        HostConfig: { NetworkMode: "none", Init: true, ...host },
        ...changes,
      });
    const network = (part: string, changes: object = {}) => ({
      ...{ Name: `${net}${part}`, CheckDuplicate: true, Driver: "bridge", Labels: { mark } },
      IPAM: { Driver: "default", Config: [{ Subnet: "10.197.0.0/28", Gateway: "10.197.0.1" }] },
      Options: { "com.docker.network.bridge.name": "brdlg0" },
      ...changes,
    });
    const inNetwork = { HostConfig: { NetworkMode: net, Init: true } };
    const filters = `filters=${encodeURIComponent(JSON.stringify({ label: [`mark=${mark}`] }))}`;

    before(async () => {
      engine = await makeEngine();
    });
    afterEach(async () => {
      for (const container of [one, two]) await say(`DELETE /containers/${container}?force=true&v=true`);
      for (const part of ["", "b", "c"]) await say(`DELETE /networks/${net}${part}`);
      for (const part of ["", "b"]) await say(`DELETE /volumes/${vol}${part}`);
    });

    it("the list leaves out who does not carry a label, whatever that says", async () => {
      await create(one);
      const listed = async (...label: readonly string[]) => {
        const wanted = encodeURIComponent(JSON.stringify({ label: [`mark=${mark}`, ...label] }));
        return (await say(`GET /containers/json?all=true&filters=${wanted}`)).json;
      };
      expect(await listed("mark")).to.have.length(1);
      expect(await listed("mark", "other")).to.deep.equal([]);
    });

    it("the list says in what state a container is, and for how long", async () => {
      const listed = async () => {
        const [container] = (await say(`GET /containers/json?all=true&${filters}`)).json as {
          readonly State: string;
          readonly Status: string;
        }[];
        return `${container?.State}: ${container?.Status}`;
      };
      const now = "(Less than a second|1 second|\\d seconds)";
      await create(one);
      expect(await listed()).to.equal("created: Created");
      await expectAnswer(`POST /containers/${one}/start`, 204);
      expect(await listed()).to.match(new RegExp(`^running: Up ${now}$`));
      await expectAnswer(`POST /containers/${one}/pause`, 204);
      expect(await listed()).to.match(new RegExp(`^paused: Up ${now} \\(Paused\\)$`));
      await expectAnswer(`POST /containers/${one}/unpause`, 204);
      await expectAnswer(`POST /containers/${one}/stop?t=5`, 204);
      expect(await listed()).to.match(new RegExp(`^exited: Exited \\(143\\) ${now} ago$`));
    });

    it("what is not there is a 404 that names it", async () => {
      const none = `No such container: ${one}`;
      for (const line of [
        ...[`GET /containers/${one}/json`, `GET /containers/${one}/logs?stdout=true`],
        ...[`GET /containers/${one}/stats?stream=false&one-shot=true`],
        ...[`GET /containers/${one}/archive?path=/x`, `PUT /containers/${one}/archive?path=/`],
        ...[`POST /containers/${one}/start`, `POST /containers/${one}/stop?t=1`],
        ...[`POST /containers/${one}/pause`, `POST /containers/${one}/unpause`],
        `DELETE /containers/${one}?force=true&v=true`,
      ]) {
        await expectAnswer(line, 404, none);
      }
      await expectAnswer(`GET /volumes/${vol}`, 404, `get ${vol}: no such volume`);
      await expectAnswer(`DELETE /volumes/${vol}`, 404, `get ${vol}: no such volume`);
      await expectAnswer(`DELETE /networks/${net}`, 404, `network ${net} not found`);
      await expectAnswer(`POST /networks/${net}/connect`, 404, none, { Container: one });
      const image = `berth/${mark}:x`;
      await expectAnswer(
        `GET /images/${image}/json`,
        404,
        `no such image: ${image}: No such image: ${image}`,
      );
      expect((await create(one, { Image: image })).message).to.equal(`No such image: ${image}`);
    });

    it("lists of nothing are empty lists", async () => {
      expect((await say(`GET /containers/json?all=true&${filters}`)).json).to.deep.equal([]);
      expect((await say(`GET /volumes?${filters}`)).json).to.deep.equal({ Volumes: [], Warnings: null });
    });

    it("a container's name is taken once, by signs that a name may have, and of an image that is there", async () => {
      const made = await create(one);
      expect(made.status).to.equal(201);
      expect(made.json).to.deep.include({ Warnings: [] });
      expect(idOf(made)).to.match(/^[0-9a-f]{64}$/);
      const taken = `Conflict. The container name "/${one}" is already in use by container "${idOf(made)}". You have to remove (or rename) that container to be able to reuse that name.`;
      expect(await create(one)).to.deep.include({ status: 409, message: taken });
      expect((await create(one, { Image: `${mark}:x` })).status).to.equal(404);
      const refused = "Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed";
      expect(await create("a%20b")).to.deep.include({ status: 400, message: refused });
    });

    it("lists containers by all of the labels, and those that do not run only when asked", async () => {
      const Labels = { mark, more: "a=b" };
      const id = idOf(await create(one, { Labels }));
      await create(two);
      const list = async (query: string, ...label: string[]) => {
        const filter = encodeURIComponent(JSON.stringify({ label }));
        const { json } = await say(`GET /containers/json?${query}filters=${filter}`);
        return json as { readonly Id: string; readonly Names: string[]; readonly Labels: object }[];
      };
      expect(await list("all=true&", `mark=${mark}`)).to.have.length(2);
      const [found] = await list("all=true&", `mark=${mark}`, "more=a=b");
      expect(found).to.include({ Id: id });
      expect(found?.Names).to.deep.equal([`/${one}`]);
      expect(found?.Labels).to.include(Labels);
      expect(await list("", `mark=${mark}`)).to.deep.equal([]);
      await say(`POST /containers/${one}/start`);
      expect(await list("", `mark=${mark}`)).to.have.length(1);
    });

    it("a life from creation to removal", async () => {
      const id = idOf(await create(one, { Cmd: ["sleep", "600"] }));
      const notRunning = `Container ${id} is not running`;
      const created = (await inspect(one)).State;
      const off = { Running: false, Paused: false, OOMKilled: false, Dead: false, Pid: 0, Error: "" };
      expect(created).to.deep.include({ ...off, Status: "created", ExitCode: 0 });
      expect(created).to.deep.include({ StartedAt: NEVER, FinishedAt: NEVER });
      await expectAnswer(`POST /containers/${one}/pause`, 409, notRunning);
      await expectAnswer(`POST /containers/${one}/unpause`, 500, `Container ${id} is not paused`);
      await expectAnswer(`POST /containers/${one}/stop?t=1`, 304);
      await expectAnswer(`POST /containers/${id}/start`, 204);
      await expectAnswer(`POST /containers/${one}/start`, 304);
      const running = (await inspect(id)).State;
      expect(running).to.deep.include({ Status: "running", Running: true, Paused: false, FinishedAt: NEVER });
      expect(running["Pid"]).to.be.greaterThan(0);
      expect(running["StartedAt"]).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
      await expectAnswer(`POST /containers/${one}/unpause`, 500, `Container ${id} is not paused`);
      const advice = "Stop the container before attempting removal or force remove";
      const alive = `You cannot remove a running container ${id}. ${advice}`;
      await expectAnswer(`DELETE /containers/${one}?v=true`, 409, alive);
      await expectAnswer(`POST /containers/${one}/pause`, 204);
      await expectAnswer(`POST /containers/${one}/pause`, 409, `Container ${id} is already paused`);
      const paused = { ...running, Status: "paused", Paused: true };
      expect((await inspect(one)).State).to.deep.equal(paused);
      const frozen = "cannot start a paused container, try unpause instead";
      await expectAnswer(`POST /containers/${one}/start`, 409, frozen);
      const thaw = `You cannot remove a paused container ${id}. Unpause and then stop the container before attempting removal or force remove`;
      await expectAnswer(`DELETE /containers/${one}?v=true`, 409, thaw);
      await expectAnswer(`POST /containers/${one}/unpause`, 204);
      expect((await inspect(one)).State).to.deep.equal(running);
      await expectAnswer(`POST /containers/${one}/pause`, 204);
      await expectAnswer(`POST /containers/${one}/stop?t=5`, 204);
      await expectAnswer(`POST /containers/${one}/stop?t=5`, 304);
      const stopped = (await inspect(one)).State;
      expect(stopped).to.deep.include({ ...off, Status: "exited", ExitCode: 143 });
      expect(stopped["StartedAt"]).to.equal(running["StartedAt"]);
      await expectAnswer(`POST /containers/${one}/pause`, 409, notRunning);
      await expectAnswer(`POST /containers/${one}/start`, 204);
      const again = (await inspect(one)).State;
      expect(again).to.deep.include({ Status: "running", ExitCode: 0, FinishedAt: stopped["FinishedAt"] });
      expect(again["StartedAt"]).not.to.equal(running["StartedAt"]);
      await expectAnswer(`DELETE /containers/${one}?force=true&v=true`, 204);
      await expectAnswer(`GET /containers/${one}/json`, 404, `No such container: ${one}`);
    });

    it("a program that is not there is refused without an init of the engine's, and ends at once with one", async () => {
      await create(one, { Cmd: ["nonsuch"] }, { Init: false });
      const refusal = await say(`POST /containers/${one}/start`);
      expect(refusal.status).to.equal(400);
      expect(refusal.message).to.include(NOT_FOUND);
      const { State } = await inspect(one);
      expect(State).to.deep.include({ Status: "created", ExitCode: 127, StartedAt: NEVER, Pid: 0 });
      expect(State["Error"]).to.equal(refusal.message);
      await create(two, { Cmd: ["nonsuch"] });
      await expectAnswer(`POST /containers/${two}/start`, 204);
      while ((await inspect(two)).State["Running"] === true)
        await new Promise((done) => setTimeout(done, 20));
      expect((await inspect(two)).State).to.deep.include({ Status: "exited", ExitCode: 127 });
    });

    it("ports are published while it runs, exposed ones known without a binding, and none without a network", async () => {
      await say("POST /networks/create", network(""));
      const ExposedPorts = { "8080/tcp": {}, "9000/tcp": {} };
      const PortBindings = { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] };
      await create(one, { ExposedPorts, HostConfig: { ...inNetwork.HostConfig, PortBindings } });
      expect((await inspect(one)).NetworkSettings.Ports).to.deep.equal({});
      await say(`POST /containers/${one}/start`);
      const { Ports } = (await inspect(one)).NetworkSettings;
      expect(Object.keys(Ports).sort()).to.deep.equal(["8080/tcp", "9000/tcp"]);
      expect(Ports["9000/tcp"]).to.equal(null);
      const [binding] = Ports["8080/tcp"] as { readonly HostIp: string; readonly HostPort: string }[];
      expect(binding?.HostIp).to.equal("127.0.0.1");
      expect(Number(binding?.HostPort)).to.be.greaterThan(1023);
      await say(`POST /containers/${one}/stop?t=5`);
      expect((await inspect(one)).NetworkSettings.Ports).to.deep.equal({});
    });

    it("a network's name and subnet are taken once, and so is the name of its bridge", async () => {
      const id = idOf(await expectAnswer("POST /networks/create", 201, "", network("")));
      const taken = `network with name ${net} already exists`;
      await expectAnswer("POST /networks/create", 409, taken, network(""));
      const overlaps = "Pool overlaps with other one on this address space";
      const Options = { "com.docker.network.bridge.name": "brdlg1" };
      await expectAnswer("POST /networks/create", 403, overlaps, network("b", { Options }));
      const IPAM = { Config: [{ Subnet: "10.197.1.0/28", Gateway: "10.197.1.1" }] };
      const shared = await say("POST /networks/create", network("c", { IPAM }));
      expect(shared.status).to.equal(403);
      expect(shared.message).to.match(
        /^cannot create network [0-9a-f]{64} \(brdlg0\): conflicts with network/,
      );
      expect(shared.message).to.include(`${id} (brdlg0): networks have same bridge name`);
      const { json } = await say("GET /networks");
      const listed = json as {
        readonly Name: string;
        readonly Created: string;
        readonly Labels: object;
        readonly IPAM: object;
      }[];
      expect(listed.map(({ Name }) => Name)).to.include.members(["bridge", "host", "none", net]);
      const own = listed.find(({ Name }) => Name === net);
      expect(own?.Labels).to.deep.equal({ mark });
      expect(own?.IPAM).to.deep.include({ Config: [{ Subnet: "10.197.0.0/28", Gateway: "10.197.0.1" }] });
      const alone = (await say("GET /networks/bridge")).json as (typeof listed)[number];
      const { Created } = listed.find(({ Name }) => Name === "bridge") ?? {};
      expect(alone).to.deep.include({ Name: "bridge", Created });
      await expectAnswer(`GET /networks/${net}z`, 404, `network ${net}z not found`);
    });

    it("a network goes when no container of it runs, frozen ones included", async () => {
      const id = idOf(await say("POST /networks/create", network("")));
      await create(one, inNetwork);
      await say(`POST /containers/${one}/start`);
      const busy = `error while removing network: network ${net} id ${id} has active endpoints`;
      await expectAnswer(`DELETE /networks/${id}`, 403, busy);
      await say(`POST /containers/${one}/pause`);
      await expectAnswer(`DELETE /networks/${net}`, 403, busy);
      await say(`POST /containers/${one}/stop?t=5`);
      await expectAnswer(`DELETE /networks/${net}`, 204);
    });

    it("a container that ran starts in the very network that it ran in, until it is connected to another", async () => {
      await create(one, {
        ...inNetwork,
        NetworkingConfig: { EndpointsConfig: { [net]: { Aliases: ["web"] } } },
      });
      await expectAnswer(`POST /containers/${one}/start`, 404, `network ${net} not found`);
      expect((await inspect(one)).State).to.deep.include({ Status: "created", ExitCode: 128 });
      const first = idOf(await say("POST /networks/create", network("")));
      await expectAnswer(`POST /containers/${one}/start`, 204);
      const endpoint = (await inspect(one)).NetworkSettings.Networks[net];
      expect(endpoint).to.deep.include({ NetworkID: first });
      expect(endpoint?.Aliases).to.include("web");
      await say(`POST /containers/${one}/stop?t=5`);
      await say(`DELETE /networks/${net}`);
      const second = idOf(await say("POST /networks/create", network("")));
      await expectAnswer(`POST /containers/${one}/start`, 404, `network ${first} not found`);
      expect((await inspect(one)).State).to.deep.include({ Status: "exited", ExitCode: 143 });
      const request = { Container: one, EndpointConfig: { Aliases: ["web"] } };
      await expectAnswer(`POST /networks/${net}/connect`, 200, "", request);
      await expectAnswer(`POST /networks/${net}/connect`, 200, "", request);
      await expectAnswer(`POST /containers/${one}/start`, 204);
      const anew = (await inspect(one)).NetworkSettings.Networks[net];
      expect(anew).to.deep.include({ NetworkID: second });
      expect(anew?.Aliases).to.include("web");
      const already = `endpoint with name ${one} already exists in network ${net}`;
      await expectAnswer(`POST /networks/${net}/connect`, 403, already, request);
    });

    it("a container is connected by name to a network that is yet to come", async () => {
      await say("POST /networks/create", network(""));
      await create(one, inNetwork);
      await say(`POST /containers/${one}/start`);
      await say(`POST /containers/${one}/stop?t=5`);
      await say(`DELETE /networks/${net}`);
      await expectAnswer(`POST /networks/${net}/connect`, 200, "", { Container: one });
      await expectAnswer(`POST /containers/${one}/start`, 404, `network ${net} not found`);
      await say("POST /networks/create", network(""));
      await expectAnswer(`POST /containers/${one}/start`, 204);
    });

    it("a volume is handed out again as if it were new, with the labels that it has", async () => {
      const created = await say("POST /volumes/create", { Name: vol, Labels: { mark } });
      expect(created.status).to.equal(201);
      expect(created.json).to.deep.include({ Name: vol, Driver: "local", Labels: { mark }, Scope: "local" });
      const again = await say("POST /volumes/create", { Name: vol, Labels: { mark: "other" } });
      expect(again).to.deep.include({ status: 201, json: created.json });
      expect((await say(`GET /volumes/${vol}`)).json).to.deep.equal(created.json);
      expect((await say(`GET /volumes?${filters}`)).json).to.deep.equal({
        Volumes: [created.json],
        Warnings: null,
      });
      expect((await say("POST /volumes/create", { Name: "a b" })).status).to.equal(400);
    });

    it("a container makes the volumes that it mounts, holds them while it exists, and leaves them behind", async () => {
      const labelled = { Type: "volume", Source: vol, Target: "/data", VolumeOptions: { Labels: { mark } } };
      const bare = { Type: "volume", Source: `${vol}b`, Target: "/bare", ReadOnly: true };
      const id = idOf(await create(one, {}, { Mounts: [labelled, bare] }));
      expect((await say(`GET /volumes/${vol}`)).json).to.deep.include({ Labels: { mark } });
      expect((await say(`GET /volumes/${vol}b`)).json).to.deep.include({ Labels: null });
      const mounts = (await inspect(one)).Mounts as { readonly Name: string }[];
      expect(mounts.find(({ Name }) => Name === vol)).to.include({
        Type: "volume",
        Destination: "/data",
        RW: true,
      });
      expect(mounts.find(({ Name }) => Name === `${vol}b`)).to.include({ Destination: "/bare", RW: false });
      await expectAnswer(`DELETE /volumes/${vol}`, 409, `remove ${vol}: volume is in use - [${id}]`);
      await expectAnswer(`DELETE /containers/${one}?force=true&v=true`, 204);
      await expectAnswer(`DELETE /volumes/${vol}`, 204);
    });

    it("a volume's folder is root's when it is new, and has the owner of the folder that is unpacked over it", async () => {
      await create(one, {}, { Mounts: [{ Type: "volume", Source: vol, Target: "/own" }] });
      const ownerOf = async () => {
        const { bytes } = await expectAnswer(`GET /containers/${one}/archive?path=/own`, 200);
        return readTarHeader(bytes.subarray(0, TAR_BLOCK));
      };
      expect(await ownerOf()).to.deep.equal({ isDirectory: true, uid: 0, gid: 0 });
      const directory = { name: "own/", type: "directory", mode: 0o755, content: null } as const;
      const archive = tar([{ ...directory, uid: 65_534, gid: 1_000 }]);
      await expectAnswer(`PUT /containers/${one}/archive?path=/`, 200, "", archive);
      expect(await ownerOf()).to.deep.equal({ isDirectory: true, uid: 65_534, gid: 1_000 });
      const missing = `Could not find the file /nowhere in container ${one}`;
      await expectAnswer(`GET /containers/${one}/archive?path=/nowhere`, 404, missing);
      await expectAnswer(`PUT /containers/${one}/archive?path=/nowhere`, 404, missing, archive);
      await create(two, {}, { ReadonlyRootfs: true });
      const sealed = "container rootfs is marked read-only";
      await expectAnswer(`PUT /containers/${two}/archive?path=/`, 500, sealed, archive);
    });

    it("statistics of what does not run have no time and no memory; those of what runs have both", async () => {
      await create(one);
      const line = `GET /containers/${one}/stats?stream=false&one-shot=true`;
      const idle = (await expectAnswer(line, 200)).json as Record<string, unknown>;
      expect(idle).to.deep.include({ read: NEVER, memory_stats: {} });
      expect(idle).not.to.have.property("networks");
      await say(`POST /containers/${one}/start`);
      const busy = (await expectAnswer(line, 200)).json as Record<string, unknown>;
      expect(Date.parse(String(busy["read"]))).to.be.greaterThan(0);
      expect(busy["memory_stats"]).to.include.keys("usage", "stats", "limit");
      expect(busy).not.to.have.property("networks");
    });

    it("a log comes in frames of a stream, a length and stamped lines, from the last ones asked for", async () => {
      await create(one, { Cmd: ["echo", "ahoy"] }, { LogConfig: { Type: "local", Config: {} } });
      const line = `GET /containers/${one}/logs?stdout=true&stderr=true&timestamps=true`;
      expect((await expectAnswer(`${line}&tail=5&follow=true`, 200)).bytes).to.have.length(0);
      await say(`POST /containers/${one}/start`);
      await say(`GET /containers/${one}/logs?stdout=true&follow=true`);
      const { bytes } = await expectAnswer(`${line}&tail=5`, 200);
      const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z ahoy\n$/;
      expect([...bytes.subarray(0, 8)]).to.deep.equal([1, 0, 0, 0, 0, 0, 0, bytes.length - 8]);
      expect(bytes.toString("latin1", 8)).to.match(stamp);
      expect((await expectAnswer(`${line}&tail=0`, 200)).bytes).to.have.length(0);
      const neither = "Bad parameters: you must choose at least one stream";
      await expectAnswer(`GET /containers/${one}/logs?tail=5`, 400, neither);
    });
  });
}
