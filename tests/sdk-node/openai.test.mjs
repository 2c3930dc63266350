// The official OpenAI SDK for Node: its chat client and its responses client, at vendors that speak the same and at others.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import OpenAI, { toFile } from "openai";
import { apis, single, startTokenline } from "./tokenline.mjs";

const parameters = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};
const question = "What is the weather in Lhasa?";
const fits = (args) => {
  const read = JSON.parse(args);
  assert.equal(typeof read.city, "string");
  assert.equal(typeof read.days, "number");
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
const clientOf = (customer) => new OpenAI({ baseURL: `${tokenline.url}/v1`, apiKey: customer.key });

for (const api of [apis.chat, apis.messages, apis.gemini]) {
  describe(`chat completions at a vendor of ${api}`, () => {
    const told = (usage) => {
      const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
      return { input: usage.prompt_tokens - cached, cached_input: cached, output: usage.completion_tokens };
    };
    let model;
    before(async () => (model = await tokenline.model(api)));

    it("answers, and costs exactly what it reports", () =>
      customer.pays(async () => {
        const answer = await client.chat.completions.create({
          model,
          messages: [
            { role: "system", content: "Be short." },
            { role: "user", content: "Hello" },
          ],
        });
        assert.match(answer.choices[0].message.content, /^This is the Tokenline vendor simulator/);
        assert.equal(answer.choices[0].finish_reason, "stop");
        assert.equal(answer.model, model);
        return told(answer.usage);
      }));

    it("streams, with usage for who asks", () =>
      customer.pays(async () => {
        let [text, usage, reason] = ["", undefined, undefined];
        const stream = await client.chat.completions.create({
          model,
          messages: [{ role: "user", content: "Hello" }],
          stream: true,
          stream_options: { include_usage: true },
        });
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? "";
          reason ??= chunk.choices[0]?.finish_reason;
          usage = chunk.usage ?? usage;
        }
        assert.match(text, /^This is the Tokenline vendor simulator/);
        assert.equal(reason, "stop");
        return told(usage);
      }));

    it("streams without usage for who does not ask", async () => {
      const chunks = [];
      for await (const chunk of await client.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }], stream: true })) chunks.push(chunk);
      assert.ok(chunks.length > 3);
      assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && !chunk.usage));
    });

    it("calls a tool turn by turn", () =>
      customer.pays(async () => {
        const tools = [{ type: "function", function: { name: "get_weather", parameters } }];
        const messages = [{ role: "user", content: question }];
        const asked = await client.chat.completions.create({ model, messages, tools });
        assert.equal(asked.choices[0].finish_reason, "tool_calls");
        const call = single(asked.choices[0].message.tool_calls);
        assert.equal(call.function.name, "get_weather");
        fits(call.function.arguments);
        messages.push(asked.choices[0].message, { role: "tool", tool_call_id: call.id, content: "sunny" });
        const answered = await client.chat.completions.create({ model, messages, tools });
        assert.match(answered.choices[0].message.content, /sunny/);
        return [told(asked.usage), told(answered.usage)];
      }));

    it("calls a tool in a stream that the SDK puts together", () =>
      customer.pays(async () => {
        const stream = client.chat.completions.stream({
          model,
          messages: [{ role: "user", content: question }],
          tools: [{ type: "function", function: { name: "get_weather", parameters } }],
          stream_options: { include_usage: true },
        });
        const answer = await stream.finalChatCompletion();
        const call = single(answer.choices[0].message.tool_calls);
        assert.equal(call.function.name, "get_weather");
        fits(call.function.arguments);
        return told(answer.usage);
      }));

    it("keeps to a schema", () =>
      customer.pays(async () => {
        const answer = await client.chat.completions.create({
          model,
          messages: [{ role: "user", content: "Invent a trip." }],
          response_format: { type: "json_schema", json_schema: { name: "trip", strict: true, schema: parameters } },
        });
        fits(answer.choices[0].message.content);
        return told(answer.usage);
      }));

    it("passes on a busy vendor as a 503 that costs nothing", async () => {
      const before = await customer.balance();
      const call = client.chat.completions.create({ model, messages: [{ role: "user", content: "Hello [[simulate: fault=status:503]]" }] }, { maxRetries: 0 });
      await assert.rejects(call, (error) => error instanceof OpenAI.InternalServerError && error.status === 503);
      assert.equal(await customer.balance(), before);
    });

    it("shows a stream that was cut as cut", async () => {
      let text = "";
      await assert.rejects(async () => {
        const stream = await client.chat.completions.create({
          model,
          messages: [{ role: "user", content: "Hello [[simulate: fault=cut-after:9; tokens=40]]" }],
          stream: true,
        });
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      });
      assert.match(text, /^This is/);
    });
  });
}

