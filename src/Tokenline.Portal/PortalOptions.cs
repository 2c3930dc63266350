namespace Tokenline.Portal;

public sealed record PortalOptions
{
    /// <summary>Of a demonstration: where the simulated carrier lists the text messages it took, so that a code can be read without a phone. Null: never shown.</summary>
    public Uri? SentTexts { get; init; }

    /// <summary>Where customers reach the API, with scheme and without <c>/v1</c>; null: where they reach the portal.</summary>
    public string? ApiAddress { get; init; }
}
