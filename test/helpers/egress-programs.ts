// SPDX-License-Identifier: Apache-2.0

/** What somebody may do to the rules of either back-end; each opens what is closed. */
export const DISTURBANCES: Readonly<Record<string, readonly string[]>> = {
  nftables: [
    "nft flush table inet berth",
    "nft delete table inet berth",
    "nft insert rule inet berth outwards accept",
    "nft flush chain inet berth forward",
    "nft add table inet berth '{ flags dormant; }'",
  ],
  iptables: [
    "iptables -t mangle -F",
    "iptables -t mangle -F BERTH-OUTWARDS",
    "iptables -t mangle -I BERTH-OUTWARDS -j ACCEPT",
    "iptables -t mangle -I FORWARD -j ACCEPT",
    "iptables -t mangle -D FORWARD -i berth+ -j BERTH-OUTWARDS",
  ],
};

const EAR_PORT = 5353;
/** Says each datagram that it hears, also those for a group. */
export const EAR = `
const socket = require("node:dgram").createSocket({ type: "udp4", reuseAddr: true });
socket.on("message", (word) => console.log(String(word)));
socket.bind(${EAR_PORT}, () => {
  for (const [name] of Object.entries(require("node:os").networkInterfaces())) {
    const own = require("node:os").networkInterfaces()[name].find(({ family }) => family === "IPv4");
    if (own) try { socket.addMembership("224.0.0.251", own.address); } catch {}
  }
  console.log("ready");
});
`;

/** Sends to each address, or the word given. */
export function speak(addresses: readonly string[], word?: string): string {
  const code = `
    const socket = require("node:dgram").createSocket("udp4");
    socket.on("error", () => undefined);
    socket.bind(async () => {
      socket.setBroadcast(true);
      for (const to of ${JSON.stringify(addresses)})
        await new Promise((done) => socket.send(${word === undefined ? "to" : JSON.stringify(word)}, ${EAR_PORT}, to, done));
      socket.close();
    });`;
  return `${process.execPath} -e '${code}'`;
}

/** Holds one connection and talks on it all the time; says when it is answered, and each second that nothing was for three. */
export const talker = (address: string): string => `
const socket = require("node:net").connect(80, "${address}");
let last = Date.now();
socket.once("data", () => console.log("answered")).on("data", () => (last = Date.now()));
setInterval(() => socket.write("x"), 100);
setInterval(() => Date.now() - last > 3000 && console.log("silent"), 1000);
`;

/** Tries 200 connections a second, and holds those that come about; says each second how many there are. */
export const SCAN = `
const net = require("node:net");
const held = new Set();
const start = Date.now();
let next = 0;
setInterval(() => {
  for (let turn = 0; turn < 10; turn += 1) {
    const host = "93.184." + ((next >> 8) & 255) + "." + (next & 255);
    next += 1;
    const socket = net.connect(80, host);
    const tooLate = setTimeout(() => socket.destroy(), 700);
    socket.once("connect", () => { clearTimeout(tooLate); held.add(socket); });
    socket.on("error", () => undefined);
    socket.once("close", () => held.delete(socket));
  }
}, 50);
setInterval(() => console.log(JSON.stringify({ at: (Date.now() - start) / 1000, open: held.size })), 1000);
`;

/** Sends datagrams of the size of full packets to one address, 40 Mbit of them a second. */
export const datagrams = (address: string, port: number): string => `
const socket = require("node:dgram").createSocket("udp4");
const word = Buffer.alloc(1_400);
const start = Date.now();
let sent = 0;
socket.on("error", () => undefined);
console.log("ready");
setInterval(() => {
  for (const due = (Date.now() - start) * 3.5; sent < due; sent += 1) socket.send(word, ${port}, "${address}");
}, 5);
`;

const POUR = `
const pour = (socket) => {
  const more = () => { while (socket.write(Buffer.alloc(65_536))); };
  socket.on("error", () => undefined).on("drain", more).resume();
  more();
};
`;
/** Sends on one connection, as fast as it takes it. */
export const pouring = (address: string, port: number): string => `${POUR}
const socket = require("node:net").connect(${port}, "${address}", () => pour(socket));
console.log("ready");
`;
/** Sends to whoever connects. */
export const pouringOut = (port: number): string => `${POUR}
require("node:net").createServer(pour).listen(${port}, () => console.log("ready"));
`;
/** Asks for the page of a hostname; says the status and the page on one line. */
export const asking = (address: string, port: number, hostname: string): string => `
const headers = { host: "${hostname}" };
require("node:http").get({ host: "${address}", port: ${port}, headers, timeout: 5000 }, (answer) => {
  let page = "";
  answer.on("data", (part) => (page += part)).on("end", () => console.log(answer.statusCode + " " + page.replaceAll("\\n", " ")));
}).on("timeout", () => console.log("nothing")).on("error", () => console.log("nothing"));
`;
/** Takes what is sent. */
export const drinking = (address: string, port: number): string => `
require("node:net").connect(${port}, "${address}").on("error", () => undefined).resume();
console.log("ready");
`;
