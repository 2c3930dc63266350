// Stands between an agent and the gateway, passes every byte, and keeps what was said for the test to look at and to print.
import { createServer, request } from "node:http";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const save = process.env.AGENTS_SAVE;
let saved = 0;

export async function startRecorder(target) {
  const { hostname, port } = new URL(target);
  const calls = [];
  const server = createServer((incoming, outgoing) => {
    const call = { method: incoming.method, path: incoming.url, headers: incoming.headers, request: [], answer: [] };
    calls.push(call);
    const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
      call.status = answer.statusCode;
      call.dropped = answer.headers["x-tokenline-dropped"];
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.on("data", (bytes) => call.answer.push(bytes)).pipe(outgoing);
      answer.on("error", () => outgoing.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.on("data", (bytes) => call.request.push(bytes)).pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A line for each call: what it asked for, with how much, and what came of it. */
export function describe(call) {
  const body = text(call.request);
  if (save) {
    mkdirSync(save, { recursive: true });
    const name = join(save, String(++saved).padStart(3, "0"));
    writeFileSync(`${name}-request.txt`, `${call.method} ${call.path}\n${JSON.stringify(call.headers, null, 1)}\n\n${body}`);
    writeFileSync(`${name}-answer.txt`, `${call.status}\n\n${text(call.answer)}`);
  }
  const json = parse(body);
  const turns = json?.messages ?? json?.input ?? json?.contents;
  const facts = [
    `${call.method} ${call.path} -> ${call.status}`,
    `${body.length} bytes`,
    json?.stream && "stream",
    turns && `${turns.length} turns`,
    json?.tools && `tools ${json.tools.flatMap(names).join(" ")}`,
    call.dropped && `dropped ${call.dropped}`,
    call.status >= 400 && text(call.answer).slice(0, 300),
  ];
  return facts.filter(Boolean).join(", ");
}

const names = (tool) => tool.functionDeclarations?.map((one) => one.name) ?? [tool.name ?? tool.function?.name ?? tool.type];

const text = (pieces) => Buffer.concat(pieces).toString("utf8");

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
