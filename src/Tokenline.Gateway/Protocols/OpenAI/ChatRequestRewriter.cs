using System.Buffers;

namespace Tokenline.Gateway.Protocols.OpenAI;

internal enum OutputLimitField
{
    MaxTokens,
    MaxCompletionTokens,
}

/// <summary>What the gateway changes in a body it passes on.</summary>
internal readonly record struct ChatRequestChanges
{
    /// <summary>The upstream's name of the model as a JSON token (<see cref="BodyEdits.Quote"/>), made once per deployment; empty leaves the client's.</summary>
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

    private BodyEdits edits;

    public ChatRequestRewriter(in RequestFacts request, in ChatRequestChanges changes)
    {
        if (!changes.ModelToken.IsEmpty)
            edits.Replace(request.ModelToken, changes.ModelToken);
        if (changes.AskUsage && !request.IncludeUsage)
            AskUsage(request);
        if (changes.OutputLimit is { } limit)
            LimitOutput(request, limit, changes.OutputLimitField);
    }

    public static BodyEdits Edits(in RequestFacts request, in ChatRequestChanges changes) =>
        new ChatRequestRewriter(request, changes).edits;

    /// <summary>False: the body can go out as it came.</summary>
    public readonly bool HasEdits => edits.Any;

    /// <summary>The length of the new body, for its Content-Length.</summary>
    public readonly int Measure(int bodyLength) => edits.Measure(bodyLength);

    public readonly void WriteTo(ReadOnlySpan<byte> body, IBufferWriter<byte> to) => edits.WriteTo(body, to);

    private void AskUsage(in RequestFacts request)
    {
        switch (request.StreamOptions)
        {
            case StreamOptionsForm.Absent:
                edits.Insert(request.ClosingBrace, streamOptionsMember);
                break;
            case StreamOptionsForm.Null:
                edits.Replace(request.StreamOptionsValue, includeUsageOption);
                break;
            case StreamOptionsForm.Object when !request.IncludeUsageValue.IsEmpty:
                edits.Replace(request.IncludeUsageValue, trueValue);
                break;
            default:
                // Just behind the opening brace, so that white space before the closing one needs no thought.
                edits.Insert(
                    request.StreamOptionsValue.Start + 1,
                    request.StreamOptions == StreamOptionsForm.Object ? includeUsageMemberBeforeOthers : includeUsageMember
                );
                break;
        }
    }

    private void LimitOutput(in RequestFacts request, int limit, OutputLimitField field)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var isMaxTokens = field == OutputLimitField.MaxTokens;
        var value = isMaxTokens ? request.MaxTokensValue : request.MaxCompletionTokensValue;
        var other = isMaxTokens ? request.MaxCompletionTokens : request.MaxTokens;
        var otherValue = isMaxTokens ? request.MaxCompletionTokensValue : request.MaxTokensValue;
        if ((isMaxTokens ? request.MaxTokens : request.MaxCompletionTokens) is null && other is not null)
        {
            edits.Replace(otherValue, limit);
            return;
        }
        if (value.IsEmpty)
            edits.Insert(request.ClosingBrace, isMaxTokens ? maxTokensMember : maxCompletionTokensMember, limit);
        else
            edits.Replace(value, limit);
        if (other > limit)
            edits.Replace(otherValue, limit);
    }
}
