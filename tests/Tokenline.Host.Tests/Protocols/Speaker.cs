using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>A client's protocol as the tests speak it: an address, a body, and how an answer, an error and a clean end look.</summary>
internal sealed record Speaker(
    string Name,
    Func<string, bool, string> Path,
    Func<string, string, bool, string> Body,
    Func<JsonNode, string> Text,
    Func<JsonNode, bool> IsError,
    string CleanEnd
)
{
    public static readonly Speaker Chat = new(
        "chat",
        (_, _) => "/v1/chat/completions",
        (model, text, stream) =>
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}],"max_tokens":200{{(stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "")}}}""",
        json => (string?)json["choices"]?[0]?["message"]?["content"] ?? "",
        json => json["error"]?["message"] is not null && json["error"]?["code"] is not null,
        "data: [DONE]"
    );

    public static readonly Speaker Messages = new(
        "messages",
        (_, _) => "/v1/messages",
        (model, text, stream) =>
            $$"""{"model":"{{model}}","max_tokens":200,"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]{{(stream ? ",\"stream\":true" : "")}}}""",
        json => (string?)json["content"]?[0]?["text"] ?? "",
        json => (string?)json["type"] == "error" && json["error"]?["type"] is not null && json["error"]?["message"] is not null,
        "\"type\":\"message_stop\""
    );

    public static readonly Speaker Responses = new(
        "responses",
        (_, _) => "/v1/responses",
        (model, text, stream) =>
            $$"""{"model":"{{model}}","max_output_tokens":200,"input":{{JsonSerializer.Serialize(text)}}{{(stream ? ",\"stream\":true" : "")}}}""",
        json =>
            json["output"]
                ?.AsArray()
                .Where(item => (string?)item!["type"] == "message")
                .Select(item => (string?)item!["content"]![0]!["text"])
                .LastOrDefault()
            ?? "",
        json => json["error"]?["message"] is not null || (string?)json["type"] == "error" || (string?)json["type"] == "response.failed",
        "\"type\":\"response.completed\""
    );

    public static readonly Speaker Gemini = new(
        "gemini",
        (model, stream) => $"/v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}",
        (_, text, _) =>
            $$$"""{"contents":[{"role":"user","parts":[{"text":{{{JsonSerializer.Serialize(text)}}}}]}],"generationConfig":{"maxOutputTokens":200}}""",
        json => (string?)json["candidates"]?[0]?["content"]?["parts"]?[0]?["text"] ?? "",
        json => json["error"]?["status"] is not null && json["error"]?["code"] is not null,
        "\"finishReason\""
    );

    public static readonly IReadOnlyList<Speaker> All = [Chat, Messages, Responses, Gemini];

    public static Speaker Named(string name) => All.Single(speaker => speaker.Name == name);

    /// <summary>The simulator's address for a vendor of this API.</summary>
    public static Uri Address(RunningServer server, string vendor, VendorApi api) =>
        new(server.Server.Simulator!.Address, $"/vendors/{vendor}/{(api == VendorApi.Gemini ? "v1beta" : "v1")}");

    public async Task<Answer> AskAsync(RunningServer server, Subscriber subscriber, string model, string text, bool stream)
    {
        var request = RunningServer.Request(
            server.Url + Path(model, stream),
            new StringContent(Body(model, text, stream), System.Text.Encoding.UTF8, "application/json"),
            subscriber.Key
        );
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, RunningServer.Cancel);
        return await Answer.ReadAsync(response);
    }
}
