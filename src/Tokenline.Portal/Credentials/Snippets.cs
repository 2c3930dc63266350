using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Credentials;

internal sealed record Snippet(string Id, string Title, string How, string Text);

/// <summary>What to paste where, for the programs that people use. Adding one is adding a line here.</summary>
internal static class Snippets
{
    public static IReadOnlyList<Snippet> Of(string address, string key, string model, PortalTexts texts) =>
        [
            new(
                "curl",
                "curl",
                texts.InTerminal,
                $$"""
                curl {{address}}/v1/chat/completions \
                  -H "Authorization: Bearer {{key}}" \
                  -H "Content-Type: application/json" \
                  -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "{{texts.Greeting}}"}]}'
                """
            ),
            new(
                "openai",
                "OpenAI SDK (Python)",
                "pip install openai",
                $$"""
                from openai import OpenAI

                client = OpenAI(base_url="{{address}}/v1", api_key="{{key}}")
                answer = client.chat.completions.create(
                    model="{{model}}",
                    messages=[{"role": "user", "content": "{{texts.Greeting}}"}],
                )
                print(answer.choices[0].message.content)
                """
            ),
            new(
                "anthropic",
                "Anthropic SDK (Python)",
                "pip install anthropic",
                $$"""
                from anthropic import Anthropic

                client = Anthropic(base_url="{{address}}", api_key="{{key}}")
                answer = client.messages.create(
                    model="{{model}}",
                    max_tokens=1000,
                    messages=[{"role": "user", "content": "{{texts.Greeting}}"}],
                )
                print(answer.content[0].text)
                """
            ),
            new(
                "claude-code",
                "Claude Code",
                texts.InTerminal,
                $"""
                export ANTHROPIC_BASE_URL={address}
                export ANTHROPIC_AUTH_TOKEN={key}
                claude --model {model}
                """
            ),
            new(
                "codex",
                "Codex",
                texts.InFile("~/.codex/config.toml", $"export TOKENLINE_KEY={key}"),
                $"""
                model = "{model}"
                model_provider = "tokenline"

                [model_providers.tokenline]
                name = "Tokenline"
                base_url = "{address}/v1"
                env_key = "TOKENLINE_KEY"
                wire_api = "responses"
                """
            ),
            new(
                "cherry-studio",
                "Cherry Studio",
                texts.CherryStudio,
                $"""
                API Key   {key}
                API Host  {address}
                Model ID  {model}
                """
            ),
            new(
                "cline",
                "Cline",
                texts.Cline,
                $"""
                API Provider  OpenAI Compatible
                Base URL      {address}/v1
                API Key       {key}
                Model ID      {model}
                """
            ),
        ];
}
