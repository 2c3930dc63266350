using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// What a bucket of the type <see cref="BucketType.Capacity"/> counts: how far the account's own limits of calls at once, of calls a minute and of tokens a minute
/// are raised while it is open. Limits of nodes, and those for some models only, are not raised.
/// </summary>
public static class Capacity
{
    public static readonly QuotaUnit CallsAtOnce = new("call-at-once");
    public static readonly QuotaUnit RequestsPerMinute = new("request-per-minute");
    public static readonly QuotaUnit TokensPerMinute = new("token-per-minute");

    public static bool IsUnit(QuotaUnit? unit) => unit == CallsAtOnce || unit == RequestsPerMinute || unit == TokensPerMinute;

    /// <summary>The unit that raises this limit; null: none does.</summary>
    public static QuotaUnit? RaisedBy(Limit limit) =>
        limit switch
        {
            { Models: not null } => null,
            { Window: LimitWindow.Running } => CallsAtOnce,
            { Window: LimitWindow.Rolling, Seconds: 60, Measure: Measure.Requests } => RequestsPerMinute,
            { Window: LimitWindow.Rolling, Seconds: 60, Measure: Measure.Tokens } => TokensPerMinute,
            _ => null,
        };

    internal static string? WhatIsWrongWith(BucketGrant grant)
    {
        if (grant.Type != BucketType.Capacity)
            return IsUnit(grant.Unit) ? $"type: {grant.Unit} is nothing to spend, but capacity" : null;
        if (!IsUnit(grant.Unit))
            return $"unit: capacity is of {CallsAtOnce}, {RequestsPerMinute} or {TokensPerMinute}";
        if (grant.Amount % QuotaUnit.Micro != 0)
            return "amount: capacity is whole";
        if (grant.Models is not null || grant.Meters is not null)
            return "models: capacity is for all calls of the account";
        return grant.Limits is { Length: > 0 } || grant.IsBlocker ? "limits: capacity is a limit itself, and has none" : null;
    }
}
