using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors;

/// <summary>
/// A whole answer, decided before its first byte, so that a stream and a plain answer cannot differ.
/// A piece is one token: the text as it stands inside a JSON string, escaped.
/// </summary>
internal sealed class AnswerPlan
{
    public required AnswerRequest Request { get; init; }
    public required Behaviour Behaviour { get; init; }
    public required SimulatedUsage Usage { get; init; }

    /// <summary>Pieces of one choice that are reasoning, whether shown or not.</summary>
    public required int Reasoning { get; init; }
    public required bool ReasoningShown { get; init; }

    /// <summary>Pieces of one choice that are the answer: text, or tool arguments.</summary>
    public required int Visible { get; init; }
    public required bool CutByLimit { get; init; }

    /// <summary>The stop sequence that ended it, if one did.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>The tool that is called, if one is.</summary>
    public OfferedTool? Tool { get; init; }

    /// <summary>How often the tool is called in this one answer, each time alike.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>The whole text of JSON output or tool arguments, before the limit cuts it.</summary>
    public string? Json { get; init; }
    public required byte[][] Opening { get; init; }

    public ReadOnlySpan<byte> VisiblePiece(int choice, int index) => PieceOf(Request, Opening, choice, index);

    public ReadOnlySpan<byte> ReasoningPiece(int choice, int index) => FillerText.ReasoningPiece(Request.Hash, choice, index);

    public void AddVisible(PooledBuffer to, int choice = 0) => AddPieces(to, choice, ..Visible, reasoning: false);

    public void AddReasoning(PooledBuffer to, int choice = 0) => AddPieces(to, choice, ..Reasoning, reasoning: true);

    /// <summary>Pieces as they stand inside a JSON string.</summary>
    public void AddPieces(PooledBuffer to, int choice, Range pieces, bool reasoning)
    {
        for (var i = pieces.Start.Value; i < pieces.End.Value; i++)
            to.Add(reasoning ? ReasoningPiece(choice, i) : VisiblePiece(choice, i));
    }

    public static AnswerPlan For(AnswerRequest request, ReadOnlySpan<byte> body, Behaviour behaviour)
    {
        behaviour = AnswerRequest.Directed(request.Directive, behaviour);
        return Make(request, behaviour, body, ToolToCall(request, behaviour.Tool, body));
    }

    private static AnswerPlan Make(AnswerRequest request, Behaviour behaviour, ReadOnlySpan<byte> body, OfferedTool? tool)
    {
        // 1 What would be said
        var json =
            tool is null ? Structured(request, body)
            : behaviour.ToolArguments is { } arguments ? arguments
            : tool.Custom ? $"Simulated input for {tool.Name}."
            : SampleJson.For(tool.Parameters);
        var opening = json is null ? OpeningText(request) : Fragments(json);
        var nameTokens = tool is null ? 0 : 1;

        // 2 How long it is
        var (reasons, shown) = ReasoningOf(request);
        var ordered = request.Reasoning == ReasoningWish.Off ? 0 : behaviour.ReasoningTokens;
        int reasoning,
            visible;
        if (json is null)
        {
            var total = behaviour.Tokens ?? Math.Max(20 + (int)(request.Hash % 101), request.ToolResult is null ? 0 : opening.Length);
            reasoning = ordered ?? (reasons ? total * 2 / 5 : 0);
            // What a tool said is quoted to its end, unless a length was ordered.
            visible = Math.Max(total - reasoning, request.ToolResult is null || behaviour.Tokens is not null ? 0 : opening.Length);
        }
        else
        {
            reasoning = ordered ?? (reasons ? 16 + (int)(request.Hash % 48) : 0);
            visible = opening.Length;
        }

        // 3 Where the limit cuts it; reasoning that nobody ordered leaves room for an answer
        var limit = request.MaxTokens ?? int.MaxValue;
        var calls = tool is null ? 1 : behaviour.ToolCalls ?? 1;
        if (reasoning + (long)calls * (nameTokens + visible) > limit)
            calls = 1;
        var cut = (long)reasoning + nameTokens + visible > limit;
        if (cut)
        {
            reasoning = Math.Min(reasoning, ordered is null ? limit * 2 / 5 : limit - nameTokens);
            visible = Math.Max(0, Math.Min(visible, limit - nameTokens - reasoning));
        }
        // 4 Where a stop sequence ends it
        var stoppedBy = json is null ? Stop(request, opening, ref visible) : null;
        return new()
        {
            Request = request,
            Behaviour = behaviour,
            Reasoning = reasoning,
            ReasoningShown = shown,
            Visible = visible,
            CutByLimit = cut && stoppedBy is null,
            StoppedBy = stoppedBy,
            Tool = tool,
            Calls = calls,
            Json = json,
            Opening = opening,
            Usage = UsageOf(request, behaviour, reasoning + calls * (nameTokens + visible), reasoning),
        };
    }

