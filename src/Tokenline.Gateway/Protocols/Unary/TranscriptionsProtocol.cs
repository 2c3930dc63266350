using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary><c>POST /v1/audio/transcriptions</c>: a form with a file. Its length is known of a WAV; of others it is bounded by the lowest rate that speech is sent at.</summary>
internal sealed class TranscriptionsProtocol : UnaryProtocol
{
    public static readonly TranscriptionsProtocol Instance = new();

    /// <summary>6 kbit/s: the lowest rate of Opus. Held for a file that does not say its length.</summary>
    private const int BytesPerSecondMin = 750;

    /// <summary>32 kbit/s: a usual rate of speech. Charged where neither file nor vendor says how long it was.</summary>
    private const int BytesPerSecondUsual = 4000;

    public override ModelKind ModelKind => ModelKind.Transcription;

    public override string Path => "/audio/transcriptions";

    public override string PromptParam => "file";

    /// <summary>A model that counts sound in tokens takes one for each 100 ms. Charged where the price is in tokens, and the vendor counts seconds only.</summary>
    private const int TokensPerSecond = 10;

    public override RequestRefusal? Read(Call call)
    {
        var type = call.Context.Request.ContentType;
        if (
            !MediaTypeHeaderValue.TryParse(type, out var media)
            || !media.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            return new("Send a form: Content-Type multipart/form-data with a file and a model.", null);
        var boundary = HeaderUtilities.RemoveQuotes(media.Boundary).ToString();
        if (boundary.Length is 0 or > 70)
            return new("The form has no boundary of 1 to 70 characters.", null);
        var hasFile = false;
        foreach (var part in FormParts.Of(call.Body.Span, boundary))
        {
            var content = part.Content.Of(call.Body.Span);
            switch (part.Name)
            {
                case "model" when !call.Request.ModelToken.IsEmpty:
                    return new("The field 'model' appears twice.", "model");
                case "model" when content.Length is 0 or > MemberName.BytesMax:
                    return new($"'model' must be 1 to {MemberName.BytesMax} bytes.", "model");
                case "model":
                    call.Request.ModelToken = part.Content;
                    call.Subject = Encoding.UTF8.GetString(content);
                    break;
                case "stream" when content.SequenceEqual("true"u8):
                    return new("Transcriptions are not streamed here: leave 'stream' out.", "stream");
                case "prompt":
                    call.Request.PromptBytes += content.Length;
                    break;
                case "file" when hasFile:
                    return new("The field 'file' appears twice.", "file");
                case "file":
                    hasFile = true;
                    call.Request.AudioPayloadBytes = content.Length;
                    call.Request.MessageCount = SecondsOf(content) ?? 0;
                    break;
                default:
                    break;
            }
        }
        call.Request.Choices = 1;
        return !hasFile || call.Request.AudioPayloadBytes == 0 ? new("You must provide a file.", "file")
            : call.Request.ModelToken.IsEmpty ? new("You must provide a model.", "model")
            : null;
    }

    public override string ModelOf(Call call) => call.Subject ?? "";

    public override BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken)
    {
        var edits = new BodyEdits();
        if (!modelToken.IsEmpty)
            edits.Replace(call.Request.ModelToken, Encoding.UTF8.GetBytes(call.Deployment.UpstreamModel));
        return edits;
    }

    public override UnaryBound Bound(Call call)
    {
        var seconds =
            call.Request.MessageCount > 0 ? call.Request.MessageCount : Seconds(call.Request.AudioPayloadBytes, BytesPerSecondMin);
        // Models that count tokens take in some 10 a second, and write fewer than they may.
        return new(call.Request.PromptBytes + (seconds * 50), call.Model.OutputTokensMax, new Usage { [Meter.Second] = seconds });
    }

    public override Usage InputUsage(Call call, long tokens)
    {
        var seconds = LengthOf(call);
        return new() { [Meter.Input] = PromptTokens(call) + (seconds * TokensPerSecond), [Meter.Second] = seconds };
    }

