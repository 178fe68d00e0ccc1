import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type APIRequestContext, test as base, expect, request } from "@playwright/test";

const BACKEND = fileURLToPath(new URL("../../backend/", import.meta.url));
// A machine may be busy with other tests; these only end what hangs.
export const START_MS = 300_000;
const WORLD_MS = 2 * START_MS;

interface Places {
  url: string;
  control: string;
  webhook: string;
  handler: string;
  token: string;
  events: string;
  password: string;
}

/** A whole installation of its own: emulated portal, canned model, database, real server. */
export class World {
  private constructor(
    readonly places: Places,
    readonly http: APIRequestContext,
    private readonly running: ChildProcessByStdio<Writable, Readable, null>,
    private readonly said: AsyncIterator<string>,
    private readonly lines: Interface,
  ) {}

  static async start(auth: boolean, deals: number, only: string[]): Promise<World> {
    const args = ["tests/e2e_server.py", "--deals", String(deals), ...(auth ? ["--auth"] : [])];
    const running = spawn(".venv/bin/python", args, {
      cwd: BACKEND,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: running.stdout });
    const said = lines[Symbol.asyncIterator]();
    const first = await said.next();
    if (first.done) throw new Error("the installation did not start: see above");
    const places = JSON.parse(first.value) as Places;
    const http = await request.newContext();
    const world = new World(places, http, running, said, lines);
    if (!auth && only.length > 0) await world.copyOnly(only);
    return world;
  }

  /** Leave the other objects out: a test does not wait for what it does not look at. */
  private async copyOnly(names: string[]): Promise<void> {
    const config = `${this.places.url}/api/v1/sync/config`;
    const { entities } = (await (await this.http.get(config)).json()) as { entities: object };
    const others = Object.keys(entities).filter((name) => !names.includes(name));
    const off = Object.fromEntries(others.map((name) => [name, { enabled: false }]));
    const answer = await this.http.put(config, { data: { entities: off } });
    expect(answer.ok(), await answer.text()).toBe(true);
  }

  /** Everything ends when nobody asks any more. */
  async end(): Promise<void> {
    await this.http.dispose();
    const over = new Promise((resolve) => this.running.once("exit", resolve));
    this.running.stdin.end();
    await over;
    this.lines.close();
  }

  async ask(what: { do: "start" | "stop" | "log" } | { do: "sql"; sql: string }): Promise<unknown> {
    this.running.stdin.write(`${JSON.stringify(what)}\n`);
    const answer = await this.said.next();
    if (answer.done) throw new Error("the installation has ended");
    const told = JSON.parse(answer.value) as { done?: unknown; failed?: string };
    if (told.failed) throw new Error(told.failed);
    return told.done;
  }

  /** Look into the database, or change it behind everybody's back. */
  async sql(statement: string): Promise<unknown[][]> {
    return (await this.ask({ do: "sql", sql: statement })) as unknown[][];
  }

  /** Do something in the portal, as its people would. */
  async portal(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, data?: object) {
    const answer = await this.http.fetch(`${this.places.control}/${path}`, {
      method,
      ...(data ? { data } : {}),
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Ask the server's API for something, as an open installation lets one. */
  async post(path: string, data: object = {}): Promise<Record<string, unknown>> {
    const answer = await this.http.post(`${this.places.url}/api/v1/${path}`, { data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Have the portal tell its events, as its outgoing webhook does. */
  async sendEvents(): Promise<void> {
    await this.portal("POST", "outgoing", {
      url: this.places.handler,
      events: this.places.events.split(","),
      application_token: this.places.token,
    });
  }

  /** Copy an object, unless it is here already, and wait until it is. */
  async copied(entity: string): Promise<void> {
    const status = `${this.places.url}/api/v1/sync/status`;
    const here = async () => {
      const answer = await this.http.get(status);
      const { entities } = (await answer.json()) as {
        entities: { entity: string; looked_at: string | null; run: object | null }[];
      };
      const found = entities.find((one) => one.entity === entity);
      return found?.looked_at != null && found.run === null;
    };
    if (await here()) return;
    await this.post(`sync/start/${entity}`, { mode: "full", accept_deletions: false });
    await expect.poll(here, { timeout: START_MS }).toBe(true);
  }
}

export interface WorldOptions {
  /** Whether operators have to sign in. */
  auth: boolean;
  deals: number;
  /** The objects that are switched on; none: all of them. */
  only: string[];
}

export const test = base.extend<object, WorldOptions & { world: World }>({
  auth: [false, { option: true, scope: "worker" }],
  deals: [300, { option: true, scope: "worker" }],
  only: [["deal", "contact", "company", "user", "status"], { option: true, scope: "worker" }],
  world: [
    async ({ auth, deals, only }, provide) => {
      const world = await World.start(auth, deals, only);
      await provide(world);
      await world.end();
    },
    { scope: "worker", timeout: WORLD_MS },
  ],
  baseURL: async ({ world }, provide) => provide(world.places.url),
});

export { expect };
