// What pages do beyond HTML. Every page works without it: then nothing is live, and the server says what is wrong with a form.
"use strict";
(() => {
    // Forms say what is wrong while one types, in the page's own language, and are sent once.
    const says = input => document.getElementById(`${input.id}-wrong`);
    function check(input) {
        const text = says(input);
        if (!text || !input.dataset.wrong)
            return true;
        const fine = input.checkValidity();
        input.toggleAttribute("aria-invalid", false);
        if (!fine)
            input.setAttribute("aria-invalid", "true");
        text.hidden = fine;
        text.textContent = fine ? "" : input.dataset.wrong;
        return fine;
    }
    function prepare() {
        for (const form of document.querySelectorAll("form[data-once]"))
            if (form.querySelector("[data-wrong]"))
                form.noValidate = true;
    }
    prepare();
    document.addEventListener("focusout", event => {
        // What nobody has touched is not wrong yet: its message would move the button that is being pressed.
        if (event.target.dataset?.wrong && event.target.value && event.target.value !== event.target.defaultValue)
            check(event.target);
    });
    document.addEventListener("input", event => {
        if (event.target.getAttribute?.("aria-invalid"))
            check(event.target);
    });
    document.addEventListener("submit", event => {
        const form = event.target;
        if (!form.hasAttribute("data-once"))
            return;
        const wrong = [...form.elements].filter(input => input.dataset.wrong && !check(input));
        if (wrong.length > 0) {
            event.preventDefault();
            wrong[0].focus();
        } else if (form.noValidate && !form.checkValidity()) {
            event.preventDefault();
            form.reportValidity();
        } else if (form.dataset.sent) {
            event.preventDefault();
        } else {
            form.dataset.sent = "yes";
            form.setAttribute("aria-busy", "true");
            if (who && form.method === "post")
                keep(form);
        }
    });
    addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-sent]")) {
            delete form.dataset.sent;
            form.removeAttribute("aria-busy");
        }
    });

    // What was typed is not lost with a session that has expired: it waits in this tab, and is put back when the same person is back at the form. Nothing is sent by itself.
    const kept = "tokenline-typed";
    const keptFor = 30 * 60 * 1000;
    const isSecret = field => field.type === "password" || field.type === "hidden" || field.type === "file"
        || field.autocomplete === "one-time-code" || /code|secret|password|token/i.test(field.name);
    const address = () => location.pathname + location.search;
    const who = document.body.dataset.who;
    function keep(form) {
        const fields = [...form.elements].filter(field => field.name && field.type !== "submit" && !isSecret(field))
            .map(field => [field.name, field.value, field.type === "checkbox" || field.type === "radio" ? field.checked : null]);
        const target = new URL(form.action, location.href);
        sessionStorage.setItem(kept, JSON.stringify({
            who, at: Date.now(), address: target.pathname + target.search, handler: form.elements._handler?.value ?? "", fields,
        }));
    }
    function putBack() {
        const typed = JSON.parse(sessionStorage.getItem(kept) ?? "null");
        if (!typed)
            return;
        if (location.pathname.startsWith("/sign-in") && !location.search.includes("out=")) {
            sessionStorage.setItem(kept, JSON.stringify({ ...typed, lost: true }));
            return;
        }
        sessionStorage.removeItem(kept);
        if (!typed.lost || typed.who !== who || typed.address !== address() || Date.now() - typed.at > keptFor)
            return;
        const form = [...document.forms].find(one => one.elements._handler?.value === typed.handler && typed.handler);
        if (!form)
            return;
        for (const [name, value, checked] of typed.fields) {
            const same = [...form.elements].filter(field => field.name === name);
            const field = checked === null ? same[0] : same.find(one => one.value === value);
            if (!field)
                continue;
            if (checked === null)
                field.value = value;
            else
                field.checked = checked;
        }
        const details = form.closest("details");
        if (details)
            details.open = true;
        const note = document.createElement("p");
        note.className = "good";
        note.setAttribute("role", "status");
        note.textContent = document.body.dataset.restored;
        form.prepend(note);
        form.scrollIntoView({ block: "center" });
    }
    putBack();

    // Copying.
    for (const button of document.querySelectorAll("[data-copy]")) {
        button.hidden = !navigator.clipboard;
        const title = button.textContent;
        button.addEventListener("click", async () => {
            await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
            button.textContent = button.dataset.done;
            setTimeout(() => { button.textContent = title; }, 2000);
        });
    }

    // Menus close when one looks elsewhere.
    const menu = document.querySelector("details.menu");
    document.addEventListener("click", event => {
        if (menu?.open && !menu.contains(event.target))
            menu.open = false;
    });
    document.addEventListener("keydown", event => {
        if (event.key === "Escape" && menu?.open) {
            menu.open = false;
            menu.querySelector("summary").focus();
        }
    });

    // Live figures: the server says that the account has moved; the page asks for itself again and takes over what is marked.
    const live = () => [...document.querySelectorAll("[data-live][id]")];
    // What somebody is about to change or to confirm is not taken away under their hands.
    const isInUse = shown => shown.contains(document.activeElement) || shown.querySelector("details.confirm[open]") !== null;
    let asking = false;
    let again = false;
    async function refresh() {
        if (asking) {
            again = true;
            return;
        }
        asking = true;
        try {
            const answer = await fetch(location.href, { headers: { accept: "text/html", "x-refresh": "1" } });
            if (answer.redirected)
                location.reload();
            if (!answer.ok)
                return;
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            for (const shown of live()) {
                const fresh = page.getElementById(shown.id);
                if (fresh && fresh.innerHTML !== shown.innerHTML && !isInUse(shown))
                    shown.replaceWith(fresh);
            }
            prepare();
        } catch {
            // the next event asks again
        } finally {
            asking = false;
            if (again) {
                again = false;
                setTimeout(refresh, 500);
            }
        }
    }
    // What no account's events tell of – servers, runs – is asked for every so many seconds (data-poll), while somebody looks.
    function poll() {
        const seconds = Math.min(...live().map(shown => Number(shown.dataset.poll)).filter(one => one > 0));
        if (Number.isFinite(seconds))
            setTimeout(async () => {
                if (!document.hidden)
                    await refresh();
                poll();
            }, seconds * 1000);
    }
    poll();
    if (live().some(shown => !shown.dataset.poll)) {
        const shown = document.body.dataset.shown;
        const events = new EventSource(shown ? `/live?from=${shown}` : "/live");
        events.addEventListener("message", refresh);
        addEventListener("pagehide", () => events.close());
        addEventListener("pageshow", event => { if (event.persisted) location.reload(); });
    }
})();
