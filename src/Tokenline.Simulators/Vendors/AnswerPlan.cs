using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors;

/// <summary>
/// A whole answer, decided before its first byte, so that a stream and a plain answer cannot differ.
/// A piece is one token: the text as it stands inside a JSON string, escaped.
/// </summary>
internal sealed class AnswerPlan
{
    public required ChatRequest Request { get; init; }
    public required Behaviour Behaviour { get; init; }
    public required SimulatedUsage Usage { get; init; }

    /// <summary>Pieces of one choice that are reasoning, whether shown or not.</summary>
    public required int Reasoning { get; init; }
    public required bool ReasoningShown { get; init; }

    /// <summary>Pieces of one choice that are the answer: text, or tool arguments.</summary>
    public required int Visible { get; init; }
    public required bool CutByLimit { get; init; }
    public string? ToolName { get; init; }
    public required byte[][] Opening { get; init; }

    /// <summary>The class it is served in, told to those who asked for one.</summary>
    public string? ServiceTier =>
        Request.ServiceTier is { } asked ? (asked == "auto" || Behaviour.Has(Fault.OtherTier) ? "default" : asked) : null;

    public ReadOnlySpan<byte> FinishReason =>
        CutByLimit ? "length"u8
        : ToolName is not null ? "tool_calls"u8
        : "stop"u8;

    public ReadOnlySpan<byte> VisiblePiece(int choice, int index) =>
        index < Opening.Length ? Opening[index] : FillerText.Piece(Request.Hash, choice, index);

    public ReadOnlySpan<byte> ReasoningPiece(int choice, int index) => FillerText.ReasoningPiece(Request.Hash, choice, index);

    public static AnswerPlan? For(ReadOnlySpan<byte> body, Behaviour behaviour, out Refusal? refusal)
    {
        try
        {
            var request = ChatRequest.Read(body, out refusal);
            return request is null ? null : For(request, body, behaviour, out refusal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperation: a member of another type than expected, or an escape that is not Unicode. Format: a number out of range.
            refusal = new Refusal("We could not parse the JSON body of your request.");
            return null;
        }
    }

    private static AnswerPlan? For(ChatRequest request, ReadOnlySpan<byte> body, Behaviour behaviour, out Refusal? refusal)
    {
        if (request.Directive is { } directive)
        {
            if (!Behaviour.TryParse(directive, out var own, out var problem))
            {
                refusal = new Refusal(problem, "messages");
                return null;
            }
            behaviour = own.Over(behaviour);
        }
        var tool = ToolToCall(request, body, out refusal);
        return refusal is null ? Make(request, behaviour, body, tool) : null;
    }

    private static AnswerPlan Make(
        ChatRequest request,
        Behaviour behaviour,
        ReadOnlySpan<byte> body,
        (string Name, JsonElement Parameters)? tool
    )
    {
        // 1 What would be said
        var json = tool is { } called ? SampleJson.For(called.Parameters) : Structured(request, body);
        var opening = json is null ? OpeningText(request) : Fragments(json);
        var nameTokens = tool is null ? 0 : 1;

        // 2 How long it is
        var (reasons, shown) = ReasoningOf(request);
        int reasoning,
            visible;
        if (json is null)
        {
            var total = behaviour.Tokens ?? Math.Max(20 + (int)(request.Hash % 101), request.ToolResult is null ? 0 : opening.Length);
            reasoning = behaviour.ReasoningTokens ?? (reasons ? total * 2 / 5 : 0);
            visible = Math.Max(total - reasoning, 0);
        }
        else
        {
            reasoning = behaviour.ReasoningTokens ?? (reasons ? 16 + (int)(request.Hash % 48) : 0);
            visible = opening.Length;
        }

        // 3 Where the limit cuts it; reasoning that nobody ordered leaves room for an answer
        var limit = request.MaxTokens ?? int.MaxValue;
        var cut = (long)reasoning + nameTokens + visible > limit;
        if (cut)
        {
            reasoning = Math.Min(reasoning, behaviour.ReasoningTokens is null ? limit * 2 / 5 : limit - nameTokens);
            visible = Math.Max(0, Math.Min(visible, limit - nameTokens - reasoning));
        }
        return new()
        {
            Request = request,
            Behaviour = behaviour,
            Reasoning = reasoning,
            ReasoningShown = shown,
            Visible = visible,
            CutByLimit = cut,
            ToolName = tool?.Name,
            Opening = opening,
            Usage = new SimulatedUsage(
                request.PromptTokens,
                Math.Min(behaviour.CachedTokens ?? CachedOf(request), request.PromptTokens),
                (long)(reasoning + nameTokens + visible) * request.Choices,
                (long)reasoning * request.Choices
            ),
        };
    }

    private static long CachedOf(ChatRequest request) =>
        request.PromptTokens <= 1024 ? 0 : request.PromptTokens * (40 + (long)(request.Hash % 50)) / 100 / 128 * 128;

    private static (bool Reasons, bool Shown) ReasoningOf(ChatRequest request)
    {
        var model = request.Model.AsSpan();
        model = model[(model.LastIndexOf('/') + 1)..];
        if (Named(model, "o1") || Named(model, "o3") || Named(model, "o4"))
            return (true, false);
        var reasons =
            model.Contains("think", StringComparison.OrdinalIgnoreCase)
            || model.Contains("reason", StringComparison.OrdinalIgnoreCase)
            || model.Contains("-pro", StringComparison.OrdinalIgnoreCase)
            || Named(model, "r1")
            || request.ReasoningEffort is not (null or "none");
        return (reasons, true);
    }

    /// <summary>The word stands at the start of the name or of one of its parts: "o1-mini", "deepseek-r1", but not "turbo1".</summary>
    private static bool Named(ReadOnlySpan<char> model, string word)
    {
        if (model.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            return true;
        var at = model.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        return at > 0 && model[at - 1] is '-' or '_' or '.';
    }

    private static (string Name, JsonElement Parameters)? ToolToCall(ChatRequest request, ReadOnlySpan<byte> body, out Refusal? refusal)
    {
        refusal = null;
        if (request.Tools is not { } range || request.ToolChoice == ToolChoice.None)
            return null;
        if (request.ToolChoice == ToolChoice.Auto && !request.LastIsUser)
            return null;
        foreach (var tool in ParseJson(body[range]).EnumerateArray())
        {
            if (!tool.TryGetProperty("function", out var function) || !function.TryGetProperty("name", out var name))
                continue;
            if (request.ToolName is null || name.ValueEquals(request.ToolName))
                return (name.GetString()!, function.TryGetProperty("parameters", out var parameters) ? parameters : default);
        }
        if (request.ToolChoice == ToolChoice.Required)
            refusal = new Refusal($"Tool choice '{request.ToolName ?? "required"}' not found in 'tools' parameter.", "tool_choice");
        return null;
    }

    private static string? Structured(ChatRequest request, ReadOnlySpan<byte> body)
    {
        if (request.Format == ResponseFormat.Text)
            return null;
        if (request.Format == ResponseFormat.JsonObject || request.Schema is not { } range)
            return $$"""{"simulated":true,"note":"{{FillerText.Note}}"}""";
        var format = ParseJson(body[range]);
        return SampleJson.For(
            format.ValueKind == JsonValueKind.Object && format.TryGetProperty("schema", out var schema) ? schema : default
        );
    }

    private static byte[][] OpeningText(ChatRequest request)
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

    private static JsonElement ParseJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
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