for (const api of [apis.responses, apis.chat, apis.messages, apis.gemini]) {
  describe(`responses at a vendor of ${api}`, () => {
    const told = (usage) => {
      const cached = usage.input_tokens_details?.cached_tokens ?? 0;
      return { input: usage.input_tokens - cached, cached_input: cached, output: usage.output_tokens };
    };
    const tools = [{ type: "function", name: "get_weather", parameters, strict: true }];
    let model;
    before(async () => (model = await tokenline.model(api)));

    it("answers, and costs exactly what it reports", () =>
      customer.pays(async () => {
        const answer = await client.responses.create({ model, instructions: "Be short.", input: "Hello" });
        assert.match(answer.output_text, /^This is the Tokenline vendor simulator/);
        assert.equal(answer.status, "completed");
        assert.equal(answer.model, model);
        return told(answer.usage);
      }));

    it("streams what it says at its end", () =>
      customer.pays(async () => {
        let [text, end, number] = ["", undefined, -1];
        for await (const event of await client.responses.create({ model, input: "Hello", stream: true })) {
          assert.equal(event.sequence_number, ++number, "events are numbered in order");
          if (event.type === "response.output_text.delta") text += event.delta;
          if (event.type === "response.completed") end = event.response;
        }
        assert.match(text, /^This is the Tokenline vendor simulator/);
        assert.equal(end.output.find((item) => item.type === "message").content[0].text, text);
        return told(end.usage);
      }));

    it("calls a tool turn by turn, streamed, and takes its reasoning back sealed", () =>
      customer.pays(async () => {
        const send = async (input) => {
          const include = ["reasoning.encrypted_content"];
          const body = { model, tools, input, include, store: false, reasoning: { effort: "low" }, stream: true };
          for await (const event of await client.responses.create(body)) if (event.type === "response.completed") return event.response;
        };
        const input = [{ role: "user", content: question }];
        const asked = await send(input);
        assert.ok(single(asked.output, (item) => item.type === "reasoning").encrypted_content);
        const call = single(asked.output, (item) => item.type === "function_call");
        assert.equal(call.name, "get_weather");
        fits(call.arguments);
        const answered = await send([...input, ...asked.output, { type: "function_call_output", call_id: call.call_id, output: "sunny" }]);
        assert.match(single(answered.output, (item) => item.type === "message").content[0].text, /sunny/);
        return [told(asked.usage), told(answered.usage)];
      }));

    it("is incomplete at its limit and says why", () =>
      customer.pays(async () => {
        const answer = await client.responses.create({ model, input: "Hello", max_output_tokens: 16 });
        assert.equal(answer.status, "incomplete");
        assert.equal(answer.incomplete_details.reason, "max_output_tokens");
        return told(answer.usage);
      }));
  });
}

it("embeds, as the SDK asks unasked: in base64", async () => {
  const model = await tokenline.model(apis.chat, { kind: "embedding", meters: ["input", "output", "embedding"] });
  await customer.pays(async () => {
    const answer = await client.embeddings.create({ model, input: ["first text", "second text"] });
    assert.equal(answer.data.length, 2);
    assert.ok(answer.data.every(({ embedding }) => embedding.length > 0 && embedding.every(Number.isFinite)));
    return { embedding: answer.usage.prompt_tokens };
  });
});

