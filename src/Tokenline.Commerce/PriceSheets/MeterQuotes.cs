namespace Tokenline.Commerce.PriceSheets;

/// <summary>What a price on a sheet is for: a million of what is counted in small units, one of everything else.</summary>
public static class MeterQuotes
{
    private const long Million = 1_000_000;

    private static readonly MeterSet perOne = MeterSet.Of(
        Meter.Rerank,
        Meter.Image,
        Meter.Second,
        Meter.Page,
        Meter.Request,
        Meter.Search,
        Meter.CodeSession
    );

    /// <summary>1,000,000 of tokens, characters and token-hours of cache; 1 of documents, images, seconds, pages, requests, searches and sessions.</summary>
    public static long UnitsOf(Meter meter) => perOne.Has(meter) ? 1 : Million;

    /// <summary>How many times a price on a sheet is in the price of a million, which is what cards are in.</summary>
    public static long PerMillion(Meter meter) => Million / UnitsOf(meter);
}
