// A `tokenline serve` of its own: a demo operator on free ports with a data folder of its own, and what a test needs of the management API.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import assert from "node:assert/strict";

const program = new URL("../../src/Tokenline.Host/bin/Release/net10.0/tokenline.dll", import.meta.url).pathname;
const adminKey = "tla-sdk-node-test";

/** General tokens for one token of each meter of the models that tests sell. */
export const weights = { input: 2, cached_input: 0.5, cache_write_5m: 2.5, cache_write_1h: 4, output: 3, embedding: 2 };

export const apis = { chat: "openai-chat", responses: "openai-responses", messages: "anthropic-messages", gemini: "gemini" };

export async function startTokenline() {
  const folder = await mkdtemp(join(tmpdir(), "tokenline-node-"));
  const server = spawn("dotnet", [program, "serve"], {
    env: { ...process.env, TOKENLINE_DATA: folder, TOKENLINE_URLS: "http://127.0.0.1:0", TOKENLINE_ADMIN_KEY: adminKey, TOKENLINE__Gateway__QueueDelayMilliseconds: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  await new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`tokenline serve ended with ${code}: ${said}`));
    server.once("exit", ended).once("error", reject);
    server.stderr.on("data", (bytes) => (said += bytes));
    server.stdout.on("data", (bytes) => {
      said += bytes;
      if (/^Tokenline /m.test(said)) server.off("exit", ended), resolve(); // it names itself when it is ready
    });
  });
  const url = /^export TOKENLINE_URL=(.*)$/m.exec(await readFile(join(folder, "demo.env"), "utf8"))[1];
  const tokenline = new Tokenline(url, folder, server);
  const { items: vendors } = await tokenline.manage("GET", "vendors");
  tokenline.simulator = new URL(vendors[0].baseUrl).origin;
  return tokenline;
}

class Tokenline {
  customers = [];
  sold = 0;

  constructor(url, folder, server) {
    Object.assign(this, { url, folder, server });
  }

  async manage(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** A model of its own, served by a simulated vendor of its own that speaks this API alone. */
  async model(api, { id = `model-${++this.sold}`, kind = "chat", meters = ["input", "cached_input", "cache_write_5m", "cache_write_1h", "output"], serviceClasses } = {}) {
    const prices = Object.fromEntries(meters.map((meter) => [meter, String(weights[meter])]));
    const vendor = `vendor-${++this.sold}`;
    await this.manage("POST", "vendors", {
      id: vendor,
      baseUrl: `${this.simulator}/vendors/${vendor}/${api === apis.gemini ? "v1beta" : "v1"}`,
      apiKey: "sk-of-the-operator",
      apis: [api],
      allowPrivateAddress: true,
    });
    await this.manage("PUT", `models/${id}`, {
      name: id,
      ownedBy: "test",
      contextTokens: 200_000,
      outputTokensMax: 64_000,
      kind,
      price: { currency: "CNY", serviceClasses, tiers: [{ price: prices, weights: { "general-token": prices } }] },
    });
    await this.manage("PUT", `models/${id}/deployments`, { vendor });
    return id;
  }

  /** A customer with a key; with a plan of 80 million general tokens unless it is poor. */
  async customer({ poor = false } = {}) {
    const phoneNumber = `+86139${String(10100 + this.customers.length).padStart(8, "0")}`;
    const { id } = await this.manage("POST", "customers", { phoneNumber, name: "Test" });
    if (!poor) await this.manage("POST", "orders", { customer: id, offering: "plan-premium" });
    const { key } = await this.manage("POST", `customers/${id}/keys`, { name: "test" });
    const customer = new Customer(this, id, key);
    this.customers.push(customer);
    return customer;
  }

  /** The books are right, nothing is held, nothing runs. */
  async checkBooks() {
    for (const customer of this.customers) {
      for (const bucket of (await customer.account()).items) assert.equal(Number(bucket.reserved), 0, `${customer.id} still has something held`);
    }
    const audit = await this.manage("POST", "audit");
    assert.deepEqual(audit.differences, []);
    assert.equal(audit.openCharges, 0);
    return audit;
  }

  async stop() {
    const ended = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true });
  }
}

class Customer {
  constructor(tokenline, id, key) {
    Object.assign(this, { tokenline, id, key });
  }

  account() {
    return this.tokenline.manage("GET", `customers/${this.id}/buckets`);
  }

  async balance() {
    return (await this.account()).items.reduce((sum, bucket) => sum + Number(bucket.remaining), 0);
  }

  async records() {
    return (await this.tokenline.manage("GET", `customers/${this.id}/usage?limit=500`)).items;
  }

  /** Runs calls, which give the usage that they were told; by the published weights that must be what was paid, call by call a charge. */
  async pays(calls) {
    const [before, records] = [await this.balance(), (await this.records()).length];
    const told = [await calls()].flat();
    const cost = told.flatMap((usage) => Object.entries(weights).map(([meter, weight]) => (usage[meter] ?? 0) * weight)).reduce((sum, part) => sum + part, 0);
    assert.ok(cost > 0);
    assert.equal(Math.round((before - (await this.balance())) * 1e6), Math.round(cost * 1e6), `paid for ${JSON.stringify(told)}`);
    assert.equal((await this.records()).length - records, told.length, "a charge a call");
  }
}

/** The one that holds, or a failure that shows the others. */
export const single = (list, predicate = () => true) => {
  const found = list.filter(predicate);
  assert.equal(found.length, 1, JSON.stringify(list));
  return found[0];
};

export const unique = () => randomUUID();
