import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { Msg } from "agentscope-distributed";
import { Echo } from "../../fixtures/agents/echo.js";
import { AgentServer, asServerCommand } from "../../processes/agentServer.js";
import { StartedProcess } from "../../processes/startedProcess.js";
import { TemporaryFolder } from "../../processes/temporaryFolder.js";

describe("as-server", () => {
  test("says that the folder of agents is not there, and fails", async () => {
    await using folder = await TemporaryFolder.make();
    const missing = folder.file("missing");
    await using server = new StartedProcess(asServerCommand, { args: ["--port", "0", "--agent-dir", missing] });
    expect(await server.endsWithin(10_000)).toEqual({ code: 1, signal: null });
    expect(server.stderr).toContain(`${missing} does not exist`);
    expect(server.stdout).toBe("");
  });
});

describe("a server with a token", () => {
  test("lets in who has it, and nobody beside them in the same program", async () => {
    await using folder = await TemporaryFolder.make();
    const tokenFile = folder.file("token");
    await writeFile(tokenFile, "right\n");
    await using server = await AgentServer.start(["--token-file", tokenFile]);
    const hello = new Msg({ name: "user", content: "hello", role: "user" });
    const echo = (token?: string) => new Echo({ name: "E", toDist: { ...server.at, token } })(hello).content;
    expect(await echo("right")).toBe("hello");
    await expect(Promise.resolve(echo("wrong"))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(Promise.resolve(echo())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await echo("right")).toBe("hello");
  });
});
