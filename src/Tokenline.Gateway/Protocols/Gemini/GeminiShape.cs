namespace Tokenline.Gateway.Protocols.Gemini;

/// <summary>Gemini's <c>generateContent</c>: what has a price of its own, and what in the conversation is media. Names come in camel and in snake case.</summary>
internal sealed class GeminiShape() : BodyShape(rules)
{
    private static readonly BodyRule[] rules =
    [
        new("contents", BodyField.Turns),
        new("tools", BodyField.Tools),
        new("generationConfig", BodyField.Settings),
        new("generation_config", BodyField.Settings),
        new("safetySettings", BodyField.NotPrompt),
        new("safety_settings", BodyField.NotPrompt),
        new("toolConfig", BodyField.NotPrompt),
        new("tool_config", BodyField.NotPrompt),
        new("labels", BodyField.NotPrompt),
        new("cachedContent", BodyField.Priced, "stored content is input whose size is not seen here, and its storage costs by the hour"),
        new("cached_content", BodyField.Priced, "stored content is input whose size is not seen here, and its storage costs by the hour"),
        new("serviceTier", BodyField.ServiceClass, null, "standard", "default", "SERVICE_TIER_STANDARD"),
        new("service_tier", BodyField.ServiceClass, null, "standard", "default", "SERVICE_TIER_STANDARD"),
    ];

    public static readonly GeminiShape Instance = new(); // behind its rules, which it needs

    public override bool HasModel => false;

    public override bool IsNestedLimit(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("maxOutputTokens"u8) || name.SequenceEqual("max_output_tokens"u8);

    public override bool ToolTypeIsSold(ReadOnlySpan<byte> type) => true; // tools have no type here

    public override bool ToolMemberIsSold(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("functionDeclarations"u8) || name.SequenceEqual("function_declarations"u8);

    public override void Weigh(in BlockFacts block, ref RequestFacts facts)
    {
        if (block.Around.SequenceEqual("fileData"u8))
            facts.HasUnmeasuredInput = true;
        if (!block.Around.SequenceEqual("inlineData"u8))
            return;
        if (block.MediaType.StartsWith("text/"u8))
            return; // base64 of text: its bytes bound its tokens
        facts.PromptBytes -= block.PayloadBytes;
        if (block.MediaType.StartsWith("image/"u8))
            facts.ImageCount++;
        else
            facts.HasUnmeasuredInput = true;
    }
}
