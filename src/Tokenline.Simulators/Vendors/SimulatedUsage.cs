using Tokenline.Simulators.Vendors.Anthropic;
using Tokenline.Simulators.Vendors.Chat;
using Tokenline.Simulators.Vendors.Gemini;
using Tokenline.Simulators.Vendors.Responses;

namespace Tokenline.Simulators.Vendors;

/// <summary>
/// What a request will be said to have used, before any fault bends it: a pure function of its body and behaviour.
/// Prompt includes what was read from and written to a cache, completion includes reasoning and all choices.
/// </summary>
public readonly record struct SimulatedUsage(long PromptTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens)
{
    /// <summary>Written to a cache that keeps them five minutes.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Written to a cache that keeps them an hour.</summary>
    public long CacheWriteHourTokens { get; init; }

    public long TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>What is said of it by an answer that was told to lie.</summary>
    internal SimulatedUsage Bent(Behaviour behaviour)
    {
        var bent = behaviour.Has(Fault.ZeroUsage) ? default : this;
        bent = bent with { CompletionTokens = bent.CompletionTokens + (behaviour.Argument(Fault.UsageAbove) ?? 0) };
        return behaviour.Has(Fault.NegativeUsage) ? bent with { CompletionTokens = -Math.Max(bent.CompletionTokens, 1) } : bent;
    }

    /// <summary>Predicts the usage of a chat completion; the directive in the body, if any, goes over <paramref name="behaviour"/>, as in the simulator.</summary>
    /// <exception cref="FormatException">The simulator would answer this body with a 400.</exception>
    public static SimulatedUsage For(ReadOnlySpan<byte> requestBody, Behaviour? behaviour = null) =>
        Predict(requestBody, behaviour, static body => ChatRequest.Read(body));

    /// <summary>Predicts the usage of a Messages request to a vendor that has seen none of its prefixes before.</summary>
    /// <exception cref="FormatException">The simulator would answer this body with a 400.</exception>
    public static SimulatedUsage ForMessages(ReadOnlySpan<byte> requestBody, Behaviour? behaviour = null, int cacheableTokensMin = 1024) =>
        Predict(requestBody, behaviour, body => MessagesRequest.Read(body, "2023-06-01", vendor: "", new PrefixCache(cacheableTokensMin)));

    /// <summary>Predicts the usage of a generateContent request.</summary>
    /// <exception cref="FormatException">The simulator would answer this body with a 400.</exception>
    public static SimulatedUsage ForGemini(ReadOnlySpan<byte> requestBody, string model, Behaviour? behaviour = null) =>
        Predict(requestBody, behaviour, body => GenerateRequest.Read(body, model, stream: false));

    /// <summary>Predicts the usage of a Responses request.</summary>
    /// <exception cref="FormatException">The simulator would answer this body with a 400.</exception>
    public static SimulatedUsage ForResponses(ReadOnlySpan<byte> requestBody, Behaviour? behaviour = null) =>
        Predict(requestBody, behaviour, static body => ResponsesRequest.Read(body));

    private delegate AnswerRequest Reading(ReadOnlySpan<byte> body);

    private static SimulatedUsage Predict(ReadOnlySpan<byte> body, Behaviour? behaviour, Reading read)
    {
        try
        {
            return AnswerPlan.For(read(body), body, behaviour ?? Behaviour.None).Usage;
        }
        catch (RefusedException e)
        {
            throw new FormatException(e.Message, e);
        }
        catch (Exception e) when (VendorProtocol.IsUnreadable(e))
        {
            throw new FormatException(Refusal.NotJson.Message, e);
        }
    }
}
