namespace Tokenline.Simulators.Vendors;

/// <summary>One way for an answer to be broken. The names and effects are in <see cref="Faults.All"/>.</summary>
public enum Fault
{
    Status,
    Html,
    Garbage,
    ErrorBody,
    ErrorInStream,
    FailedAfter,
    Refuse,
    Hang,
    SlowFirstByte,
    CutAfter,
    HangAfter,
    NoUsage,
    NullUsage,
    ZeroUsage,
    NegativeUsage,
    UsageAbove,
    DuplicateUsage,
    UsageInChoicesChunk,
    UsageEveryChunk,
    XGroqUsage,
    CachedTopLevel,
    CacheHitTokens,
    NumCachedTokens,
    ReasoningOutside,
    RestatedInput,
    NoCacheSplit,
    PartialUsage,
    TotalOnly,
    NoDone,
    StrayDone,
    DataAfterDone,
    Crlf,
    Comments,
    NoSpace,
    Split,
    Gzip,
    OtherTier,
}

/// <summary>A fault that was asked for, with its argument (0 for those that take none).</summary>
public readonly record struct FaultOrder(Fault Fault, int Argument = 0);

/// <summary>A line of the table of faults. <paramref name="ArgumentName"/> is null when the fault takes no argument.</summary>
public sealed record FaultEntry(Fault Fault, string Name, string Effect, string? ArgumentName = null, int Least = 0, int Most = 1_000_000)
{
    /// <summary>As it is written in a directive: <c>cut-after:N</c>.</summary>
    public string Syntax => ArgumentName is null ? Name : $"{Name}:{ArgumentName}";
}

/// <summary>Every fault there is. To add one: a member of <see cref="Fault"/>, a line here, and the place that heeds it.</summary>
public static class Faults
{
    public static IReadOnlyList<FaultEntry> All { get; } =
    [
        // Instead of an answer
        new(Fault.Status, "status", "that HTTP status with an error body; 429, 503 and 529 with `Retry-After: 1`", "NNN", 400, 599),
        new(Fault.Html, "html", "200 with an HTML page"),
        new(Fault.Garbage, "garbage", "200 with a body, or after the first chunk of a stream an event, that is not JSON"),
        new(Fault.ErrorBody, "error-body", "200 whose whole body is an error object"),
        new(
            Fault.ErrorInStream,
            "error-in-stream",
            "after N token chunks an error in the stream, then its end without `[DONE]` or the like",
            "N"
        ),
        new(
            Fault.FailedAfter,
            "failed-after",
            "after N token chunks `response.failed`; a plain Responses answer has failed; elsewhere like `error-in-stream`",
            "N"
        ),
        // The connection
        new(Fault.Refuse, "refuse", "the connection is aborted before any byte"),
        new(Fault.Hang, "hang", "nothing is ever sent"),
        new(Fault.SlowFirstByte, "slow-first-byte", "headers at once, the first byte of the body MS milliseconds later", "MS"),
        new(Fault.CutAfter, "cut-after", "the connection is closed after N token chunks", "N"),
        new(Fault.HangAfter, "hang-after", "nothing more is sent after N token chunks", "N"),
        // What the usage says
        new(Fault.NoUsage, "no-usage", "no usage, asked or not"),
        new(Fault.NullUsage, "null-usage", "`usage: null` where the usage belongs"),
        new(Fault.ZeroUsage, "zero-usage", "every count is 0"),
        new(Fault.NegativeUsage, "negative-usage", "the completion count is negative"),
        new(Fault.UsageAbove, "usage-above", "N completion tokens more than were sent", "N"),
        // Where the usage sits
        new(Fault.DuplicateUsage, "duplicate-usage", "the usage chunk comes twice"),
        new(Fault.UsageInChoicesChunk, "usage-in-choices-chunk", "usage in the finish chunk, asked or not, and no chunk of its own"),
        new(Fault.UsageEveryChunk, "usage-every-chunk", "usage so far in every chunk, asked or not, and no chunk of its own"),
        new(Fault.XGroqUsage, "x-groq-usage", "usage only in `x_groq.usage`, in the finish chunk, asked or not"),
        new(Fault.CachedTopLevel, "cached-top-level", "cached tokens in `usage.cached_tokens` only"),
        new(Fault.CacheHitTokens, "cache-hit-tokens", "cached tokens in `usage.prompt_cache_hit_tokens` (and `…_miss_tokens`) only"),
        new(Fault.NumCachedTokens, "num-cached-tokens", "cached tokens in `usage.num_cached_tokens` only"),
        new(Fault.ReasoningOutside, "reasoning-outside", "reasoning is not in the completion count, but in the total"),
        new(Fault.RestatedInput, "restated-input", "`message_delta` says the input again, N tokens larger", "N"),
        new(Fault.NoCacheSplit, "no-cache-split", "cache writes as a total only, without `usage.cache_creation`"),
        new(Fault.PartialUsage, "partial-usage", "the last usage of a Gemini stream lacks `candidatesTokenCount`"),
        new(Fault.TotalOnly, "total-only", "the usage of embeddings has `total_tokens` only"),
        // Framing
        new(Fault.NoDone, "no-done", "the stream ends without its last event: `[DONE]`, `message_stop`, `response.completed`"),
        new(Fault.StrayDone, "stray-done", "`[DONE]` ends a stream that has no use for it"),
        new(Fault.DataAfterDone, "data-after-done", "one more chunk after the last event"),
        new(Fault.Crlf, "crlf", "lines end with CR LF"),
        new(Fault.Comments, "comments", "a comment, `: PROCESSING`, before every event"),
        new(Fault.NoSpace, "no-space", "`data:` without the space"),
        new(Fault.Split, "split", "the bytes are flushed N at a time, each piece an HTTP chunk; the network may still join them", "N", 1),
        new(Fault.Gzip, "gzip", "the body is compressed, asked or not"),
        // The service
        new(Fault.OtherTier, "other-tier", "a service tier that was asked for is not given: the answer says `default`"),
    ];

    internal static FaultEntry? Find(ReadOnlySpan<char> name)
    {
        foreach (var entry in All)
        {
            if (name.SequenceEqual(entry.Name))
                return entry;
        }
        return null;
    }
}
