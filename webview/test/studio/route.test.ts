import { expect, test } from "vitest";
import { addressOf, type Route, routeOf } from "../../src/studio/route.js";

const routes: [Route, string][] = [
  [{ page: "servers" }, "/studio/servers"],
  [{ page: "runs" }, "/studio/runs"],
  [{ page: "runs", runId: "r 1" }, "/studio/runs/r%201"],
  [{ page: "resources", serverId: "a/b" }, "/studio/resources/a%2Fb"],
  [{ page: "memory" }, "/studio/memory"],
  [{ page: "memory", agent: { serverId: "s", agentId: "A#1" } }, "/studio/memory/s/A%231"],
];

test.each(routes)("%j has the address %s, and is found by it", (route, address) => {
  expect(addressOf(route)).toBe(address);
  expect(routeOf(address)).toEqual(route);
});

test.each([
  ["/studio/", { page: "servers" }],
  ["/studio/nothing", { page: "servers" }],
  ["/studio/memory/s", { page: "memory" }],
  ["/studio/runs/%zz", { page: "runs", runId: "%zz" }],
])("%s, which no link leads to, shows a page, too", (address, route) => {
  expect(routeOf(address)).toEqual(route);
});
