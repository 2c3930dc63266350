namespace Tokenline.Gateway.Protocols;

/// <summary>What one payload of a vendor's answer holds; several can be true of one.</summary>
[Flags]
internal enum AnswerPayloadKinds
{
    /// <summary>An object with none of the following: Azure's filter results, a heartbeat.</summary>
    Other = 0,

    /// <summary>Some text, reasoning or tool call for the client.</summary>
    Text = 1,

    /// <summary>At least one choice has ended.</summary>
    Finish = 2,

    /// <summary>A usage object, not null.</summary>
    Usage = 4,

    /// <summary>Of chat completions: usage and no choice, the extra chunk that only a client that asked for usage may see.</summary>
    UsageOnly = 8,

    /// <summary>The protocol's last event.</summary>
    Done = 16,

    /// <summary>The vendor reports a failure, whatever the HTTP status said.</summary>
    Error = 32,

    /// <summary>Not a JSON object: HTML, a cut body, garbage. A vendor failure.</summary>
    NotJson = 64,

    /// <summary>A part of the answer itself: a choice, an output, a candidate.</summary>
    Answer = 128,

    /// <summary>Says only that an answer is on its way. Not worth giving up failover for.</summary>
    Opening = 256,

    /// <summary>Says nothing but that the connection lives.</summary>
    Ping = 512,
}

/// <summary>One payload, read. The ranges are into the payload.</summary>
/// <param name="TextBytes">How many bytes of text went to the caller's writer.</param>
/// <param name="UsageValue">The value of the top-level <c>usage</c>.</param>
/// <param name="ErrorValue">The error object or text; the whole payload where the vendor sent it bare.</param>
internal readonly record struct AnswerPayload(AnswerPayloadKinds Kinds, int TextBytes, ByteRange UsageValue, ByteRange ErrorValue)
{
    public bool Has(AnswerPayloadKinds kinds) => (Kinds & kinds) != AnswerPayloadKinds.Other;
}
