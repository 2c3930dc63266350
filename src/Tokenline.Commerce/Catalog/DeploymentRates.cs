namespace Tokenline.Commerce.Catalog;

/// <summary>What the operator's key at a vendor may do with one model, or what the operator lets it: beyond it a call goes to the next deployment. Null is no limit.</summary>
/// <param name="TokensPerMinute">In and out together.</param>
public sealed record DeploymentRates(long? RequestsPerMinute = null, long? TokensPerMinute = null, int? ConcurrentCalls = null)
{
    public static readonly DeploymentRates None = new();

    /// <summary>Null: nothing. Otherwise the field that is not a limit.</summary>
    public string? WhatIsWrong() =>
        RequestsPerMinute < 1 ? "requestsPerMinute"
        : TokensPerMinute < 1 ? "tokensPerMinute"
        : ConcurrentCalls < 1 ? "concurrentCalls"
        : null;
}