    /// <summary>A text ends before the word in which a stop sequence begins.</summary>
    private static string? Stop(AnswerRequest request, byte[][] opening, ref int visible)
    {
        if (request.Stops.Count == 0)
            return null;
        using var text = new PooledBuffer();
        var ends = new int[visible];
        for (var i = 0; i < visible; i++)
            ends[i] = text.Add(PieceOf(request, opening, choice: 0, i)).Written.Length;
        var (first, by) = (int.MaxValue, (string?)null);
        foreach (var stop in request.Stops)
        {
            var at = text.Written.IndexOf(PooledBuffer.Escape(stop));
            if (at >= 0 && at < first && stop.Length > 0)
                (first, by) = (at, stop);
        }
        if (by is not null)
            visible = ends.Count(end => end <= first);
        return by;
    }

    private static ReadOnlySpan<byte> PieceOf(AnswerRequest request, byte[][] opening, int choice, int index) =>
        index < opening.Length ? opening[index] : FillerText.Piece(request.Hash, choice, index);

    private static SimulatedUsage UsageOf(AnswerRequest request, Behaviour behaviour, int completion, int reasoning)
    {
        var prompt = request.PromptTokens;
        var cached = Math.Min(behaviour.CachedTokens ?? request.CachedTokens, prompt);
        var (writes, hourWrites) = request.CacheWrites;
        writes = Math.Min(behaviour.CacheWriteTokens ?? writes, prompt - cached);
        hourWrites = Math.Min(behaviour.CacheWriteHourTokens ?? hourWrites, prompt - cached - writes);
        return new SimulatedUsage(prompt, cached, (long)completion * request.Choices, (long)reasoning * request.Choices)
        {
            CacheWriteTokens = writes,
            CacheWriteHourTokens = hourWrites,
        };
    }

    private static (bool Reasons, bool Shown) ReasoningOf(AnswerRequest request)
    {
        if (request.Reasoning == ReasoningWish.Off)
            return default;
        var model = request.Model.AsSpan();
        model = model[(model.LastIndexOf('/') + 1)..];
        var hides = Named(model, "o1") || Named(model, "o3") || Named(model, "o4");
        var reasons =
            hides
            || request.Reasoning == ReasoningWish.On
            || model.Contains("think", StringComparison.OrdinalIgnoreCase)
            || model.Contains("reason", StringComparison.OrdinalIgnoreCase)
            || model.Contains("-pro", StringComparison.OrdinalIgnoreCase)
            || Named(model, "r1");
        return (reasons, request.ReasoningShown ?? !hides);
    }

