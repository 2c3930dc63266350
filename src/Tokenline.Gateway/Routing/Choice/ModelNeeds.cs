using System.Collections.Immutable;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Routing.Choice;

/// <summary>What a call needs of a model: a virtual model looks for it, and so does whoever looks for a stand-in.</summary>
internal static class ModelNeeds
{
    /// <summary>Null: nothing is missing. Otherwise what is, in words.</summary>
    public static string? WhatIsMissing(Call call, Model model)
    {
        ref readonly var request = ref call.Request;
        if (model.Kind != ModelKind.Chat)
            return null;
        if (request.ImageCount > 0 && model.ImageTokensMax == 0)
            return "images";
        if (request.HasTools && !Has(model, ModelAbility.Tools))
            return "tools";
        if (request.AudioPayloadBytes > 0 && !Has(model, ModelAbility.AudioInput))
            return "audio input";
        if (request.HasUnmeasuredInput && !Has(model, ModelAbility.Documents))
            return "documents";
        if (request.HasReasoningEffort && !Has(model, ModelAbility.Reasoning))
            return "reasoning";
        if (AsksForSchema(call.Body.Span) && !Has(model, ModelAbility.StructuredOutput))
            return "structured output";
        var input = TokenEstimate.OfPrompt(request, model.ImageTokensMax);
        if (input + (request.OutputLimit ?? TokenEstimate.ModestAnswer) > model.ContextTokens)
            return "context";
        return request.OutputLimit > model.OutputTokensMax ? "output" : null;
    }

    /// <summary>The words that a schema is asked for by in any protocol. Within a text their quotes would be escaped, so a prompt about schemas asks for none.</summary>
    private static bool AsksForSchema(ReadOnlySpan<byte> body) =>
        body.IndexOf("\"json_schema\""u8) >= 0
        || body.IndexOf("\"responseSchema\""u8) >= 0
        || body.IndexOf("\"responseJsonSchema\""u8) >= 0;

    private static bool Has(Model model, ModelAbility ability) =>
        model.Profile.Abilities is { IsDefault: false } known && known.Contains(ability);
}