    public override AnswerMeter NewMeter(Call call) =>
        new Reading(
            call.Request.MessageCount,
            Seconds(call.Request.AudioPayloadBytes, BytesPerSecondUsual),
            call.Tariff.Charges(Meter.Second) ? null : PromptTokens(call)
        );

    private static long PromptTokens(Call call) => TokenEstimate.OfBytes(call.Request.PromptBytes);

    private static long LengthOf(Call call) =>
        call.Request.MessageCount > 0 ? call.Request.MessageCount : Seconds(call.Request.AudioPayloadBytes, BytesPerSecondUsual);

    private static long Seconds(long bytes, int rate) => (bytes + rate - 1) / rate;

    /// <summary>Of a WAV: bytes of data by bytes a second, as its head says. Null of anything else.</summary>
    private static int? SecondsOf(ReadOnlySpan<byte> file)
    {
        if (file.Length < 44 || !file.StartsWith("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8) || !file[12..16].SequenceEqual("fmt "u8))
            return null;
        var perSecond = BinaryPrimitives.ReadUInt32LittleEndian(file[28..]);
        return perSecond is < BytesPerSecondMin or > 10_000_000 ? null : (int)Seconds(file.Length, (int)perSecond);
    }

    /// <param name="prompt">Of a price in tokens alone: those of the prompt. Null: seconds have a price.</param>
    private sealed class Reading(int known, long usual, long? prompt) : UnaryMeter
    {
        private double? duration;
        private long written; // tokens of the text, where they are to be counted

        protected override bool IsJson => false;

        protected override IReadOnlyList<string> AnswerMembers { get; } = ["text", "segments"];

        protected override void TakePlain(ReadOnlySpan<byte> body) => written = prompt is null ? 0 : TokenCounter.Count(body);

        protected override void Take(string name, JsonTokenType type, ReadOnlySpan<byte> value)
        {
            if (name == "text" && prompt is not null)
                written = TokenCounter.Count(value.Trim((byte)'"'));
            var text = type == JsonTokenType.String ? value[1..^1] : value; // some write it as a text
            if (
                name == "duration"
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= 0
            )
                duration = seconds;
        }

        public override UsageReading ReadUsage(string vendor)
        {
            if (HasUsage && SecondsOfUsage() is { } billed)
                return prompt is null
                    ? new(new Usage { [Meter.Second] = billed }, IsReported: true, null)
                    : Counted(billed, "the price is in tokens, and the vendor counts seconds");
            var tokens = Tokens(vendor);
            if (tokens.IsReported)
            {
                var usage = tokens.Usage;
                usage[Meter.Second] = Length();
                return tokens with { Usage = usage };
            }
            if (prompt is not null)
                return Counted(Length(), "the price is in tokens, and the vendor counts none");
            var isSaid = duration is not null || known > 0;
            return new(
                new Usage { [Meter.Second] = Length() },
                IsReported: true,
                isSaid ? null : "neither the file nor the vendor says how long the sound is"
            );
        }

        private UsageReading Counted(long seconds, string why)
        {
            var usage = Usage.Of(prompt!.Value + (seconds * TokensPerSecond), written);
            usage[Meter.Second] = seconds;
            return new(usage, IsReported: true, why) { IsCounted = true };
        }

        private long Length() =>
            duration is { } said ? (long)Math.Ceiling(Math.Min(said, int.MaxValue))
            : known > 0 ? known
            : usual;

        private long? SecondsOfUsage()
        {
            var reader = new Utf8JsonReader(UsageObject);
            using var usage = JsonDocument.ParseValue(ref reader);
            return
                usage.RootElement.TryGetProperty("seconds", out var seconds)
                && seconds.ValueKind == JsonValueKind.Number
                && seconds.GetDouble() is >= 0 and <= int.MaxValue and var value
                ? (long)Math.Ceiling(value)
                : null;
        }
    }
}
