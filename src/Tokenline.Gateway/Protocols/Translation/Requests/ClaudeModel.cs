namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// What a model behind the messages protocol takes, as far as its vendor answers 400 otherwise. The models listed are past ones, whose number does not
/// grow; a Claude that is not listed is a new one. Names carry prefixes and dates at other vendors (<c>anthropic.claude-…</c>, <c>…@20251001</c>).
/// </summary>
/// <param name="ThinksAdaptively">Thinking is <c>adaptive</c> and steered by effort; others have a budget of tokens.</param>
/// <param name="TakesSampling">Temperature, top-p and top-k may be set.</param>
/// <param name="CanBeQuiet">Thinking can be turned off.</param>
internal sealed record ClaudeModel(bool ThinksAdaptively, bool TakesSampling, bool CanBeQuiet)
{
    private static readonly ClaudeModel byBudget = new(ThinksAdaptively: false, TakesSampling: true, CanBeQuiet: true);
    private static readonly ClaudeModel between = new(ThinksAdaptively: true, TakesSampling: true, CanBeQuiet: true);
    private static readonly ClaudeModel current = new(ThinksAdaptively: true, TakesSampling: false, CanBeQuiet: true);
    private static readonly ClaudeModel alwaysThinking = new(ThinksAdaptively: true, TakesSampling: false, CanBeQuiet: false);

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
        ("sonnet-4-6", between),
        ("opus-4-6", between),
        ("fable-5", alwaysThinking),
        ("mythos", alwaysThinking),
    ];

    public static ClaudeModel Of(string name)
    {
        if (!name.Contains("claude", StringComparison.OrdinalIgnoreCase))
            return byBudget; // DeepSeek, Kimi, GLM and MiniMax speak this protocol as it was first
        foreach (var (part, model) in past)
        {
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
                return model;
        }
        return current;
    }
}
