using System.Text.Json;

namespace Tokenline.Host.Tests;

/// <summary>Bodies and events as they are on the wire.</summary>
internal static class Wire
{
    /// <summary>A request with one user message, and what else is given as JSON members.</summary>
    public static string Ask(string text = "Hello", string model = RunningServer.Model, bool stream = false, string members = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]{{(stream ? ",\"stream\":true" : "")}}{{(members.Length > 0 ? "," + members : "")}}}""";

    /// <summary>A request whose directive the simulator obeys.</summary>
    public static string Simulated(string directive, bool stream = false, string members = "", string model = RunningServer.Model) =>
        Ask($"Hello [[simulate: {directive}]]", model, stream, members);

    public static string Delta(string content) =>
        $$"""data: {"id":"c-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"{{content}}"},"finish_reason":null}]}"""
        + "\n\n";

    public static string Finish(string reason = "stop") =>
        $$"""data: {"id":"c-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"{{reason}}"}]}"""
        + "\n\n";

    public static string UsageChunk(long prompt, long completion) =>
        $$"""data: {"id":"c-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{{Usage(prompt, completion)}}}"""
        + "\n\n";

    public const string Done = "data: [DONE]\n\n";

    public static string Usage(long prompt, long completion) =>
        $$"""{"prompt_tokens":{{prompt}},"completion_tokens":{{completion}},"total_tokens":{{prompt + completion}}}""";

    public static string Completion(string content, string? usage) =>
        $$"""{"id":"c-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{content}}"},"finish_reason":"stop"}]{{(usage is null ? "" : ",\"usage\":" + usage)}}}""";
}
