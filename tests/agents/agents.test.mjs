// Each agent makes a file with its own tool and reads another with its own tool. Which tool it calls with what is ordered from the simulated vendor in the prompt.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apis, startTokenline, unique } from "../sdk-node/tokenline.mjs";
import { describe as told, startRecorder } from "./recorder.mjs";

const patience = 180_000; // milliseconds for one task
const program = (name) => join(process.env.AGENTS_FOLDER, "node_modules/.bin", name);

const agents = [
  {
    name: "Claude Code",
    vendors: [apis.chat, apis.gemini, apis.messages],
    write: (path, content) => ["Write", { file_path: path, content }],
    read: (path) => ["Read", { file_path: path }],
    start: ({ url, key, model, prompt }) => ({
      command: program("claude"),
      args: ["-p", prompt, "--output-format", "json", "--allowedTools", "Write,Read,Bash", "--permission-mode", "acceptEdits"],
      env: {
        ANTHROPIC_BASE_URL: url,
        ANTHROPIC_AUTH_TOKEN: key,
        ANTHROPIC_MODEL: model,
        ANTHROPIC_SMALL_FAST_MODEL: model,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        DISABLE_AUTOUPDATER: "1",
      },
    }),
  },
  {
    name: "Codex",
    vendors: [apis.messages, apis.chat, apis.gemini, apis.responses],
    write: (path, content) => ["exec_command", { cmd: `printf %s '${content}' > '${path}'` }],
    read: (path) => ["exec_command", { cmd: `cat '${path}'` }],
    /** A custom tool, whose input is no JSON: Codex offers it to models by their names. Where a vendor has functions only, it is one with an `input`. */
    patch: (name, content, api) => {
      const patch = `*** Begin Patch\n*** Add File: ${name}\n+${content}\n*** End Patch`;
      return ["apply_patch", api === apis.responses ? patch : { input: patch }];
    },
    patchModel: (api) => `gpt-5.5-at-${api}`,
    start: async ({ url, key, model, prompt, home }) => {
      await mkdir(join(home, ".codex"), { recursive: true });
      await writeFile(
        join(home, ".codex/config.toml"),
        `model = "${model}"\nmodel_provider = "tokenline"\n\n[model_providers.tokenline]\nname = "Tokenline"\nbase_url = "${url}/v1"\nenv_key = "TOKENLINE_KEY"\nwire_api = "responses"\n`,
      );
      return {
        command: program("codex"),
        args: ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--json", prompt],
        env: { CODEX_HOME: join(home, ".codex"), TOKENLINE_KEY: key },
      };
    },
  },
  {
    name: "Qwen Code",
    vendors: [apis.messages, apis.gemini, apis.chat],
    write: (path, content) => ["write_file", { file_path: path, content }],
    read: (path) => ["read_file", { file_path: path }],
    start: ({ url, key, model, prompt }) => ({
      command: program("qwen"),
      args: ["-p", prompt, "--yolo", "--auth-type", "openai"],
      env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: model },
    }),
  },
  {
    name: "Gemini CLI",
    vendors: [apis.chat, apis.messages, apis.gemini],
    write: (path, content) => ["write_file", { file_path: path, content }],
    read: (path) => ["read_file", { file_path: path }],
    start: async ({ url, key, model, prompt, home }) => {
      await mkdir(join(home, ".gemini"), { recursive: true });
      const settings = { security: { auth: { selectedType: "gemini-api-key" } }, privacy: { usageStatisticsEnabled: false } };
      await writeFile(join(home, ".gemini/settings.json"), JSON.stringify(settings));
      return {
        command: program("gemini"),
        args: ["-p", prompt, "--yolo", "--skip-trust", "--model", model],
        env: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key },
      };
    },
  },
];

let tokenline;
before(async () => (tokenline = await startTokenline()));
after(async () => {
  try {
    const audit = await tokenline.checkBooks();
    console.log(`# audit: clean, ${audit.records} charges, none open`);
  } finally {
    await tokenline.stop();
  }
});

for (const agent of agents) {
  for (const api of agent.vendors) {
    describe(`${agent.name} at a vendor of ${api}`, () => {
      it("makes a file by its own tool", () =>
        atWork(agent, api, async (ask, folder) => {
          const path = join(folder, "hello.txt");
          await ask("Please make the file hello.txt.", agent.write(path, "made by an agent; not by hand"));
          assert.equal((await readFile(path, "utf8")).trimEnd(), "made by an agent; not by hand");
        }));

      it("reads a file by its own tool and answers with what stands in it", () =>
        atWork(agent, api, async (ask, folder) => {
          const path = join(folder, "note.txt");
          const word = unique();
          await writeFile(path, `The word is ${word}\n`);
          assert.match(await ask("What is the word in note.txt?", agent.read(path)), new RegExp(word));
        }));

      if (agent.patch)
        it("patches by a custom tool", () =>
          atWork(
            agent,
            api,
            async (ask, folder) => {
              await ask("Please make the file patched.txt.", agent.patch("patched.txt", "made by a patch; not by hand", api));
              assert.equal(await readFile(join(folder, "patched.txt"), "utf8"), "made by a patch; not by hand\n");
            },
            agent.patchModel(api),
          ));
    });
  }
}

/** A customer, a model and a folder for one task; afterwards each call that the vendor got must be charged, once, and nothing held. */
async function atWork(agent, api, task, modelName) {
  const [home, folder] = [await mkdtemp(join(tmpdir(), "agent-home-")), await mkdtemp(join(tmpdir(), "agent-work-"))];
  const recorder = await startRecorder(tokenline.url);
  try {
    const customer = await tokenline.customer();
    const model = await tokenline.model(api, { id: modelName });
    const before = await received();
    const ask = async (wish, [tool, args]) => {
      const prompt = `${wish} [[simulate: tool=${tool}; args=${typeof args === "string" ? args : JSON.stringify(args)}]]`;
      const { command, args: words, env } = await agent.start({ url: recorder.url, key: customer.key, model, prompt, home });
      return run(command, words, { ...plainEnvironment(), HOME: home, ...env }, folder);
    };
    try {
      await task(ask, folder);
    } finally {
      for (const call of recorder.calls) console.log(`# ${agent.name} at ${api}: ${told(call)}`);
    }
    const records = await customer.records();
    console.log(`# ${agent.name} at ${api}: ${records.length} charges, ${JSON.stringify(records.map((record) => record.usage))}`);
    const answered = recorder.calls.filter((call) => call.method === "POST" && call.status === 200);
    assert.ok(answered.length >= 2, "a turn with the call, and one with its result");
    assert.equal(records.length, answered.length, "a charge a call");
    assert.equal((await received()) - before, records.length, "the vendor got as many");
    assert.equal((await customer.account()).openCharges, 0);
  } finally {
    recorder.stop();
    await rm(home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

const received = async () => (await (await fetch(`${tokenline.simulator}/control`)).json()).received;

/** Nothing of the agents or keys that this machine may know. */
const plainEnvironment = () => Object.fromEntries(["PATH", "LANG", "TMPDIR"].filter((name) => process.env[name]).map((name) => [name, process.env[name]]));

function run(command, args, env, cwd) {
  return new Promise((resolve, reject) => {
    const agent = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], timeout: patience });
    let [said, complained] = ["", ""];
    agent.stdout.on("data", (bytes) => (said += bytes));
    agent.stderr.on("data", (bytes) => (complained += bytes));
    agent.once("error", reject);
    agent.once("close", (code) => (code === 0 ? resolve(said) : reject(new Error(`${command} ended with ${code}: ${said.slice(-2000)} ${complained.slice(-2000)}`))));
  });
}
