using Tokenline.Simulators.Vendors.Chat;

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

    /// <summary>Predicts the usage of a chat completion; the directive in the body, if any, goes over <paramref name="behaviour"/>, as in the simulator.</summary>
    /// <exception cref="FormatException">The simulator would answer this body with a 400.</exception>
    public static SimulatedUsage For(ReadOnlySpan<byte> requestBody, Behaviour? behaviour = null)
    {
        try
        {
            return AnswerPlan.For(ChatRequest.Read(requestBody), requestBody, behaviour ?? Behaviour.None).Usage;
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
