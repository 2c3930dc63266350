// The playground is a client of the API like any other: it calls /v1 with a key that the page makes for itself, and shows what the books say of each answer.
"use strict";
(() => {
    const ground = document.getElementById("playground");
    const columns = document.getElementById("columns");
    const template = document.getElementById("column");
    const adding = document.getElementById("add-model");
    const form = document.getElementById("ask");
    const prompt = document.getElementById("prompt");
    const stop = document.getElementById("stop");
    const most = 4;
    let key = null;
    let running = null;

    function add(model) {
        if (columns.children.length >= most)
            return;
        const column = template.content.firstElementChild.cloneNode(true);
        column.querySelector(".model").value = model;
        column.talk = [];
        column.querySelector(".remove").addEventListener("click", () => {
            if (columns.children.length > 1)
                column.remove();
            adding.disabled = false;
        });
        columns.append(column);
        adding.disabled = columns.children.length >= most;
    }

    function say(column, who, text) {
        const words = document.createElement("div");
        words.className = `words ${who}`;
        words.textContent = text;
        const talk = column.querySelector(".talk");
        talk.append(words);
        talk.scrollTop = talk.scrollHeight;
        return words;
    }

    async function keyOf() {
        if (key)
            return key;
        const answer = await fetch("/playground/key", { method: "POST" });
        if (answer.redirected)
            location.reload();
        const made = await answer.json();
        if (!answer.ok)
            throw new Error(made.error?.message ?? answer.statusText);
        return key = made.key;
    }

    // One line of server-sent events at a time; a chunk may end anywhere.
    async function* events(body) {
        const reader = body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
            const { value, done } = await reader.read();
            if (done)
                return;
            const lines = (rest + value).split("\n");
            rest = lines.pop();
            for (const line of lines)
                if (line.startsWith("data: "))
                    yield line.slice(6).trim();
        }
    }

    async function ask(column, question, signal) {
        const model = column.querySelector(".model").value;
        say(column, "you", question);
        const words = say(column, "model", "");
        words.dataset.state = ground.dataset.running;
        const figures = document.createElement("div");
        words.after(figures);
        const began = performance.now();
        let charge = null;
        let text = "";
        let first = null;
        try {
            const answer = await fetch("/v1/chat/completions", {
                method: "POST",
                signal,
                headers: { authorization: `Bearer ${await keyOf()}`, "content-type": "application/json" },
                body: JSON.stringify({ model, stream: true, messages: [...column.talk, { role: "user", content: question }] }),
            });
            charge = answer.headers.get("x-tokenline-charge-id");
            if (!answer.ok) {
                if (answer.status === 401)
                    key = null;
                const problem = await answer.json().catch(() => null);
                throw new Error(problem?.error?.message ?? answer.statusText);
            }
            for await (const data of events(answer.body)) {
                if (data === "[DONE]")
                    break;
                const piece = JSON.parse(data).choices?.[0]?.delta?.content;
                if (!piece)
                    continue;
                first ??= performance.now() - began;
                text += piece;
                words.textContent = text;
                const talk = column.querySelector(".talk");
                talk.scrollTop = talk.scrollHeight;
            }
            column.talk.push({ role: "user", content: question }, { role: "assistant", content: text });
        } catch (problem) {
            words.classList.add("failed");
            words.append(problem.name === "AbortError" ? ` (${ground.dataset.stopped})` : `${ground.dataset.failed}: ${problem.message}`);
        } finally {
            delete words.dataset.state;
        }
        if (first !== null)
            say(column, "time", `${ground.dataset.first} ${Math.round(first)} ms`);
        if (charge)
            await books(charge, figures);
        const talk = column.querySelector(".talk");
        talk.scrollTop = talk.scrollHeight;
    }

    // The record is durable before the last byte leaves; of a call that was given up it comes a little later.
    async function books(charge, figures) {
        for (const wait of [0, 300, 1000, 3000]) {
            await new Promise(resolve => setTimeout(resolve, wait));
            const answer = await fetch(`/playground/calls/${charge}`);
            if (answer.ok) {
                const page = new DOMParser().parseFromString(await answer.text(), "text/html");
                figures.replaceChildren(...page.body.children);
                return;
            }
        }
    }

    adding.addEventListener("change", () => {
        if (adding.value)
            add(adding.value);
        adding.value = "";
    });
    form.addEventListener("submit", async event => {
        event.preventDefault();
        const question = prompt.value.trim();
        if (!question || running)
            return;
        running = new AbortController();
        stop.hidden = false;
        form.setAttribute("aria-busy", "true");
        await keyOf().catch(() => null);
        await Promise.allSettled([...columns.children].map(column => ask(column, question, running.signal)));
        running = null;
        stop.hidden = true;
        form.removeAttribute("aria-busy");
        prompt.select();
    });
    prompt.addEventListener("keydown", event => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey))
            form.requestSubmit();
    });
    stop.addEventListener("click", () => running?.abort());
    document.getElementById("clear").addEventListener("click", () => {
        for (const column of columns.children) {
            column.talk = [];
            column.querySelector(".talk").replaceChildren();
        }
        prompt.focus();
    });
    addEventListener("pagehide", () => {
        if (key)
            navigator.sendBeacon("/playground/leave");
        key = null;
    });
    for (const model of ground.dataset.chosen.split(","))
        add(model);
})();
