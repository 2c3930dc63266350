using System.Collections.Immutable;

namespace Tokenline.Commerce.Catalog;

/// <summary>A vendor as it is entered.</summary>
/// <param name="BaseUrl">Up to and with the version.</param>
public sealed record VendorEntry(string Id, Uri BaseUrl)
{
    public const int DrainSecondsDefault = 5;

    /// <summary>Null: as it is, or the id.</summary>
    public string? Name { get; init; }

    /// <summary>Null: the keys that were given for this address stay.</summary>
    public ImmutableArray<string>? ApiKeys { get; init; }

    public int DrainSeconds { get; init; } = DrainSecondsDefault;

    /// <summary>Null: as it is, or chat completions.</summary>
    public ImmutableArray<VendorApi>? Apis { get; init; }

    /// <summary>The operator lets this vendor be at an address of its own networks.</summary>
    public bool AllowsPrivateAddress { get; init; }

    public bool Simulated { get; init; }

    /// <summary>Null: nothing.</summary>
    internal Refused? WhatIsWrong()
    {
        if (!IsId(Id))
            return Refused.Invalid("id", "A vendor's id is 1 to 64 lower-case letters, digits and hyphens.");
        if (!BaseUrl.IsAbsoluteUri || BaseUrl.Scheme is not ("http" or "https") || BaseUrl.UserInfo.Length > 0 || BaseUrl.Query.Length > 0)
            return Refused.Invalid(
                "baseUrl",
                "The base URL is an http or https address up to and with the version, without user or query."
            );
        if (!AllowsPrivateAddress && !Simulated && PublicAddresses.IsPrivate(BaseUrl.DnsSafeHost))
            return Refused.Invalid(
                "baseUrl",
                $"{BaseUrl.DnsSafeHost} is not a public address. If the vendor is in your own network, say so (allowPrivateAddress)."
            );
        if (DrainSeconds is < 0 or > 60)
            return Refused.Invalid("drainSeconds", "The vendor's usage is waited for between 0 and 60 seconds.");
        if (ApiKeys is { Length: > KeysMax })
            return Refused.Invalid("apiKeys", $"A vendor has at most {KeysMax} keys.");
        if (ApiKeys?.Any(key => key.Length is 0 or > KeyLengthMax || key.Any(c => c is < '!' or > '~')) == true)
            return Refused.Invalid("apiKey", "A vendor's key is at most 4,096 printable ASCII characters without spaces.");
        if (Apis is { IsEmpty: true } || Apis?.Distinct().Count() < Apis?.Length)
            return Refused.Invalid("apis", "A vendor speaks at least one API, and each is named once.");
        return null;
    }

    private const int KeysMax = 64;
    private const int KeyLengthMax = 4096;

    internal static bool IsId(string? id) =>
        id is { Length: > 0 and <= 64 } && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
