using System.Globalization;
using System.Text;
using Tokenline.Charging.Limits;

namespace Tokenline.Commerce.Entitlement;

/// <summary>
/// A limit as people write it: <c>rpm=60 requests/60s</c>, <c>monthly=50 CNY spend/month</c>, <c>pool=2M general-token/week</c>,
/// <c>burst=1200 requests/5h from first use</c>, <c>night=10k tokens/day on glm-5,kimi-k2.6</c>.
/// The zone of a calendar window is not a part of the text.
/// </summary>
public static class LimitText
{
    public const string Form =
        "ID=AMOUNT WHAT/WINDOW, such as rpm=60 requests/60s, monthly=50 CNY spend/month or pool=2M general-token/week. "
        + "WHAT: requests, tokens, CURRENCY spend, CURRENCY value, UNIT. "
        + "WINDOW: a length (60s, 90m, 5h, 7d; 'from first use' may follow), day, week, month, plan-month, run, running, total. "
        + "' on MODEL,MODEL' may end it.";

    private const string FromFirstUse = " from first use";
    private const string On = " on ";

    private static readonly (string Name, LimitWindow Window)[] windows =
    [
        ("day", LimitWindow.Day),
        ("week", LimitWindow.Week),
        ("month", LimitWindow.Month),
        ("plan-month", LimitWindow.PlanMonth),
        ("run", LimitWindow.Run),
        ("running", LimitWindow.Running),
        ("total", LimitWindow.Total),
    ];

    private static readonly (char Letter, int Seconds)[] lengths = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

    public static Outcome<Limit> Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (equals < 1 || slash < equals)
            return Wrong(text);
        var window = text[(slash + 1)..].Trim();
        string[]? models = null;
        if (window.IndexOf(On, StringComparison.Ordinal) is > 0 and var on)
        {
            models = window[(on + On.Length)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            window = window[..on].TrimEnd();
        }
        if (WindowOf(window) is not { } over)
            return Wrong(text, $"'{window}' is not a window");
        var words = text[(equals + 1)..slash].Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 2 or > 3 || AmountOf(words[0]) is not { } amount)
            return Wrong(text);
        if (WhatOf(words.AsSpan(1)) is not { } what)
            return words.Length == 2 && words[1] is "request" or "token"
                ? Wrong(text, $"'{words[1]}' may be '{words[1]}s', which are counted, or '{words[1]} quota', the unit")
                : Wrong(text, $"'{string.Join(' ', words[1..])}' cannot be counted");
        var max = amount * what.Scale;
        if (max != decimal.Truncate(max) || max > long.MaxValue)
            return Wrong(text, $"{words[0]} is too fine or too much");
        var limit = new Limit(
            text[..equals].Trim(),
            over.Window,
            what.Measure,
            decimal.ToInt64(max),
            over.Seconds,
            what.Unit,
            what.Currency,
            Models: models
        );
        // An anchor is set when the limit is: until then a plan month is fine without one.
        var anchored = limit.Window == LimitWindow.PlanMonth ? limit with { Anchor = default(DateTimeOffset) } : limit;
        return anchored.WhatIsWrong() is { } wrong ? Wrong(text, wrong) : limit;
    }

    public static string Of(Limit limit)
    {
        var text = new StringBuilder($"{limit.Id}=");
        text.Append(CultureInfo.InvariantCulture, $"{limit.Max / ScaleOf(limit.Measure):0.#########} ");
        text.Append(
            limit.Measure switch
            {
                Measure.Requests => "requests",
                Measure.Tokens => "tokens",
                Measure.Quota => IsMistakable(limit.Unit!.Value.Name) ? $"{limit.Unit} quota" : limit.Unit!.Value.Name,
                Measure.Spend => $"{limit.Currency} spend",
                Measure.Value => $"{limit.Currency} value",
                _ => throw new ArgumentOutOfRangeException(nameof(limit), limit.Measure, "a measure without a word"),
            }
        );
        text.Append('/').Append(limit.Seconds is { } seconds ? LengthOf(seconds) : Array.Find(windows, w => w.Window == limit.Window).Name);
        if (limit.Window == LimitWindow.FromFirstUse)
            text.Append(FromFirstUse);
        if (limit.Models is { } models)
            text.Append(On).AppendJoin(',', models);
        return text.ToString();
    }

    /// <summary>How many of the engine's whole numbers one of what people count is.</summary>
    public static decimal ScaleOf(Measure measure) =>
        measure switch
        {
            Measure.Quota => QuotaUnit.Micro,
            Measure.Spend or Measure.Value => Money.NanoPerUnit,
            _ => 1,
        };

    private static Refused Wrong(string text, string? why = null) =>
        Refused.Invalid("limit", why is null ? $"'{text}' is not a limit. {Form}" : $"'{text}': {why}. {Form}");

    private static decimal? AmountOf(string text)
    {
        var scale = text[^1] switch
        {
            'k' => 1_000m,
            'M' => 1_000_000m,
            'G' => 1_000_000_000m,
            _ => 1m,
        };
        var digits = scale == 1 ? text : text[..^1];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount < 1e15m
            ? amount * scale
            : null;
    }

    private static (Measure Measure, decimal Scale, QuotaUnit? Unit, Currency? Currency)? WhatOf(ReadOnlySpan<string> words)
    {
        if (words is ["requests"])
            return (Measure.Requests, 1, null, null);
        if (words is ["tokens"])
            return (Measure.Tokens, 1, null, null);
        if (words is [{ Length: 3 } code, "spend" or "value"] && code.All(char.IsAsciiLetterUpper))
        {
            var measure = words[1] == "spend" ? Measure.Spend : Measure.Value;
            return (measure, ScaleOf(measure), null, new Currency(code));
        }
        var isUnit = words is [{ Length: <= 32 }] or [{ Length: <= 32 }, "quota"];
        if (!isUnit || !words[0].All(c => char.IsAsciiLetterLower(c) || c == '-') || (words.Length == 1 && IsMistakable(words[0])))
            return null;
        return (Measure.Quota, ScaleOf(Measure.Quota), new QuotaUnit(words[0]), null);
    }

    /// <summary>One letter from something else that can be counted: then the word <c>quota</c> must follow.</summary>
    private static bool IsMistakable(string unit) => unit is "request" or "token" or "requests" or "tokens";

    private static (LimitWindow Window, int? Seconds)? WindowOf(string text)
    {
        if (Array.Find(windows, window => window.Name == text) is { Name: not null } named)
            return (named.Window, null);
        var fromFirstUse = text.EndsWith(FromFirstUse, StringComparison.Ordinal);
        var length = fromFirstUse ? text[..^FromFirstUse.Length] : text;
        if (length.Length < 2 || Array.Find(lengths, unit => unit.Letter == length[^1]) is not { Seconds: > 0 } unit)
            return null;
        return
            int.TryParse(length.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && (long)count * unit.Seconds <= Limit.SecondsMax
            ? (fromFirstUse ? LimitWindow.FromFirstUse : LimitWindow.Rolling, count * unit.Seconds)
            : null;
    }

    /// <summary>A minute stays 60s: that is how rates are spoken of.</summary>
    private static string LengthOf(int seconds)
    {
        foreach (var (letter, length) in lengths)
        {
            if (seconds % length == 0 && (seconds > 60 || length == 1))
                return string.Create(CultureInfo.InvariantCulture, $"{seconds / length}{letter}");
        }
        throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "not a whole number of seconds");
    }
}
