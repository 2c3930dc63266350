namespace Tokenline.Simulators.Vendors;

/// <summary>
/// What a request will be said to have used, before any fault bends it: a pure function of its body and behaviour.
/// Prompt includes cached, completion includes reasoning and all choices.
/// </summary>
public readonly record struct SimulatedUsage(long PromptTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens)
{
    public long TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>Predicts the usage of a request; the directive in the body, if any, goes over <paramref name="behaviour"/>, as in the simulator.</summary>
    /// <exception cref="FormatException">The simulator would answer this body with a 400.</exception>
    public static SimulatedUsage For(ReadOnlySpan<byte> requestBody, Behaviour? behaviour = null)
    {
        var plan = AnswerPlan.For(requestBody, behaviour ?? Behaviour.None, out var refusal);
        return plan?.Usage ?? throw new FormatException(refusal!.Message);
    }
}
