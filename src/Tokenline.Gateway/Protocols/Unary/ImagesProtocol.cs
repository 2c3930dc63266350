using System.Buffers.Text;
using System.Text.Json;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary><c>POST /v1/images/generations</c>.</summary>
internal sealed class ImagesProtocol : UnaryProtocol
{
    public static readonly ImagesProtocol Instance = new();

    private const int ImagesMax = 10;
    private const int PromptBytesMax = 128 * 1024;
    private const int WordMax = 32;

    public override ModelKind ModelKind => ModelKind.Image;

    public override string Path => "/images/generations";

    public override string PromptParam => "prompt";

    public override RequestRefusal? Read(Call call)
    {
        var members = new BodyMembers();
        var body = call.Body.Span;
        if ((members.Read(body) ?? members.ReadModel(body, ref call.Request)) is { } refusal)
            return refusal;
        var prompt = members.Find("prompt", out var type);
        if (prompt.IsEmpty || type != JsonTokenType.String || prompt.Length > PromptBytesMax)
            return new($"'prompt' must be a text of at most {PromptBytesMax} bytes.", "prompt");
        if (members.IsTrue("stream"))
            return new("Images are not streamed here: leave 'stream' out.", "stream");
        var n = members.Find("n", out var numberType);
        var count = 1;
        if (
            !n.IsEmpty
            && (
                numberType != JsonTokenType.Number
                || !Utf8Parser.TryParse(n.Of(body), out count, out var used)
                || used != n.Length
                || count is < 1 or > ImagesMax
            )
        )
            return new($"'n' must be an integer from 1 to {ImagesMax}.", "n");
        foreach (var name in (ReadOnlySpan<string>)["size", "quality"])
        {
            if (members.Text(body, name) is { Length: > WordMax })
                return new($"'{name}' is longer than {WordMax} characters.", name);
        }
        call.Request.PromptBytes = prompt.Length;
        call.Request.Choices = count;
        call.Subject = $"{members.Text(body, "size") ?? "auto"}/{members.Text(body, "quality") ?? "auto"}";
        return null;
    }

    public override UnaryBound Bound(Call call) =>
        new(
            call.Request.PromptBytes,
            call.Model.OutputTokensMax * call.Request.Choices,
            new Usage { [Meter.Image] = call.Request.Choices },
            call.Subject
        );

    public override AnswerMeter NewMeter(Call call) =>
        new Reading(
            call.Tariff.Charges(Meter.Image) ? null : Usage.Of(TokenEstimate.OfBytes(call.Request.PromptBytes), call.Model.OutputTokensMax)
        );

    /// <param name="each">Of a price in tokens alone: what an image is taken for where the vendor counts no tokens, output that of one.</param>
    private sealed class Reading(Usage? each) : UnaryMeter
    {
        private int images;

        protected override IReadOnlyList<string> AnswerMembers { get; } = ["data"];

        protected override void Take(string name, JsonTokenType type, ReadOnlySpan<byte> value)
        {
            if (name != "data" || type != JsonTokenType.StartArray)
                return;
            var reader = new Utf8JsonReader(value);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                images++;
                reader.Skip();
            }
        }

        public override UsageReading ReadUsage(string vendor)
        {
            var tokens = Tokens(vendor);
            if (!tokens.IsReported && each is { } one)
            {
                one[Meter.Output] *= images;
                one[Meter.Image] = images;
                return new(one, IsReported: true, "the price is in tokens, and the vendor counts none") { IsCounted = true };
            }
            var usage = tokens.IsReported ? tokens.Usage : default;
            usage[Meter.Image] = images;
            return new UsageReading(usage, IsReported: true, tokens.Check);
        }
    }
}
