using System.Text;
using System.Text.Json;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary><c>POST /v1/audio/speech</c>. It is charged by the characters of the text (Unicode scalar values), which are known before; the answer is sound.</summary>
internal sealed class SpeechProtocol : UnaryProtocol
{
    public static readonly SpeechProtocol Instance = new();

    public override ModelKind ModelKind => ModelKind.Speech;

    public override string Path => "/audio/speech";

    public override RequestRefusal? Read(Call call)
    {
        var members = new BodyMembers();
        var body = call.Body.Span;
        if ((members.Read(body) ?? members.ReadModel(body, ref call.Request)) is { } refusal)
            return refusal;
        var input = members.Text(body, "input");
        if (string.IsNullOrEmpty(input))
            return new("'input' must be a text, and not be empty.", "input");
        if (members.Text(body, "stream_format") is "sse")
            return new("Speech is sent as sound here, not as events: leave 'stream_format' out.", "stream_format");
        var instructions = members.Find("instructions", out var type);
        call.Request.PromptBytes = Encoding.UTF8.GetByteCount(input) + (type == JsonTokenType.String ? instructions.Length : 0);
        call.Request.MessageCount = input.EnumerateRunes().Count();
        return null;
    }

    public override UnaryBound Bound(Call call) =>
        new(call.Request.PromptBytes, 0, new Usage { [Meter.Character] = call.Request.MessageCount });

    public override Usage InputUsage(Call call, long tokens) => new() { [Meter.Character] = call.Request.MessageCount };

    public override AnswerMeter NewMeter(Call call) => new Reading(call.Request.MessageCount);

    private sealed class Reading(int characters) : UnaryMeter
    {
        protected override bool IsJson => false;

        protected override IReadOnlyList<string> AnswerMembers { get; } = ["audio", "data"];

        public override UsageReading ReadUsage(string vendor) =>
            new(new Usage { [Meter.Character] = characters }, IsReported: true, Check: null);
    }
}