describe("files and batches", () => {
  const endpoint = "/v1/chat/completions";
  const line = (custom_id, model, content = "Hello") =>
    JSON.stringify({ custom_id, method: "POST", url: endpoint, body: { model, max_tokens: 50, messages: [{ role: "user", content }] } });
  const start = async (lines) => {
    const file = await client.files.create({ file: await toFile(Buffer.from(lines.join("\n")), "lines.jsonl"), purpose: "batch" });
    return client.batches.create({ input_file_id: file.id, endpoint, completion_window: "24h", metadata: { night: "one" } });
  };
  const ended = async (batch) => {
    while (!["completed", "failed", "expired", "cancelled"].includes(batch.status)) {
      await wait(50);
      batch = await client.batches.retrieve(batch.id);
    }
    return batch;
  };
  const linesOf = async (file) => (await (await client.files.content(file)).text()).trim().split("\n").map((line) => JSON.parse(line));
  let model;
  before(async () => (model = await tokenline.model(apis.chat, { serviceClasses: { batch: "1/2" } })));

  it("answers every line once, at half the price", () =>
    customer.pays(async () => {
      const batch = await ended(await start([1, 2, 3].map((i) => line(`line-${i}`, model))));
      assert.equal(batch.status, "completed", JSON.stringify(batch));
      assert.deepEqual(batch.request_counts, { total: 3, completed: 3, failed: 0 });
      assert.deepEqual(batch.metadata, { night: "one" });
      const output = await linesOf(batch.output_file_id);
      assert.deepEqual(output.map((line) => line.custom_id), ["line-1", "line-2", "line-3"]);
      return output.map(({ response }) => {
        assert.equal(response.status_code, 200);
        const { prompt_tokens, prompt_tokens_details, completion_tokens } = response.body.usage;
        const cached = prompt_tokens_details?.cached_tokens ?? 0;
        return { input: (prompt_tokens - cached) / 2, cached_input: cached / 2, output: completion_tokens / 2 };
      });
    }));

  it("tells a line that is refused among the errors, and charges nothing for it", async () => {
    const before = await customer.balance();
    const batch = await ended(await start([line("unknown", "no-such-model")]));
    assert.deepEqual(batch.request_counts, { total: 1, completed: 0, failed: 1 });
    const error = single(await linesOf(batch.error_file_id));
    assert.equal(error.custom_id, "unknown");
    assert.equal(error.response.body.error.code, "model_not_found");
    assert.equal(await customer.balance(), before);
  });

  it("fails a file with a mistake, and names the line", async () => {
    const batch = await ended(await start([line("one", model), "no JSON"]));
    assert.equal(batch.status, "failed");
    assert.equal(batch.errors.data[0].line, 2);
  });

  it("cancels", async () => {
    const batch = await start(Array.from({ length: 40 }, (_, i) => line(`line-${i}`, model, "Hello [[simulate: latency=300]]")));
    await client.batches.cancel(batch.id);
    const { status, request_counts } = await ended(batch);
    assert.equal(status, "cancelled");
    assert.ok(request_counts.completed < 40, JSON.stringify(request_counts));
  });

  it("lists, shows and deletes", async () => {
    const batch = await ended(await start([line("one", model)]));
    const batches = [];
    for await (const listed of client.batches.list({ limit: 2 })) batches.push(listed.id);
    assert.ok(batches.includes(batch.id) && batches.length > 2, "over pages");
    const files = [];
    for await (const file of client.files.list()) files.push(file.id);
    assert.ok(files.includes(batch.input_file_id));
    assert.equal((await client.files.retrieve(batch.input_file_id)).filename, "lines.jsonl");
    assert.equal((await client.files.delete(batch.input_file_id)).deleted, true);
    await assert.rejects(client.files.retrieve(batch.input_file_id), OpenAI.NotFoundError);
  });

  it("are their customer's own", async () => {
    const batch = await start([line("one", model)]);
    const other = clientOf(await tokenline.customer());
    await assert.rejects(other.batches.retrieve(batch.id), OpenAI.NotFoundError);
    await assert.rejects(other.files.content(batch.input_file_id), OpenAI.NotFoundError);
    await ended(batch);
  });
});

describe("refusals", () => {
  const ask = (client, model) => client.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }] });

  it("a bad key", () => assert.rejects(ask(clientOf({ key: "tl-nobody" }), "deepseek-v4-flash"), OpenAI.AuthenticationError));

  it("an empty account, once", async () => {
    const poor = await tokenline.customer({ poor: true });
    await assert.rejects(ask(clientOf(poor), "deepseek-v4-flash"), (error) => error.status === 402 && error.code === "insufficient_quota");
  });

  it("an unknown model, with the nearest", () =>
    assert.rejects(ask(client, "deepseek-v4-flush"), (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found" && /deepseek-v4-flash/.test(error.message)));

  it("a body at fault, with the field", () =>
    assert.rejects(
      client.chat.completions.create({ model: "deepseek-v4-flash", messages: [{ role: "user", content: "Hello" }], max_tokens: -1 }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === "max_tokens",
    ));
});

it("lists and shows models", async () => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  assert.ok(listed.includes("deepseek-v4-flash"));
  assert.equal((await client.models.retrieve("deepseek-v4-flash")).id, "deepseek-v4-flash");
});