    /// <summary>The word stands at the start of the name or of one of its parts: "o1-mini", "deepseek-r1", but not "turbo1".</summary>
    private static bool Named(ReadOnlySpan<char> model, string word)
    {
        if (model.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            return true;
        var at = model.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        return at > 0 && model[at - 1] is '-' or '_' or '.';
    }

    private static OfferedTool? ToolToCall(AnswerRequest request, string? ordered, ReadOnlySpan<byte> body)
    {
        if (request.ToolChoice == ToolChoice.None || (request.ToolChoice == ToolChoice.Auto && !request.LastIsUser))
            return null;
        if (ordered is not null && request.ToolChoice == ToolChoice.Auto)
            return request.FindTool(ordered, body);
        var tool = request.FindTool(request.ToolName, body);
        if (tool is null && request.ToolChoice == ToolChoice.Required)
            throw new RefusedException(
                new Refusal($"Tool choice '{request.ToolName ?? "required"}' not found in 'tools' parameter.", "tool_choice")
            );
        return tool;
    }

    private static string? Structured(AnswerRequest request, ReadOnlySpan<byte> body)
    {
        if (request.Format == ResponseFormat.Text)
            return null;
        var schema = request.SchemaIn(body);
        return request.Format == ResponseFormat.JsonObject || schema.ValueKind == JsonValueKind.Undefined
            ? $$"""{"simulated":true,"note":"{{FillerText.Note}}"}"""
            : SampleJson.For(schema);
    }

    private static byte[][] OpeningText(AnswerRequest request)
    {
        var pieces = new List<byte[]>(FillerText.Before) { PooledBuffer.Escape($" {request.Model};").ToArray() };
        pieces.AddRange(FillerText.After);
        if (request.ToolResult is { } result)
        {
            pieces.AddRange(FillerText.ToolAnswered);
            var words = result.Split(' ', 101, StringSplitOptions.RemoveEmptyEntries);
            foreach (var word in words.AsSpan(0, Math.Min(words.Length, 100)))
                pieces.Add(PooledBuffer.Escape(" " + word).ToArray());
        }
        return [.. pieces];
    }

    /// <summary>Four characters a piece, never inside a surrogate pair.</summary>
    private static byte[][] Fragments(string json)
    {
        var pieces = new List<byte[]>(json.Length / 4 + 1);
        for (var at = 0; at < json.Length; )
        {
            var length = Math.Min(4, json.Length - at);
            if (char.IsHighSurrogate(json[at + length - 1]) && at + length < json.Length)
                length++;
            pieces.Add(PooledBuffer.Escape(json.Substring(at, length)).ToArray());
            at += length;
        }
        return [.. pieces];
    }
}

/// <summary>The words that fill an answer. They say what they are.</summary>
internal static class FillerText
{
    public const string Note = "Made by the Tokenline vendor simulator; no model was asked.";

    public static readonly byte[][] Before = Words("This is the Tokenline vendor simulator answering as", first: true);
    public static readonly byte[][] After = Words("no model was asked.");
    public static readonly byte[][] ToolAnswered = Words("The tool answered:");

    private static readonly byte[][] words = Words(
        """
        Each word of this text stands for one token. It was written beforehand and is repeated for as long as the answer is meant to be. Nothing in it was worked out from the question.
        It is here so that a stream has something to carry, a meter has something to count, and a bill has something to add up. The same question always gets the same words. A different question begins somewhere else in the same text.
        """
    );

    private static readonly byte[][] reasoningStart = Words("Simulated reasoning:", first: true);

    public static ReadOnlySpan<byte> Piece(ulong hash, int choice, int index) =>
        words[(int)((hash + (ulong)choice * 7 + (ulong)index) % (ulong)words.Length)];

    public static ReadOnlySpan<byte> ReasoningPiece(ulong hash, int choice, int index) =>
        index < reasoningStart.Length ? reasoningStart[index] : Piece(hash >> 8, choice, index);

    private static byte[][] Words(string text, bool first = false)
    {
        var split = text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        var pieces = new byte[split.Length][];
        for (var i = 0; i < split.Length; i++)
            pieces[i] = Encoding.UTF8.GetBytes(first && i == 0 ? split[i] : " " + split[i]);
        return pieces;
    }
}
