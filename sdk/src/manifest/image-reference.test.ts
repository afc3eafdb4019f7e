// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { parseImageReference } from "./image-reference.ts";
import { refusalsOf } from "./manifest.fixture.ts";

const SHA256 = `sha256:${"f".repeat(64)}`;
const SHA512 = `sha512:${"0a".repeat(64)}`;
const LONGEST_NAME = `${"a/".repeat(127)}a`;

type Vector = readonly [text: string, registry: string, repository: string, tag?: string, digest?: string];

const ACCEPTED: readonly Vector[] = [
  ["test_com", "docker.io", "library/test_com"],
  ["test.com:tag", "docker.io", "library/test.com", "tag"],
  ["test.com:5000", "docker.io", "library/test.com", "5000"],
  ["test.com/repo:tag", "test.com", "repo", "tag"],
  ["test:5000/repo", "test:5000", "repo"],
  ["test:5000/repo:tag", "test:5000", "repo", "tag"],
  [`test:5000/repo@${SHA256}`, "test:5000", "repo", undefined, SHA256],
  [`test:5000/repo:tag@${SHA256}`, "test:5000", "repo", "tag", SHA256],
  ["lowercase:Uppercase", "docker.io", "library/lowercase", "Uppercase"],
  [`${LONGEST_NAME}:tag-puts-this-over-max`, "docker.io", LONGEST_NAME, "tag-puts-this-over-max"],
  ["sub-dom1.foo.com/bar/baz/quux", "sub-dom1.foo.com", "bar/baz/quux"],
  ["sub-dom1.foo.com/bar/baz/quux:some-long-tag", "sub-dom1.foo.com", "bar/baz/quux", "some-long-tag"],
  [
    "b.gcr.io/test.example.com/my-app:test.example.com",
    "b.gcr.io",
    "test.example.com/my-app",
    "test.example.com",
  ],
  ["xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com"],
  [`xn--7o8h.com/myimage:xn--7o8h.com@${SHA512}`, "xn--7o8h.com", "myimage", "xn--7o8h.com", SHA512],
  ["foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080"],
  ["foo/foo_bar.com:8080", "docker.io", "foo/foo_bar.com", "8080"],
  ["192.168.1.1", "docker.io", "library/192.168.1.1"],
  ["192.168.1.1:tag", "docker.io", "library/192.168.1.1", "tag"],
  ["192.168.1.1/repo", "192.168.1.1", "repo"],
  ["192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050"],
  ["[2001:db8::1]/repo", "[2001:db8::1]", "repo"],
  ["[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "repo", "tag"],
  ["[2001:db8::1]:5000/repo", "[2001:db8::1]:5000", "repo"],
  [`[2001:db8::1]:5000/repo:tag@${SHA256}`, "[2001:db8::1]:5000", "repo", "tag", SHA256],
  ["[::1]:5000/repo", "[::1]:5000", "repo"],
  ["localhost/repo", "localhost", "repo"],
  ["Example.com/repo", "Example.com", "repo"],
  ["docker.io/redis:7", "docker.io", "library/redis", "7"],
  ["index.docker.io/redis", "docker.io", "library/redis"],
  ["docker.io/bitnami/redis", "docker.io", "bitnami/redis"],
  ["berth/hello:local", "docker.io", "berth/hello", "local"],
  ["a__b---c/e_f.g", "docker.io", "a__b---c/e_f.g"],
];

const REFUSED: readonly string[] = [
  "",
  ":justtag",
  `@${SHA256}`,
  "repo@sha256:ffffffffffffffffffffffffffffffffff",
  `repo@sha256:${"F".repeat(64)}`,
  `repo@sha256:${"f".repeat(65)}`,
  `repo@md5:${"f".repeat(64)}`,
  `validname@invaliddigest:${"f".repeat(64)}`,
  `repo@${SHA256}@${SHA256}`,
  "Uppercase:tag",
  "Uppercase/lowercase:tag",
  "test:5000/Uppercase/lowercase:tag",
  `${"a/".repeat(128)}a:tag`,
  "aa/asdf$$^/aa",
  "[2001:db8::1]",
  "[2001:db8::1]:5000",
  "[2001:db8::1]:tag",
  "[fe80::1%eth0]:5000/repo",
  "[fe80::1%@invalidzone]:5000/repo",
  "-host.example/repo",
  "host-.example/repo",
  "host.example:port/repo",
  "a//b",
  "/a",
  "a/",
  "a..b",
  "a___b",
  "_a",
  "a_",
  "a:",
  "a:-tag",
  `a:${"t".repeat(129)}`,
  "a@",
  "a b",
  "a\n",
  "a:b\n",
  `a@${SHA256}\n`,
  "ä",
  "f".repeat(64),
  "https://docker.io/redis",
];

describe("parseImageReference", () => {
  for (const [text, registry, repository, tag = null, digest = null] of ACCEPTED) {
    it(`reads ${text.slice(0, 80)} as an engine does`, () => {
      expect(parseImageReference(text)).to.deep.equal({ registry, repository, tag, digest });
    });
  }

  for (const text of REFUSED) {
    it(`refuses ${JSON.stringify(text).slice(0, 80)}`, () => {
      const [refusal] = refusalsOf(() => parseImageReference(text));
      expect(refusal).to.include({ code: "E_MANIFEST_VALUE", path: "image" });
      expect(refusal?.fix).to.contain("name:tag");
    });
  }

  it("refuses a name by its length before it looks at the grammar", () => {
    const [refusal] = refusalsOf(() =>
      parseImageReference(`${"a-".repeat(20_000)}.x/${"a".repeat(20_000)}!`),
    );
    expect(refusal?.reason).to.contain("longer than 255");
  });
});
