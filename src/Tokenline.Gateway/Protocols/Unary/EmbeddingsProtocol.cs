using System.Text.Json;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary><c>POST /v1/embeddings</c>. A text has no more tokens than bytes; ready tokens are no fewer bytes than tokens.</summary>
internal sealed class EmbeddingsProtocol : UnaryProtocol
{
    public static readonly EmbeddingsProtocol Instance = new();

    private const int TokensPerInput = 8;

    public override ModelKind ModelKind => ModelKind.Embedding;

    public override string Path => "/embeddings";

    public override RequestRefusal? Read(Call call)
    {
        var members = new BodyMembers();
        var body = call.Body.Span;
        if ((members.Read(body) ?? members.ReadModel(body, ref call.Request)) is { } refusal)
            return refusal;
        var input = members.Find("input", out var type);
        if (input.IsEmpty || type is not (JsonTokenType.String or JsonTokenType.StartArray) || input.Length <= 2)
            return new("'input' must be a text, an array of texts, or tokens, and not be empty.", "input");
        call.Request.PromptBytes = input.Length;
        call.Request.MessageCount = 1 + input.Of(body).Count((byte)',');
        return null;
    }

    public override UnaryBound Bound(Call call) =>
        new(call.Request.PromptBytes + (TokensPerInput * (long)call.Request.MessageCount), 0, default);

    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) =>
        TokenEstimate.OfBytes(request.PromptBytes);

    public override Usage InputUsage(Call call, long tokens) => new() { [MeterOf(call)] = tokens };

    public override AnswerMeter NewMeter(Call call) => new Reading(MeterOf(call));

    private static Meter MeterOf(Call call) => call.Tariff.Charges(Meter.Embedding) ? Meter.Embedding : Meter.Input;

    private sealed class Reading(Meter meter) : UnaryMeter
    {
        protected override IReadOnlyList<string> AnswerMembers { get; } = ["data", "embeddings"];

        public override UsageReading ReadUsage(string vendor)
        {
            var reading = Tokens(vendor);
            return reading.IsReported ? reading with { Usage = new Usage { [meter] = reading.Usage.WholeInput } } : reading;
        }
    }
}
