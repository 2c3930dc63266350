namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>OpenAI's <c>POST /v1/responses</c>: what has a price of its own, and what in the conversation is media.</summary>
internal sealed class ResponsesShape() : BodyShape(rules)
{
    private static readonly BodyRule[] rules =
    [
        new("model", BodyField.Model),
        new("input", BodyField.Turns),
        new("stream", BodyField.Stream),
        new("max_output_tokens", BodyField.OutputLimit),
        new("tools", BodyField.Tools),
        new("metadata", BodyField.Metadata),
        new("client_metadata", BodyField.NotPrompt),
        new("include", BodyField.NotPrompt),
        new("store", BodyField.NotPrompt),
        new("user", BodyField.NotPrompt),
        new("safety_identifier", BodyField.NotPrompt),
        new("prompt_cache_key", BodyField.NotPrompt),
        new("prompt_cache_retention", BodyField.NotPrompt),
        new("reasoning", BodyField.NotPrompt),
        new("temperature", BodyField.NotPrompt),
        new("top_p", BodyField.NotPrompt),
        new("top_logprobs", BodyField.NotPrompt),
        new("parallel_tool_calls", BodyField.NotPrompt),
        new("truncation", BodyField.NotPrompt),
        new("stream_options", BodyField.NotPrompt),
        new("service_tier", BodyField.ServiceClass, null, "auto", "default", "flex", "priority"),
        // Resolved here before the body is read; where it is still there nothing was kept under it.
        new("previous_response_id", BodyField.Priced, "there is no such response"),
        new("conversation", BodyField.Priced, "a conversation that is kept at the vendor is input whose size is not seen here"),
        new("prompt", BodyField.Priced, "a prompt that is kept at the vendor is input whose size is not seen here"),
        new("background", BodyField.Priced, "an answer that is fetched later passes no meter"),
    ];

    public static readonly ResponsesShape Instance = new(); // behind its rules, which it needs

    /// <summary>Tools that run at the client, and the search among the request's own tools, which has no fee.</summary>
    public override bool ToolTypeIsSold(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("function"u8)
        || type.SequenceEqual("custom"u8)
        || type.SequenceEqual("namespace"u8)
        || type.SequenceEqual("tool_search"u8)
        || type.SequenceEqual("local_shell"u8)
        || type.SequenceEqual("apply_patch"u8);

    /// <summary>Codex and others always send it; a search has a fee.</summary>
    public override bool ToolIsLeftOut(ReadOnlySpan<byte> type) => type.StartsWith("web_search"u8);

    public override void Weigh(in BlockFacts block, ref RequestFacts facts)
    {
        if (block.Type.SequenceEqual("input_image"u8) || block.Type.SequenceEqual("computer_screenshot"u8))
        {
            facts.ImageCount++;
            facts.PromptBytes -= block.PayloadBytes;
        }
        else if (block.Type.SequenceEqual("input_file"u8))
        {
            facts.HasUnmeasuredInput = true;
            facts.PromptBytes -= block.PayloadBytes;
        }
        else if (block.Type.SequenceEqual("input_audio"u8) || block.Type.SequenceEqual("item_reference"u8))
        {
            facts.HasUnmeasuredInput = true;
        }
    }
}
