using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;

namespace Tokenline.Management.Entitlement;

/// <summary>A limit over time.</summary>
/// <param name="Id">1 to 32 letters, digits, hyphens, dots and underscores; unique on its node or bucket.</param>
/// <param name="Max">Requests or tokens, quota in whole units, or money in units of the currency.</param>
/// <param name="Seconds">Of a rolling window, or one from first use.</param>
/// <param name="Unit">Of a limit of quota.</param>
/// <param name="Currency">Of a limit of spend or value.</param>
/// <param name="TimeZone">Of a window of the calendar; the operator's unless told.</param>
/// <param name="Anchor">Where plan months begin; now unless told.</param>
/// <param name="Models">Only calls of these count; left out: all.</param>
public sealed record LimitBody(
    string? Id,
    LimitWindow? Window,
    Measure? Measure,
    decimal? Max,
    int? Seconds = null,
    QuotaUnit? Unit = null,
    Currency? Currency = null,
    string? TimeZone = null,
    DateTimeOffset? Anchor = null,
    string[]? Models = null
)
{
    public static LimitBody Of(Limit limit) =>
        new(
            limit.Id,
            limit.Window,
            limit.Measure,
            limit.Max / LimitText.ScaleOf(limit.Measure),
            limit.Seconds,
            limit.Unit,
            limit.Currency,
            limit.TimeZone,
            limit.Anchor,
            limit.Models
        );

    internal static Outcome<Limit[]> ToLimits(string field, LimitBody?[]? bodies, string timeZone, DateTimeOffset now)
    {
        var limits = new Limit[bodies?.Length ?? 0];
        for (var i = 0; i < limits.Length; i++)
        {
            var where = $"{field}[{i}]";
            if (bodies![i] is not { } body)
                return Refused.Invalid(where, "A limit is an object.");
            if (body.Id is null || body.Window is not { } window || body.Measure is not { } measure || body.Max is not { } given)
                return Refused.Invalid(where, "A limit has at least an id, a window, a measure and a max.");
            var max = given is >= 0 and < 1e15m ? given * LimitText.ScaleOf(measure) : -1;
            if (max < 0 || max != decimal.Truncate(max) || max > long.MaxValue)
                return Refused.Invalid($"{where}.max", $"{given} is negative, too fine or too much.");
            var limit = Granting.InZone(
                new Limit(
                    body.Id,
                    window,
                    measure,
                    decimal.ToInt64(max),
                    body.Seconds,
                    body.Unit,
                    body.Currency,
                    body.TimeZone,
                    body.Anchor?.ToUniversalTime(),
                    body.Models
                ),
                timeZone,
                now
            );
            if (limit.WhatIsWrong() is { } wrong)
                return Refused.Invalid($"{where}.{wrong[..wrong.IndexOf(':', StringComparison.Ordinal)]}", wrong);
            limits[i] = limit;
        }
        return limits;
    }
}

/// <summary>A limit as it stands, in the figures of its <c>max</c>.</summary>
/// <param name="Text">As the command line writes it.</param>
/// <param name="Used">By calls that have ended.</param>
/// <param name="Held">By calls that run.</param>
/// <param name="From">Where the present window began.</param>
/// <param name="ResetsAt">When all of it is free again, if nothing more comes; absent: it does not free itself.</param>
public sealed record LimitViewBody(LimitBody Limit, string Text, decimal Used, decimal Held, DateTimeOffset? From, DateTimeOffset? ResetsAt)
{
    /// <summary>So far it is raised by capacity that was bought: so much more may pass. Absent: it is not.</summary>
    public decimal? Raised { get; init; }

    internal static LimitViewBody Of(LimitView view)
    {
        var scale = LimitText.ScaleOf(view.Limit.Measure);
        // For ever has no beginning and no end that a person would know.
        var isForEver = view.Limit.Window == LimitWindow.Total;
        return new(
            LimitBody.Of(view.Limit),
            LimitText.Of(view.Limit),
            view.Used / scale,
            view.Held / scale,
            isForEver ? null : view.From,
            isForEver ? null : view.ResetsAt
        )
        {
            Raised = view.Raised == 0 ? null : view.Raised,
        };
    }
}

internal static class Asking
{
    /// <summary>What a caller asks, under the key it may have given.</summary>
    public static ChangeRequest Of(HttpContext http, object? body, string? reason = null) =>
        new(
            $"{http.Request.Method} {http.Request.Path} {JsonSerializer.Serialize(body, CommerceJson.Options)}",
            http.Request.Headers[AccountChanges.KeyHeader] is [var key] ? key : null,
            reason
        );
}
