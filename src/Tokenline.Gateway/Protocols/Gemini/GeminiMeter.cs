using System.Buffers;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Protocols.Gemini;

/// <summary>
/// Reads Gemini's answers as they pass. Usage comes with every chunk, and grows or shrinks: the last value of each field counts. Thoughts are outside
/// candidates, and what tools bring is outside the prompt.
/// </summary>
internal sealed class GeminiMeter(int choices = 1) : AnswerMeter
{
    private const int UsageBytesMax = 8 * 1024;
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    private byte[] usage = [];
    private int usageLength;
    private long? prompt;
    private long? candidates;
    private long? thoughts;
    private long? cached;
    private long? toolUse;
    private long? total;
    private string? check;
    private bool isBeyondBelief;
    private string? model;
    private uint ended;

    /// <summary>The stream ends with its connection; nothing in it says so.</summary>
    public override bool IsDone => false;

    public override bool IsEnding => System.Numerics.BitOperations.PopCount(ended) >= choices;

    public override bool HasUsage => prompt is not null || total is not null;

    public override string? Model => model;

    public override UsageReading ReadUsage(string vendor)
    {
        if (isBeyondBelief)
            return UsageReading.BeyondBelief;
        if (!HasUsage)
            return new UsageReading(default, IsReported: false, check);
        var problem = check;
        var fromCache = Math.Min(cached ?? 0, prompt ?? 0);
        if (cached > prompt)
            problem ??= "cached tokens are more than the prompt";
        var output = (candidates ?? 0) + (thoughts ?? 0);
        var known = (prompt ?? 0) + (toolUse ?? 0) + output;
        if (total > known)
            output += total.Value - known; // thoughts that have no field of their own are charged by the vendor
        else if (total < known && total > 0)
            problem ??= "the total is less than its parts";
        return new UsageReading(
            new Usage
            {
                [Meter.Input] = (prompt ?? 0) - fromCache + (toolUse ?? 0),
                [Meter.CachedInput] = fromCache,
                [Meter.Output] = output,
                [Meter.Reasoning] = Math.Min(output, Math.Max(thoughts ?? 0, output - (candidates ?? 0))),
            },
            IsReported: true,
            problem
        );
    }

    public override string? VerbatimUsage() => usageLength > 0 ? Encoding.UTF8.GetString(usage, 0, usageLength) : null;

    public override AnswerPayload ReadEvent(in SseEvent next, IBufferWriter<byte> text)
    {
        var read = ReadWhole(next.Data.Span, text);
        return next.IsNamed("error"u8) ? read with { Kinds = read.Kinds | AnswerPayloadKinds.Error } : read;
    }

    public override AnswerPayload ReadWhole(ReadOnlySpan<byte> body, IBufferWriter<byte> text)
    {
        var textBytes = 0;
        var kinds = AnswerPayloadKinds.Other;
        var error = default(ByteRange);
        try
        {
            var reader = new Utf8JsonReader(body, options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return new(AnswerPayloadKinds.NotJson, 0, default, new ByteRange(0, body.Length));
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("candidates"u8))
                    ReadCandidates(ref reader, text, ref kinds, ref textBytes);
                else if (reader.ValueTextEquals("usageMetadata"u8))
                    ReadUsageObject(ref reader, body, ref kinds);
                else if (reader.ValueTextEquals("modelVersion"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String)
                        model ??= Encoding.UTF8.GetString(reader.ValueSpan);
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("promptFeedback"u8))
                {
                    // A prompt that was blocked has no candidates, and is charged for what was read of it.
                    reader.Read();
                    if (IsBlocked(reader))
                    {
                        kinds |= AnswerPayloadKinds.Answer | AnswerPayloadKinds.Finish;
                        ended = uint.MaxValue;
                    }
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    reader.Read();
                    var start = (int)reader.TokenStartIndex;
                    var isNothing = reader.TokenType == JsonTokenType.Null;
                    reader.Skip();
                    if (!isNothing)
                    {
                        kinds |= AnswerPayloadKinds.Error;
                        error = new ByteRange(start, (int)reader.BytesConsumed - start);
                    }
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            reader.Read();
        }
        catch (JsonException)
        {
            return new(AnswerPayloadKinds.NotJson, textBytes, default, new ByteRange(0, body.Length));
        }
        if (textBytes > 0)
            kinds |= AnswerPayloadKinds.Text;
        return new AnswerPayload(kinds, textBytes, default, error);
    }

    private static bool IsBlocked(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("blockReason"u8))
                return true;
            reader.Read();
            reader.Skip();
        }
        return false;
    }

    private void ReadCandidates(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref AnswerPayloadKinds kinds, ref int textBytes)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            kinds |= AnswerPayloadKinds.Answer;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var index = 0;
            var hasEnded = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("content"u8))
                {
                    reader.Read();
                    ReadTexts(ref reader, text, ref textBytes);
                }
                else if (reader.ValueTextEquals("finishReason"u8))
                {
                    reader.Read();
                    hasEnded = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("index"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.Number)
                        reader.TryGetInt32(out index);
                    reader.Skip();
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            if (!hasEnded)
                continue;
            kinds |= AnswerPayloadKinds.Finish;
            ended |= 1u << (index & 31);
        }
    }

    /// <summary>Texts, thoughts, names of functions and their arguments, at any depth. Signatures are no output.</summary>
    private static void ReadTexts(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref int textBytes)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        var depth = reader.CurrentDepth;
        var argsDepth = int.MaxValue;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.CurrentDepth <= argsDepth)
                argsDepth = int.MaxValue;
            var isInArguments = argsDepth != int.MaxValue;
            if (reader.TokenType == JsonTokenType.String && isInArguments)
                textBytes += JsonText.AppendTo(ref reader, text);
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (isInArguments)
            {
                textBytes += JsonText.AppendTo(ref reader, text);
                continue;
            }
            var isOutput = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("name"u8);
            var isArguments = reader.ValueTextEquals("args"u8);
            reader.Read();
            if (isOutput && reader.TokenType == JsonTokenType.String)
                textBytes += JsonText.AppendTo(ref reader, text);
            else if (isArguments && reader.TokenType == JsonTokenType.StartObject)
                argsDepth = reader.CurrentDepth;
        }
    }

    private void ReadUsageObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ref AnswerPayloadKinds kinds)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("promptTokenCount"u8))
                Count(ref reader, ref prompt);
            else if (reader.ValueTextEquals("candidatesTokenCount"u8))
                Count(ref reader, ref candidates);
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
                Count(ref reader, ref thoughts);
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
                Count(ref reader, ref cached);
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
                Count(ref reader, ref toolUse);
            else if (reader.ValueTextEquals("totalTokenCount"u8))
                Count(ref reader, ref total);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        kinds |= AnswerPayloadKinds.Usage;
        var value = body[start..(int)reader.BytesConsumed];
        usageLength = value.Length <= UsageBytesMax ? value.Length : 0;
        if (usage.Length < usageLength)
            usage = new byte[Math.Max(usageLength, 512)];
        value[..usageLength].CopyTo(usage);
    }

    private void Count(ref Utf8JsonReader reader, ref long? into)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count))
        {
            if (count < 0)
                check ??= "a count is negative"; // nothing is credited
            isBeyondBelief |= count > UsageReading.CountMax;
            into = Math.Clamp(count, 0, UsageReading.CountMax);
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            check ??= "a count is not a number";
        }
        reader.Skip();
    }
}
