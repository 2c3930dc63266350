using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Fuzz;

/// <summary>Damaged answers of vendors, in the protocol of each.</summary>
internal sealed partial class AnyAnswers
{
    private const string ChatWhole = """
        {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello","reasoning_content":"r",
        "tool_calls":[{"id":"i","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":1}}}
        """;

    private static readonly string[] chatEvents =
    [
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"he"},"finish_reason":null}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"llo","tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"{"}}]},"finish_reason":null}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
        """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}}""",
        "[DONE]",
    ];

    private const string MessagesWhole = """
        {"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"hello"},{"type":"tool_use","id":"i","name":"f","input":{}}],
        "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"cache_creation_input_tokens":1,"cache_read_input_tokens":2,"output_tokens":5}}
        """;

    private static readonly string[] messagesEvents =
    [
        """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}""",
        """{"type":"message_stop"}""",
    ];

    private const string GeminiWhole = """
        {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hello"},{"functionCall":{"name":"f","args":{}}}]},"finishReason":"STOP"}],
        "usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5,"thoughtsTokenCount":1,"cachedContentTokenCount":2,"totalTokenCount":15},"modelVersion":"m"}
        """;

    private static readonly string[] geminiEvents =
    [
        """{"candidates":[{"content":{"role":"model","parts":[{"text":"he"}]}}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":11}}""",
        """{"candidates":[{"content":{"role":"model","parts":[{"text":"llo"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5,"totalTokenCount":14}}""",
    ];

    private const string ResponsesWhole = """
        {"id":"r","object":"response","created_at":1,"model":"m","status":"completed","output":[{"type":"message","id":"o","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hello","annotations":[]}]},
        {"type":"function_call","id":"g","call_id":"i","name":"f","arguments":"{}"}],"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":2},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":14}}
        """;

    private static readonly string[] responsesEvents =
    [
        """{"type":"response.created","response":{"id":"r","object":"response","created_at":1,"model":"m","status":"in_progress","output":[]}}""",
        """{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"o","role":"assistant","content":[]}}""",
        """{"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"o","delta":"hello"}""",
        """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"o","role":"assistant","content":[{"type":"output_text","text":"hello"}]}}""",
        """{"type":"response.completed","response":{"id":"r","object":"response","created_at":1,"model":"m","status":"completed","output":[],"usage":{"input_tokens":9,"output_tokens":5,"total_tokens":14}}}""",
    ];

    public static readonly IReadOnlyList<VendorApi> Apis =
    [
        VendorApi.OpenAIChat,
        VendorApi.AnthropicMessages,
        VendorApi.Gemini,
        VendorApi.OpenAIResponses,
    ];

    private readonly ConcurrentDictionary<int, (byte[] Bytes, bool IsStream)> given = new();

    /// <summary>A question whose text carries the number of the answer that it will get.</summary>
    public static HttpRequestMessage Ask(string url, bool byMessages, string model, bool isStream, int number)
    {
        var stream = isStream ? "true" : "false";
        return new HttpRequestMessage(HttpMethod.Post, url + (byMessages ? "/v1/messages" : "/v1/chat/completions"))
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","stream":{{stream}},"max_tokens":50,"messages":[{"role":"user","content":"answer-{{number}}-please"}]}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
    }

    /// <summary>What the vendor will say: the same for the same number and seed.</summary>
    public byte[] Of(int number, VendorApi api, bool isStream) =>
        given.GetOrAdd(number, n => (Make(new Mutator(new Random(FuzzLength.Seed ^ (n * 104_729))), api, isStream), isStream)).Bytes;

    public async Task GiveAsync(VendorCall call)
    {
        var number = int.Parse(Number().Match(call.Body).Groups[1].Value, CultureInfo.InvariantCulture);
        var (bytes, isStream) = given[number];
        var type = isStream ? "text/event-stream" : "application/json";
        // The length is not said: it ends with the connection, so that no damage makes the vendor wait.
        await call.RawAsync($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nConnection: close\r\n\r\n");
        for (var at = 0; at < bytes.Length; )
        {
            var length = Math.Min(bytes.Length - at, 1 + (number * 31 % 400));
            await call.RawAsync(bytes.AsMemory(at, length));
            at += length;
        }
        call.Dispose();
    }

    private static byte[] Make(Mutator mutator, VendorApi api, bool isStream)
    {
        var (whole, events) = api switch
        {
            VendorApi.AnthropicMessages => (MessagesWhole, messagesEvents),
            VendorApi.Gemini => (GeminiWhole, geminiEvents),
            VendorApi.OpenAIResponses => (ResponsesWhole, responsesEvents),
            _ => (ChatWhole, chatEvents),
        };
        if (!isStream)
            return mutator.Body(whole);
        var stream = new List<byte>();
        foreach (var data in events)
        {
            if (mutator.Rarely(9))
                continue;
            for (var times = mutator.Rarely(9) ? 2 : 1; times > 0; times--)
            {
                if (data.Contains("\"type\":", StringComparison.Ordinal))
                    stream.AddRange(Encoding.UTF8.GetBytes($"event: {data.Split('"')[3]}\n"));
                stream.AddRange("data: "u8);
                stream.AddRange(mutator.Rarely(3) ? mutator.Body(data) : Encoding.UTF8.GetBytes(data));
                stream.AddRange("\n\n"u8);
            }
        }
        return mutator.Rarely(4) ? mutator.Bytes([.. stream]) : [.. stream];
    }

    [GeneratedRegex("answer-([0-9]+)-please")]
    private static partial Regex Number();
}
