// Passkeys: adding one, and signing in with one. Buttons are hidden where the browser has none.
"use strict";
(() => {
    const can = window.PublicKeyCredential?.parseCreationOptionsFromJSON && window.PublicKeyCredential.parseRequestOptionsFromJSON;
    async function post(address, body) {
        const answer = await fetch(address, {
            method: "POST", headers: { "content-type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body),
        });
        if (!answer.ok)
            throw new Error(`${answer.status}`);
        return answer;
    }
    const acts = {
        async add() {
            const { id, options } = await (await post("/passkeys/new")).json();
            const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
            await post("/passkeys/add", { id, credential: credential.toJSON() });
            location.reload();
        },
        async enter(button) {
            const { id, options } = await (await post("/sign-in/passkey/options")).json();
            const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
            await post("/sign-in/passkey", { id, credential: credential.toJSON() });
            location.assign(button.dataset.return);
        },
    };
    for (const button of document.querySelectorAll("[data-passkey]")) {
        button.hidden = !can;
        button.addEventListener("click", async () => {
            const says = document.getElementById("passkey-says");
            says.hidden = true;
            button.disabled = true;
            try {
                await acts[button.dataset.passkey](button);
            } catch {
                says.textContent = says.dataset.wrong;
                says.hidden = false;
            } finally {
                button.disabled = false;
            }
        });
    }
})();
