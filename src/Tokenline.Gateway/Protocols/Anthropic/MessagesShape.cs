using System.Text;

namespace Tokenline.Gateway.Protocols.Anthropic;

/// <summary>Anthropic's <c>POST /v1/messages</c>: what has a price of its own, and what in the conversation is media.</summary>
internal sealed class MessagesShape() : BodyShape(rules)
{
    private static readonly BodyRule[] rules =
    [
        new("model", BodyField.Model),
        new("messages", BodyField.Turns),
        new("stream", BodyField.Stream),
        new("max_tokens", BodyField.OutputLimit),
        new("tools", BodyField.Tools),
        new("metadata", BodyField.Metadata),
        new("stop_sequences", BodyField.NotPrompt),
        new("temperature", BodyField.NotPrompt),
        new("top_p", BodyField.NotPrompt),
        new("top_k", BodyField.NotPrompt),
        new("thinking", BodyField.NotPrompt),
        new("context_management", BodyField.NotPrompt),
        new("service_tier", BodyField.ServiceClass, null, "auto", "standard", "standard_only", "default"),
        new("speed", BodyField.Priced, "fast mode costs a multiple", "standard", "normal"),
        new("inference_geo", BodyField.Priced, "a region costs 1.1 ×", "global"),
        new("mcp_servers", BodyField.Priced, "its tools run at the vendor and grow the input"),
        new("container", BodyField.Priced, "code execution costs by the hour"),
        new("fallbacks", BodyField.Priced, "another model may answer, at its own price"),
    ];

    public static readonly MessagesShape Instance = new(); // behind its rules, which it needs

    /// <summary>Tools that the vendor defines and the customer runs.</summary>
    private static readonly string[] customersTools = ["bash_", "text_editor_", "computer_", "memory_"];

    public override bool ToolTypeIsSold(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("custom"u8))
            return true;
        foreach (var name in customersTools)
        {
            if (type.Length > name.Length && Ascii.Equals(type[..name.Length], name))
                return true;
        }
        return false;
    }

    public override void Weigh(in BlockFacts block, ref RequestFacts facts)
    {
        if (block.Type.SequenceEqual("image"u8))
            facts.ImageCount++;
        else if (block.Type.SequenceEqual("container_upload"u8))
            facts.HasUnmeasuredInput = true;
        var isImage = block.Around.SequenceEqual("image"u8) || block.MediaType.StartsWith("image/"u8);
        var isBase64 = block.Type.SequenceEqual("base64"u8);
        if (isBase64)
            facts.PromptBytes -= block.PayloadBytes;
        // A document's text is prompt as any other; its pages are known to the vendor alone.
        if (!isImage && (isBase64 || block.Type.SequenceEqual("file"u8) || (block.Type.SequenceEqual("url"u8) && block.HasUrl)))
            facts.HasUnmeasuredInput = true;
    }
}
