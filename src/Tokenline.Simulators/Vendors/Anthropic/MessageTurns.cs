namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>What the vendor demands of turns beyond each block: every tool use is answered at once, and by name.</summary>
internal static class MessageTurns
{
    public static void Check(List<Turn> turns, bool mustThink)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            var before = i == 0 ? [] : ToolUses(turns[i - 1]);
            if (turns[i].Role == "user")
                CheckResults(turns[i], before);
            else if (ToolUses(turns[i]) is { Count: > 0 } uses)
                CheckAnswered(turns[i], uses, i + 1 < turns.Count ? turns[i + 1] : null);
        }
        if (mustThink && turns.Count > 1 && turns[^1].Blocks.Exists(IsResult))
            CheckThinksFirst(turns[^2]);
        if (turns[^1] is { Role: "assistant", Blocks: [.., { Kind: "text" } end] } && char.IsWhiteSpace(end.Text("text")![^1]))
            throw AnthropicError.At("messages", "final assistant content cannot end with trailing whitespace");
    }

    private static void CheckResults(Turn turn, List<string> uses)
    {
        var seen = new HashSet<string>();
        foreach (var block in turn.Blocks.Where(IsResult))
        {
            var id = block.Text("tool_use_id")!;
            if (!uses.Contains(id))
                throw AnthropicError.At(
                    block.Place,
                    $"unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
                );
            if (!seen.Add(id))
                throw AnthropicError.At(
                    block.Place,
                    $"each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}"
                );
        }
    }

    /// <summary>Results come before anything else in the turn that follows.</summary>
    private static void CheckAnswered(Turn turn, List<string> uses, Turn? next)
    {
        var answered = next?.Blocks.TakeWhile(IsResult).Select(b => b.Text("tool_use_id")!).ToHashSet() ?? [];
        var open = uses.Where(id => !answered.Contains(id)).ToList();
        if (open.Count > 0)
            throw AnthropicError.At(
                turn.Blocks[0].Place.Split(".content")[0],
                $"`tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", open)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message."
            );
    }

    private static void CheckThinksFirst(Turn turn)
    {
        if (turn.Blocks is [{ Kind: not ("thinking" or "redacted_thinking") } first, ..])
            throw AnthropicError.At(
                $"{first.Place}.type",
                $"Expected `thinking` or `redacted_thinking`, but found `{first.Kind}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks)."
            );
    }

    private static List<string> ToolUses(Turn turn) => [.. turn.Blocks.Where(b => b.Kind == "tool_use").Select(b => b.Text("id")!)];

    private static bool IsResult(Block block) => block.Kind == "tool_result";
}
