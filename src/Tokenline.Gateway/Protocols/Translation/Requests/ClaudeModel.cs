namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// What a model behind the messages protocol takes, as far as its vendor answers 400 otherwise. The models listed are past ones, whose number does not
/// grow; a Claude that is not listed is a new one. Names carry prefixes and dates at other vendors (<c>anthropic.claude-…</c>, <c>…@20251001</c>).
/// </summary>
/// <param name="ThinksAdaptively">Thinking is <c>adaptive</c> and steered by effort; others have a budget of tokens.</param>
/// <param name="TakesSampling">Temperature, top-p and top-k may be set.</param>
/// <param name="TakesSystemTurns">System turns may stand between the others; Sonnet 5 takes them and does not listen.</param>
internal sealed record ClaudeModel(bool ThinksAdaptively, bool TakesSampling, bool TakesSystemTurns)
{
    private static readonly ClaudeModel byBudget = new(ThinksAdaptively: false, TakesSampling: true, TakesSystemTurns: false);
    private static readonly ClaudeModel sampling = new(ThinksAdaptively: true, TakesSampling: true, TakesSystemTurns: false);
    private static readonly ClaudeModel adaptive = new(ThinksAdaptively: true, TakesSampling: false, TakesSystemTurns: false);
    private static readonly ClaudeModel current = new(ThinksAdaptively: true, TakesSampling: false, TakesSystemTurns: true);
    private static readonly ClaudeModel alwaysThinking = current with { CanBeQuiet = false };

    /// <summary>Others speak the protocol as it was first: DeepSeek, Kimi, GLM, MiniMax.</summary>
    private static readonly ClaudeModel elsewhere = byBudget with { TakesAnyEndUser = false };

    private static readonly (string Part, ClaudeModel Model)[] past =
    [
        ("claude-2", byBudget),
        ("claude-3", byBudget),
        ("claude-instant", byBudget),
        ("opus-4-0", byBudget),
        ("opus-4-1", byBudget),
        ("opus-4-2025", byBudget),
        ("opus-4@", byBudget),
        ("sonnet-4-0", byBudget),
        ("sonnet-4-2025", byBudget),
        ("sonnet-4@", byBudget),
        ("haiku-4-5", byBudget),
        ("sonnet-4-5", byBudget),
        ("opus-4-5", byBudget),
        ("sonnet-4-6", sampling),
        ("opus-4-6", sampling),
        ("opus-4-7", adaptive),
        ("sonnet-5-5", current),
        ("sonnet-5", adaptive),
        ("fable-5", alwaysThinking),
        ("mythos", alwaysThinking),
    ];

    /// <summary>Thinking can be turned off.</summary>
    public bool CanBeQuiet { get; private init; } = true;

    /// <summary>The end user's name may hold any character; elsewhere letters, digits, dashes and underscores.</summary>
    public bool TakesAnyEndUser { get; private init; } = true;

    public static ClaudeModel Of(string name)
    {
        if (!name.Contains("claude", StringComparison.OrdinalIgnoreCase))
            return elsewhere;
        foreach (var (part, model) in past)
        {
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
                return model;
        }
        return current;
    }
}
