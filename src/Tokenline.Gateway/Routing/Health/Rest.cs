using System.Globalization;
using System.Text;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Routing.Health;

/// <summary>
/// What a vendor says of the limits of the operator's key: until when nothing is left (<c>Retry-After</c>, or a remaining of 0 with its reset), and how much
/// there is a minute. OpenAI's and Anthropic's headers, which others have taken over. Used under its deployment's lock, but for <see cref="Until"/>.
/// </summary>
internal sealed class Rest(RoutingOptions options)
{
    private const int FirstMilliseconds = 1000;

    private long until;
    private int refusals; // in a row

    /// <summary>No call goes there before; 0: it does not rest.</summary>
    public long Until => Volatile.Read(ref until);

    public long? RequestsPerMinute { get; private set; }
    public long? TokensPerMinute { get; private set; }

    /// <summary>It was a 429: wait as it says, or else longer each time.</summary>
    public void Limited(long now, TimeSpan? retryAfter)
    {
        var milliseconds = retryAfter is { } asked ? asked.TotalMilliseconds : FirstMilliseconds << Math.Min(refusals, 6);
        refusals++;
        RestFor(now, milliseconds);
    }

    public void Served() => refusals = 0;

    /// <summary>Whether a vendor's answer has any of these headers; most have none.</summary>
    public static bool SaysAnything(VendorHeaders headers)
    {
        foreach (var (name, _) in headers)
        {
            if (Begins(name, "x-ratelimit-"u8) || Begins(name, "anthropic-ratelimit-"u8))
                return true;
        }
        return false;

        static bool Begins(ReadOnlySpan<byte> name, ReadOnlySpan<byte> with) =>
            name.Length > with.Length && Ascii.EqualsIgnoreCase(name[..with.Length], with);
    }

    /// <summary>From the headers of any answer. Usually there are none, and then nothing is allocated.</summary>
    public void Read(VendorHeaders headers, long now, DateTimeOffset at)
    {
        if (IsZero(headers.Text("x-ratelimit-remaining-requests"u8)))
            RestFor(now, Reset(headers.Text("x-ratelimit-reset-requests"u8), at));
        if (IsZero(headers.Text("x-ratelimit-remaining-tokens"u8)))
            RestFor(now, Reset(headers.Text("x-ratelimit-reset-tokens"u8), at));
        if (IsZero(headers.Text("anthropic-ratelimit-requests-remaining"u8)))
            RestFor(now, Reset(headers.Text("anthropic-ratelimit-requests-reset"u8), at));
        if (IsZero(headers.Text("anthropic-ratelimit-tokens-remaining"u8)))
            RestFor(now, Reset(headers.Text("anthropic-ratelimit-tokens-reset"u8), at));
        if (
            (Number(headers.Text("x-ratelimit-limit-requests"u8)) ?? Number(headers.Text("anthropic-ratelimit-requests-limit"u8))) is
            { } perMinute
        )
            RequestsPerMinute = perMinute;
        if (
            (Number(headers.Text("x-ratelimit-limit-tokens"u8)) ?? Number(headers.Text("anthropic-ratelimit-tokens-limit"u8))) is
            { } tokensPerMinute
        )
            TokensPerMinute = tokensPerMinute;
    }

    /// <summary>Milliseconds of a duration as vendors write them: <c>20ms</c>, <c>1s</c>, <c>6m0s</c>, <c>1h2m3.5s</c>, plain seconds, or an instant.</summary>
    public static double? Milliseconds(string text, DateTimeOffset at)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return seconds * 1000;
        if (
            text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
        )
            return (instant - at).TotalMilliseconds;
        var sum = 0.0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]) || text[i] == '.')
                continue;
            if (
                !double.TryParse(text.AsSpan(start, i - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            )
                return null;
            var isMilli = text[i] == 'm' && i + 1 < text.Length && text[i + 1] == 's';
            double? unit = isMilli
                ? 1
                : text[i] switch
                {
                    'h' => 3_600_000,
                    'm' => 60_000,
                    's' => 1000,
                    _ => null,
                };
            if (unit is null)
                return null;
            sum += count * unit.Value;
            i += isMilli ? 1 : 0;
            start = i + 1;
        }
        return start == text.Length && start > 0 ? sum : null;
    }

    private static double Reset(string? text, DateTimeOffset at) =>
        text is not null && Milliseconds(text, at) is { } wait ? wait : FirstMilliseconds;

    private static bool IsZero(string? text) => text is "0" or "0.0";

    private static long? Number(string? text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private void RestFor(long now, double milliseconds)
    {
        if (options.RestMaxSeconds == 0)
            return;
        var end = now + (long)Math.Clamp(milliseconds, 1, options.RestMaxSeconds * 1000.0);
        if (end > until)
            Volatile.Write(ref until, end);
    }
}
