// Anthropic's SDK for Node, at a vendor that speaks the same and at others.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { apis, single, startTokenline, unique } from "./tokenline.mjs";

const tools = [
  {
    name: "get_weather",
    description: "The weather of a city",
    input_schema: { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } }, required: ["city", "days"] },
  },
];
const question = { role: "user", content: "What is the weather in Lhasa?" };
const textOf = (answer) => single(answer.content, (block) => block.type === "text").text;
const told = (usage) => {
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return {
    input: usage.input_tokens,
    cached_input: usage.cache_read_input_tokens,
    cache_write_5m: (usage.cache_creation_input_tokens ?? 0) - hour,
    cache_write_1h: hour,
    output: usage.output_tokens,
  };
};

let tokenline;
let customer;
let client;
before(async () => {
  tokenline = await startTokenline();
  customer = await tokenline.customer();
  client = clientOf(customer);
});
after(async () => {
  try {
    await tokenline.checkBooks();
  } finally {
    await tokenline.stop();
  }
});
const clientOf = (customer) => new Anthropic({ baseURL: tokenline.url, apiKey: customer.key });

for (const api of [apis.messages, apis.chat, apis.gemini]) {
  describe(`messages at a vendor of ${api}`, () => {
    let model;
    before(async () => (model = await tokenline.model(api)));
    const ask = (messages, more) => ({ model, max_tokens: 1000, messages, ...more });

    it("answers, and costs exactly what it reports", () =>
      customer.pays(async () => {
        const answer = await client.messages.create(ask([{ role: "user", content: "Hello" }], { system: "Be short." }));
        assert.match(textOf(answer), /^This is the Tokenline vendor simulator/);
        assert.equal(answer.stop_reason, "end_turn");
        assert.equal(answer.model, model);
        return told(answer.usage);
      }));

    it("streams what it says at its end", () =>
      customer.pays(async () => {
        let text = "";
        const stream = client.messages.stream(ask([{ role: "user", content: "Hello" }])).on("text", (more) => (text += more));
        const answer = await stream.finalMessage();
        assert.match(text, /^This is the Tokenline vendor simulator/);
        assert.equal(textOf(answer), text);
        assert.equal(answer.stop_reason, "end_turn");
        return told(answer.usage);
      }));

    for (const streamed of [false, true]) {
      const send = (body) => (streamed ? client.messages.stream(body).finalMessage() : client.messages.create(body));

      it(`calls a tool turn by turn${streamed ? ", streamed" : ""}`, () =>
        customer.pays(async () => {
          const asked = await send(ask([question], { tools }));
          assert.equal(asked.stop_reason, "tool_use");
          const call = single(asked.content, (block) => block.type === "tool_use");
          assert.equal(call.name, "get_weather");
          assert.equal(typeof call.input.city, "string");
          assert.equal(typeof call.input.days, "number");
          const result = { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "sunny" }] };
          const answered = await send(ask([question, { role: "assistant", content: asked.content }, result], { tools }));
          assert.match(textOf(answered), /sunny/);
          return [told(asked.usage), told(answered.usage)];
        }));

      it(`thinks, and takes its thinking back as it was${streamed ? ", streamed" : ""}`, () =>
        customer.pays(async () => {
          const more = { tools, max_tokens: 4000, thinking: { type: "enabled", budget_tokens: 2000 } };
          const asked = await send(ask([question], more));
          const thought = single(asked.content, (block) => block.type === "thinking");
          assert.ok(thought.thinking.length > 0);
          assert.equal(typeof thought.signature, "string");
          const call = single(asked.content, (block) => block.type === "tool_use");
          assert.equal(typeof call.input.city, "string");
          const result = { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "sunny" }] };
          const answered = await send(ask([question, { role: "assistant", content: asked.content }, result], more));
          assert.match(textOf(answered), /sunny/);
          return [told(asked.usage), told(answered.usage)];
        }));
    }

    it("stops at its limit and says so", () =>
      customer.pays(async () => {
        const answer = await client.messages.create(ask([{ role: "user", content: "Hello" }], { max_tokens: 12 }));
        assert.equal(answer.stop_reason, "max_tokens");
        return told(answer.usage);
      }));

    it("takes marks for the cache", () =>
      customer.pays(async () => {
        const system = [{ type: "text", text: `${unique()} ${"many words ".repeat(800)}`, cache_control: { type: "ephemeral" } }];
        const body = ask([{ role: "user", content: "Hello" }], { system });
        const [first, second] = [await client.messages.create(body), await client.messages.create(body)];
        if (api === apis.messages) {
          assert.ok(first.usage.cache_creation_input_tokens > 1024);
          assert.equal(second.usage.cache_read_input_tokens, first.usage.cache_creation_input_tokens);
        }
        return [told(first.usage), told(second.usage)];
      }));

    it("passes on a busy vendor as overloaded, which costs nothing", async () => {
      const before = await customer.balance();
      const call = client.messages.create(ask([{ role: "user", content: "Hello [[simulate: fault=status:503]]" }]), { maxRetries: 0 });
      await assert.rejects(call, (error) => error instanceof Anthropic.APIError && error.error.error.type === "overloaded_error");
      assert.equal(await customer.balance(), before);
    });

    it("shows a stream that was cut as cut", async () => {
      let text = "";
      const stream = client.messages.stream(ask([{ role: "user", content: "Hello [[simulate: fault=cut-after:9; tokens=40]]" }])).on("text", (more) => (text += more));
      await assert.rejects(stream.finalMessage());
      assert.match(text, /^This is/);
    });
  });
}

describe("refusals", () => {
  const ask = (client, model) => client.messages.create({ model, max_tokens: 100, messages: [{ role: "user", content: "Hello" }] });
  const typeOf = (error) => error.error.error.type;

  it("a bad key", () => assert.rejects(ask(clientOf({ key: "tl-nobody" }), "deepseek-v4-flash"), Anthropic.AuthenticationError));

  it("an empty account, once", async () => {
    const poor = await tokenline.customer({ poor: true });
    await assert.rejects(ask(clientOf(poor), "deepseek-v4-flash"), (error) => error.status === 402 && typeOf(error) === "billing_error");
  });

  it("an unknown model, with the nearest", () =>
    assert.rejects(ask(client, "deepseek-v4-flush"), (error) => error instanceof Anthropic.NotFoundError && typeOf(error) === "not_found_error" && /deepseek-v4-flash/.test(error.message)));

  it("a body at fault", () =>
    assert.rejects(client.messages.create({ model: "deepseek-v4-flash", max_tokens: 100, messages: [] }), (error) => error instanceof Anthropic.BadRequestError && typeOf(error) === "invalid_request_error"));
});

it("lists and shows models", async () => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  assert.ok(listed.includes("deepseek-v4-flash"));
  assert.equal((await client.models.retrieve("deepseek-v4-flash")).id, "deepseek-v4-flash");
});
