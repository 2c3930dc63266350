using System.Text.Json;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary><c>POST /v1/rerank</c>, in Jina's and Cohere's shape. The query is read once for each document.</summary>
internal sealed class RerankProtocol : UnaryProtocol
{
    public static readonly RerankProtocol Instance = new();

    private const int TokensPerDocument = 16;

    public override ModelKind ModelKind => ModelKind.Rerank;

    public override string Path => "/rerank";

    public override string PromptParam => "documents";

    public override RequestRefusal? Read(Call call)
    {
        var members = new BodyMembers();
        var body = call.Body.Span;
        if ((members.Read(body) ?? members.ReadModel(body, ref call.Request)) is { } refusal)
            return refusal;
        var query = members.Find("query", out var queryType);
        if (query.IsEmpty || queryType is not (JsonTokenType.String or JsonTokenType.StartObject))
            return new("'query' must be a text.", "query");
        var documents = members.Find("documents", out var documentsType);
        if (documents.IsEmpty || documentsType != JsonTokenType.StartArray)
            return new("'documents' must be an array of texts.", "documents");
        var count = Count(documents.Of(body));
        if (count == 0)
            return new("'documents' must not be empty.", "documents");
        call.Request.MessageCount = count;
        call.Request.PromptBytes = checked(((long)query.Length * count) + documents.Length);
        return null;
    }

    public override UnaryBound Bound(Call call) =>
        new(
            call.Request.PromptBytes + (TokensPerDocument * (long)call.Request.MessageCount),
            0,
            new Usage { [Meter.Rerank] = call.Request.MessageCount }
        );

    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) =>
        TokenEstimate.OfBytes(request.PromptBytes);

    public override Usage InputUsage(Call call, long tokens) =>
        new() { [Meter.Input] = tokens, [Meter.Rerank] = call.Request.MessageCount };

    public override AnswerMeter NewMeter(Call call) =>
        new Reading(call.Request.MessageCount, call.Tariff.Charges(Meter.Rerank) ? null : TokenEstimate.OfBytes(call.Request.PromptBytes));

    private static int Count(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array);
        reader.Read();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            reader.Skip();
        }
        return count;
    }

    /// <param name="counted">Of a price in tokens alone: what is taken where the vendor counts searches or documents only.</param>
    private sealed class Reading(int documents, long? counted) : UnaryMeter
    {
        private long? searchUnits;
        private long? metaTokens;

        protected override IReadOnlyList<string> AnswerMembers { get; } = ["results", "data"];

        protected override void Take(string name, JsonTokenType type, ReadOnlySpan<byte> value)
        {
            if (name != "meta" || type != JsonTokenType.StartObject)
                return;
            var reader = new Utf8JsonReader(value);
            using var meta = JsonDocument.ParseValue(ref reader);
            searchUnits = Number(meta.RootElement, "billed_units", "search_units");
            metaTokens = Number(meta.RootElement, "tokens", "input_tokens") ?? Number(meta.RootElement, "billed_units", "input_tokens");
        }

        public override UsageReading ReadUsage(string vendor)
        {
            var tokens = Tokens(vendor);
            var said = tokens.IsReported ? tokens.Usage.WholeInput : metaTokens;
            var usage = new Usage { [Meter.Input] = said ?? counted ?? 0, [Meter.Rerank] = searchUnits ?? documents };
            return said is null && counted is not null
                ? new(usage, IsReported: true, "the price is in tokens, and the vendor counts none") { IsCounted = true }
                : new(usage, IsReported: true, tokens.Check);
        }

        private static long? Number(JsonElement meta, string group, string name) =>
            meta.TryGetProperty(group, out var inner)
            && inner.ValueKind == JsonValueKind.Object
            && inner.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var number)
            && number is >= 0 and <= int.MaxValue
                ? (long)Math.Ceiling(number)
                : null;
    }
}
