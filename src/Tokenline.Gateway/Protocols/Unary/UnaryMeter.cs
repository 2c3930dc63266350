using System.Buffers;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary>Reads a whole answer in JSON: whether it is one, and what it says of usage.</summary>
internal abstract class UnaryMeter : AnswerMeter
{
    private const int UsageBytesMax = 8 * 1024;
    private static readonly JsonReaderOptions options = new() { MaxDepth = 64 };

    private string? model;

    /// <summary>The value of the top-level <c>usage</c>; empty if there is none.</summary>
    protected byte[] UsageObject { get; private set; } = [];

    /// <summary>Whether the answer must be JSON with one of <see cref="AnswerMembers"/>.</summary>
    protected virtual bool IsJson => true;

    /// <summary>The members that make it an answer.</summary>
    protected abstract IReadOnlyList<string> AnswerMembers { get; }

    public override bool IsDone => true;

    public override bool IsEnding => true;

    public override bool HasUsage => UsageObject.Length > 0;

    public override string? Model => model;

    public override string? VerbatimUsage() => UsageObject.Length is > 0 and <= UsageBytesMax ? Encoding.UTF8.GetString(UsageObject) : null;

    public override AnswerPayload ReadEvent(in SseEvent next, IBufferWriter<byte> text) =>
        throw new InvalidOperationException("a unary call has no stream");

    public override AnswerPayload ReadWhole(ReadOnlySpan<byte> body, IBufferWriter<byte> text)
    {
        if (!IsJson && !body.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            TakePlain(body);
            return new(body.IsEmpty ? AnswerPayloadKinds.NotJson : AnswerPayloadKinds.Answer, 0, default, default);
        }
        var kinds = AnswerPayloadKinds.Other;
        var error = default(ByteRange);
        try
        {
            var reader = new Utf8JsonReader(body, options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return NotAnswer(body);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var type = reader.TokenType;
                reader.Skip();
                var value = new ByteRange(start, (int)reader.BytesConsumed - start);
                if (name == "error" && type is not (JsonTokenType.Null or JsonTokenType.False))
                    (kinds, error) = (kinds | AnswerPayloadKinds.Error, value);
                else if (name == "usage" && type == JsonTokenType.StartObject)
                    UsageObject = value.Of(body).ToArray();
                else if (name == "model" && type == JsonTokenType.String)
                    model = Encoding.UTF8.GetString(body[(value.Start + 1)..(value.End - 1)]);
                else if (AnswerMembers.Contains(name))
                    kinds |= AnswerPayloadKinds.Answer;
                Take(name, type, value.Of(body));
            }
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return NotAnswer(body);
        }
        return new(kinds, 0, default, error);
    }

    /// <summary>One top-level member of the answer.</summary>
    protected virtual void Take(string name, JsonTokenType type, ReadOnlySpan<byte> value) { }

    /// <summary>An answer that is no JSON, where that may be.</summary>
    protected virtual void TakePlain(ReadOnlySpan<byte> body) { }

    /// <summary>Tokens as OpenAI-style vendors report them.</summary>
    protected UsageReading Tokens(string vendor) => HasUsage ? OpenAIUsageReader.Read(UsageObject, VendorQuirks.Of(vendor).Usage) : default;

    private static AnswerPayload NotAnswer(ReadOnlySpan<byte> body) =>
        new(AnswerPayloadKinds.NotJson, 0, default, new ByteRange(0, body.Length));
}
