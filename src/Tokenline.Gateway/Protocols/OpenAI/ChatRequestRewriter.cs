using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.OpenAI;

internal enum OutputLimitField
{
    MaxTokens,
    MaxCompletionTokens,
}

/// <summary>What the gateway changes in a body it passes on.</summary>
internal readonly record struct ChatRequestChanges
{
    /// <summary>The upstream's name of the model as a JSON token (<see cref="ChatRequestRewriter.QuoteModel"/>), made once per deployment; empty leaves the client's.</summary>
    public ReadOnlyMemory<byte> ModelToken { get; init; }

    /// <summary>Have the vendor report usage on the stream. Only for streams: vendors refuse <c>stream_options</c> elsewhere.</summary>
    public bool AskUsage { get; init; }

    /// <summary>The most output tokens of each choice.</summary>
    public int? OutputLimit { get; init; }

    /// <summary>The field to insert when the client gave no limit at all.</summary>
    public OutputLimitField OutputLimitField { get; init; }
}

/// <summary>
/// The edits that turn a client's body into the upstream's. Everything outside the edits goes out byte for byte: white space, order,
/// unknown members and escapes, because signatures and prompt caches depend on it.
/// </summary>
/// <remarks>
/// The output limit: the field asked for is replaced if the client sent it. If the client sent the other one instead, that one is replaced,
/// as vendors refuse the two together. If it sent both, the second is lowered too when it is above the limit.
/// </remarks>
internal struct ChatRequestRewriter
{
    private static readonly byte[] includeUsageOption = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] includeUsageMember = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] includeUsageMemberBeforeOthers = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] streamOptionsMember = ",\"stream_options\":{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] maxTokensMember = ",\"max_tokens\":"u8.ToArray();
    private static readonly byte[] maxCompletionTokensMember = ",\"max_completion_tokens\":"u8.ToArray();
    private static readonly byte[] trueValue = "true"u8.ToArray();

    private Edits edits;
    private int count;

    public ChatRequestRewriter(in ChatRequest request, in ChatRequestChanges changes)
    {
        if (!changes.ModelToken.IsEmpty)
            Replace(request.ModelToken, changes.ModelToken);
        if (changes.AskUsage && !request.IncludeUsage)
            AskUsage(request);
        if (changes.OutputLimit is { } limit)
            LimitOutput(request, limit, changes.OutputLimitField);
    }

    /// <summary>False: the body can go out as it came.</summary>
    public readonly bool HasEdits => count > 0;

    /// <summary>A model name as a JSON token with quotes.</summary>
    public static byte[] QuoteModel(string model) =>
        [(byte)'"', .. JsonEncodedText.Encode(model, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>The length of the new body, for its Content-Length.</summary>
    public readonly int Measure(int bodyLength)
    {
        var length = bodyLength;
        for (var i = 0; i < count; i++)
            length += edits[i].Text.Length + Digits(edits[i].Number) - edits[i].Length;
        return length;
    }

    public readonly void WriteTo(ReadOnlySpan<byte> body, IBufferWriter<byte> to)
    {
        var position = 0;
        for (var i = 0; i < count; i++)
        {
            ref readonly var edit = ref edits[i];
            to.Write(body[position..edit.Start]);
            to.Write(edit.Text.Span);
            if (edit.Number > 0)
            {
                Utf8Formatter.TryFormat(edit.Number, to.GetSpan(16), out var written);
                to.Advance(written);
            }
            position = edit.Start + edit.Length;
        }
        to.Write(body[position..]);
    }

    private void AskUsage(in ChatRequest request)
    {
        switch (request.StreamOptions)
        {
            case StreamOptionsForm.Absent:
                Insert(request.ClosingBrace, streamOptionsMember);
                break;
            case StreamOptionsForm.Null:
                Replace(request.StreamOptionsValue, includeUsageOption);
                break;
            case StreamOptionsForm.Object when !request.IncludeUsageValue.IsEmpty:
                Replace(request.IncludeUsageValue, trueValue);
                break;
            default:
                // Just behind the opening brace, so that white space before the closing one needs no thought.
                Insert(
                    request.StreamOptionsValue.Start + 1,
                    request.StreamOptions == StreamOptionsForm.Object ? includeUsageMemberBeforeOthers : includeUsageMember
                );
                break;
        }
    }

    private void LimitOutput(in ChatRequest request, int limit, OutputLimitField field)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var isMaxTokens = field == OutputLimitField.MaxTokens;
        var value = isMaxTokens ? request.MaxTokensValue : request.MaxCompletionTokensValue;
        var other = isMaxTokens ? request.MaxCompletionTokens : request.MaxTokens;
        var otherValue = isMaxTokens ? request.MaxCompletionTokensValue : request.MaxTokensValue;
        if ((isMaxTokens ? request.MaxTokens : request.MaxCompletionTokens) is null && other is not null)
        {
            Add(new Edit(otherValue.Start, otherValue.Length, default, limit));
            return;
        }
        if (value.IsEmpty)
            Add(new Edit(request.ClosingBrace, 0, isMaxTokens ? maxTokensMember : maxCompletionTokensMember, limit));
        else
            Add(new Edit(value.Start, value.Length, default, limit));
        if (other > limit)
            Add(new Edit(otherValue.Start, otherValue.Length, default, limit));
    }

    private void Replace(ByteRange range, ReadOnlyMemory<byte> text) => Add(new Edit(range.Start, range.Length, text, 0));

    private void Insert(int position, ReadOnlyMemory<byte> text) => Add(new Edit(position, 0, text, 0));

    /// <summary>Keeps the edits in the order of the body; two inserts at one place stay in the order they were made.</summary>
    private void Add(in Edit edit)
    {
        var i = count++;
        for (; i > 0 && edits[i - 1].Start > edit.Start; i--)
            edits[i] = edits[i - 1];
        edits[i] = edit;
    }

    private static int Digits(int number)
    {
        var digits = 0;
        for (; number > 0; number /= 10)
            digits++;
        return digits;
    }

    /// <summary>Replaces a range by a text followed by a number, if there is one.</summary>
    private readonly record struct Edit(int Start, int Length, ReadOnlyMemory<byte> Text, int Number);

    [InlineArray(4)] // model, usage, and at most two limits
    private struct Edits
    {
        private Edit first;
    }
}
